import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { MongoClient, ObjectId } from 'mongodb';
import { maxStalls, type MoveDependencies, moveLegacyTeams } from '../../subgraphs/contacts/jobs/moveLegacyTeams.ts';
import { type CoverageDependencies, nightAfter, reportCoverage } from '../../subgraphs/contacts/jobs/reportCoverage.ts';
import { createCoverageJobStore } from '../../subgraphs/contacts/store/coverageJob.ts';
import { type Database, openDatabase } from '../../subgraphs/contacts/store/database.ts';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import type { CoverageJobDocument } from '../../subgraphs/contacts/store/legacyDocuments.ts';
import { createLegacyMoveStore } from '../../subgraphs/contacts/store/legacyMoves.ts';
import { createLegacyRowStore } from '../../subgraphs/contacts/store/legacyRows.ts';
import { createMovableContactStore } from '../../subgraphs/contacts/store/movableContacts.ts';
import { createScopeWrites } from '../../subgraphs/contacts/store/scopeWrites.ts';
import { createTreeStore } from '../../subgraphs/contacts/store/trees.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import type { DomainEvent } from '../../subgraphs/shared/metrics.ts';
import type { NamedTeam, TeamsApi } from '../../subgraphs/shared/teamsApi.ts';
import { contactDocument } from '../support/contactsHarness.ts';
import { type FreshMongo, freshMongo } from '../support/mongo.ts';

let mongo: FreshMongo;
let database: Database;
let client: MongoClient;
beforeAll(async () => {
  mongo = await freshMongo();
  database = await openDatabase({ url: mongo.url, database: mongo.database, now: Date.now });
  client = await new MongoClient(mongo.url).connect();
});
afterAll(async () => {
  await database.close();
  await client.close();
  await mongo.close();
});

const waitMs = 10_000;
const team: NamedTeam = { id: randomUUID(), name: 'North', source: 'Launchpad', referenceId: null };
type Reports = TeamsApi['coverage']['request']['reports'];

/** The parts of one process, with a clock of its own. */
const processOf = (given: Partial<MoveDependencies> & Readonly<{ now?: () => number }> = {}) => {
  const { now = Date.now } = given;
  const events: DomainEvent[] = [];
  const trees = createTreeStore(database, now);
  const lineageOf = () => Promise.resolve({ treeVersion: 1, ancestorsOf: () => [] });
  const onFault = (error: unknown): void => expect(error).toBeUndefined();
  const scope = createScopeWrites({ contacts: database.contacts, trees, lineageOf, onFault, now, newId: randomUUID });
  const contacts = createMovableContactStore(database.contacts, scope, now);
  const rows = createLegacyRowStore(database.legacy.rows, database.legacy.names);
  const moves = createLegacyMoveStore(database.legacy.moves, { now, waitMs });
  const coverage = createCoverageJobStore(database.legacy.coverage, waitMs);
  const deps: MoveDependencies = {
    moves, rows, contacts, coverage, teams: { allTeams: () => Promise.resolve([team]) }, record: (event) => void events.push(event),
    logger: createLogger({ name: 'contacts', level: 'silent' }), now, newId: randomUUID, batchSize: 3, batchesOfTurn: 2, ...given,
  };
  return { deps, events };
};

/** A company with eight rows, of which two name a team that is not here, and a move of it that waits to be worked off. */
const plant = async (dryRun = false) => {
  const companyId = randomUUID();
  const contacts = Array.from({ length: 8 }, (_, n) => contactDocument(companyId, { _id: new ObjectId(), team_owners_set_by: null, ...(n === 0 && { team_owners_set_by: 'person' as const }) }));
  await database.contacts.insertMany(contacts);
  const { deps } = processOf();
  const row = ({ _id }: ContactDocument, index: number) => ({ contactKey: _id.toHexString(), crmTeamHierarchyId: index < 6 ? '1' : '2' });
  await deps.rows.load({ companyId, rows: contacts.map(row), names: [{ legacyTeamId: '1', name: 'north' }] }, waitMs);
  const { _id } = await deps.moves.start({ id: randomUUID(), companyId, dryRun, noLegacyRows: false, startedBy: 'migrator', total: 8 }, waitMs);
  return { companyId, moveId: _id };
};

