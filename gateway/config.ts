import { z } from 'zod';
import { type LogLevel, logLevels } from '../subgraphs/shared/logger.ts';
import type { SigningKeys } from '../subgraphs/shared/calls.ts';

/** What a gateway process is started with. */
export type GatewayConfig = Readonly<{
  host: string;
  port: number;
  logLevel: LogLevel;
  production: boolean;
  signingKeys: SigningKeys;
  teamsUrl: URL;
  contactsUrl: URL;
  ssoIssuer: string;
  ssoAudience: string;
  ssoJwksUrl: URL;
  ssoAlgorithms: readonly string[];
  introspection: boolean;
  deadlineMs: number;
  maxBodyBytes: number;
}>;

const asymmetric = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'];

const url = z.string('must be set').transform((text, context) => {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol)) return parsed;
  context.addIssue({ code: 'custom', message: 'must be an http or https URL' });
  return z.NEVER;
});
const list = (text: string): string[] => text.split(',').map((item) => item.trim()).filter((item) => item !== '');
const number = (least: number, most: number) =>
  z.coerce.number(`must be a whole number from ${least} to ${most}`)
    .int(`must be a whole number from ${least} to ${most}`)
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

const variables = z.object({
  /** Address to listen on. Default 127.0.0.1; 0.0.0.0 for every interface. */
  HOST: z.string().default('127.0.0.1'),
  /** Port to listen on. Default 4000; 0 takes a free one. */
  PORT: number(0, 65_535).default(4_000),
  /** Least severe log line that is written. Default info. */
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  /** `production` turns Sandbox and introspection off, and hides schema names from errors. */
  NODE_ENV: z.string().default('development'),
  /** Secrets that sign calls between processes, comma separated: the first signs, all verify. No default. */
  INTERNAL_SIGNING_KEYS: z
    .string('must be set')
    .transform(list)
    .refine((keys) => keys.length > 0 && keys.every((key) => key.length >= 32), 'each key must have at least 32 characters'),
  /** Where the teams subgraph is. Default http://127.0.0.1:4001. */
  TEAMS_URL: url.prefault('http://127.0.0.1:4001'),
  /** Where the contacts subgraph is. Default http://127.0.0.1:4002. */
  CONTACTS_URL: url.prefault('http://127.0.0.1:4002'),
  /** `iss` that tokens must have. No default. */
  SSO_ISSUER: z.string('must be set').min(1, 'must be set'),
  /** `aud` that tokens must have. Default one-team. */
  SSO_AUDIENCE: z.string().min(1, 'must not be empty').default('one-team'),
  /** Where the public keys of the issuer are. No default. */
  SSO_JWKS_URL: url,
  /** Signature algorithms that tokens may have, comma separated; never a symmetric one. Default ES256,RS256. */
  SSO_ALGORITHMS: z
    .string()
    .default('ES256,RS256')
    .transform(list)
    .refine((names) => names.length > 0 && names.every((name) => asymmetric.includes(name)), `must be of ${asymmetric.join(', ')}`),
  /** Whether the schema may be asked for: true or false. Default true outside production. */
  INTROSPECTION: z.enum(['true', 'false'], 'must be true or false').optional(),
  /** Longest time that a request may take, in milliseconds; what is missing then is a coded error. Default 10000. */
  REQUEST_DEADLINE_MS: number(100, 25_000).default(10_000),
  /** Largest request body in bytes; 10,000 items of a push must fit. Default 16777216 (16 MiB). */
  MAX_BODY_BYTES: number(1_024, 268_435_456).default(16_777_216),
});

const secret = new Set<PropertyKey | undefined>(['INTERNAL_SIGNING_KEYS']);

/** Reads the environment. @throws one error that names every variable at fault, its value and what is allowed. */
export const readGatewayConfig = (env: Readonly<Record<string, string | undefined>> = process.env): GatewayConfig => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = variables.safeParse(given);
  if (!read.success) {
    const faults = read.error.issues.map(({ path: [name], message }) => `  ${String(name)}${shownValue(name, given)} ${message}`);
    throw new Error(`The gateway cannot start with this environment:\n${faults.join('\n')}`);
  }
  const { data } = read;
  const production = data.NODE_ENV === 'production';
  return Object.freeze({
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    production,
    signingKeys: data.INTERNAL_SIGNING_KEYS as [string, ...string[]],
    teamsUrl: data.TEAMS_URL,
    contactsUrl: data.CONTACTS_URL,
    ssoIssuer: data.SSO_ISSUER,
    ssoAudience: data.SSO_AUDIENCE,
    ssoJwksUrl: data.SSO_JWKS_URL,
    ssoAlgorithms: data.SSO_ALGORITHMS,
    introspection: data.INTROSPECTION === undefined ? !production : data.INTROSPECTION === 'true',
    deadlineMs: data.REQUEST_DEADLINE_MS,
    maxBodyBytes: data.MAX_BODY_BYTES,
  });
};

const shownValue = (name: PropertyKey | undefined, given: Readonly<Record<string, unknown>>): string => {
  const value = given[String(name)];
  if (value === undefined) return '';
  return secret.has(name) ? ' (a secret, not shown)' : ` is ${JSON.stringify(value)}:`;
};

/** @apollo/gateway would send usage metrics to its maker; it can be told not to only by this variable. */
export const silenceApolloTelemetry = (): void => {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
};
