import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaOptions } from '../../subgraphs/teams/events/publisherTopic.ts';

/** A topic prefix of its own; `close` removes the topics that begin with it. */
export type FreshKafka = Readonly<{ options: KafkaOptions; close(): Promise<void> }>;

// The only place that knows where tests' Kafka is. Given by `npm run test:real`.
const brokers = (process.env['TEST_KAFKA_BROKERS'] ?? '').split(',').filter((broker) => broker !== '');

/** On the real server. @throws without one: for tests of realTest. */
export const freshKafka = (): FreshKafka => {
  if (brokers.length === 0) throw new Error('There is no Kafka: this test is one of realTest.');
  const topicPrefix = `test-${randomUUID()}.`;
  return { options: { brokers, topicPrefix }, close: () => removeTopics(topicPrefix) };
};

/** For a system that publishes nothing without brokers. */
export const kafkaForSystem = (): Readonly<{ options: KafkaOptions | null; close(): Promise<void> }> =>
  brokers.length === 0 ? { options: null, close: () => Promise.resolve() } : freshKafka();

/** A client for looking at what was published; quiet while a server starts. */
export const kafkaClient = ({ brokers: at }: KafkaOptions): Kafka => new Kafka({ clientId: 'test', brokers: [...at], logLevel: logLevel.NOTHING });

const removeTopics = async (prefix: string): Promise<void> => {
  const admin = kafkaClient({ brokers, topicPrefix: prefix }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
};
