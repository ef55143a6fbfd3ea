import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { FeedEntry, TeamsApi } from '../../subgraphs/shared/teamsApi.ts';
import { append } from '../../subgraphs/teams/events/append.ts';
import { locate, readFeed } from '../../subgraphs/teams/events/feed.ts';
import { watchGrowth } from '../../subgraphs/teams/events/newest.ts';
import { startPublisher } from '../../subgraphs/teams/events/publisher.ts';
import type { Outlet, OutletMessage } from '../../subgraphs/teams/events/publisherOutlet.ts';
import { placeUnder, releaseUnder, startRelay } from '../../subgraphs/teams/events/relay.ts';
import { teamEvents } from '../../subgraphs/teams/queries/teamEvents.ts';
import { readNewest } from '../../subgraphs/teams/store/eventLog.ts';
import { releaseLease, takeLease } from '../../subgraphs/teams/store/relayLease.ts';
import { addCompany, chat, crm, good, silent } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { until } from '../support/until.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
}, 60_000);
afterAll(() => db.close());

/** Writes one TEAM_MIGRATED event, and an internal one when asked; answers its id. */
const write = async (companyId: string, app: 'chat' | 'crm' = 'chat', ref = 'a'): Promise<string> => {
  const eventId = randomUUID();
  const source_identifier = app === 'chat' ? 'Chat' : 'CRM';
  await db.database.transaction((tx) =>
    append(tx, [
      {
        eventId,
        type: 'TEAM_MIGRATED',
        companyId,
        aggregateId: randomUUID(),
        occurredAt: new Date(),
        payload: { team_name: 'A team', app, app_identifier_id: ref, source_identifier, company_sso_id: companyId, parent_id: null, members: [], created_by_sso_id: '' },
      },
    ]),
  );
  return eventId;
};
const writeInternal = (companyId: string): Promise<void> =>
  db.database.transaction((tx) =>
    append(tx, [{ eventId: randomUUID(), type: 'ACCESS_CHANGED', companyId, aggregateId: companyId, occurredAt: new Date(), payload: { company_sso_id: companyId, user_id: null, is_active: null } }]),
  );
/** One pass of a relay. */
const relay = async (holder = randomUUID()): Promise<void> => {
  await db.database.transaction(async (tx) => {
    const lease = await takeLease(tx, { name: 'events', holder, leaseMs: 10_000 });
    if (lease === null) throw new Error('another holds the lease');
    await placeUnder(tx, lease);
    await releaseUnder(tx, lease);
    await releaseLease(tx, lease);
  });
};
const growth = watchGrowth(() => readNewest(db.database.prisma), 50);
afterAll(() => growth.close());
const feed = (request: Partial<TeamsApi['feed']['request']>) =>
  readFeed(db.database.prisma, growth, { sequence: 'internal', after: null, limit: 100, waitMs: 0, ...request });
const after = async (sequence: 'internal' | 'outside', position: number): Promise<readonly FeedEntry[]> => {
  const { log } = await feed({});
  return (await feed({ sequence, after: { log, position } })).entries;
};
const setPublishing = (companyId: string, value: boolean) =>
  db.database.prisma.companyFlag.upsert({
    where: { companyId_flag: { companyId, flag: 'publish_team_events' } },
    create: { companyId, flag: 'publish_team_events', value },
    update: { value },
  });
const migrated = (app?: 'chat' | 'crm', companyId?: string) => ({ type: 'TEAM_MIGRATED', ...(app && { app }), ...(companyId && { companyId }) });
const place = (eventId: string, reader = migrated()) => locate(db.database.prisma, { eventId, reader });

