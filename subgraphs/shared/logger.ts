import { type DestinationStream, type Logger, pino } from 'pino';
import { currentRequest, currentSpan } from './tracing.ts';

export type { DestinationStream, Logger };

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * A logger of one process: JSON lines with the process's name; tokens and personal data are never put in. Lines of a request carry its
 * correlation id, company and viewer, and its trace where it is traced. `to`: where lines go, default standard output.
 */
export const createLogger = ({ to, ...options }: Readonly<{ name: string; level: LogLevel; to?: DestinationStream | undefined }>): Logger =>
  pino({ name: options.name, level: options.level, base: { name: options.name }, mixin: whereFrom, redact: ['*.authorization', '*.token', '*.email', '*.phone'] }, to ?? pino.destination(1));

const whereFrom = (): object => {
  const [ids, span] = [currentRequest(), currentSpan()];
  return { ...(ids !== null && { correlationId: ids.correlationId, companyId: ids.companyId, viewerId: ids.viewerId }), ...(span !== null && { traceId: span.traceId }) };
};
