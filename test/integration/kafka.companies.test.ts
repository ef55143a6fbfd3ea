import { describe, expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import type { Part } from '../../subgraphs/shared/process.ts';
import { companyTopic, type KafkaOptions } from '../../subgraphs/teams/events/publisherTopic.ts';
import { buildTeams } from '../../subgraphs/teams/service.ts';
import { companyCreated, countsOf, givenCompany, refuseRows } from '../support/companies.ts';
import { freshKafka, kafkaClient } from '../support/kafka.ts';
import { silent } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { realTest } from '../support/realTest.ts';
import { until } from '../support/until.ts';

const keys = ['a signing key of these tests, long enough'] as const;
const one = { companies: 1, owners: 1, general: 1, teams: 1, created: 1 };

const startTeams = (db: TestDatabase, kafka: KafkaOptions): Promise<Part> =>
  buildTeams({ databaseUrl: db.url, poolSize: 5, keys, cursorSecrets: keys, kafka, logger: silent, metrics: createMetrics('teams', silent), now: Date.now, newId: randomUUID });

/** Sends messages in their order; all to one partition, so that each comes behind the one before it. */
const send = async (kafka: KafkaOptions, values: readonly (string | Buffer | null)[]): Promise<void> => {
  const producer = kafkaClient(kafka).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({ topic: companyTopic(kafka), messages: values.map((value) => ({ key: 'k', value })) });
  await producer.disconnect();
};

/** A topic that takes larger messages than ours may be. */
const wideTopic = async (kafka: KafkaOptions): Promise<void> => {
  const admin = kafkaClient(kafka).admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: companyTopic(kafka), numPartitions: 2, configEntries: [{ name: 'max.message.bytes', value: '5000000' }] }] });
  await admin.disconnect();
};

describe('OTM-S02: COMPANY_CREATED on Kafka', () => {
  realTest('delivered twice with a database error in between, to two processes, makes one company, one OWNER and one General team (real servers)', async () => {
    const [db, kafka] = [await freshDatabase(), freshKafka()];
    const parts = [await startTeams(db, kafka.options), await startTeams(db, kafka.options)];
    const [company, next] = [givenCompany(), givenCompany()];
    await refuseRows(db.database, 'users', `NEW.company_id = '${company.id}'`, 1);
    await refuseRows(db.database, 'teams', `NEW.company_id = '${company.id}'`, 2);
    const message = companyCreated(company);
    await send(kafka.options, [message, message, companyCreated(next)]);
    await until(async () => (await countsOf(db.database, company.id)).general === 1 && (await countsOf(db.database, next.id)).general === 1);
    await send(kafka.options, [message]);
    const last = givenCompany();
    await send(kafka.options, [companyCreated(last)]);
    await until(async () => (await countsOf(db.database, last.id)).general === 1);
    for (const { id } of [company, next, last]) expect(await countsOf(db.database, id)).toEqual(one);
    expect(await db.database.prisma.deadLetter.count()).toBe(0);
    await Promise.all(parts.map(({ close }) => close()));
    await kafka.close();
    await db.close();
  }, 90_000);

  realTest('HOSTILE 57: malformed and too large messages are parked at their place, and those behind them are worked; nothing comes again after a restart (real servers)', async () => {
    const [db, kafka] = [await freshDatabase(), freshKafka()];
    await wideTopic(kafka.options);
    const first = await startTeams(db, kafka.options);
    const [good, later] = [givenCompany(), givenCompany()];
    await send(kafka.options, ['{', Buffer.from([0xff, 0x00]), null, `"${'x'.repeat(2_000_000)}"`, '{"event_type":"COMPANY_RENAMED"}', companyCreated(good)]);
    await until(async () => (await countsOf(db.database, good.id)).general === 1);
    const letters = await db.database.prisma.deadLetter.findMany({ orderBy: { reference: 'asc' } });
    const place = letters[0]?.reference.replace(/\/0$/, '') ?? '';
    expect(place.startsWith(`${companyTopic(kafka.options)}/`)).toBe(true);
    expect(letters.map(({ kind, reference, content, error }) => ({ kind, reference, content, error }))).toEqual([
      { kind: 'company_event', reference: `${place}/0`, content: '{', error: 'the message: BAD_USER_INPUT' },
      { kind: 'company_event', reference: `${place}/1`, content: null, error: 'the message: BAD_USER_INPUT' },
      { kind: 'company_event', reference: `${place}/2`, content: null, error: 'the message is empty' },
      { kind: 'company_event', reference: `${place}/3`, content: null, error: 'the message has 2000002 bytes; at most 1048576 are taken' },
    ]);
    await first.close();
    await db.database.prisma.deadLetter.deleteMany();
    const second = await startTeams(db, kafka.options);
    await send(kafka.options, [companyCreated(later)]);
    await until(async () => (await countsOf(db.database, later.id)).general === 1);
    expect(await db.database.prisma.deadLetter.count()).toBe(0);
    await second.close();
    await kafka.close();
    await db.close();
  }, 90_000);

  realTest('a process that is closed while it works a message neither loses nor doubles it (real servers)', async () => {
    const [db, kafka] = [await freshDatabase(), freshKafka()];
    const first = await startTeams(db, kafka.options);
    const [before, company] = [givenCompany(), givenCompany()];
    await send(kafka.options, [companyCreated(before)]);
    await until(async () => (await countsOf(db.database, before.id)).general === 1);
    // the lock keeps the work from its end until the first process has been told to close
    const release = await holdTable(db);
    await send(kafka.options, [companyCreated(company)]);
    await until(async () => (await waitingFor(db)) > 0);
    const closing = first.close();
    await release();
    await closing;
    const second = await startTeams(db, kafka.options);
    await until(async () => (await countsOf(db.database, company.id)).general === 1);
    expect(await countsOf(db.database, company.id)).toEqual(one);
    await second.close();
    await kafka.close();
    await db.close();
  }, 90_000);
});

/** Keeps others from writing companies; answers with what lets them. */
const holdTable = async ({ database }: TestDatabase): Promise<() => Promise<void>> => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let isHeld = (): void => undefined;
  const held = new Promise<void>((resolve) => (isHeld = resolve));
  const holding = database.transaction(async (tx) => {
    await tx.$executeRaw`LOCK TABLE companies IN SHARE MODE`;
    isHeld();
    for (let over = false; !over; ) {
      over = await Promise.race([released.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 1_000))]);
      await tx.$queryRaw`SELECT 1 AS alive`;
    }
  });
  await held;
  return async () => {
    release();
    await holding;
  };
};

const waitingFor = async ({ database }: TestDatabase): Promise<number> => {
  const [row] = await database.prisma.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = 'companies'::regclass`;
  return row?.n ?? 0;
};