describe('a replay for an outside reader', () => {
  test('reads only what it may see and goes on behind all of it; what has been removed is lost to it as to others', async () => {
    const [mine, other] = [await addCompany(db.database), await addCompany(db.database)];
    await relay();
    const { log, position } = await feed({ sequence: 'outside' });
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      await write(other, 'chat');
      ids.push(await write(mine, 'crm'));
      await write(mine, 'chat');
    }
    await relay();
    const read = (from: number, limit: number) => feed({ sequence: 'outside', after: { log, position: from }, limit, reader: migrated('crm', mine) });
    const first = await read(position, 3);
    expect([first.entries.map(({ eventId }) => eventId), first.position, first.lost]).toEqual([ids.slice(0, 3), first.entries[2]?.position, false]);
    const rest = await read(first.position, 3);
    expect([rest.entries.map(({ eventId }) => eventId), rest.position, rest.lost]).toEqual([ids.slice(3), position + 12, false]);
    // long ago, so that it cannot be sure of the rest: everything is read, without gaps
    await db.database.prisma.$executeRaw`UPDATE events SET released_at = now() - interval '29 days 1 hour' WHERE outside_position = ${position + 1}`;
    expect((await read(position, 100)).entries).toHaveLength(12);
    await db.database.prisma.$executeRaw`DELETE FROM events WHERE outside_position = ${position + 1}`;
    expect(await read(position, 100)).toMatchObject({ entries: [], lost: true });
    expect((await read(position + 1, 100)).entries).toHaveLength(4);
  });
});

