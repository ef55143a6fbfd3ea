import type { Logger } from '../subgraphs/shared/logger.ts';
import type { Metrics } from '../subgraphs/shared/metrics.ts';
import type { Peer } from '../subgraphs/shared/peer.ts';
import { healthHandler } from '../subgraphs/shared/process.ts';
import { listen, type Listening } from '../subgraphs/shared/server.ts';
import type { Tracer } from '../subgraphs/shared/tracing.ts';
import type { Authenticator } from './auth.ts';
import { createDataSource } from './dataSource.ts';
import { createEventHub } from './eventHub.ts';
import { correlationOf, graphqlHandler } from './http.ts';
import { landingPage } from './landingPage.ts';
import { createOperations } from './operations.ts';
import { createPlanner } from './plans/planner.ts';
import { createProgressHub } from './progressHub.ts';
import { createSeeing } from './seeing.ts';
import { addSocketGauges } from './socketGauges.ts';
import { createShield, shieldTable } from './shield.ts';
import { closeSignedOut } from './signedOut.ts';
import { createSubscriptionPlanner } from './subscriptionPlan.ts';
import { createSubscriptions } from './subscriptions.ts';
import { eventsSdl, supergraphSdl } from './supergraph.ts';

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
  /** What the gateway depends on and cannot use now, for `/health/ready`; takes 2 s at most. */
  unready: () => Promise<readonly string[]>;
  /** Hides schema names from errors and turns Sandbox off. */
  production: boolean;
  introspection: boolean;
  /** Longest time of a request, in milliseconds; default 10,000. What is missing then is a coded error. */
  deadlineMs?: number | undefined;
  /** Live events kept for a subscriber that reads slowly, default 1,000; past it they are read from the log again. */
  maxQueuedEvents?: number | undefined;
  /** Put into Sandbox's Authorization header, for demos. */
  sandboxToken?: string | undefined;
}>;

export type GatewayListen = Readonly<{
  host: string;
  port: number;
  /** Largest request body in bytes; default 16 MiB, so that 10,000 items of a push fit. */
  maxBodyBytes?: number | undefined;
}>;

/** A built gateway. `listen` opens its port; @throws PortTaken. `close` lets answers in progress finish and tells sockets 1001. */
export type Gateway = Readonly<{ listen(where: GatewayListen): Promise<Listening>; close(): Promise<void> }>;

const defaultDeadlineMs = 10_000;
const defaultMaxBodyBytes = 16_777_216;

/**
 * The whole gateway: queries and mutations over HTTP, subscriptions over WebSocket on the same path, health and metrics (SPEC §4).
 * @throws when a root field of the supergraph has no rule.
 */
export const buildGateway = async (given: GatewayDeps): Promise<Gateway> => {
  const plansKept = (): number => operations().kept().texts;
  const seeing = createSeeing({ registry: given.metrics.registry, tracer: given.tracer ?? null, newId: given.newId, plansKept, correlationOf });
  const deps = { ...given, authenticate: seeing.signingIn(given.authenticate) };
  const { logger, production, introspection, deadlineMs = defaultDeadlineMs, maxQueuedEvents = 1_000 } = deps;
  const sdl = supergraphSdl();
  const sources = {
    teams: createDataSource('teams', deps.teams, logger),
    contacts: createDataSource('contacts', deps.contacts, logger),
  };
  const supergraphPlanner = seeing.planning(createPlanner(sdl));
  const shield = createShield(supergraphPlanner.schema, { table: shieldTable, introspection });
  const read = createOperations({ planner: supergraphPlanner, shield, introspection, hideSuggestions: production });
  const operations = () => read;
  const planner = createSubscriptionPlanner(eventsSdl(), sources);
  const hub = createEventHub(deps);
  const progress = createProgressHub(deps);
  const countSockets = addSocketGauges({ registry: deps.metrics.registry, hub, progress });
  const subscriptions = createSubscriptions({ ...deps, operations, planner, hub, progress, deadlineMs, maxQueued: maxQueuedEvents });
  const stopClosing = closeSignedOut({ ...deps, sockets: subscriptions.sockets });
  const graphql = seeing.requests(graphqlHandler({ ...deps, operations, sources, deadlineMs, page: production ? undefined : landingPage(deps.sandboxToken) }));
  const health = healthHandler(deps.unready, deps.metrics);
  const open: Listening[] = [];
  return Promise.resolve({
    listen: async ({ host, port, maxBodyBytes = defaultMaxBodyBytes }) => {
      const handler = async (request: Parameters<typeof graphql>[0]) => (await graphql(request)) ?? health(request);
      const listening = await listen({ host, port, logger, maxBodyBytes, handler });
      subscriptions.serve(listening.server);
      countSockets(listening.server);
      open.push(listening);
      return listening;
    },
    close: async () => {
      await Promise.all([subscriptions.close(), ...open.map((listening) => listening.close())]);
      hub.close();
      progress.close();
      stopClosing();
    },
  });
};
