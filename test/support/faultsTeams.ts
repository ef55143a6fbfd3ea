import { randomUUID } from 'node:crypto';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { run, servePart } from '../../subgraphs/shared/process.ts';
import { readTeamsConfig } from '../../subgraphs/teams/config.ts';
import { buildTeams } from '../../subgraphs/teams/service.ts';

/** The teams process as deployed, but for the lease of its jobs (LEASE_SECONDS), so that many deaths fit into minutes. */
await run('teams', readTeamsConfig, async (config) => {
  const logger = createLogger({ name: 'teams', level: config.logLevel });
  const metrics = createMetrics('teams', logger);
  const part = await buildTeams({ ...config, leaseSeconds: Number(process.env['LEASE_SECONDS'] ?? '30'), logger, metrics, now: Date.now, newId: randomUUID });
  const listening = await servePart(part, { ...config, logger, metrics, maxBodyBytes: 20_000_000 });
  logger.info({ url: listening.url }, 'teams is listening');
  return {
    close: async () => {
      await listening.close();
      await part.close();
    },
  };
});
