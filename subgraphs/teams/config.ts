import { z } from 'zod';
import type { SigningKeys } from '../shared/calls.ts';
import { type Environment, httpUrl, listed, processVariables, readEnvironment, secrets, whole } from '../shared/environment.ts';
import type { LogLevel } from '../shared/logger.ts';
import { type TracingConfig, tracingOf } from '../shared/tracingConfig.ts';
import { hostFault } from './jobs/squadAddress.ts';
import type { Squads } from './jobs/triggerSquad.ts';

/** Where a squad is triggered: any path and query, no user and password in it, never on a link-local address (SPEC §2.2). */
const triggerUrl = httpUrl
  .refine(({ username, password }) => username === '' && password === '', 'must have no user and password in it; the token has a variable of its own')
  .superRefine((url, context) => {
    const fault = hostFault(url, { allowLoopback: true });
    if (fault !== null) context.addIssue({ code: 'custom', message: `must be on an address that may be called; ${fault}` });
  })
  .optional();

/** What may stand in a bearer header. */
const token = z.string().regex(/^[A-Za-z0-9._~+/-]{1,8192}=*$/, 'must be a bearer token of up to 8192 letters, digits and ._~+/-, with = at its end alone').optional();

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
  /** Chat's trigger endpoint, http or https; needs CHAT_TRIGGER_TOKEN. Default: none, Chat cannot be triggered. */
  CHAT_TRIGGER_URL: triggerUrl,
  /** The service token that Chat knows us by. */
  CHAT_TRIGGER_TOKEN: token,
  /** CRM's trigger endpoint, likewise. */
  CRM_TRIGGER_URL: triggerUrl,
  /** The service token that CRM knows us by. */
  CRM_TRIGGER_TOKEN: token,
});

/** What holds between variables; judged also when others are faulty, so that all faults are told at once. */
const together = (path: string, error: string) => ({ path: [path], error, when: () => true });
/** A URL that is faulty by itself counts as set. */
const bothOrNone = (one: unknown, other: unknown): boolean => one !== undefined || other === undefined;
const elsewhere = 'must not be on a loopback address in production';
const isElsewhere = (url: unknown, mode: unknown): boolean =>
  mode !== 'production' || !(url instanceof URL) || hostFault(url, { allowLoopback: true }) !== null || hostFault(url, { allowLoopback: false }) === null;

const checked = variables
  .refine((all) => bothOrNone(all.CHAT_TRIGGER_TOKEN, all.CHAT_TRIGGER_URL), together('CHAT_TRIGGER_TOKEN', 'must be set with CHAT_TRIGGER_URL'))
  .refine((all) => bothOrNone(all.CHAT_TRIGGER_URL, all.CHAT_TRIGGER_TOKEN), together('CHAT_TRIGGER_URL', 'must be set with CHAT_TRIGGER_TOKEN'))
  .refine((all) => isElsewhere(all.CHAT_TRIGGER_URL, all.NODE_ENV), together('CHAT_TRIGGER_URL', elsewhere))
  .refine((all) => bothOrNone(all.CRM_TRIGGER_TOKEN, all.CRM_TRIGGER_URL), together('CRM_TRIGGER_TOKEN', 'must be set with CRM_TRIGGER_URL'))
  .refine((all) => bothOrNone(all.CRM_TRIGGER_URL, all.CRM_TRIGGER_TOKEN), together('CRM_TRIGGER_URL', 'must be set with CRM_TRIGGER_TOKEN'))
  .refine((all) => isElsewhere(all.CRM_TRIGGER_URL, all.NODE_ENV), together('CRM_TRIGGER_URL', elsewhere));

/** What a teams process is started with. */
export type TeamsConfig = Readonly<{
  host: string;
  port: number;
  logLevel: LogLevel;
  /** Null: no spans are made. */
  tracing: TracingConfig | null;
  isProduction: boolean;
  drainMs: number;
  keys: SigningKeys;
  cursorSecrets: readonly [string, ...string[]];
  databaseUrl: string;
  poolSize: number;
  /** Null: events stay in house. */
  kafka: Readonly<{ brokers: readonly string[]; topicPrefix: string }> | null;
  /** Where squads are triggered; null: not configured. */
  squads: Squads;
}>;

/** Reads the environment. @throws one error that names every faulty variable, its value unless secret, and what is allowed. */
export const readTeamsConfig = (env: Environment = process.env): TeamsConfig => {
  const data = readEnvironment('teams', checked, env);
  return Object.freeze({
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    tracing: tracingOf(data),
    isProduction: data.NODE_ENV === 'production',
    drainMs: data.SHUTDOWN_DELAY_MS,
    keys: data.INTERNAL_SIGNING_KEYS,
    cursorSecrets: data.CURSOR_SECRETS ?? data.INTERNAL_SIGNING_KEYS,
    databaseUrl: data.DATABASE_URL,
    poolSize: data.DATABASE_POOL,
    kafka: data.KAFKA_BROKERS.length === 0 ? null : { brokers: data.KAFKA_BROKERS, topicPrefix: data.KAFKA_TOPIC_PREFIX },
    squads: { chat: endpointOf(data.CHAT_TRIGGER_URL, data.CHAT_TRIGGER_TOKEN), crm: endpointOf(data.CRM_TRIGGER_URL, data.CRM_TRIGGER_TOKEN) },
  });
};

const endpointOf = (url: URL | undefined, token: string | undefined): Squads['chat'] => (url === undefined || token === undefined ? null : { url, token });
