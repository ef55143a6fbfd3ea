import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { removeOldInternalEvents, removeOldPublicEvents } from '../../subgraphs/teams/store/cleanUp.ts';
import { positionOf, readVisible, releaseEvents } from '../../subgraphs/teams/store/eventLog.ts';
import { locate } from '../../subgraphs/teams/events/feed.ts';
import { addCompany } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { rowsRead } from '../support/rowsRead.ts';

let db: TestDatabase;
let company: string;
const logged = 20_000;
/** Rows that the server may look at to find out which index serves. */
const planning = 5;
/** Days back of all events but the old ones. */
const young = 10;

/** Writes public events with both places, so many, one after another; `everyNth` is migrated by CRM, the others are native. */
const fill = async (count: number, everyNth: number, daysAgo: number): Promise<void> => {
  await db.database.prisma.$executeRaw`
    WITH log AS (UPDATE event_log SET position = position + ${count}::int, outside_position = outside_position + ${count}::int RETURNING position - ${count}::int AS base, outside_position - ${count}::int AS outside)
    INSERT INTO events (event_id, company_id, event_type, aggregate_type, aggregate_id, is_public, app, payload, occurred_at, position, outside_position, released_at)
    SELECT gen_random_uuid(), ${company}::uuid, CASE WHEN n % ${everyNth}::int = 0 THEN 'TEAM_MIGRATED' ELSE 'TEAM_UPDATED' END, 'team', gen_random_uuid(), true,
      CASE WHEN n % ${everyNth}::int = 0 THEN 'crm' END, '{}', at, log.base + n, log.outside + n, at
    FROM log, generate_series(1, ${count}::int) AS n, LATERAL (SELECT now() - ${daysAgo}::int * interval '1 day' + n * interval '1 second' AS at) AS t`;
};

beforeAll(async () => {
  db = await freshDatabase();
  company = await addCompany(db.database);
  await fill(10, 11, 40);
  await fill(logged, 2_000, young);
  await db.database.prisma.$executeRaw`
    INSERT INTO events (event_id, company_id, event_type, aggregate_type, aggregate_id, is_public, payload, occurred_at, position)
    SELECT gen_random_uuid(), ${company}::uuid, 'ACCESS_CHANGED', 'company', ${company}::uuid, false, '{}', now() - CASE WHEN n <= 5 THEN interval '40 days' ELSE interval '1 day' END, 1000000 + n
    FROM generate_series(1, ${logged}::int) AS n`;
  await db.database.prisma.feedReader.create({ data: { name: 'contacts', position: 10_000_000 } });
  await db.database.prisma.publication.create({ data: { name: 'kafka', position: 10_000_000 } });
  await db.database.prisma.$executeRaw`ANALYZE events`;
}, 60_000);
afterAll(() => db.close());

describe(`of a log of ${logged.toLocaleString('en')} public events`, () => {
  test.each([
    ['a squad', () => ({ type: 'TEAM_MIGRATED', app: 'crm' as const }), 10],
    ['a squad that nothing was pushed by', () => ({ type: 'TEAM_MIGRATED', app: 'chat' as const }), 0],
    ['a person of a company', () => ({ type: 'TEAM_MIGRATED', companyId: company }), 10],
    ['a person of a company, one app', () => ({ type: 'TEAM_MIGRATED', companyId: company, app: 'crm' as const }), 10],
    ['a person of another company', () => ({ type: 'TEAM_MIGRATED', companyId: randomUUID() }), 0],
  ])('what %s may see costs no more rows than there are of it', async (_who, reader, count) => {
    let seen = -1;
    const rows = await rowsRead(db.database, 'events', async (tx) => {
      seen = (await readVisible(tx, reader(), 0, 101)).length;
    });
    expect(seen).toBe(count);
    expect(rows).toBeLessThanOrEqual(count + planning);
    expect(await rowsRead(db.database, 'events', (tx) => readVisible(tx, reader(), logged / 2, 101))).toBeLessThanOrEqual(count / 2 + planning);
  });

  test('a place that is not to be had costs no more than the oldest event that is', async () => {
    const reader = { type: 'TEAM_MIGRATED', app: 'crm' as const };
    expect(await rowsRead(db.database, 'events', (tx) => positionOf(tx, randomUUID(), reader))).toBe(0);
    expect(await rowsRead(db.database, 'events', (tx) => locate(tx, { eventId: randomUUID(), reader }))).toBeLessThanOrEqual(1 + planning);
  });

  test('the nightly clean-up reads only what is old, in its last batch as in the others', async () => {
    for (const isPublished of [true, false]) {
      expect(await rowsRead(db.database, 'events', async (tx) => expect(await removeOldPublicEvents(tx, { limit: 5_000, isPublished })).toBe(10))).toBeLessThanOrEqual(40);
    }
    expect(await rowsRead(db.database, 'events', async (tx) => expect(await removeOldInternalEvents(tx, 5_000)).toBe(5))).toBeLessThanOrEqual(20);
  });
});

describe('of 400 companies that publish again', () => {
  const companies = 400;
  const each = 50;
  test('a release reads no more than it places, one company after another in order', async () => {
    await db.database.prisma.$executeRaw`
      WITH made AS (INSERT INTO companies (id, name, plan) SELECT gen_random_uuid(), 'Company', 'growth' FROM generate_series(1, ${companies}::int) RETURNING id)
      INSERT INTO events (event_id, company_id, event_type, aggregate_type, aggregate_id, is_public, payload, occurred_at, position)
      SELECT gen_random_uuid(), id, 'TEAM_UPDATED', 'team', gen_random_uuid(), true, '{}', now(), 2000000 + row_number() OVER (ORDER BY n, id)
      FROM made, generate_series(1, ${each}::int) AS n`;
    await db.database.prisma.$executeRaw`ANALYZE events`;
    const limit = 2_000;
    const rows = await rowsRead(db.database, 'events', async (tx) => {
      const { outsidePosition } = await tx.eventLog.findFirstOrThrow();
      expect(await releaseEvents(tx, limit)).toBe(limit);
      const released = await tx.event.findMany({ where: { outsidePosition: { gt: outsidePosition } }, orderBy: { outsidePosition: 'asc' }, select: { companyId: true, position: true } });
      expect(new Set(released.map(({ companyId }) => companyId)).size).toBe(limit / each);
      const last = new Map<string, bigint>();
      for (const { companyId, position } of released) {
        expect(position).toBeGreaterThan(last.get(companyId) ?? 0n);
        last.set(companyId, position ?? 0n);
      }
    });
    // the oldest, each again to be written, and one look for each company; the check reads what was released once more
    expect(rows).toBeLessThanOrEqual(3 * limit + companies + 100);
  });
});
