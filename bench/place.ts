import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { type KafkaOptions, requireTopic } from '../subgraphs/teams/events/publisherTopic.ts';
import { type Database, openDatabase } from '../subgraphs/teams/store/database.ts';
import { migrateUp, readMigrations } from '../subgraphs/teams/store/migrations.ts';

/** A variable of the real servers. @throws when it is not set. */
export const variable = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set. Run: eval "$(npm run -s servers -- env)"`);
  return value;
};

const onServer = async (statement: string): Promise<void> => {
  const client = new Client({ connectionString: variable('DATABASE_URL') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

/** A database of its own on the real Postgres. */
export const freshPostgres = async (): Promise<Readonly<{ url: string; close(): Promise<void> }>> => {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(variable('DATABASE_URL'));
  url.pathname = `/${name}`;
  return { url: url.href, close: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
};

export type TeamsPlace = Readonly<{ url: string; database: Database; plain: Client; close(): Promise<void> }>;

/** A database of its own with all migrations, on the real Postgres; `plain` is one connection to it. */
export const teamsPlace = async (): Promise<TeamsPlace> => {
  const { url, close } = await freshPostgres();
  await migrateUp({ url, migrations: await readMigrations(), newId: randomUUID });
  const database = openDatabase({ url, poolSize: 10 });
  const plain = new Client({ connectionString: url });
  await plain.connect();
  return {
    url,
    database,
    plain,
    close: async () => {
      await plain.end();
      await database.close();
      await close();
    },
  };
};

export type TopicPlace = Readonly<{ options: KafkaOptions; kafka: Kafka; close(): Promise<void> }>;

/** A topic of its own on the real Kafka. */
export const topicPlace = async (): Promise<TopicPlace> => {
  const options = { brokers: variable('KAFKA_BROKERS').split(','), topicPrefix: `bench-${randomUUID()}.` };
  await requireTopic(options);
  const kafka = new Kafka({ clientId: 'bench', brokers: [...options.brokers], logLevel: logLevel.NOTHING });
  return {
    options,
    kafka,
    close: async () => {
      const admin = kafka.admin();
      await admin.connect();
      await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.startsWith(options.topicPrefix)) });
      await admin.disconnect();
    },
  };
};

export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
