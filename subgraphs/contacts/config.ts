import { z } from 'zod';
import { type Environment, httpUrl, processVariables, readEnvironment, secrets, whole } from '../shared/environment.ts';
import type { LogLevel } from '../shared/logger.ts';
import { type TracingConfig, tracingOf } from '../shared/tracingConfig.ts';
import { countryCodes, type PhoneRegion } from './domain/phone.ts';

const regions = Object.keys(countryCodes) as [PhoneRegion, ...PhoneRegion[]];
const variables = z.object({
  ...processVariables,
  /** Port to listen on, 0–65535; 0 takes a free one. Default 4002. */
  PORT: whole(0, 65_535).default(4_002),
  /** Secrets of cursors, likewise: the first seals, all open. Default: those of INTERNAL_SIGNING_KEYS. */
  CURSOR_SECRETS: secrets.optional(),
  /** The MongoDB server. */
  MONGODB_URL: z.string('must be set').refine((text) => /^mongodb(\+srv)?:\/\//.test(text), 'must start with mongodb:// or mongodb+srv://'),
  /** Name of the database in it, 1–63 letters, digits, _ or -. Default one_team. */
  MONGODB_DATABASE: z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, 'must have 1 to 63 letters, digits, _ or -').default('one_team'),
  /** The teams subgraph. Default http://127.0.0.1:4001. */
  TEAMS_URL: httpUrl.prefault('http://127.0.0.1:4001'),
  /** Country that a phone number without country code is read as; ID alone in this version. Default ID. */
  DEFAULT_PHONE_REGION: z.enum(regions, `must be one of ${regions.join(', ')}`).default('ID'),
});

export type ContactsConfig = Readonly<{
  host: string;
  port: number;
  logLevel: LogLevel;
  /** Null: no spans are made. */
  tracing: TracingConfig | null;
  isProduction: boolean;
  drainMs: number;
  keys: readonly [string, ...string[]];
  cursorSecrets: readonly [string, ...string[]];
  mongoUrl: string;
  mongoDatabase: string;
  teamsUrl: URL;
  phoneRegion: PhoneRegion;
}>;

/** Reads the environment. @throws one error that names every faulty variable, its value unless secret, and what is allowed. */
export const readContactsConfig = (env: Environment = process.env): ContactsConfig => {
  const data = readEnvironment('contacts', variables, env);
  return Object.freeze({
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    tracing: tracingOf(data),
    isProduction: data.NODE_ENV === 'production',
    drainMs: data.SHUTDOWN_DELAY_MS,
    keys: data.INTERNAL_SIGNING_KEYS,
    cursorSecrets: data.CURSOR_SECRETS ?? data.INTERNAL_SIGNING_KEYS,
    mongoUrl: data.MONGODB_URL,
    mongoDatabase: data.MONGODB_DATABASE,
    teamsUrl: data.TEAMS_URL,
    phoneRegion: data.DEFAULT_PHONE_REGION,
  });
};
