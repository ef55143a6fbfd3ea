import { Redis } from 'ioredis';
import type { Logger } from '../subgraphs/shared/logger.ts';

/** A Redis that several gateways share what they count and know in. It may be away: then each goes on by itself. */
export type SharedStore = Readonly<{
  client: Redis;
  /** Does something with it, for a bounded time; `away` at once while it is not there, or has not answered within the last second. */
  attempt<T>(work: (client: Redis) => Promise<T>): Promise<T | 'away'>;
  close(): Promise<void>;
}>;

export type SharedStoreOptions = Readonly<{
  logger: Logger;
  now: () => number;
  /** Longest wait for an answer; default 200. */
  answerMs?: number;
}>;

const usualAnswerMs = 200;
/** How long nothing is asked of a Redis that did not answer. */
const leftAloneMs = 1_000;
const connectMs = 1_000;
const mostRetryMs = 2_000;
const disconnectMs = 200;

/**
 * Connects to a Redis. Waits 1 s for it at most, and never throws for it: one that is away is told of once in the log, and once when it is
 * back; meanwhile it is tried again every 2 s. A command that it does not answer is not sent again.
 */
export const connectSharedStore = async (url: URL, { logger, now, answerMs = usualAnswerMs }: SharedStoreOptions): Promise<SharedStore> => {
  const client = new Redis(url.href, {
    connectTimeout: connectMs,
    commandTimeout: answerMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    disconnectTimeout: disconnectMs,
    retryStrategy: (times) => Math.min(100 * 2 ** times, mostRetryMs),
  });
  let told = false;
  let leftAloneUntil = 0;
  const away = (error: unknown): 'away' => {
    if (!told) logger.warn({ err: error }, 'Redis is away: requests are counted, and operations remembered, by each process for itself');
    told = true;
    leftAloneUntil = now() + leftAloneMs;
    return 'away';
  };
  const back = (): void => {
    if (told) logger.info('Redis is back');
    told = false;
    leftAloneUntil = 0;
  };
  client.on('error', away);
  await ready(client);
  if (client.status !== 'ready') away(new Error('it could not be reached'));
  return {
    client,
    attempt: async (work) => {
      if (client.status !== 'ready') return away(new Error('the connection is lost'));
      const at = now();
      if (at < leftAloneUntil) return 'away';
      // one asks whether it answers again, and the others do not wait for that
      if (told) leftAloneUntil = at + leftAloneMs;
      try {
        const done = await work(client);
        back();
        return done;
      } catch (error) {
        return away(error);
      }
    },
    close: () => {
      client.disconnect();
      return Promise.resolve();
    },
  };
};

const ready = (client: Redis): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, connectMs);
    const go = (): void => {
      clearTimeout(timer);
      resolve();
    };
    client.once('ready', go).once('close', go);
  });
