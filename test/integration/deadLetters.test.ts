import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '../../subgraphs/shared/metrics.ts';
import { redriveTeamEvents } from '../../subgraphs/teams/commands/redriveTeamEvents.ts';
import { append } from '../../subgraphs/teams/events/append.ts';
import { startPublisher } from '../../subgraphs/teams/events/publisher.ts';
import { MessagesRefused, type Outlet } from '../../subgraphs/teams/events/publisherOutlet.ts';
import { startRelay } from '../../subgraphs/teams/events/relay.ts';
import { addCompany, silent } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
}, 60_000);
afterAll(() => db.close());

/** The broker: what it has, what it refuses, and whether it is there. */
let broker: { sent: { company: string; team: string; id: string }[]; poison: Set<string>; largest: number; down: boolean; batches: number };
let recorded: DomainEvent[];
beforeEach(() => {
  broker = { sent: [], poison: new Set(), largest: Infinity, down: false, batches: 0 };
  recorded = [];
});

const outlet: Outlet = {
  send: (messages) => {
    broker.batches += 1;
    if (broker.down) return Promise.reject(new Error('the broker is down'));
    const events = messages.map(({ key, value }) => ({ company: key, event: JSON.parse(value) as { event_id: string; aggregate_id: string } }));
    if (events.length > broker.largest) return Promise.reject(new MessagesRefused('MESSAGE_TOO_LARGE: the batch is too large'));
    if (events.some(({ event }) => broker.poison.has(event.aggregate_id))) return Promise.reject(new MessagesRefused('MESSAGE_TOO_LARGE: the message is too large'));
    broker.sent.push(...events.map(({ company, event }) => ({ company, team: event.aggregate_id, id: event.event_id })));
    return Promise.resolve();
  },
  close: () => Promise.resolve(),
};

