import { z } from 'zod';
import type { SigningKeys } from '../subgraphs/shared/calls.ts';
import { type Environment, httpUrl, listed, processVariables, readEnvironment, whole } from '../subgraphs/shared/environment.ts';
import type { LogLevel } from '../subgraphs/shared/logger.ts';
import { type TracingConfig, tracingOf } from '../subgraphs/shared/tracingConfig.ts';

/** What a gateway process is started with. */
export type GatewayConfig = Readonly<{
  host: string;
  port: number;
  logLevel: LogLevel;
  /** Null: no spans are made. */
  tracing: TracingConfig | null;
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

const variables = z.object({
  ...processVariables,
  /** Port to listen on. Default 4000; 0 takes a free one. */
  PORT: whole(0, 65_535).default(4_000),
  /** Where the teams subgraph is. Default http://127.0.0.1:4001. */
  TEAMS_URL: httpUrl.prefault('http://127.0.0.1:4001'),
  /** Where the contacts subgraph is. Default http://127.0.0.1:4002. */
  CONTACTS_URL: httpUrl.prefault('http://127.0.0.1:4002'),
  /** `iss` that tokens must have. No default. */
  SSO_ISSUER: z.string('must be set').min(1, 'must be set'),
  /** `aud` that tokens must have. Default one-team. */
  SSO_AUDIENCE: z.string().min(1, 'must not be empty').default('one-team'),
  /** Where the public keys of the issuer are. No default. */
  SSO_JWKS_URL: httpUrl,
  /** Signature algorithms that tokens may have, comma separated; never a symmetric one. Default ES256,RS256. */
  SSO_ALGORITHMS: z
    .string()
    .default('ES256,RS256')
    .transform(listed)
    .refine((names) => names.length > 0 && names.every((name) => asymmetric.includes(name)), `must be of ${asymmetric.join(', ')}`),
  /** Whether the schema may be asked for: true or false. Default true outside production. */
  INTROSPECTION: z.enum(['true', 'false'], 'must be true or false').optional(),
  /** Longest time that a request may take, in milliseconds; what is missing then is a coded error. Default 10000. */
  REQUEST_DEADLINE_MS: whole(100, 25_000).default(10_000),
  /** Largest request body in bytes; 10,000 items of a push must fit. Default 16777216 (16 MiB). */
  MAX_BODY_BYTES: whole(1_024, 268_435_456).default(16_777_216),
});

/** Reads the environment. @throws one error that names every variable at fault, its value and what is allowed. */
export const readGatewayConfig = (env: Environment = process.env): GatewayConfig => {
  const data = readEnvironment('the gateway', variables, env);
  const production = data.NODE_ENV === 'production';
  return Object.freeze({
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    tracing: tracingOf(data),
    production,
    signingKeys: data.INTERNAL_SIGNING_KEYS,
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
