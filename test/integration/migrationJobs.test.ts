import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { migrateTeams } from '../../subgraphs/teams/commands/migrateTeams.ts';
import { type Background, startBackground } from '../../subgraphs/teams/jobs/background.ts';
import { startQueue } from '../../subgraphs/teams/jobs/queue.ts';
import { insertJob } from '../../subgraphs/teams/store/migrationJobs.ts';
import { addCompany, chat, good, item, pushOf, silent } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { realTest } from '../support/realTest.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
}, 60_000);
afterAll(() => db.close());

const background = (leaseSeconds = 30): Promise<Background> =>
  startBackground({ database: db.database, databaseUrl: db.url, logger: silent, record: () => undefined, now: Date.now, newId: randomUUID, kafka: null, leaseSeconds });
const ended = async (id: string, ms = 20_000) => {
  for (const until = Date.now() + ms; Date.now() < until; ) {
    const job = await db.database.prisma.migrationJob.findUniqueOrThrow({ where: { id } });
    if (job.finishedAt !== null) return job;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`job ${id} did not end`);
};

describe('background work', () => {
  test('works a pushed job off by itself, and its events reach the feed', async () => {
    const company = await addCompany(db.database);
    const running = await background();
    const claims = {} as never;
    const newest = (await running.feedHandlers.feed(claims, { sequence: 'outside', after: null, limit: 1, waitMs: 0 })).body as { log: string; position: number };
    const waiting = running.feedHandlers.feed(claims, { sequence: 'outside', after: newest, limit: 10, waitMs: 10_000 });
    const job = good(await migrateTeams(running.migration, chat, pushOf([item(company, 'a')])));
    expect(await ended(job.id)).toMatchObject({ status: 'COMPLETED', created: 1 });
    expect((await waiting).body).toMatchObject({ entries: [{ type: 'TEAM_MIGRATED', companyId: company }] });
    await running.close();
  });

  test('of many processes works many jobs at once, each team once', async () => {
    const company = await addCompany(db.database);
    const processes = [await background(), await background()] as const;
    const items = Array.from({ length: 100 }, (_, n) => item(company, String(n)));
    const jobs = await Promise.all(Array.from({ length: 6 }, (_, n) => migrateTeams(processes[n % 2 === 0 ? 0 : 1].migration, chat, pushOf(items))));
    const ends = await Promise.all(jobs.map((job) => ended(good(job).id)));
    expect(ends.reduce((sum, { created }) => sum + created, 0)).toBe(100);
    await Promise.all(processes.map(({ close }) => close()));
  });

  realTest('of two processes works 20 pushes of the same teams off at once, each team and event once, without a gap (real servers)', async () => {
    const company = await addCompany(db.database);
    const processes = [await background(), await background()] as const;
    const claims = {} as never;
    const feed = async (after: unknown) => (await processes[0].feedHandlers.feed(claims, { sequence: 'outside', after, limit: 1_000, waitMs: 0 })).body as { position: number; entries: readonly { position: number; aggregateId: string }[] };
    const start = await feed(null);
    const items = Array.from({ length: 60 }, (_, n) => item(company, String(n), { parentAppIdentifierId: n === 0 ? null : String(Math.floor(n / 2)) }));
    const pushes = Array.from({ length: 20 }, (_, n) => pushOf(n % 2 === 0 ? items : items.toReversed()));
    const jobs = await Promise.all(pushes.map((push, n) => migrateTeams(processes[n % 2 === 0 ? 0 : 1].migration, chat, push)));
    const ends = await Promise.all(jobs.map((job) => ended(good(job).id)));
    expect(ends.map(({ created, skipped, failed }) => created + skipped + failed)).toEqual(pushes.map(() => 60));
    expect(ends.reduce((sum, { created }) => sum + created, 0)).toBe(60);
    expect(ends.reduce((sum, { failed }) => sum + failed, 0)).toBe(0);
    const teams = await db.database.prisma.team.findMany({ where: { companyId: company }, select: { id: true } });
    for (const limit = Date.now() + 10_000; Date.now() < limit && (await feed(start)).entries.length < 60; ) await new Promise((resolve) => setTimeout(resolve, 50));
    const { entries } = await feed(start);
    expect(entries.map(({ position }) => position - start.position)).toEqual(entries.map((_, n) => n + 1));
    expect(entries.map(({ aggregateId }) => aggregateId).toSorted()).toEqual(teams.map(({ id }) => id).toSorted());
    await Promise.all(processes.map(({ close }) => close()));
  }, 60_000);

  test('takes up a job that has no entry in the queue any more', async () => {
    const company = await addCompany(db.database);
    const id = randomUUID();
    await db.database.transaction(async (tx) => {
      await insertJob(tx, { id, app: 'chat', caller: chat.id, idempotencyKey: null, payloadHash: '', dryRun: true, runId: null, total: 1, createdAt: new Date() });
      await tx.migrationItem.create({ data: { jobId: id, index: 0, companyRef: company, name: 'A', appIdentifierId: 'a' } });
    });
    const running = await background();
    expect(await ended(id)).toMatchObject({ status: 'COMPLETED', created: 1 });
    await running.close();
  });

  test('takes up a job whose process died while it worked on it, within the lease and 5 s', async () => {
    const queue = await startQueue({ url: db.url, names: ['dies'], logger: silent, leaseSeconds: 2 });
    const takes: number[] = [];
    queue.work('dies', (_, signal) => {
      takes.push(Date.now());
      // the first one hangs, as a dead process does
      return takes.length === 1 ? new Promise((resolve) => signal.addEventListener('abort', () => resolve())) : Promise.resolve();
    });
    await db.database.transaction((tx) => queue.send(tx, 'dies', 'one'));
    for (let n = 0; n < 200 && takes.length < 2; n += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(takes).toHaveLength(2);
    expect((takes[1] ?? 0) - (takes[0] ?? 0)).toBeLessThan(7_000);
    await queue.close();
  });

  test('is sent when, and only when, the transaction commits', async () => {
    const queue = await startQueue({ url: db.url, names: ['commits'], logger: silent });
    const worked: string[] = [];
    await db.database
      .transaction(async (tx) => {
        await queue.send(tx, 'commits', 'rolled back');
        throw new Error('no');
      })
      .catch(() => undefined);
    await db.database.transaction((tx) => queue.send(tx, 'commits', 'committed'));
    expect(await queue.resend('commits', ['committed', 'rolled back'])).toBe(1);
    queue.work('commits', (key) => Promise.resolve(void worked.push(key)));
    for (let n = 0; n < 100 && worked.length < 2; n += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(worked.toSorted()).toEqual(['committed', 'rolled back']);
    await queue.close();
  });

  test('leaves the rest of a job to be done later when it closes', async () => {
    const company = await addCompany(db.database);
    const first = await background();
    const job = good(await migrateTeams(first.migration, chat, pushOf(Array.from({ length: 4_000 }, (_, n) => item(company, String(n))))));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await first.close();
    const second = await background();
    expect(await ended(job.id)).toMatchObject({ status: 'COMPLETED', created: 4_000, skipped: 0 });
    await second.close();
  }, 60_000);
});
