import { parseArgs } from 'node:util';
import { type GatewayConfig, readGatewayConfig } from '../gateway/config.ts';
import { readContactsConfig } from '../subgraphs/contacts/config.ts';
import type { PhoneRegion } from '../subgraphs/contacts/domain/phone.ts';
import { ConfigurationFaults, type Environment } from '../subgraphs/shared/environment.ts';
import type { LogLevel } from '../subgraphs/shared/logger.ts';
import type { TracingConfig } from '../subgraphs/shared/tracingConfig.ts';
import { readTeamsConfig } from '../subgraphs/teams/config.ts';
import type { TriggerOptions } from '../subgraphs/teams/jobs/triggers.ts';
import { demoAudience, demoIssuerName, jwksPath } from './issuer.ts';

/** What the embedded mode is started with; what is left out is brought along, or as each part has it by default. */
export type EmbeddedConfig = Readonly<{
  host: string;
  port: number;
  logLevel: LogLevel;
  signingKey: string;
  /** The first seals cursors, all open them. Default: the signing key. */
  cursorSecrets?: readonly [string, ...string[]];
  databaseUrl: string | undefined;
  /** Connections to it. Default 10. */
  poolSize?: number;
  mongoUrl: string | undefined;
  mongoDatabase: string;
  /** What a phone number without country code is read as. Default ID. */
  phoneRegion?: PhoneRegion;
  kafka: Readonly<{ brokers: readonly string[]; topicPrefix: string }> | null;
  /** How squads are triggered. Default: none is configured. */
  triggers?: TriggerOptions;
  /** Where spans are sent; default: nowhere. */
  tracing?: TracingConfig | null;
  /** Limits, pages and what else a gateway is told. */
  gateway?: GatewayConfig;
}>;

/** Ignored folder for what the development stand-ins share: signing key, issuer key. */
export const dataFolder = new URL('../.data/', import.meta.url);

/** Where nothing is given: fewer log lines, and names for the embedded servers, whose URLs are known when they have started. */
const otherwise = { LOG_LEVEL: 'warn', DATABASE_URL: 'postgres://embedded', MONGODB_URL: 'mongodb://embedded' };

/** Not to be chosen: the parts are in this process, and tokens are those of the demo issuer. */
const fixed = {
  TEAMS_URL: undefined,
  CONTACTS_URL: undefined,
  SSO_ISSUER: demoIssuerName,
  SSO_AUDIENCE: demoAudience,
  SSO_JWKS_URL: `${demoIssuerName}${jwksPath}`,
  SSO_ALGORITHMS: undefined,
};

/**
 * Reads environment and arguments: the variables of all three parts, as each of them reads its own. `signingKey` is for when none is given.
 * @throws one error with every fault, and for NODE_ENV=production.
 */
export const readEmbeddedConfig = (signingKey: string, env: Environment = environment(), args: readonly string[] = process.argv.slice(2)): EmbeddedConfig => {
  const { values } = parseArgs({ args: [...args], options: { port: { type: 'string' }, host: { type: 'string' } } });
  const given = set({ ...env, ...(values.port !== undefined && { PORT: values.port }), ...(values.host !== undefined && { HOST: values.host }) });
  refuseProduction(given['NODE_ENV']);
  const { gateway, teams, contacts } = readParts({ ...otherwise, INTERNAL_SIGNING_KEYS: signingKey, ...given, ...fixed });
  return {
    host: gateway.host,
    port: gateway.port,
    logLevel: gateway.logLevel,
    signingKey: gateway.signingKeys[0],
    cursorSecrets: teams.cursorSecrets,
    databaseUrl: given['DATABASE_URL'],
    poolSize: teams.poolSize,
    mongoUrl: given['MONGODB_URL'],
    mongoDatabase: contacts.mongoDatabase,
    phoneRegion: contacts.phoneRegion,
    kafka: teams.kafka,
    triggers: { squads: teams.squads, allowLoopback: true, random: Math.random },
    tracing: gateway.tracing,
    gateway,
  };
};

const readParts = (env: Environment) => {
  const faults = new Set<string>();
  const read = <Config>(part: (env: Environment) => Config): Config | undefined => {
    try {
      return part(env);
    } catch (error) {
      if (!(error instanceof ConfigurationFaults)) throw error;
      for (const fault of error.faults) faults.add(fault);
      return undefined;
    }
  };
  const [gateway, teams, contacts] = [read(readGatewayConfig), read(readTeamsConfig), read(readContactsConfig)];
  if (gateway === undefined || teams === undefined || contacts === undefined) throw new ConfigurationFaults('npm start', [...faults]);
  return { gateway, teams, contacts };
};

/** Stand-ins never start in production. @throws when NODE_ENV is production */
export const refuseProduction = (mode: string | undefined = process.env['NODE_ENV']): void => {
  if (mode === 'production') {
    throw new Error('NODE_ENV is production: the embedded servers, demo data and demo tokens are for evaluation and development only.');
  }
};

/** The environment, for what is started with a part's own configuration and some stand-ins; what is empty is not in it. */
export const environment = (): Environment => set(process.env);

/** Empty counts as not set. */
const set = (env: Environment): Environment => Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));

/** The endpoint that `npm run demo` speaks to: `--url`, else that of `npm start` as it is without arguments. */
export const endpointOf = (args: readonly string[], env: Environment = environment()): string => {
  const { values } = parseArgs({ args: [...args], options: { url: { type: 'string' } } });
  return values.url ?? `http://127.0.0.1:${env['PORT'] ?? '4000'}/graphql`;
};
