import { z } from 'zod';
import type { SigningKeys } from './calls.ts';
import { logLevels } from './logger.ts';
import { samplers } from './tracingConfig.ts';

/** Environment variables as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The parts of a comma separated text, without blanks around them. */
export const listed = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** A whole number within a range. */
export const whole = (least: number, most: number) => {
  const allowed = `must be a whole number from ${String(least)} to ${String(most)}`;
  return z.coerce.number(allowed).int(allowed).min(least, allowed).max(most, allowed);
};

/** An http or https URL. */
export const httpUrl = z.string('must be set').transform((text, context) => {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol)) return parsed;
  context.addIssue({ code: 'custom', message: 'must be an http or https URL' });
  return z.NEVER;
});

const secretLength = 32;

/** Secrets that can be rotated: comma separated, each at least 32 characters; the first is used, all are accepted. */
export const secrets = z
  .string('must be set')
  .transform(listed)
  .refine(
    (parts) => parts.length > 0 && parts.every((part) => part.length >= secretLength),
    `must be comma separated secrets of at least ${String(secretLength)} characters each`,
  )
  .transform(([first = '', ...rest]): SigningKeys => [first, ...rest]);

/** `name=value` pairs, comma separated, values percent-encoded where they hold a comma: what OTLP receivers want in headers. */
const headers = z.string().transform((text, context) => {
  const pairs = listed(text).map((pair) => /^([A-Za-z0-9!#$%&'*+.^_`|~-]+)=(.+)$/.exec(pair));
  if (pairs.every((pair) => pair !== null && canDecode(pair[2] ?? ''))) return Object.fromEntries(pairs.map((pair) => [pair?.[1]?.toLowerCase() ?? '', decodeURIComponent(pair?.[2] ?? '').trim()]));
  context.addIssue({ code: 'custom', message: 'must be comma separated name=value, with commas in values percent-encoded' });
  return z.NEVER;
});

const canDecode = (text: string): boolean => {
  try {
    return decodeURIComponent(text) !== '';
  } catch {
    return false;
  }
};

const ratio = 'must be a number from 0 to 1';

/** Where spans go, by OpenTelemetry's own names; read by every process. */
export const tracingVariables = {
  /** OTLP/HTTP receiver of spans, which go to `v1/traces` below it. Default none: no spans are made. */
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  /** Headers that it wants, `name=value`, comma separated. Default none. */
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional(),
  /** What the process is called in traces. Default one-team-gateway, one-team-teams, one-team-contacts. */
  OTEL_SERVICE_NAME: z.string().max(255, 'must have up to 255 characters').optional(),
  /** Which traces are kept. Default parentbased_always_on. */
  OTEL_TRACES_SAMPLER: z.enum(samplers, `must be one of ${samplers.join(', ')}`).default('parentbased_always_on'),
  /** Share of the traces that the …traceidratio samplers keep, 0–1. Default 1. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number(ratio).min(0, ratio).max(1, ratio).default(1),
};

/** What every process is told. */
export const processVariables = {
  /** Address to listen on. Default 127.0.0.1; 0.0.0.0 for every interface. */
  HOST: z.string().default('127.0.0.1'),
  /** Least severe log line that is written. Default info. */
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  /** `production` refuses everything that is for development only. Default development. */
  NODE_ENV: z.enum(['development', 'test', 'production'], 'must be development, test or production').default('development'),
  /** Milliseconds between turning not ready at a stop and closing the port, so that load balancers notice; the stop ends within 30 s all the same. Default 0. */
  SHUTDOWN_DELAY_MS: whole(0, 8_000).default(0),
  /** Secrets that sign calls between processes, comma separated, each at least 32 characters: the first signs, all verify. No default. */
  INTERNAL_SIGNING_KEYS: secrets,
  ...tracingVariables,
};

/** Not repeated in messages: keys, tokens, and URLs that may carry a password. */
const secretVariables = [
  'INTERNAL_SIGNING_KEYS', 'CURSOR_SECRETS', 'DATABASE_URL', 'MONGODB_URL', 'REDIS_URL', 'CHAT_TRIGGER_URL', 'CHAT_TRIGGER_TOKEN', 'CRM_TRIGGER_URL', 'CRM_TRIGGER_TOKEN',
  'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS',
];

/** What is wrong with a configuration: a line for each variable at fault. */
export class ConfigurationFaults extends Error {
  override readonly name = 'ConfigurationFaults';
  readonly faults: readonly string[];

  constructor(title: string, faults: readonly string[]) {
    super(`The configuration of ${title} has faults:\n${faults.join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Reads variables out of an environment; empty counts as not set. `title` is whose they are.
 * @throws ConfigurationFaults, which names every faulty variable, its value unless secret, and what is allowed.
 */
export const readEnvironment = <Variables extends z.ZodType>(title: string, variables: Variables, env: Environment): z.output<Variables> => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = variables.safeParse(given);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `  ${describe(String(path[0]), given)} ${message}`);
  throw new ConfigurationFaults(title, faults);
};

const describe = (name: string, given: Readonly<Record<string, unknown>>): string => {
  const value = given[name];
  if (value === undefined) return `${name} is missing:`;
  return secretVariables.includes(name) ? `${name}:` : `${name} is ${JSON.stringify(value)}:`;
};
