import { readFile } from 'node:fs/promises';
import { isRefused } from '../subgraphs/shared/errors.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import type { Metrics } from '../subgraphs/shared/metrics.ts';
import type { Peer } from '../subgraphs/shared/peer.ts';
import { drained, healthHandler, stopping } from '../subgraphs/shared/process.ts';
import { type HttpHandler, type HttpHead, listen, type Listening } from '../subgraphs/shared/server.ts';
import { towards } from '../subgraphs/shared/towards.ts';
import type { Tracer } from '../subgraphs/shared/tracing.ts';
import type { Authenticator } from './auth.ts';
import { createAdmission } from './admission.ts';
import { type CorsOptions, createCors, sandboxOrigins, withCors } from './cors.ts';
import { createDataSource } from './dataSource.ts';
import { createEventHub } from './eventHub.ts';
import { createEventRights } from './eventRights.ts';
import { correlationOf } from './correlation.ts';
import { graphqlHandler } from './http.ts';
import { followSupergraph } from './followingPlans.ts';
import { loadGeneration } from './generation.ts';
import { checkManifest, readManifest } from './manifest.ts';
import { createOpenSubscriptions } from './openSubscriptions.ts';
import { createPages } from './pages/pages.ts';
import { createOperationStore, findListed, findPersisted } from './persisted.ts';
import { createProgressHub } from './progressHub.ts';
import { createSeeing } from './seeing.ts';
import { createRates, type RateLimits } from './rates.ts';
import { type ReloadOutcome, serveSupergraph } from './servedSupergraph.ts';
import type { SharedStore } from './sharedStore.ts';
import { closeSignedOut } from './signedOut.ts';
import { addSocketGauges } from './socketGauges.ts';
import { createSubscriptionPlanner } from './subscriptionPlan.ts';
import { createSubscriptions, type SocketLimits, socketLimits } from './subscriptions.ts';
import { builtSupergraph, eventsSdl } from './supergraph.ts';
import { watchSupergraph } from './supergraphFile.ts';
import { type TeamPages, teamPagesHandler } from './teamPages.ts';

export type GatewayDeps = Readonly<{
  /** Signed calls to the subgraphs; the caller is `gateway`. Closed by whoever made them. */
  teams: Peer;
  contacts: Peer;
  authenticate: Authenticator;
  logger: Logger;
  metrics: Metrics;
  /** Makes its spans; none without it. It is the caller's to close. */
  tracer?: Tracer | null;
  /** Milliseconds since 1970. */
  now: () => number;
  newId: () => string;
  /** At least 0, less than 1; for pauses before second tries. */
  random: () => number;
  /** What the gateway depends on and cannot use now, for `/health/ready`; takes 2 s at most. */
  unready: () => Promise<readonly string[]>;
  /** Hides schema names from errors; neither Sandbox nor GraphiQL. */
  production: boolean;
  introspection: boolean;
  /** Longest time of a request, in milliseconds; default 10,000. What is missing then is a coded error. */
  deadlineMs?: number | undefined;
  /** What sockets may have; what is left out is as `socketLimits` says. */
  sockets?: Partial<SocketLimits> | undefined;
  /** Most that one operation may cost; default 25,000. */
  maxCost?: number | undefined;
  /** Requests a minute; default 6,000 of a person, 60,000 of a company, 30,000 of a service. */
  rates?: RateLimits | undefined;
  /** Which pages may ask in a browser; default: none in production, else Sandbox's and loopback. */
  cors?: CorsOptions | undefined;
  /** A file of the only operations that are answered; default: all are. */
  manifest?: string | undefined;
  /** Where several gateways count and remember together; default: each by itself. Closed by whoever made it. */
  shared?: SharedStore | undefined;
  /** The file of the supergraph; default the built one. */
  supergraphPath?: string | undefined;
  /** Milliseconds between two looks at that file; left out, it is read again by `reload` only. */
  supergraphPollMs?: number | undefined;
  /** Milliseconds between turning not ready and closing, for load balancers to notice. Default 0. */
  drainMs?: number | undefined;
  /** Put into the Authorization header of Sandbox and GraphiQL, for demos. */
  sandboxToken?: string | undefined;
  /** Where the two addresses of team management lead (OTM-S03). None: they are not answered. */
  teamPages?: TeamPages | undefined;
}>;

export type GatewayListen = Readonly<{
  host: string;
  port: number;
  /** Largest request body in bytes; default 16 MiB, so that 10,000 items of a push fit. */
  maxBodyBytes?: number | undefined;
}>;

/**
 * A built gateway. `listen` opens its port; @throws PortTaken. `reload` reads the supergraph's file again. `close` turns readiness false, waits
 * `drainMs`, lets answers in progress finish and tells sockets 1001.
 */
