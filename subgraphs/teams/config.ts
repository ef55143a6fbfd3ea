import { z } from 'zod';
import { type LogLevel, logLevels } from '../shared/logger.ts';
import type { SigningKeys } from '../shared/calls.ts';

const secretLength = 32;
const listed = (text: string): string[] => text.split(',').map((part) => part.trim()).filter((part) => part !== '');
const secrets = z
  .string('must be set')
  .transform(listed)
  .refine((parts) => parts.length > 0 && parts.every((part) => part.length >= secretLength), `must be comma separated secrets of at least ${String(secretLength)} characters each`)
  .transform(([first = '', ...rest]): SigningKeys => [first, ...rest]);
const whole = (least: number, most: number) => {
  const allowed = `must be a whole number from ${String(least)} to ${String(most)}`;
  return z.coerce.number(allowed).int(allowed).min(least, allowed).max(most, allowed);
};

const variables = z.object({
  /** Address to listen on. Default 127.0.0.1; 0.0.0.0 for every interface. */
  HOST: z.string().default('127.0.0.1'),
  /** Port to listen on, 0–65535; 0 takes a free one. Default 4001. */
  PORT: whole(0, 65_535).default(4_001),
  /** Least severe log line that is written. Default info. */
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  /** `production` refuses everything that is for development only. Default development. */
  NODE_ENV: z.enum(['development', 'test', 'production'], 'must be development, test or production').default('development'),
  /** Secrets that sign calls between processes, comma separated, each at least 32 characters: the first signs, all verify. No default. */
  INTERNAL_SIGNING_KEYS: secrets,
  /** Secrets of cursors, likewise: the first seals, all open. Default: those of INTERNAL_SIGNING_KEYS. */
  CURSOR_SECRETS: secrets.optional(),
  /** The Postgres database, with all migrations applied. No default. */
  DATABASE_URL: z.string('must be set').regex(/^postgres(ql)?:\/\/./, 'must start with postgres:// or postgresql://'),
  /** Connections to it, 1–100. Default 10. */
  DATABASE_POOL: whole(1, 100).default(10),
  /** Kafka brokers that team events are published to, `host:port`, comma separated. Default: none, events stay in house. */
  KAFKA_BROKERS: z
    .string()
    .default('')
    .transform(listed)
    .refine((brokers) => brokers.every((broker) => /^[^\s:/]+:\d{1,5}$/.test(broker)), 'must be comma separated host:port'),
  /** In front of every topic name; letters, digits, `.`, `_` and `-`. Default: nothing. */
  KAFKA_TOPIC_PREFIX: z.string().regex(/^[A-Za-z0-9._-]{0,100}$/, 'must have up to 100 letters, digits, ., _ or -').default(''),
});

/** Not repeated in errors: keys, and a URL that may carry a password. */
const secretVariables: readonly string[] = ['INTERNAL_SIGNING_KEYS', 'CURSOR_SECRETS', 'DATABASE_URL'];

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
export const readTeamsConfig = (env: Readonly<Record<string, string | undefined>> = process.env): TeamsConfig => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = variables.safeParse(given);
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      const value = given[name];
      return value === undefined ? `${name} is missing: ${message}` : `${name}${secretVariables.includes(name) ? '' : ` is ${JSON.stringify(value)}`}: ${message}`;
    });
    throw new Error(`The configuration of teams has faults:\n${faults.join('\n')}`);
  }
  const { data } = read;
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
