import { randomUUID } from 'node:crypto';
import { createLogger } from '../shared/logger.ts';
import { createMetrics } from '../shared/metrics.ts';
import { connectHttp } from '../shared/peer.ts';
import { servePart } from '../shared/process.ts';
import { createTracer } from '../shared/tracingConfig.ts';
import type { ContactsConfig } from './config.ts';
import { buildContacts } from './service.ts';

/** Largest body of a call, in bytes. */
const maxBodyBytes = 20_000_000;

/** Builds contacts and serves it over HTTP. @throws when MongoDB is not there; PortTaken */
export const startContacts = async (config: ContactsConfig): Promise<Readonly<{ url: string; close(): Promise<void> }>> => {
  const { host, port, keys, cursorSecrets, mongoUrl, mongoDatabase, phoneRegion, drainMs } = config;
  const now = Date.now;
  const logger = createLogger({ name: 'contacts', level: config.logLevel });
  const metrics = createMetrics('contacts', logger);
  const tracer = await createTracer(config.tracing, 'contacts', logger);
  const teams = connectHttp({ caller: 'contacts', audience: 'teams', keys, now }, config.teamsUrl);
  const part = await buildContacts({ mongoUrl, mongoDatabase, teams, keys, cursorSecrets, phoneRegion, logger, metrics, tracer, now, newId: randomUUID }).catch(async (error: unknown) => {
    await teams.close();
    throw error;
  });
  const closePart = async (): Promise<void> => {
    await part.close();
    await teams.close();
    await tracer?.close();
  };
  const listening = await servePart(part, { host, port, logger, metrics, maxBodyBytes, drainMs }).catch(async (error: unknown) => {
    await closePart();
    throw error;
  });
  logger.info({ url: listening.url }, 'contacts is listening');
  return {
    url: listening.url,
    close: async () => {
      await listening.close();
      await closePart();
    },
  };
};
