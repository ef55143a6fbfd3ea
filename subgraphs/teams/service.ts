import type { SigningKeys } from '../shared/calls.ts';
import { CannotStart, hostOf } from '../shared/cannotStart.ts';
import { createCursors } from '../shared/cursor.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../shared/metrics.ts';
import { createEndpoint, type Handler } from '../shared/peer.ts';
import type { Part } from '../shared/process.ts';
import { createServed } from '../shared/served.ts';
import { createSubgraphHandler } from '../shared/subgraph.ts';
import type { Tracer } from '../shared/tracing.ts';
import { within } from '../shared/within.ts';
import { createContext } from './context.ts';
import { type KafkaOptions, requireTopic } from './events/publisherTopic.ts';
import { internalHandlers } from './internal.ts';
import { companyHandlers } from './internalCompanies.ts';
import { internalTeamHandlers } from './internalTeams.ts';
import { startBackground } from './jobs/background.ts';
import type { TriggerOptions } from './jobs/triggers.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { addTeamsReadings } from './readings.ts';
import { readTypeDefs } from './schema.ts';
import { gates } from './shield.ts';
import { type Database, openDatabase } from './store/database.ts';
import { pendingMigrations, readMigrations } from './store/migrations.ts';

export type TeamsDependencies = Readonly<{
  /** `postgres://user:password@host:port/database`; its migrations have been applied. */
  databaseUrl: string;
  /** Connections, 1–100. */
  poolSize: number;
  keys: SigningKeys;
  /** The first seals cursors, all open them. */
  cursorSecrets: readonly [string, ...string[]];
  /** Null: events stay in house. */
  kafka: KafkaOptions | null;
  /** Seconds after which the jobs of a process that died are taken up again. Default 30. */
  leaseSeconds?: number;
  /** How squads are triggered. Default: none is configured. */
  triggers?: TriggerOptions;
  logger: Logger;
  metrics: Metrics;
  /** Makes its spans; none without it. It is the caller's to close. */
  tracer?: Tracer | null;
  /** Milliseconds since 1970. */
  now: () => number;
  /** A new UUID. */
  newId: () => string;
}>;

const pingMs = 1_500;

/**
 * Opens the database, starts relay, feed and jobs, and answers calls of the gateway and of contacts.
 * @throws CannotStart when Postgres is not there or lacks migrations, or when Kafka is given and has no topic; nothing is written then.
 */
export const buildTeams = async (deps: TeamsDependencies): Promise<Part> => {
  const { databaseUrl, poolSize, keys, kafka, logger, metrics, tracer = null, now, newId } = deps;
  const missing = await pendingMigrations({ url: databaseUrl, migrations: await readMigrations() });
  if (missing.length > 0) throw new CannotStart(`DATABASE_URL (${hostOf(databaseUrl)}): the database lacks the migrations ${missing.join(', ')}. Run: npm run migrate (in the image: node dist/scripts/migrate.js)`);
  if (kafka !== null) await requireTopic(kafka);

  const database = openDatabase({ url: databaseUrl, poolSize });
  const cursors = createCursors(deps.cursorSecrets);
  const background = await startBackground({
    database,
    databaseUrl,
    logger,
    tracer,
    record: metrics.record,
    now,
    newId,
    kafka,
    ...(deps.leaseSeconds !== undefined && { leaseSeconds: deps.leaseSeconds }),
    ...(deps.triggers !== undefined && { triggers: deps.triggers }),
  }).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  addTeamsReadings({ registry: metrics.registry, database, isPublished: kafka !== null, countQueue: background.countQueue, now });
  const parts = { database, cursors, migration: background.migration };
  const graphql = await createSubgraphHandler({
    typeDefs: readTypeDefs(),
    resolvers,
    gates,
    contextOf: ({ viewer, correlationId }) => {
      if (viewer === null) throw new Error('A call for nobody came past its refusal.');
      return createContext(parts, viewer, correlationId);
    },
    logger,
    now,
  });
  return {
    endpoint: createEndpoint('teams', { graphql: forSomebody(graphql), ...internalHandlers(database.prisma), ...internalTeamHandlers(database), ...companyHandlers(database), ...background.feedHandlers }, keys, now, createServed('teams', metrics.registry, tracer)),
    unready: async () => ((await isUp(database)) ? [] : ['Postgres does not answer']),
    close: async () => {
      await background.close();
      await database.close();
    },
  };
};

/** The schema is for viewers: a process's own work has its own operations. */
const forSomebody =
  (graphql: Handler): Handler =>
  (claims, body) => {
    if (claims.viewer !== null) return graphql(claims, body);
    const extensions = { code: 'UNAUTHENTICATED', status: 401 };
    return Promise.resolve({ status: 401, body: { errors: [{ message: 'Sign in first.', extensions }] } });
  };

const isUp = ({ prisma }: Database): Promise<boolean> =>
  within(pingMs, prisma.$queryRaw`SELECT 1 AS up`, () => new Error('Postgres did not answer in time')).then(
    () => true,
    () => false,
  );
