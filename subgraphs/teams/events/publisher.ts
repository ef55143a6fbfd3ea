import { CompressionTypes, Kafka, logLevel, type Producer } from 'kafkajs';
import type { Logger } from '../../shared/logger.ts';
import type { FeedEntry } from '../../shared/teamsApi.ts';
import type { Database } from '../store/database.ts';
import { readEntries } from '../store/eventLog.ts';
import { publishedTo, setPublishedTo } from '../store/publications.ts';
import { holdLease, takeLease } from '../store/relayLease.ts';
import { envelopeOf } from './envelope.ts';
import { type Loop, startLoop } from './loop.ts';
import { type KafkaOptions, teamTopic } from './publisherTopic.ts';

/** What a publisher sends through: Kafka, or a stand-in in tests. `send` resolves when the broker has all of it. */
export type Outlet = Readonly<{ send(messages: readonly OutletMessage[]): Promise<void>; close(): Promise<void> }>;
export type OutletMessage = Readonly<{ key: string; value: string }>;

export type PublisherOptions = Readonly<{
  database: Database;
  outlet: Outlet;
  logger: Logger;
  /** This publisher's own id, a UUID. */
  holder: string;
  now: () => number;
  /** Milliseconds between looks when nobody wakes it. Default 500. */
  pollMs?: number;
  /** Milliseconds after which another publisher may take over from one that died; lengthened while it sends. Default 5,000. */
  leaseMs?: number;
}>;

const name = 'kafka';
const pageLength = 200;

/**
 * Publishes the outside sequence in its order, one publisher at a time over all processes; at least once, as a place is stored after
 * the broker has the events. A broker that is down delays nobody else: it is tried again, with growing pauses up to 10 s. Nor is an
 * event that it refuses skipped: order per company would be lost, so it holds the sequence and is logged at each try.
 */
export const startPublisher = (options: PublisherOptions): Loop => {
  const { database, outlet, logger, holder, now, pollMs = 500, leaseMs = 5_000 } = options;
  const pass = async (): Promise<boolean> => {
    const from = await publishedTo(database.prisma, name);
    const entries = await readEntries(database.prisma, 'outside', from, pageLength);
    const last = entries.at(-1);
    if (last === undefined) return false;
    const lease = await database.transaction((tx) => takeLease(tx, { name, holder, leaseMs }));
    if (lease === null) return false;
    // read again under the lease: another publisher may have sent these
    if ((await publishedTo(database.prisma, name)) !== from) return true;
    await holding(outlet.send(entries.map(messageOf)), leaseMs / 3, () => database.transaction((tx) => takeLease(tx, { name, holder, leaseMs })));
    await database.transaction(async (tx) => {
      if (await holdLease(tx, lease)) await setPublishedTo(tx, name, last.position, new Date(now()));
    });
    return true;
  };
  const loop = startLoop({ pass, pollMs, maxPauseMs: 10_000, onFault: (error) => logger.warn({ err: error }, 'publishing to Kafka is tried again') });
  return {
    wake: loop.wake,
    close: async () => {
      await loop.close();
      await outlet.close();
    },
  };
};

/** Above the time that sending may take; past it another publisher may try. */
const longestSendMs = 60_000;

/** Waits for a work and lengthens the lease as long as it takes. What comes of that is seen when the place is stored. */
const holding = async (work: Promise<void>, everyMs: number, lengthen: () => Promise<unknown>): Promise<void> => {
  const until = performance.now() + longestSendMs;
  const timer = setInterval(() => {
    if (performance.now() < until) lengthen().catch(() => undefined);
  }, everyMs);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
};

const messageOf = (entry: FeedEntry): OutletMessage => ({ key: entry.companyId, value: JSON.stringify(envelopeOf(entry)) });

/** Kafka as an outlet: connects with the first message, keeps order, and drops the broker's own duplicates. */
export const kafkaOutlet = (options: KafkaOptions): Outlet => {
  const kafka = new Kafka({ clientId: 'one-team', brokers: [...options.brokers], logLevel: logLevel.NOTHING, connectionTimeout: 3_000, requestTimeout: 10_000, retry: { retries: 2 } });
  let producer: Producer | null = null;
  return {
    send: async (messages) => {
      producer ??= kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, retry: { retries: 2 } });
      try {
        await producer.connect();
        await producer.send({ topic: teamTopic(options), acks: -1, compression: CompressionTypes.None, messages: [...messages] });
      } catch (error) {
        // a producer whose sequence is in doubt is not used again
        await producer.disconnect().catch(() => undefined);
        producer = null;
        throw error;
      }
    },
    close: async () => producer?.disconnect(),
  };
};
