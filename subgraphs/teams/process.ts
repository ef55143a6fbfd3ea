import { randomUUID } from 'node:crypto';
import { createLogger } from '../shared/logger.ts';
import { createMetrics } from '../shared/metrics.ts';
import { servePart } from '../shared/process.ts';
import { createTracer } from '../shared/tracingConfig.ts';
import type { TeamsConfig } from './config.ts';
import { buildTeams } from './service.ts';

/** Largest body of a call, in bytes: 10,000 items of a push fit. */
const maxBodyBytes = 20_000_000;

/** Builds teams and serves it over HTTP. @throws when Postgres is not there or lacks migrations; PortTaken */
export const startTeams = async (config: TeamsConfig): Promise<Readonly<{ url: string; close(): Promise<void> }>> => {
  const { host, port, databaseUrl, poolSize, keys, cursorSecrets, kafka, drainMs } = config;
  const logger = createLogger({ name: 'teams', level: config.logLevel });
  const metrics = createMetrics('teams', logger);
  const tracer = await createTracer(config.tracing, 'teams', logger);
  const triggers = { squads: config.squads, allowLoopback: !config.isProduction, random: Math.random };
  const part = await buildTeams({ databaseUrl, poolSize, keys, cursorSecrets, kafka, triggers, logger, metrics, tracer, now: Date.now, newId: randomUUID });
  const listening = await servePart(part, { host, port, logger, metrics, maxBodyBytes, drainMs }).catch(async (error: unknown) => {
    await part.close();
    throw error;
  });
  logger.info({ url: listening.url }, 'teams is listening');
  return {
    url: listening.url,
    close: async () => {
      await listening.close();
      await part.close();
      await tracer?.close();
    },
  };
};
