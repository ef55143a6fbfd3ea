import { randomUUID } from 'node:crypto';
import { createLocalJWKSet } from 'jose';
import type { Registry } from 'prom-client';
import { createAuthenticator } from '../gateway/auth.ts';
import { supergraphPollMs } from '../gateway/process.ts';
import { buildGateway } from '../gateway/service.ts';
import { connectSharedStore } from '../gateway/sharedStore.ts';
import { buildContacts } from '../subgraphs/contacts/service.ts';
import type { Party, SigningKeys } from '../subgraphs/shared/calls.ts';
import { createLogger, type DestinationStream } from '../subgraphs/shared/logger.ts';
import { createMetrics } from '../subgraphs/shared/metrics.ts';
import { connectInProcess, type Endpoint, type Peer } from '../subgraphs/shared/peer.ts';
import { createTracer } from '../subgraphs/shared/tracingConfig.ts';
import { requireTopic } from '../subgraphs/teams/events/publisherTopic.ts';
import { buildTeams } from '../subgraphs/teams/service.ts';
import type { EmbeddedConfig } from './config.ts';
import { seedContacts } from './demo/seedContacts.ts';
import { mintDemoTokens } from './demo/tokens.ts';
import { createDemoIssuer, type DemoIssuer } from './issuer.ts';
import { prepareTeamsDatabase } from './prepareTeams.ts';
import { someMongo, somePostgres } from './standIns.ts';

export type SystemOptions = EmbeddedConfig &
  Readonly<{
    /** Where the issuer keeps its key; not kept when left out. */
    issuerFolder?: string;
    /** Where log lines go; default standard output. */
    logTo?: DestinationStream;
  }>;

/** The whole system in one process. */
export type System = Readonly<{
  /** `http://127.0.0.1:4000/graphql` */
  url: string;
  issuer: DemoIssuer;
  /** The token of a demo person or service. */
  token: (key: string) => string;
  postgres: string;
  mongo: string;
  /** What `/metrics` of each part would print. */
  metrics: (party: Party) => Promise<string>;
  close(): Promise<void>;
}>;

const defaultPhoneRegion = 'ID';
const defaultPoolSize = 10;

/**
 * Starts everything in this process: servers that are not given by URL, demo data in empty ones, teams, contacts, gateway.
 * Parts call each other in-process, signed and verified as over HTTP. @throws PortTaken
 */
export const startSystem = async (options: SystemOptions): Promise<System> => {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await start(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
};

const start = async (options: SystemOptions, closers: (() => Promise<void>)[], close: System['close']): Promise<System> => {
  const now = Date.now;
  const keys: SigningKeys = [options.signingKey];
  const opened = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const part = await opening;
    closers.push(() => part.close());
    return part;
  };
  const [postgres, mongo, issuer] = await Promise.all([
    opened(somePostgres(options.databaseUrl)),
    opened(someMongo(options.mongoUrl, options.mongoDatabase)),
    createDemoIssuer({ folder: options.issuerFolder, now }),
  ]);
  const registries = new Map<Party, Registry>();
  const of = async (name: Party) => {
    const logger = createLogger({ name, level: options.logLevel, to: options.logTo });
    const tracer = await createTracer(options.tracing ?? null, name, logger);
    closers.push(async () => tracer?.close());
    const metrics = createMetrics(name, logger);
    registries.set(name, metrics.registry);
    return { logger, metrics, tracer, keys, cursorSecrets: options.cursorSecrets ?? keys, now, newId: randomUUID };
  };
  // before anything is written: a start that cannot succeed leaves all three as they were
  if (options.kafka !== null) await requireTopic(options.kafka);
  await prepareTeamsDatabase(postgres.url);
  const teams = await opened(buildTeams({ ...(await of('teams')), databaseUrl: postgres.url, poolSize: options.poolSize ?? defaultPoolSize, kafka: options.kafka, ...(options.triggers !== undefined && { triggers: options.triggers }) }));
  const contacts = await opened(
    buildContacts({
      ...(await of('contacts')),
      mongoUrl: mongo.url,
      mongoDatabase: options.mongoDatabase,
      teams: peer('contacts', 'teams', keys, teams.endpoint),
      phoneRegion: options.phoneRegion ?? defaultPhoneRegion,
    }),
  );
  await seedContacts({ url: mongo.url, database: options.mongoDatabase, now: now() });
  const token = await mintDemoTokens(issuer.mint);
  const ofGateway = await of('gateway');
  const redisUrl = options.gateway?.redisUrl;
  const shared = redisUrl && (await opened(connectSharedStore(redisUrl, ofGateway)));
  const gateway = await opened(
    buildGateway({
      ...options.gateway,
      ...ofGateway,
      shared,
      ...(options.gateway !== undefined && { supergraphPollMs }),
      random: Math.random,
      teams: peer('gateway', 'teams', keys, teams.endpoint),
      contacts: peer('gateway', 'contacts', keys, contacts.endpoint),
      authenticate: createAuthenticator({
        issuer: issuer.issuer,
        audience: issuer.audience,
        keySet: createLocalJWKSet(issuer.jwks),
        algorithms: ['ES256'],
        now,
      }),
      unready: async () => (await Promise.all([teams.unready(), contacts.unready()])).flat(),
      production: false,
      introspection: options.gateway?.introspection ?? true,
      sandboxToken: token('zhelia'),
    }),
  );
  const listening = await gateway.listen({ host: options.host, port: options.port, maxBodyBytes: options.gateway?.maxBodyBytes });
  return { url: `${listening.url}/graphql`, issuer, token, postgres: postgres.name, mongo: mongo.name, metrics: async (party) => (await registries.get(party)?.metrics()) ?? '', close };
};

const peer = (caller: Party, audience: Party, keys: SigningKeys, endpoint: Endpoint): Peer =>
  connectInProcess({ caller, audience, keys, now: Date.now }, endpoint);
