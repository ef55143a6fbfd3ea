import { afterEach, describe, expect } from '@jest/globals';
import { type PartitionAssigner, PartitionAssigners } from 'kafkajs';
import type { Loop } from '../../subgraphs/shared/loop.ts';
import { createLogger, type Logger } from '../../subgraphs/shared/logger.ts';
import { companyTopic } from '../../subgraphs/teams/events/publisherTopic.ts';
import { startCompanySubscriber } from '../../subgraphs/teams/events/subscriber.ts';
import { type FreshKafka, freshKafka, kafkaClient } from '../support/kafka.ts';
import { realTest } from '../support/realTest.ts';
import { until } from '../support/until.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const startKafka = async (): Promise<FreshKafka['options']> => {
  const { options, close } = freshKafka();
  closers.push(close);
  const admin = kafkaClient(options).admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: companyTopic(options), numPartitions: 1 }] });
  await admin.disconnect();
  return options;
};

const send = async (kafka: FreshKafka['options'], value: string): Promise<void> => {
  const producer = kafkaClient(kafka).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({ topic: companyTopic(kafka), messages: [{ value }] });
  await producer.disconnect();
};

/** Reads what comes; `said` holds what was logged. */
const follow = (kafka: FreshKafka['options'], onSaid: (line: string) => void = () => undefined) => {
  const [got, said]: [string[], string[]] = [[], []];
  const write = (line: string): void => {
    said.push(line);
    onSaid(line);
  };
  const logger: Logger = createLogger({ name: 'test', level: 'warn', to: { write } });
  let refusals = 0;
  const subscriber: Pick<Loop, 'close'> = startCompanySubscriber({
    kafka,
    logger,
    receive: ({ value }) => {
      if (refusals > 0) {
        refusals -= 1;
        return Promise.reject(new Error('not now'));
      }
      got.push(String(value));
      return Promise.resolve();
    },
  });
  closers.push(() => subscriber.close());
  return { got, said, refuse: (count: number) => (refusals = count) };
};

/** A way of sharing partitions that nobody else in the group knows. */
const strange: PartitionAssigner = (config) => {
  const shared = PartitionAssigners.roundRobin(config);
  return { ...shared, name: 'strange', protocol: (topics) => ({ ...shared.protocol(topics), name: 'strange' }) };
};

describe('the reader of company.events.v1', () => {
  realTest('that its group refuses for good says so, and reads once it is let in (real servers)', async () => {
    const kafka = await startKafka();
    const other = kafkaClient(kafka).consumer({ groupId: `${kafka.topicPrefix}one-team.teams`, partitionAssigners: [strange] });
    await other.connect();
    await other.subscribe({ topic: companyTopic(kafka) });
    await other.run({ eachMessage: () => Promise.resolve() });
    const { got, said } = follow(kafka);
    await until(() => said.length > 1);
    expect(said[0]).toContain('reading company.events.v1 is tried again');
    await other.disconnect();
    await send(kafka, 'one');
    await until(() => got.includes('one'));
    expect(got).toEqual(['one']);
  }, 60_000);

  realTest('that ends in the middle of its work says so, and begins again where it was (real servers)', async () => {
    const kafka = await startKafka();
    let faults = 0;
    // what cannot even be logged ends the consumer
    const { got, said, refuse } = follow(kafka, (line) => {
      if (!line.includes('until it can be worked') || faults === 1) return;
      faults += 1;
      // kafkajs gives up at once on an error of this kind
      throw new RangeError('no room for a line');
    });
    await send(kafka, 'one');
    await until(() => got.length === 1);
    refuse(1);
    await send(kafka, 'two');
    await until(() => got.includes('two'));
    expect(got).toEqual(['one', 'two']);
    expect(said.filter((line) => line.includes('has stopped and begins again'))).toHaveLength(1);
  }, 60_000);
});
