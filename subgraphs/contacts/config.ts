import { z } from 'zod';
import { logLevels } from '../shared/logger.ts';
import { countryCodes, type PhoneRegion } from './domain/phone.ts';

const regions = Object.keys(countryCodes) as [PhoneRegion, ...PhoneRegion[]];
const secretLength = 32;
const secrets = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every((part) => part.length >= secretLength), `must be comma separated secrets of at least ${String(secretLength)} characters each`)
  .transform(([first = '', ...rest]): [string, ...string[]] => [first, ...rest]);
const urlOf = (...protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), `must be a URL that starts with ${protocols.map((each) => `${each}//`).join(' or ')}`);

const variables = z.object({
  /** Address to listen on. Default 127.0.0.1. */
  HOST: z.string().min(1).default('127.0.0.1'),
  /** Port to listen on, 0–65535; 0 takes a free one. Default 4002. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(4002),
  /** Least level that is logged. Default info. */
  LOG_LEVEL: z.enum(logLevels).default('info'),
  /** `production` hides what helps developers only. Default development. */
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  /** Secrets of the calls between processes, comma separated, each at least 32 characters: the first signs, all verify. */
  INTERNAL_SIGNING_KEYS: secrets,
  /** Secrets of cursors, likewise: the first seals, all open. Default: those of INTERNAL_SIGNING_KEYS. */
  CURSOR_SECRETS: secrets.optional(),
  /** The MongoDB server. */
  MONGODB_URL: z.string().refine((text) => /^mongodb(\+srv)?:\/\//.test(text), 'must start with mongodb:// or mongodb+srv://'),
  /** Name of the database in it, 1–63 letters, digits, _ or -. Default one_team. */
  MONGODB_DATABASE: z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, 'must have 1 to 63 letters, digits, _ or -').default('one_team'),
  /** The teams subgraph. Default http://127.0.0.1:4001. */
  TEAMS_URL: urlOf('http:', 'https:').default('http://127.0.0.1:4001'),
  /** Country that a phone number without country code is read as. Default ID. */
  DEFAULT_PHONE_REGION: z.enum(regions).default('ID'),
});

/** Not repeated in errors: keys, and a URL that may carry a password. */
const secretVariables = ['INTERNAL_SIGNING_KEYS', 'CURSOR_SECRETS', 'MONGODB_URL'];

export type ContactsConfig = Readonly<{
  host: string;
  port: number;
  logLevel: (typeof logLevels)[number];
  isProduction: boolean;
  keys: readonly [string, ...string[]];
  cursorSecrets: readonly [string, ...string[]];
  mongoUrl: string;
  mongoDatabase: string;
  teamsUrl: URL;
  phoneRegion: PhoneRegion;
}>;

/** Reads the environment. @throws one error that names every faulty variable, its value unless secret, and what is allowed. */
export const readContactsConfig = (env: Readonly<Record<string, string | undefined>> = process.env): ContactsConfig => {
  const read = variables.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== '')));
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      const value = env[name];
      if (value === undefined || value === '') return `${name} is missing`;
      return `${name}${secretVariables.includes(name) ? '' : ` is ${JSON.stringify(value)}`}: ${message}`;
    });
    throw new Error(`The configuration of contacts has faults:\n${faults.join('\n')}`);
  }
  const { data } = read;
  return Object.freeze({
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    isProduction: data.NODE_ENV === 'production',
    keys: data.INTERNAL_SIGNING_KEYS,
    cursorSecrets: data.CURSOR_SECRETS ?? data.INTERNAL_SIGNING_KEYS,
    mongoUrl: data.MONGODB_URL,
    mongoDatabase: data.MONGODB_DATABASE,
    teamsUrl: new URL(data.TEAMS_URL),
    phoneRegion: data.DEFAULT_PHONE_REGION,
  });
};
