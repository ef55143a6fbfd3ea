import { Kafka, logLevel, type Consumer, type EachBatchPayload } from 'kafkajs';
import type { Logger } from '../../shared/logger.ts';
import { type Loop, startLoop } from './loop.ts';
import { companyTopic, type KafkaOptions } from './publisherTopic.ts';
import { pause } from '../../shared/pause.ts';

/** A message as it came. */
export type Received = Readonly<{ /** topic/partition/offset */ reference: string; value: Buffer | null }>;

export type SubscriberOptions = Readonly<{
  kafka: KafkaOptions;
  /** Works one message for good. What it throws is tried again, and nothing behind it in its partition comes before. */
  receive: (message: Received) => Promise<void>;
  logger: Logger;
}>;

const retryMs = 1_000;
const longestRetryMs = 5_000;

/**
 * Reads `company.events.v1` from its beginning, all processes as one consumer group. A place is stored after the work, so that a message comes
 * at least once. A broker that is down delays nobody else: it is asked again, with growing pauses up to 10 s.
 */
export const startCompanySubscriber = ({ kafka, receive, logger }: SubscriberOptions): Pick<Loop, 'close'> => {
  const client = new Kafka({ clientId: 'one-team', brokers: [...kafka.brokers], logLevel: logLevel.NOTHING, connectionTimeout: 3_000, requestTimeout: 10_000, retry: { retries: 2 } });
  const closing = new AbortController();
  let running: Consumer | null = null;

  const eachBatch = async (consumer: Consumer, of: EachBatchPayload): Promise<void> => {
    const { topic, partition, messages } = of.batch;
    for (const { offset, value } of messages) {
      const message = { reference: `${topic}/${String(partition)}/${offset}`, value };
      if (!(await insist(() => receive(message), of))) return;
      await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(offset) + 1n) }]);
      of.resolveOffset(offset);
      await of.heartbeat();
    }
  };

  /** Repeats until it succeeds; false when the message is no longer this process's, or it is to stop. */
  const insist = async (work: () => Promise<void>, of: EachBatchPayload): Promise<boolean> => {
    for (let faults = 0; of.isRunning() && !of.isStale() && !closing.signal.aborted; faults += 1) {
      try {
        await work();
        return true;
      } catch (error) {
        if (faults === 0) logger.warn({ err: error }, 'a message of company.events.v1 is tried again until it can be worked');
        await pause(Math.min(retryMs * 2 ** faults, longestRetryMs), closing.signal);
        await of.heartbeat();
      }
    }
    return false;
  };

  const start = async (): Promise<boolean> => {
    if (running !== null) return false;
    const consumer = client.consumer({
      groupId: `${kafka.topicPrefix}one-team.teams`,
      allowAutoTopicCreation: false,
      // one way to begin again after whatever ended a consumer: kafkajs begins again after some faults only, and stands still without a word after the others
      retry: { retries: 2, restartOnFailure: () => Promise.resolve(false) },
    });
    const crashes: Error[] = [];
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
      crashes.push(error);
      if (running !== consumer) return;
      running = null;
      logger.warn({ err: error }, 'reading company.events.v1 has stopped and begins again');
      loop.wake();
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic: companyTopic(kafka), fromBeginning: true });
      // resolves too when it could not join its group: that is a crash like a later one
      await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: (payload) => eachBatch(consumer, payload) });
      const [crash] = crashes;
      if (crash !== undefined) throw crash;
      running = consumer;
    } catch (error) {
      await consumer.disconnect().catch(() => undefined);
      throw error;
    }
    return false;
  };
  const loop = startLoop({ pass: start, pollMs: retryMs, maxPauseMs: 10_000, onFault: (error) => logger.warn({ err: error }, 'reading company.events.v1 is tried again') });
  return {
    close: async () => {
      closing.abort();
      await loop.close();
      await running?.disconnect();
    },
  };
};
