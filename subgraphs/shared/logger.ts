import { type Logger, pino } from 'pino';

export type { Logger };

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A logger of one process: JSON lines with the process's name; tokens and personal data are never put in. */
export const createLogger = (options: Readonly<{ name: string; level: LogLevel }>): Logger =>
  pino({ name: options.name, level: options.level, base: { name: options.name }, redact: ['*.authorization', '*.token', '*.email', '*.phone'] });
