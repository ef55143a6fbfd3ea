import { type DestinationStream, type Logger, pino } from 'pino';
import { currentSpan } from './tracing.ts';

export type { DestinationStream, Logger };

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * A logger of one process: JSON lines with the process's name; tokens and personal data are never put in. Who logs for a request puts its
 * `requestIds` in; the trace comes by itself where it is traced. `to`: where lines go, default standard output.
 */
export const createLogger = ({ to, ...options }: Readonly<{ name: string; level: LogLevel; to?: DestinationStream | undefined }>): Logger =>
  pino({ name: options.name, level: options.level, base: { name: options.name }, mixin: whereFrom, redact: ['*.authorization', '*.token', '*.email', '*.phone'] }, to ?? pino.destination(1));

const whereFrom = (): object => {
  const span = currentSpan();
  return span === null ? {} : { traceId: span.traceId };
};