/** Publishes until `done`, as a process does that starts now and is closed then. */
const publishing = async (done: () => boolean | Promise<boolean>): Promise<void> => {
  const common = { database: db.database, logger: silent, holder: randomUUID() };
  const publisher = startPublisher({ ...common, outlet, record: (event) => void recorded.push(event), now: Date.now, newId: randomUUID, pollMs: 10, leaseMs: 2_000, retryMs: 1 });
  const relay = startRelay({ ...common, onPlaced: publisher.wake, pollMs: 10 });
  try {
    const until = Date.now() + 15_000;
    while (!(await done())) {
      if (Date.now() > until) throw new Error('it did not come to be');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    await relay.close();
    await publisher.close();
    await db.database.prisma.relayLease.deleteMany();
  }
};

/** Writes one event; answers the team's id. */
const write = async (companyId: string): Promise<string> => {
  const team = randomUUID();
  const payload = { team_name: 'A team', company_sso_id: companyId, members: [], created_by_sso_id: '', parent_id: null, tree_version: 1 };
  await db.database.transaction((tx) => append(tx, [{ eventId: randomUUID(), type: 'TEAM_CREATED', companyId, aggregateId: team, occurredAt: new Date(), payload }]));
  return team;
};
const writeMany = async (companyId: string, count: number): Promise<string[]> => {
  const teams: string[] = [];
  for (let n = 0; n < count; n += 1) teams.push(await write(companyId));
  return teams;
};
/** Teams of a company in the order the broker got their events, each event once: a repeat has the same id. */
const arrived = (company: string): string[] => [...new Map(broker.sent.filter((each) => each.company === company).map(({ id, team }) => [id, team])).values()];
const isOut = (...companies: [string, readonly string[]][]) => () => companies.every(([company, teams]) => arrived(company).length === teams.length);
const parked = () => db.database.prisma.parkedCompany.findMany({ select: { companyId: true, redrive: true } });
const redrive = (companyIds: readonly string[] | null = null) => redriveTeamEvents(db.database, { publication: 'kafka', companyIds });
const letters = (companyId: string) => db.database.prisma.deadLetter.findMany({ where: { kind: 'team_event', companyId }, orderBy: { parkedAt: 'asc' } });

describe('an event that the broker refuses for what it is', () => {
  test('is tried 5 times and parked with a dead letter; its company waits behind it, in order, and the others flow', async () => {
    const [sick, well] = [await addCompany(db.database), await addCompany(db.database)];
    const before = await write(sick);
    const poison = await write(sick);
    const behind = [await write(sick), await write(sick)];
    const others = await writeMany(well, 3);
    broker.poison.add(poison);
    await publishing(isOut([well, others], [sick, [before]]));
    // what comes later, and after a restart, waits as well
    behind.push(await write(sick));
    others.push(await write(well));
    await publishing(isOut([well, others]));
    expect(arrived(sick)).toEqual([before]);
    expect(arrived(well)).toEqual(others);
    expect(await letters(sick)).toMatchObject([{ companyId: sick, tries: 5, redrivenAt: null, error: expect.stringContaining('MESSAGE_TOO_LARGE') }]);
    expect(await parked()).toEqual([{ companyId: sick, redrive: false }]);
    expect(recorded).toEqual([{ event: 'team_event_parked', cid: sick, event_id: expect.any(String), reason: 'MESSAGE_TOO_LARGE' }]);

    // refused again: it is parked again, and nothing of the company overtakes it
    expect(await redrive([sick])).toEqual({ companies: 1 });
    await publishing(async () => (await letters(sick))[0]?.tries === 10);
    expect(arrived(sick)).toEqual([before]);
    expect(await parked()).toEqual([{ companyId: sick, redrive: false }]);

    broker.poison.clear();
    expect(await redrive()).toEqual({ companies: 1 });
    await publishing(async () => (await parked()).length === 0);
    const last = await write(sick);
    await publishing(isOut([sick, [before, poison, ...behind, last]]));
    expect(arrived(sick)).toEqual([before, poison, ...behind, last]);
    expect(await letters(sick)).toMatchObject([{ tries: 10, redrivenAt: expect.any(Date) }]);
    expect(await redrive()).toEqual({ companies: 0 });
  }, 60_000);

  test('is found in a batch that is refused as a whole; what is only too large together is sent in parts, and nothing is parked', async () => {
    const company = await addCompany(db.database);
    const teams = await writeMany(company, 30);
    broker.largest = 4;
    await publishing(isOut([company, teams]));
    expect(arrived(company)).toEqual(teams);
    expect(await parked()).toEqual([]);
    expect(recorded).toEqual([]);
  }, 30_000);

  test('a second one behind the first is parked when the first has gone out, each with a dead letter of its own', async () => {
    const [sick, well] = [await addCompany(db.database), await addCompany(db.database)];
    const teams = await writeMany(sick, 6);
    const [, first = '', , , second = ''] = teams;
    broker.poison.add(first).add(second);
    await publishing(async () => (await parked()).length === 1);
    broker.poison.delete(first);
    await redrive();
    await publishing(async () => (await letters(sick)).length === 2);
    expect(arrived(sick)).toEqual(teams.slice(0, 4));
    expect((await letters(sick)).map(({ redrivenAt }) => redrivenAt === null)).toEqual([false, true]);
    broker.poison.delete(second);
    await redrive([sick, well]);
    await publishing(async () => (await parked()).length === 0);
    expect(arrived(sick)).toEqual(teams);
  }, 30_000);

  test('more than a page that waits is sent in order, while the company goes on writing', async () => {
    const sick = await addCompany(db.database);
    const teams = [await write(sick)];
    broker.poison.add(teams[0] ?? '');
    await publishing(async () => (await parked()).length === 1);
    teams.push(...(await writeMany(sick, 450)));
    const well = await addCompany(db.database);
    const others = [await write(well)];
    await publishing(isOut([well, others]));
    expect(arrived(sick)).toEqual([]);
    broker.poison.clear();
    await redrive();
    const stop = new AbortController();
    const more = (async () => {
      while (!stop.signal.aborted) teams.push(await write(sick));
    })();
    await publishing(async () => (await parked()).length === 0);
    stop.abort();
    await more;
    await publishing(isOut([sick, teams]));
    expect(arrived(sick)).toEqual(teams);
  }, 60_000);
});

describe('a broker that is down', () => {
  test('parks nothing however often it is tried, and everything goes out in order when it is back', async () => {
    const [sick, well] = [await addCompany(db.database), await addCompany(db.database)];
    const teams = await writeMany(sick, 3);
    const others = await writeMany(well, 3);
    broker.down = true;
    await publishing(() => broker.batches >= 8);
    expect(await parked()).toEqual([]);
    expect(await letters(sick)).toEqual([]);
    broker.down = false;
    await publishing(isOut([sick, teams], [well, others]));
    expect([arrived(sick), arrived(well)]).toEqual([teams, others]);
  }, 30_000);

  test('a redrive that finds it down is done when it is back', async () => {
    const sick = await addCompany(db.database);
    const teams = await writeMany(sick, 3);
    broker.poison.add(teams[1] ?? '');
    await publishing(async () => (await parked()).length === 1);
    broker.poison.clear();
    broker.down = true;
    await redrive();
    const tried = broker.batches;
    await publishing(() => broker.batches > tried + 3);
    expect(await parked()).toEqual([{ companyId: sick, redrive: true }]);
    broker.down = false;
    await publishing(async () => (await parked()).length === 0);
    expect(arrived(sick)).toEqual(teams);
  }, 30_000);
});

test('redriving refuses what is no company id', async () => {
  expect(await redrive(['X'])).toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'companyIds' } });
});
