import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TeamsApi } from '../../subgraphs/shared/teamsApi.ts';
import { append } from '../../subgraphs/teams/events/append.ts';
import { readFeed } from '../../subgraphs/teams/events/feed.ts';
import { watchGrowth } from '../../subgraphs/teams/events/newest.ts';
import { placeUnder, releaseUnder } from '../../subgraphs/teams/events/relay.ts';
import { cleanUp } from '../../subgraphs/teams/jobs/cleanUp.ts';
import { readNewest } from '../../subgraphs/teams/store/eventLog.ts';
import { takeLease } from '../../subgraphs/teams/store/relayLease.ts';
import { addCompany, chat, commandsOf, good, item, pushOf } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;
const day = 86_400_000;
const growth = watchGrowth(() => readNewest(db.database.prisma), 50);
beforeAll(async () => {
  db = await freshDatabase();
}, 60_000);
afterAll(async () => {
  growth.close();
  await db.close();
});
/** A new night, an empty log and no reader. */
beforeEach(async () => {
  const { prisma } = db.database;
  await prisma.relayLease.deleteMany();
  await prisma.event.deleteMany();
  await prisma.feedReader.deleteMany();
  await prisma.publication.deleteMany();
  await prisma.deadLetter.deleteMany();
});

const night = (isPublished = false) => cleanUp({ database: db.database, newId: randomUUID, isPublished }, new AbortController().signal);
const feed = (request: Partial<TeamsApi['feed']['request']>) =>
  readFeed(db.database.prisma, growth, { sequence: 'internal', after: null, limit: 100, waitMs: 0, ...request });
/** Places what was written, as the relay does. */
const place = (): Promise<void> =>
  db.database.transaction(async (tx) => {
    const lease = await takeLease(tx, { name: 'events', holder: randomUUID(), leaseMs: 10_000 });
    if (lease === null) throw new Error('another holds the lease');
    await placeUnder(tx, lease);
    await releaseUnder(tx, lease);
    await tx.relayLease.deleteMany({ where: { name: 'events' } });
  });
const write = async (companyId: string, kind: 'public' | 'internal' = 'public'): Promise<string> => {
  const eventId = randomUUID();
  const common = { eventId, companyId, aggregateId: companyId, occurredAt: new Date() };
  await db.database.transaction((tx) =>
    append(tx, [
      kind === 'internal'
        ? { ...common, type: 'ACCESS_CHANGED', payload: { company_sso_id: companyId, user_id: null, is_active: null } }
        : {
            ...common,
            type: 'TEAM_MIGRATED',
            payload: { team_name: 'A', app: 'chat', app_identifier_id: 'a', source_identifier: 'Chat', company_sso_id: companyId, parent_id: null, members: [], created_by_sso_id: '' },
          },
    ]),
  );
  return eventId;
};
/** Makes events as old as this. */
const age = async (eventIds: readonly string[], days: number): Promise<void> => {
  const at = new Date(Date.now() - days * day);
  await db.database.prisma.event.updateMany({ where: { eventId: { in: [...eventIds] } }, data: { occurredAt: at } });
  await db.database.prisma.event.updateMany({ where: { eventId: { in: [...eventIds] }, releasedAt: { not: null } }, data: { releasedAt: at } });
};
const left = async (): Promise<readonly string[]> => (await db.database.prisma.event.findMany({ orderBy: { written: 'asc' } })).map(({ eventId }) => eventId);
const contactsAt = async (position: number): Promise<void> => {
  const { log } = await feed({});
  await feed({ after: { log, position }, durable: 'contacts' });
};
const newest = async () => (await feed({})).position;