const done = { status: 'COMPLETED', processed: 8, left_alone: 1, unmatched: [{ legacy_team_id: '2', contacts: 2 }], counted: { contacts: 8, covered: 5 } };
const find = (id: string) => database.legacy.moves.findOne({ _id: id });
const leaseIsOver = (id: string) => database.legacy.moves.updateOne({ _id: id }, { $set: { due_at: new Date(0) } });
const workOff = async (deps: MoveDependencies): Promise<void> => {
  while (await moveLegacyTeams(deps));
};
const asMoved = async (companyId: string) => {
  const all = await database.contacts.find({ company_sso_id: companyId }).sort({ _id: 1 }).toArray();
  return all.map(({ team_owner_ids, team_owners_set_by, version, audit }) => ({ owners: team_owner_ids, team_owners_set_by, version, entries: audit?.entries.length ?? 0 }));
};
const moved = { owners: [team.id], team_owners_set_by: 'legacy_move', version: 2, entries: 1 };
const wanted = [{ owners: [], team_owners_set_by: 'person', version: 1, entries: 0 }, ...Array.from({ length: 5 }, () => moved), ...Array.from({ length: 2 }, () => ({ owners: [], team_owners_set_by: null, version: 1, entries: 0 }))];
const untouched = wanted.map((contact) => ({ ...contact, owners: [], team_owners_set_by: contact === wanted[0] ? 'person' : null, version: 1, entries: 0 }));

class Killed extends Error {}

/** A process that dies with its n-th step, before or after what the step did; from then on nothing of it happens. */
const dyingAt = (step: number, when: 'before' | 'after'): Readonly<{ deps: MoveDependencies; steps: () => number }> => {
  let steps = 0;
  const dying = <T extends object>(store: T): T =>
    new Proxy(store, {
      get: (of, name) => async (...args: unknown[]) => {
        steps += 1;
        if (steps > step || (steps === step && when === 'before')) throw new Killed();
        const result: unknown = await (Reflect.get(of, name) as (...given: unknown[]) => Promise<unknown>)(...args);
        if (steps >= step) throw new Killed();
        return result;
      },
    });
  const { deps } = processOf();
  return { deps: { ...deps, moves: dying(deps.moves), rows: dying(deps.rows), contacts: dying(deps.contacts), coverage: dying(deps.coverage), teams: dying(deps.teams) }, steps: () => steps };
};