describe('the relay', () => {
  test('gives events positions without gaps, in the order they were written; internal ones stay inside', async () => {
    const company = await addCompany(db.database);
    const start = await feed({});
    const outsideStart = await feed({ sequence: 'outside' });
    const first = await write(company);
    await writeInternal(company);
    const second = await write(company);
    await relay();
    const inside = await after('internal', start.position);
    expect(inside.map(({ position, type }) => [position - start.position, type])).toEqual([[1, 'TEAM_MIGRATED'], [2, 'ACCESS_CHANGED'], [3, 'TEAM_MIGRATED']]);
    expect((await after('outside', outsideStart.position)).map(({ position, eventId }) => [position - outsideStart.position, eventId])).toEqual([[1, first], [2, second]]);
  });

  test('places nothing twice, and nothing for a holder whose lease was taken', async () => {
    const company = await addCompany(db.database);
    const [mine, theirs] = [randomUUID(), randomUUID()];
    const take = (holder: string, leaseMs = 10_000) => db.database.transaction((tx) => takeLease(tx, { name: 'events', holder, leaseMs }));
    const short = await take(mine, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const taken = await take(theirs);
    if (short === null || taken === null) throw new Error('no lease');
    expect(taken.fence).toBe(short.fence + 1n);
    expect(await take(mine)).toBeNull();
    await write(company);
    expect(await db.database.transaction((tx) => placeUnder(tx, short))).toBeNull();
    expect(await db.database.transaction((tx) => releaseUnder(tx, short))).toBeNull();
    expect(await db.database.prisma.event.count({ where: { companyId: company, position: null } })).toBe(1);
    expect(await db.database.transaction((tx) => placeUnder(tx, taken))).toBe(1);
    expect(await db.database.transaction((tx) => placeUnder(tx, taken))).toBe(0);
    await db.database.transaction((tx) => releaseLease(tx, taken));
  });

  test('runs in many processes at once: each event gets one place, each sequence has no gap', async () => {
    const company = await addCompany(db.database);
    const start = await feed({});
    const relays = Array.from({ length: 3 }, () => startRelay({ database: db.database, logger: silent, holder: randomUUID(), onPlaced: growth.grown, pollMs: 20, leaseMs: 200 }));
    const ids = [];
    for (let n = 0; n < 30; n += 1) {
      ids.push(await write(company));
      relays[n % 3]?.wake();
    }
    await growth.beyond('internal', start.position + 29, 10_000);
    await Promise.all(relays.map(({ close }) => close()));
    const entries = await after('internal', start.position);
    expect(entries.map(({ eventId }) => eventId)).toEqual(ids);
    expect(entries.map(({ position }) => position - start.position)).toEqual(ids.map((_, n) => n + 1));
  });

  test('withholds events of a company that does not publish from outsiders alone, and releases them in order after what went out since', async () => {
    const [quiet, open] = [await addCompany(db.database, { publishes: false }), await addCompany(db.database)];
    const [inside, outside] = [await feed({}), await feed({ sequence: 'outside' })];
    const held = [await write(quiet), await write(quiet)];
    const out = await write(open);
    await relay();
    expect(await after('internal', inside.position)).toHaveLength(3);
    expect((await after('outside', outside.position)).map(({ eventId }) => eventId)).toEqual([out]);
    expect(await place(held[0] ?? '')).toMatchObject({ position: null });
    await setPublishing(quiet, true);
    await relay();
    expect((await after('outside', outside.position)).map(({ eventId }) => eventId)).toEqual([out, ...held]);
    expect(await after('internal', inside.position)).toHaveLength(3);
  });

  test('that cannot release what it withheld goes on giving the feed in house its positions, and releases once it can', async () => {
    const [quiet, open] = [await addCompany(db.database, { publishes: false }), await addCompany(db.database)];
    const held = await write(quiet);
    await relay();
    const { prisma } = db.database;
    await prisma.$executeRawUnsafe(`CREATE FUNCTION refuse_release() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused by a test'; END $$`);
    await prisma.$executeRawUnsafe(`CREATE TRIGGER refuse_release BEFORE UPDATE ON events FOR EACH ROW
      WHEN (OLD.position IS NOT NULL AND OLD.outside_position IS NULL AND NEW.outside_position IS NOT NULL) EXECUTE FUNCTION refuse_release()`);
    await setPublishing(quiet, true);
    const start = await feed({});
    const running = startRelay({ database: db.database, logger: silent, holder: randomUUID(), onPlaced: growth.grown, pollMs: 20 });
    try {
      const written: string[] = [];
      for (let n = 1; n <= 2; n += 1) {
        written.push(await write(open));
        running.wake();
        await until(async () => (await feed({})).position === start.position + n);
      }
      expect((await after('internal', start.position)).map(({ eventId }) => eventId)).toEqual(written);
      expect(await place(held)).toMatchObject({ position: null });
      await prisma.$executeRawUnsafe('DROP FUNCTION refuse_release CASCADE');
      running.wake();
      await until(async () => (await place(held)).position !== null);
    } finally {
      await prisma.$executeRawUnsafe('DROP FUNCTION IF EXISTS refuse_release CASCADE');
      await running.close();
    }
  });
});

describe('the feed', () => {
  test('starts at the newest event, and goes on from any position, a page at a time', async () => {
    const company = await addCompany(db.database);
    await relay();
    const start = await feed({});
    expect(start).toMatchObject({ entries: [], lost: false });
    for (let n = 0; n < 5; n += 1) await write(company);
    await relay();
    const first = await feed({ after: start, limit: 3 });
    const second = await feed({ after: first, limit: 3 });
    expect([first.entries.length, second.entries.length, second.position]).toEqual([3, 2, start.position + 5]);
    expect(await feed({ after: second })).toMatchObject({ entries: [], lost: false, position: second.position });
  });

  test('waits for the next event, and answers as soon as it has its place', async () => {
    const company = await addCompany(db.database);
    const start = await feed({});
    const waiting = feed({ after: start, waitMs: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const asked = Date.now();
    const eventId = await write(company);
    await relay();
    expect((await waiting).entries.map((entry) => entry.eventId)).toEqual([eventId]);
    expect(Date.now() - asked).toBeLessThan(2_000);
    const began = Date.now();
    expect((await feed({ after: await feed({}), waitMs: 150 })).entries).toEqual([]);
    expect(Date.now() - began).toBeGreaterThanOrEqual(140);
  });

  test('says lost for the position of another log, one of the future, and one whose next events are gone', async () => {
    const company = await addCompany(db.database);
    const start = await feed({});
    const gone = await write(company);
    await write(company);
    await relay();
    const newest = await feed({});
    expect(await feed({ after: { log: randomUUID(), position: start.position } })).toMatchObject({ lost: true, entries: [], position: newest.position });
    expect(await feed({ after: { log: start.log, position: newest.position + 1 } })).toMatchObject({ lost: true });
    await db.database.prisma.event.delete({ where: { eventId: gone } });
    expect(await feed({ after: start })).toMatchObject({ lost: true, entries: [], position: newest.position });
    expect(await feed({ after: { log: start.log, position: start.position + 1 } })).toMatchObject({ lost: false });
    await db.database.prisma.event.deleteMany({ where: { companyId: company } });
    expect(await feed({ after: start })).toMatchObject({ lost: true });
    await write(company);
    await relay();
    expect((await feed({})).position).toBe(newest.position + 1);
  });
});

describe('an outside reader that has seen an event', () => {
  test('is placed behind it, when it may see it', async () => {
    const company = await addCompany(db.database);
    const eventId = await write(company, 'crm');
    await relay();
    const { position } = await feed({ sequence: 'outside' });
    for (const reader of [migrated(), migrated('crm'), migrated('crm', company)]) expect(await place(eventId, reader)).toMatchObject({ position });
  });

  test('learns the same of one that is unknown, withheld, too old or not its own: the oldest that it may see', async () => {
    const [company, other, quiet] = [await addCompany(db.database), await addCompany(db.database), await addCompany(db.database, { publishes: false })];
    const [old, oldest] = [await write(company), await write(company)];
    const [foreign, ofCrm, withheld] = [await write(other), await write(company, 'crm'), await write(quiet)];
    await relay();
    await db.database.prisma.event.update({ where: { eventId: old }, data: { releasedAt: new Date(Date.now() - 31 * 86_400_000) } });
    for (const eventId of ['nonsense', randomUUID(), old, foreign, ofCrm]) {
      expect(await place(eventId, migrated('chat', company))).toMatchObject({ position: null, oldestEventId: oldest });
    }
    expect(await place(withheld, migrated('chat', quiet))).toMatchObject({ position: null, oldestEventId: null });
  });

  test('gets what came after it from teamEvents, of its own app alone', async () => {
    const company = await addCompany(db.database);
    const first = await write(company);
    await write(company, 'crm');
    const [second, third] = [await write(company), await write(company)];
    await relay();
    const ask = async (rest: object = {}) => teamEvents(db.database.prisma, chat, { app: 'chat', after: first, first: null, ...rest });
    expect(good(await ask({ first: 1 }))).toMatchObject({ nodes: [{ eventId: second }], hasMore: true });
    expect(good(await ask({ after: second }))).toMatchObject({ nodes: [{ eventId: third }], hasMore: false });
    const [oldest] = good(await ask({ after: null })).nodes;
    expect(await ask({ after: randomUUID() })).toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'after', oldestEventId: oldest?.eventId } });
    expect(await ask({ first: 101 })).toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'first' } });
    expect(await teamEvents(db.database.prisma, crm, { app: 'chat', after: null, first: null })).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('the publisher', () => {
  const publishing = (send: Outlet['send']) =>
    startPublisher({ database: db.database, logger: silent, record: () => undefined, holder: randomUUID(), now: Date.now, newId: randomUUID, pollMs: 20, leaseMs: 500, outlet: { send, close: () => Promise.resolve() } });

  test('sends every released event in its order with the company as key, once, also from two processes and over a broker that is down', async () => {
    const company = await addCompany(db.database);
    const sent: OutletMessage[] = [];
    let down = true;
    const send: Outlet['send'] = (messages) => {
      if (down) return Promise.reject(new Error('the broker is down'));
      sent.push(...messages);
      return Promise.resolve();
    };
    const publishers = [publishing(send), publishing(send)];
    const ids = [await write(company), await write(company)];
    await relay();
    await new Promise((resolve) => setTimeout(resolve, 150));
    ids.push(await write(company));
    await relay();
    expect(sent).toEqual([]);
    down = false;
    const of = () => sent.filter(({ key }) => key === company).map(({ value }) => JSON.parse(value) as { event_id: string });
    await until(() => of().length >= 3);
    await Promise.all(publishers.map(({ close }) => close()));
    expect(of().map(({ event_id }) => event_id)).toEqual(ids);
    expect(of()[0]).toMatchObject({ event_type: 'TEAM_MIGRATED', aggregate_type: 'team', version: '1', payload: { company_sso_id: company, members: [] } });
  });
});
