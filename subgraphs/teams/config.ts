import { z } from 'zod';
import type { SigningKeys } from '../shared/calls.ts';
import { type Environment, listed, processVariables, readEnvironment, secrets, whole } from '../shared/environment.ts';
import type { LogLevel } from '../shared/logger.ts';

const variables = z.object({
  ...processVariables,
  /** Port to listen on, 0–65535; 0 takes a free one. Default 4001. */
  PORT: whole(0, 65_535).default(4_001),
  /** Secrets of cursors, likewise: the first seals, all open. Default: those of INTERNAL_SIGNING_KEYS. */
  CURSOR_SECRETS: secrets.optional(),
  /** The Postgres database, with all migrations applied. No default. */
  DATABASE_URL: z.string('must be set').regex(/^postgres(ql)?:\/\/./, 'must start with postgres:// or postgresql://'),
  /** Connections to it, 1–100. Default 10. */
  DATABASE_POOL: whole(1, 100).default(10),
  /** Kafka brokers that team events are published to and company events are read from, `host:port`, comma separated. Default: none, events stay in house. */
  KAFKA_BROKERS: z
    .string()
    .default('')
    .transform(listed)
    .refine((brokers) => brokers.every((broker) => /^[^\s:/]+:\d{1,5}$/.test(broker)), 'must be comma separated host:port'),
  /** In front of every topic name; letters, digits, `.`, `_` and `-`. Default: nothing. */
  KAFKA_TOPIC_PREFIX: z.string().regex(/^[A-Za-z0-9._-]{0,100}$/, 'must have up to 100 letters, digits, ., _ or -').default(''),
});

/** What a teams process is started with. */
export type TeamsConfig = Readonly<{
  host: string;
  port: number;
  logLevel: LogLevel;
  isProduction: boolean;
  keys: SigningKeys;
  cursorSecrets: readonly [string, ...string[]];
  databaseUrl: string;
  poolSize: number;
  /** Null: events stay in house. */
  kafka: Readonly<{ brokers: readonly string[]; topicPrefix: string }> | null;
}>;

/** Reads the environment. @throws one error that names every faulty variable, its value unless secret, and what is allowed. */
export const readTeamsConfig = (env: Environment = process.env): TeamsConfig => {
  const data = readEnvironment('teams', variables, env);
  return Object.freeze({
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    isProduction: data.NODE_ENV === 'production',
    keys: data.INTERNAL_SIGNING_KEYS,
    cursorSecrets: data.CURSOR_SECRETS ?? data.INTERNAL_SIGNING_KEYS,
    databaseUrl: data.DATABASE_URL,
    poolSize: data.DATABASE_POOL,
    kafka: data.KAFKA_BROKERS.length === 0 ? null : { brokers: data.KAFKA_BROKERS, topicPrefix: data.KAFKA_TOPIC_PREFIX },
  });
};