describe('the nightly clean-up (OTM §6.1)', () => {
  test('removes ended jobs of more than 30 days with their results; their runs keep the totals, open failures stay, younger and unfinished jobs stay', async () => {
    const company = await addCompany(db.database);
    const commands = commandsOf(db.database);
    const push = async (ref: string, name = 'Good') => {
      const job = good(await commands.migrateTeams(chat, pushOf([item(company, ref), item(company, `${ref} other`, { name })], { idempotencyKey: ref })));
      await commands.work(job.id);
      return job;
    };
    const [old, young] = [await push('old', ''), await push('young')];
    const unfinished = good(await commands.migrateTeams(chat, pushOf([item(company, 'never worked')])));
    const at = new Date(Date.now() - 31 * day);
    await db.database.prisma.migrationJob.updateMany({ where: { id: { in: [old.id, unfinished.id] } }, data: { createdAt: at } });
    await db.database.prisma.migrationJob.update({ where: { id: old.id }, data: { finishedAt: at } });
    const before = await db.database.prisma.migrationRunCompany.findMany({ where: { runId: old.runId ?? '' } });
    expect(before).toMatchObject([{ created: 1, failed: 1 }]);

    expect(await night()).toMatchObject({ jobs: 1 });
    expect(await commands.readJob(chat, old.id)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await db.database.prisma.migrationItem.count({ where: { jobId: old.id } })).toBe(0);
    for (const { id } of [young, unfinished]) expect(good(await commands.readJob(chat, id)).id).toBe(id);
    expect(await db.database.prisma.migrationRunCompany.findMany({ where: { runId: old.runId ?? '' } })).toEqual(before);
    expect(await db.database.prisma.migrationFailure.findMany({ where: { companyId: company } })).toMatchObject([{ appIdentifierId: 'old other', runId: old.runId }]);
    const again = good(await commands.migrateTeams(chat, pushOf([item(company, 'other')], { idempotencyKey: 'old' })));
    expect(again.id).not.toBe(old.id);
  });

  test('removes idempotency keys of more than 30 days', async () => {
    const key = (name: string, days: number) =>
      db.database.prisma.idempotencyKey.create({
        data: { id: randomUUID(), caller: 'c', operation: 'o', key: name, payloadHash: 'h', resultId: randomUUID(), createdAt: new Date(Date.now() - days * day) },
      });
    await key('old', 30.01);
    const kept = await key('young', 29.99);
    expect(await night()).toMatchObject({ keys: 1 });
    expect(await db.database.prisma.idempotencyKey.findMany()).toEqual([kept]);
  });

  test('removes events 30 days after their release, internal ones 30 days after they happened, when contacts has passed them', async () => {
    const company = await addCompany(db.database);
    const old = [await write(company), await write(company, 'internal')];
    const young = [await write(company), await write(company, 'internal')];
    await place();
    await age(old, 30.01);
    await age(young, 29.99);
    await contactsAt(await newest());
    expect(await night()).toMatchObject({ events: 2 });
    expect(await left()).toEqual(young);
  });

  test('keeps every event while contacts has never come, and what it has not passed', async () => {
    const company = await addCompany(db.database);
    const events = [await write(company), await write(company, 'internal'), await write(company)];
    await place();
    await age(events, 31);
    expect(await night()).toMatchObject({ events: 0 });
    await contactsAt((await newest()) - 2);
    await db.database.prisma.relayLease.deleteMany();
    expect(await night()).toMatchObject({ events: 1 });
    expect(await left()).toEqual(events.slice(1));
  });

  test('never removes an event without a place, nor a withheld one; its 30 days start at its release', async () => {
    const [open, quiet] = [await addCompany(db.database), await addCompany(db.database, { publishes: false })];
    const withheld = await write(quiet);
    const gone = await write(open);
    await place();
    const unplaced = await write(open, 'internal');
    await age([withheld, gone, unplaced], 400);
    await contactsAt(await newest());
    expect(await night()).toMatchObject({ events: 1 });
    expect(await left()).toEqual([withheld, unplaced]);
    await db.database.prisma.companyFlag.updateMany({ where: { companyId: quiet, flag: 'publish_team_events' }, data: { value: true } });
    await place();
    await contactsAt((await newest()) - 1);
    await db.database.prisma.relayLease.deleteMany();
    expect(await night()).toMatchObject({ events: 0 });
  });

  test('keeps what Kafka has not got, or refused', async () => {
    const company = await addCompany(db.database);
    const events = [await write(company), await write(company), await write(company)];
    await place();
    await age(events, 31);
    await contactsAt(await newest());
    expect(await night(true)).toMatchObject({ events: 0 });
    const outside = (await feed({ sequence: 'outside' })).position;
    await db.database.prisma.publication.create({ data: { name: 'kafka', position: BigInt(outside - 1) } });
    await db.database.prisma.deadLetter.create({ data: { id: randomUUID(), kind: 'team_event', reference: events[0] ?? '', error: 'too large', tries: 5 } });
    await db.database.prisma.relayLease.deleteMany();
    expect(await night(true)).toMatchObject({ events: 1 });
    expect(await left()).toEqual([events[0], events[2]]);
  });

  test('keeps what waits for Kafka behind an event of its company that was refused', async () => {
    const [sick, well] = [await addCompany(db.database), await addCompany(db.database)];
    const events = [await write(sick), await write(sick), await write(well), await write(sick)];
    await place();
    await age(events, 31);
    await contactsAt(await newest());
    const outside = (await feed({ sequence: 'outside' })).position;
    await db.database.prisma.publication.create({ data: { name: 'kafka', position: BigInt(outside) } });
    await db.database.prisma.parkedCompany.create({ data: { publication: 'kafka', companyId: sick, position: BigInt(outside - 2) } });
    expect(await night(true)).toMatchObject({ events: 2 });
    expect(await left()).toEqual([events[1], events[3]]);
    await db.database.prisma.parkedCompany.deleteMany();
    await db.database.prisma.relayLease.deleteMany();
    expect(await night(true)).toMatchObject({ events: 2 });
  });

  test('two at once, or again in the same night, have one effect', async () => {
    const company = await addCompany(db.database);
    const events = await Promise.all(Array.from({ length: 20 }, () => write(company)));
    await place();
    await age(events, 31);
    await contactsAt(await newest());
    const nights = await Promise.all([night(), night(), night()]);
    expect(nights.filter((each) => each !== null)).toMatchObject([{ events: 20 }]);
    expect(await night()).toBeNull();
    const { expiresAt } = await db.database.prisma.relayLease.findUniqueOrThrow({ where: { name: 'clean-up' } });
    expect([expiresAt.getUTCHours(), expiresAt.getUTCMinutes(), expiresAt.getTime() > Date.now(), expiresAt.getTime() <= Date.now() + day]).toEqual([2, 0, true, true]);
    await db.database.prisma.relayLease.update({ where: { name: 'clean-up' }, data: { expiresAt: new Date(0) } });
    expect(await night()).toMatchObject({ events: 0 });
  });

  test('of a process that stopped in the middle is taken up by another when its lease is over', async () => {
    const stopping = new AbortController();
    stopping.abort();
    await expect(cleanUp({ database: db.database, newId: randomUUID, isPublished: false }, stopping.signal)).rejects.toThrow();
    expect(await night()).toBeNull();
    await db.database.prisma.relayLease.update({ where: { name: 'clean-up' }, data: { expiresAt: new Date(Date.now() - 1_000) } });
    expect(await night()).not.toBeNull();
  });
});