describe('CHG-004: a move that is killed goes on', () => {
  test.each([['a move', false], ['a dry run', true]])('%s, at every step, before and after what it did: the same contacts, audit entries and report, nothing twice', async (_, dryRun) => {
    const expected = dryRun ? untouched : wanted;
    const { companyId, moveId } = await plant(dryRun);
    const whole = dyingAt(Number.MAX_SAFE_INTEGER, 'before');
    await workOff(whole.deps);
    expect([await find(moveId), await asMoved(companyId)]).toMatchObject([done, expected]);
    expect(whole.steps()).toBeGreaterThan(20);
    for (let step = 1; step < whole.steps(); step += 1) {
      for (const when of ['before', 'after'] as const) {
        const planted = await plant(dryRun);
        await expect(workOff(dyingAt(step, when).deps)).rejects.toThrow(Killed);
        await leaseIsOver(planted.moveId);
        await workOff(processOf().deps);
        expect([step, when, await find(planted.moveId), await asMoved(planted.companyId)]).toMatchObject([step, when, done, expected]);
      }
    }
  }, 120_000);

  test('what a worker that slept past its lease writes of the move is refused, and its contacts are not written twice', async () => {
    const { companyId, moveId } = await plant();
    const other = processOf();
    const { deps } = processOf();
    let slept = false;
    const sleeper = processOf({
      moves: {
        ...deps.moves,
        progress: async (...args) => {
          if (!slept) {
            slept = true;
            await leaseIsOver(moveId);
            await workOff(other.deps);
          }
          return deps.moves.progress(...args);
        },
      },
    });
    await workOff(sleeper.deps);
    expect([await find(moveId), await asMoved(companyId)]).toMatchObject([done, wanted]);
    expect([...sleeper.events, ...other.events].map((event) => 'contact_id' in event && event.contact_id).sort()).toEqual([...new Set([...sleeper.events, ...other.events].map((event) => 'contact_id' in event && event.contact_id))].sort());
    expect(sleeper.events.length + other.events.length).toBe(5);
  });

  test('a contact that changes between reading and writing is judged again: what a person set stays', async () => {
    const { companyId, moveId } = await plant();
    const { deps } = processOf();
    const [, second, third] = await database.contacts.find({ company_sso_id: companyId }).sort({ _id: 1 }).toArray();
    const meddling = processOf({
      contacts: {
        ...deps.contacts,
        setTeamOwners: async (visibility, read, ...rest) => {
          if (read.version === 1 && read.id === second?._id.toHexString()) await database.contacts.updateOne({ _id: second._id }, { $set: { team_owners_set_by: 'person' }, $inc: { version: 1 } });
          if (read.version === 1 && read.id === third?._id.toHexString()) await database.contacts.updateOne({ _id: third._id }, { $set: { name: 'Renamed' }, $inc: { version: 1 } });
          return deps.contacts.setTeamOwners(visibility, read, ...rest);
        },
      },
    });
    await workOff(meddling.deps);
    expect((await asMoved(companyId)).slice(1, 3)).toEqual([{ owners: [], team_owners_set_by: 'person', version: 2, entries: 0 }, { ...moved, version: 3 }]);
    expect(await find(moveId)).toMatchObject({ status: 'COMPLETED', left_alone: 2, counted: { covered: 4 } });
  });

  test('two workers at once are one: each contact once, the same report', async () => {
    const { companyId, moveId } = await plant();
    const workers = [processOf(), processOf(), processOf()];
    await Promise.all(workers.map(({ deps }) => workOff(deps)));
    expect(workers.reduce((sum, { events }) => sum + events.length, 0)).toBe(5);
    expect([await find(moveId), await asMoved(companyId)]).toMatchObject([done, wanted]);
  });

  test('a clock that is an hour off neither takes a move that is held nor keeps its own', async () => {
    const { moveId } = await plant();
    const early = processOf({ now: () => Date.now() + 3_600_000 });
    const late = processOf({ now: () => Date.now() - 3_600_000 });
    expect((await late.deps.moves.claim(30_000))?._id).toBe(moveId);
    expect(await early.deps.moves.claim(30_000)).toBeNull();
    const held = await find(moveId);
    expect(Math.abs((held?.due_at.getTime() ?? 0) - Date.now() - 30_000)).toBeLessThan(600_000);
    await leaseIsOver(moveId);
    await workOff(late.deps);
    expect(await find(moveId)).toMatchObject(done);
  });

  test('one that comes no further is FAILED after many tries, and a new start goes on with the rest', async () => {
    const { companyId, moveId } = await plant();
    const broken = processOf({ teams: { allTeams: () => Promise.reject(new Error('teams is down')) } });
    for (let tries = 0; tries < maxStalls; tries += 1) {
      await expect(moveLegacyTeams(broken.deps)).rejects.toThrow('teams is down');
      await leaseIsOver(moveId);
    }
    await workOff(broken.deps);
    expect(await find(moveId)).toMatchObject({ status: 'FAILED', finished_at: expect.any(Date) });
    const { deps } = processOf();
    const again = await deps.moves.start({ id: randomUUID(), companyId, dryRun: false, noLegacyRows: false, startedBy: 'migrator', total: 8 }, waitMs);
    expect(again._id).not.toBe(moveId);
    await workOff(deps);
    expect([await find(again._id), await asMoved(companyId)]).toMatchObject([done, wanted]);
  });
});

