import { Kafka, logLevel } from 'kafkajs';
import { CannotStart } from '../../shared/cannotStart.ts';
import { within } from '../../shared/within.ts';

export type KafkaOptions = Readonly<{
  brokers: readonly string[];
  /** In front of every topic's name; '' for none. */
  topicPrefix: string;
}>;

/** Name of the topic that team events are published on. */
export const teamTopic = ({ topicPrefix }: KafkaOptions): string => `${topicPrefix}team.events.v1`;

/** Name of the topic that tells of new companies (OTM-S02). */
export const companyTopic = ({ topicPrefix }: KafkaOptions): string => `${topicPrefix}company.events.v1`;

const limitMs = 5_000;

/**
 * Makes sure, when a process starts, that its brokers are there and have both topics: where one is missing they are asked to make it, with
 * their own default of partitions and copies. An outage later holds up events alone, never a process that runs.
 * @throws CannotStart when no broker answers within 5 s, or a topic is not there and may not be made.
 */
export const requireTopic = async (options: KafkaOptions): Promise<void> => {
  const where = `KAFKA_BROKERS (${options.brokers.join(', ')})`;
  const admin = new Kafka({ clientId: 'one-team', brokers: [...options.brokers], logLevel: logLevel.NOTHING, connectionTimeout: 2_000, requestTimeout: 4_000, retry: { retries: 1 } }).admin();
  const ask = async (): Promise<void> => {
    const topics = await known(admin.connect().then(() => admin.listTopics()), (reason) => `no Kafka answers there (${reason}). Start it, or correct the list; without it, leave KAFKA_BROKERS out.`);
    for (const topic of [teamTopic(options), companyTopic(options)].filter((each) => !topics.includes(each))) {
      await known(admin.createTopics({ topics: [{ topic }], waitForLeaders: false }), (reason) => `there is no topic ${topic}, and it could not be made (${reason}). Make it, or grant the right to.`);
    }
  };
  const known = <T>(work: Promise<T>, meaning: (reason: string) => string): Promise<T> =>
    work.catch((error: unknown) => {
      throw new CannotStart(`${where}: ${meaning(error instanceof Error ? error.message : String(error))}`, { cause: error });
    });
  const late = (): CannotStart =>
    new CannotStart(`${where}: what listens there did not answer as Kafka within ${String(limitMs / 1_000)} s. Start it, or correct the list.`);
  try {
    await within(limitMs, ask(), late);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
};