describe('the feed after a clean-up', () => {
  test('says lost to a reader whose next events are gone, also behind one that was kept, and goes on for the others', async () => {
    const [open, quiet] = [await addCompany(db.database), await addCompany(db.database, { publishes: false })];
    const start = await feed({});
    const events = [await write(open), await write(quiet), await write(open), await write(open)];
    await place();
    await age(events.slice(0, 3), 31);
    const after = (steps: number, request: Partial<TeamsApi['feed']['request']> = {}) => feed({ after: { log: start.log, position: start.position + steps }, ...request });
    expect((await after(0)).entries).toHaveLength(4);
    await contactsAt(start.position + 4);
    expect(await night()).toMatchObject({ events: 2 });
    // the second is withheld and stays, the first and the third are gone
    expect(await after(0)).toMatchObject({ lost: true, entries: [], position: start.position + 4 });
    expect(await after(1)).toMatchObject({ lost: false, entries: [{ eventId: events[1] }], position: start.position + 2 });
    expect(await after(2)).toMatchObject({ lost: true, position: start.position + 4 });
    expect(await after(3)).toMatchObject({ lost: false, entries: [{ eventId: events[3] }] });
    expect(await after(4)).toMatchObject({ lost: false, entries: [] });
  });

  test('remembers how far its durable reader is, backwards too, and knows no other', async () => {
    const company = await addCompany(db.database);
    const start = await feed({});
    await write(company);
    await write(company);
    await place();
    const stored = async () => Number((await db.database.prisma.feedReader.findUnique({ where: { name: 'contacts' } }))?.position ?? -1);
    await feed({ durable: 'contacts' });
    expect(await stored()).toBe(-1);
    for (const steps of [1, 2, 1]) {
      await contactsAt(start.position + steps);
      expect(await stored()).toBe(start.position + steps);
    }
    await feed({ after: { log: randomUUID(), position: start.position + 2 }, durable: 'contacts' });
    await feed({ sequence: 'outside', after: { log: start.log, position: 0 }, durable: 'contacts' });
    await feed({ after: { log: start.log, position: start.position + 2 } });
    expect(await stored()).toBe(start.position + 1);
    await expect(feed({ after: { log: start.log, position: start.position }, durable: 'gateway' })).rejects.toThrow(/durable is "gateway"; it must be contacts/);
  });
});
