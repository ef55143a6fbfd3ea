import { z } from 'zod';
import type { SigningKeys } from '../subgraphs/shared/calls.ts';
import { type Environment, httpUrl, listed, processVariables, readEnvironment, whole } from '../subgraphs/shared/environment.ts';
import type { LogLevel } from '../subgraphs/shared/logger.ts';
import { type TracingConfig, tracingOf } from '../subgraphs/shared/tracingConfig.ts';
import { type CorsOptions, sandboxOrigins } from './cors.ts';
import { costLimits } from './cost/limit.ts';
import { type RateLimits, rateLimits } from './rates.ts';
import type { TeamPages } from './teamPages.ts';

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
  /** What one person or service may have open. */
  sockets: Readonly<{ sockets: number; subscriptions: number }>;
  drainMs: number;
  /** Undefined: the built one. */
  supergraphPath: string | undefined;
  maxCost: number;
  rates: RateLimits;
  redisUrl: URL | undefined;
  cors: CorsOptions;
  manifest: string | undefined;
  teamPages: TeamPages | undefined;
}>;

const mostRequests = 1_000_000_000;
const isOrigin = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;

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
  /** Sockets that one person or service may have open at this process. Default 50. */
  MAX_SOCKETS: whole(1, 100_000).default(50),
  /** Subscriptions that one person or service may have open at this process. Default 500. */
  MAX_SUBSCRIPTIONS: whole(1, 1_000_000).default(500),
  /** File of the supergraph; a new one is taken over while running. Default: the built one. */
  SUPERGRAPH_PATH: z.string().optional(),
  /** Most that one operation may cost, by `@cost` and `@listSize` (docs/wire.md). Default 25000. */
  MAX_OPERATION_COST: whole(100, 1_000_000_000).default(costLimits.cost),
  /** Requests a minute of one person. Default 6000. */
  RATE_PER_PERSON: whole(1, mostRequests).default(rateLimits.person),
  /** Requests a minute of all people of a company together. Default 60000. */
  RATE_PER_COMPANY: whole(1, mostRequests).default(rateLimits.company),
  /** Requests a minute of one service. Default 30000. */
  RATE_PER_SERVICE: whole(1, mostRequests).default(rateLimits.service),
  /** A Redis in which several gateways count requests and keep persisted operations together. Default none: each for itself. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' }).transform((text) => new URL(text)).optional(),
  /** Origins whose pages may ask in a browser, comma separated. Default none in production, else Apollo Sandbox's and loopback. */
  CORS_ORIGINS: z.string().transform(listed).refine((origins) => origins.every(isOrigin), 'must be origins, as https://console.example.com, comma separated').optional(),
  /** File with the only operations that are answered, in Apollo's format of persisted queries. Default none: all are. */
  OPERATIONS_MANIFEST: z.string().optional(),
  /** Where people sign in; with the two below. Default none: the addresses of team management are not answered. */
  SIGN_IN_URL: httpUrl.optional(),
  /** Where people start. */
  DASHBOARD_URL: httpUrl.optional(),
  /** Where team management was before One Team; never an address that leads back here. */
  LEGACY_TEAM_URL: httpUrl.optional(),
  /** Where team management is, while another server has the page. Default none. */
  TEAM_PAGE_URL: httpUrl.optional(),
  /** Name of a cookie that holds the SSO's JWT, for the addresses of team management alone. Default none. */
  SESSION_COOKIE: z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,64}$/, 'must be the name of a cookie').optional(),
});

/** Judged also when others are faulty, so that all faults are told at once. */
const together = (path: string, error: string) => ({ path: [path], error, when: () => true });

const teamPages = ['SIGN_IN_URL', 'DASHBOARD_URL', 'LEGACY_TEAM_URL', 'TEAM_PAGE_URL', 'SESSION_COOKIE'] as const;
const withoutTeamPages = (all: Readonly<Partial<Record<(typeof teamPages)[number], unknown>>>): boolean => teamPages.every((name) => all[name] === undefined);
const withOthers = 'must be set when any of SIGN_IN_URL, DASHBOARD_URL, LEGACY_TEAM_URL, TEAM_PAGE_URL and SESSION_COOKIE is';

const checked = variables
  .refine((all) => all.SIGN_IN_URL !== undefined || withoutTeamPages(all), together('SIGN_IN_URL', withOthers))
  .refine((all) => all.DASHBOARD_URL !== undefined || withoutTeamPages(all), together('DASHBOARD_URL', withOthers))
  .refine((all) => all.LEGACY_TEAM_URL !== undefined || withoutTeamPages(all), together('LEGACY_TEAM_URL', withOthers));

/** Reads the environment. @throws one error that names every variable at fault, its value and what is allowed. */
export const readGatewayConfig = (env: Environment = process.env): GatewayConfig => {
  const data = readEnvironment('the gateway', checked, env);
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
    sockets: { sockets: data.MAX_SOCKETS, subscriptions: data.MAX_SUBSCRIPTIONS },
    drainMs: data.SHUTDOWN_DELAY_MS,
    supergraphPath: data.SUPERGRAPH_PATH,
    maxCost: data.MAX_OPERATION_COST,
    rates: { person: data.RATE_PER_PERSON, company: data.RATE_PER_COMPANY, service: data.RATE_PER_SERVICE },
    redisUrl: data.REDIS_URL,
    cors: data.CORS_ORIGINS === undefined ? { origins: production ? [] : sandboxOrigins, loopback: !production } : { origins: data.CORS_ORIGINS, loopback: false },
    manifest: data.OPERATIONS_MANIFEST,
    teamPages: teamPagesOf(data),
  });
};

const teamPagesOf = (data: z.output<typeof checked>): TeamPages | undefined => {
  const { SIGN_IN_URL: signIn, DASHBOARD_URL: dashboard, LEGACY_TEAM_URL: legacy, TEAM_PAGE_URL: page, SESSION_COOKIE: sessionCookie } = data;
  return signIn && dashboard && legacy && { signIn, dashboard, legacy, page, sessionCookie };
};