export type Gateway = Readonly<{ listen(where: GatewayListen): Promise<Listening>; reload(): Promise<ReloadOutcome>; close(): Promise<void> }>;

const defaultDeadlineMs = 10_000;
const defaultMaxBodyBytes = 16_777_216;

/**
 * The whole gateway: queries and mutations over HTTP, subscriptions over WebSocket on the same path, health and metrics (SPEC §4).
 * @throws when there is no good supergraph, or the list of operations has faults.
 */
export const buildGateway = async (given: GatewayDeps): Promise<Gateway> => {
  const { logger, production, introspection, deadlineMs = defaultDeadlineMs, drainMs = 0 } = given;
  const guarded = (name: 'teams' | 'contacts') => towards(given[name], { ...given, name, registry: given.metrics.registry });
  const plansKept = (): number => operations().kept().texts;
  const seeing = createSeeing({ registry: given.metrics.registry, tracer: given.tracer ?? null, newId: given.newId, plansKept, correlationOf });
  const deps = { ...given, seeing, teams: guarded('teams'), contacts: guarded('contacts') };
  const sources = {
    teams: createDataSource('teams', deps.teams, logger),
    contacts: createDataSource('contacts', deps.contacts, logger),
  };
  const services = new Set([...Object.keys(sources), 'events']);
  const path = deps.supergraphPath ?? builtSupergraph;
  const readSupergraph = (): Promise<string> => readFile(path, 'utf8');
  const manifest = deps.manifest === undefined ? undefined : readManifest(deps.manifest);
  const { operations, offer } = serveSupergraph(await readSupergraph(), {
    ...deps,
    load: (sdl) => {
      const loaded = loadGeneration(sdl, { services, introspection, hideSuggestions: production, maxCost: deps.maxCost });
      if (manifest !== undefined) checkManifest(manifest, loaded);
      return loaded;
    },
    onSwitch: () => openSubscriptions.judge(),
    registry: deps.metrics.registry,
  });
  const openSubscriptions = createOpenSubscriptions(operations);
  const watching = deps.supergraphPollMs === undefined ? undefined : watchSupergraph({ pollMs: deps.supergraphPollMs, read: readSupergraph, offer });
  const planner = followSupergraph(createSubscriptionPlanner(eventsSdl(), sources), operations);
  const hub = createEventHub(deps);
  const progress = createProgressHub(deps);
  const countSockets = addSocketGauges({ registry: deps.metrics.registry, hub, progress });
  const find = manifest === undefined ? findPersisted(createOperationStore(deps.shared)) : findListed(manifest);
  const admission = createAdmission(createRates(deps.rates, deps.shared), find, (text) => operations().keeps(text));
  const cors = createCors(deps.cors ?? { origins: production ? [] : sandboxOrigins, loopback: !production });
  const rights = createEventRights(deps);
  const limits: SocketLimits = { ...socketLimits, ...deps.sockets };
  const subscriptions = createSubscriptions({ ...deps, admission, cors, operations, planner, open: openSubscriptions, hub, progress, rights, deadlineMs, limits });
  const stopClosing = closeSignedOut({ ...deps, rights, sockets: subscriptions.sockets });
  const graphql = withCors(cors, seeing.requests(graphqlHandler({ ...deps, admission, operations, sources, deadlineMs })));
  const pages: HttpHandler = production ? () => Promise.resolve(undefined) : createPages({ token: deps.sandboxToken });
  const teamPages = teamPagesHandler({ ...deps, admission });
  // only who is signed in is listened to at length
  const mayBeLarge = async ({ path: asked, headers }: HttpHead): Promise<boolean> => asked === '/graphql' && !isRefused(await deps.authenticate(headers.authorization, undefined));
  const open: Listening[] = [];
  const isStopping = (): boolean => open.some((listening) => listening.isDraining());
  const breakers = () => ({ breakers: { teams: deps.teams.state(), contacts: deps.contacts.state() } });
  const health = healthHandler(() => (isStopping() ? Promise.resolve([stopping]) : deps.unready()), deps.metrics, breakers);
  return {
    listen: async ({ host, port, maxBodyBytes = defaultMaxBodyBytes }) => {
      const handler: HttpHandler = async (request) => (await pages(request)) ?? (await graphql(request)) ?? (await teamPages(request)) ?? health(request);
      const listening = await listen({ host, port, logger, maxBodyBytes, handler, mayBeLarge });
      subscriptions.serve(listening.server);
      countSockets(listening.server);
      open.push(listening);
      return listening;
    },
    reload: () => offer(readSupergraph),
    close: async () => {
      // a supergraph that is being read may take its time; readiness does not wait for it
      const unwatched = watching?.close();
      await drained(open, drainMs);
      await Promise.all([unwatched, subscriptions.close(), ...open.map((listening) => listening.close(drainMs))]);
      hub.close();
      progress.close();
      stopClosing();
    },
  };
};
