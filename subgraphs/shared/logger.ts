import { type Logger, pino } from 'pino';
import { currentRequest, currentSpan } from './tracing.ts';

export type { Logger };

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * A logger of one process: JSON lines with the process's name; tokens and personal data are never put in. Lines of a request carry its
 * correlation id, company and viewer, and its trace where it is traced.
 */
export const createLogger = (options: Readonly<{ name: string; level: LogLevel }>): Logger =>
  pino({ name: options.name, level: options.level, base: { name: options.name }, mixin: whereFrom, redact: ['*.authorization', '*.token', '*.email', '*.phone'] });

const whereFrom = (): object => {
  const [ids, span] = [currentRequest(), currentSpan()];
  return { ...ids, ...(span !== null && { traceId: span.traceId }) };
};
