import { parseArgs } from 'node:util';
import { z } from 'zod';
import { listed, readEnvironment, tracingVariables, whole } from '../subgraphs/shared/environment.ts';
import { type LogLevel, logLevels } from '../subgraphs/shared/logger.ts';
import { type TracingConfig, tracingOf } from '../subgraphs/shared/tracingConfig.ts';

/** What the embedded mode is started with; what is left out is brought along. */
export type EmbeddedConfig = Readonly<{
  host: string;
  port: number;
  logLevel: LogLevel;
  databaseUrl: string | undefined;
  mongoUrl: string | undefined;
  mongoDatabase: string;
  kafka: Readonly<{ brokers: readonly string[]; topicPrefix: string }> | null;
  /** Where spans are sent; default: nowhere. */
  tracing?: TracingConfig | null;
}>;

/** Ignored folder for what the development stand-ins share: signing key, issuer key. */
export const dataFolder = new URL('../.data/', import.meta.url);

const variables = z.object({
  /** Address to listen on. Default 127.0.0.1. */
  HOST: z.string().default('127.0.0.1'),
  /** Port of the endpoint. Default 4000; 0 takes a free one. `--port` wins. */
  PORT: whole(0, 65_535).default(4_000),
  /** Least severe log line that is written. Default warn here. */
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('warn'),
  /** A real Postgres instead of the embedded one. */
  DATABASE_URL: z.string().optional(),
  /** A real MongoDB instead of the embedded one. */
  MONGODB_URL: z.string().optional(),
  /** Its database. Default one_team. */
  MONGODB_DATABASE: z.string().default('one_team'),
  /** Brokers to publish team events to, comma separated. None: not published to Kafka. */
  KAFKA_BROKERS: z.string().optional(),
  /** Put before the topic's name. Default empty. */
  KAFKA_TOPIC_PREFIX: z.string().default(''),
  ...tracingVariables,
  /** The stand-ins do not start in production. */
  NODE_ENV: z.string().optional(),
});

/** Reads environment and arguments. @throws one error with every fault, and for NODE_ENV=production. */
export const readEmbeddedConfig = (
  env: Readonly<Record<string, string | undefined>> = process.env,
  args: readonly string[] = process.argv.slice(2),
): EmbeddedConfig => {
  const { values } = parseArgs({ args: [...args], options: { port: { type: 'string' }, host: { type: 'string' } } });
  const given: Record<string, string | undefined> = { ...env };
  if (values.port !== undefined) given['PORT'] = values.port;
  if (values.host !== undefined) given['HOST'] = values.host;
  const data = readEnvironment('npm start', variables, given);
  refuseProduction(data.NODE_ENV);
  const brokers = listed(data.KAFKA_BROKERS ?? '');
  return {
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    databaseUrl: data.DATABASE_URL,
    mongoUrl: data.MONGODB_URL,
    mongoDatabase: data.MONGODB_DATABASE,
    kafka: brokers.length === 0 ? null : { brokers, topicPrefix: data.KAFKA_TOPIC_PREFIX },
    tracing: tracingOf(data),
  };
};

/** Stand-ins never start in production. @throws when NODE_ENV is production */
export const refuseProduction = (mode: string | undefined = process.env['NODE_ENV']): void => {
  if (mode === 'production') {
    throw new Error('NODE_ENV is production: the embedded servers, demo data and demo tokens are for evaluation and development only.');
  }
};

/** The environment, for what is started with a part's own configuration and some stand-ins. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;

/** The endpoint that `npm run demo` speaks to: `--url`, else that of `npm start` as it is without arguments. */
export const endpointOf = (args: readonly string[], env: Readonly<Record<string, string | undefined>> = process.env): string => {
  const { values } = parseArgs({ args: [...args], options: { url: { type: 'string' } } });
  return values.url ?? `http://127.0.0.1:${env['PORT'] ?? '4000'}/graphql`;
};