describe('the nightly report of coverage', () => {
  const companies = Array.from({ length: 45 }, () => randomUUID()).sort();
  const reporting = (reports: Reports[number][], report: (some: Reports) => Promise<void> = (some) => Promise.resolve(void reports.push(...some))): CoverageDependencies => {
    const { deps } = processOf();
    const companiesAfter = (after: string | null, limit: number) => {
      const rest = companies.filter((id) => after === null || id > after);
      return Promise.resolve({ ids: rest.slice(0, limit), hasMore: rest.length > limit });
    };
    return { job: createCoverageJobStore(database.legacy.coverage, waitMs), moves: deps.moves, rows: deps.rows, contacts: deps.contacts, teams: { companiesAfter, reportCoverage: report } };
  };
  const dueNow = (given: Partial<CoverageJobDocument> = {}) => database.legacy.coverage.updateOne({ _id: 'coverage' }, { $set: { due_at: new Date(0), after: null, asked: [], lease_until: new Date(0), ...given } }, { upsert: true });
  const ids = (reports: Reports): string[] => reports.map(({ companyId }) => companyId);
  const workOffReports = async (deps: CoverageDependencies): Promise<void> => {
    while (await reportCoverage(deps));
  };

  test('names every company once a night, also when two jobs run at once', async () => {
    await database.legacy.coverage.deleteMany({});
    const reports: Reports[number][] = [];
    for (let rounds = 0; rounds < 10; rounds += 1) await Promise.all([reportCoverage(reporting(reports)), reportCoverage(reporting(reports)), reportCoverage(reporting(reports))]);
    expect(ids(reports).sort()).toEqual(companies);
    const job = await database.legacy.coverage.findOne({ _id: 'coverage' });
    expect(job?.due_at).toEqual(nightAfter(job?.claimed_at ?? new Date(0)));
  });

  test('is taken up where it was killed, and what was asked for stays asked until teams has it', async () => {
    await dueNow();
    const reports: Reports[number][] = [];
    expect(await reportCoverage(reporting(reports))).toBe(true);
    await expect(reportCoverage(reporting(reports, () => Promise.reject(new Error('teams is down'))))).rejects.toThrow('teams is down');
    const { deps } = processOf();
    await deps.coverage.ask('move', companies[3] ?? '');
    await deps.coverage.ask('move', companies[3] ?? '');
    await expect(reportCoverage(reporting(reports, () => Promise.reject(new Error('teams is down'))))).rejects.toThrow('teams is down');
    await workOffReports(reporting(reports));
    expect(ids(reports).sort()).toEqual([...companies, companies[3] ?? ''].sort());
    expect(await reportCoverage(reporting(reports))).toBe(false);
  });

  test('counts contacts that are not deleted, with the time before they were counted by the database’s clock', async () => {
    const [companyId = ''] = companies;
    await database.contacts.insertMany([contactDocument(companyId, { team_owner_ids: [team.id] }), contactDocument(companyId), contactDocument(companyId, { is_deleted: true })]);
    await dueNow();
    const reports: Reports[number][] = [];
    await workOffReports(reporting(reports));
    const report = reports.find((each) => each.companyId === companyId);
    expect(report).toMatchObject({ contacts: 2, covered: 1 });
    const { localTime } = (await client.db('admin').command({ hello: 1 })) as { localTime: Date };
    expect(Math.abs(Date.parse(report?.countedAt ?? '') - localTime.getTime())).toBeLessThan(600_000);
  });

  test.each([['2026-01-01T17:59:59.999Z', '2026-01-01T18:00:00.000Z'], ['2026-01-01T18:00:00.000Z', '2026-01-02T18:00:00.000Z'], ['2026-01-01T23:00:00.000Z', '2026-01-02T18:00:00.000Z']])('after %s comes %s', (at, night) => {
    expect(nightAfter(new Date(at)).toISOString()).toBe(night);
  });
});

