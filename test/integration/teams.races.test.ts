import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { isRefused, type Refusal } from '../../subgraphs/shared/errors.ts';
import type { CommandDeps } from '../../subgraphs/teams/commands/commandDeps.ts';
import { createTeam } from '../../subgraphs/teams/commands/createTeam.ts';
import { deleteTeam } from '../../subgraphs/teams/commands/deleteTeam.ts';
import { moveTeam } from '../../subgraphs/teams/commands/moveTeam.ts';
import { removeTeamMembers } from '../../subgraphs/teams/commands/teamMembers.ts';
import type { Database } from '../../subgraphs/teams/store/database.ts';
import { chat, commandsOf, good, item, pushOf } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { migrationOn, plantCompany, type TestCompany } from '../support/teams.ts';

let db: TestDatabase;
let acme: TestCompany;

beforeAll(async () => {
  db = await freshDatabase();
});
beforeEach(async () => {
  acme = await plantCompany(db.database, { people: { Olga: 'OWNER', Ani: 'ADMIN' }, teams: ['A', 'B', 'C < B', 'D < C', 'General'], flags: migrationOn });
});
afterAll(() => db.close());

const id = (name: string): string => acme.teams[name] ?? '';
const user = (name: string): string => acme.people[name] ?? '';
const codes = (results: readonly unknown[]): string[] => results.map((result) => (isRefused(result) ? result.code : 'done')).sort();
const parents = async () => new Map((await db.database.prisma.team.findMany({ where: { companyId: acme.id } })).map((team) => [team.id, team.parentId]));

/** Transactions that begin only when so many have come to their beginning. */
const barrier = (parties: number): Database => {
  let open = (): void => undefined;
  const all = new Promise<void>((resolve) => (open = resolve));
  let waiting = 0;
  return {
    ...db.database,
    // as many processes would, each with a turn of its own
    inTurn: (_company, work) => work(),
    transaction: async (work) => {
      waiting += 1;
      if (waiting >= parties) open();
      await all;
      return db.database.transaction(work);
    },
  };
};
const depsOn = (database: Database): CommandDeps => ({ database, now: Date.now, newId: randomUUID, record: () => undefined, wakeRelay: () => undefined });

/** Changes that meet at the door of their transactions. */
const together = <T>(...changes: ((deps: CommandDeps) => Promise<T | Refusal>)[]): Promise<(T | Refusal)[]> => {
  const deps = depsOn(barrier(changes.length));
  return Promise.all(changes.map((change) => change(deps)));
};

const olga = () => acme.person('Olga');
const move = (name: string, parent: string | null) => (deps: CommandDeps) => moveTeam(deps, olga(), { id: id(name), parentId: parent === null ? null : id(parent), expectedVersion: null });
const remove = (name: string, confirmUnassigned = false) => (deps: CommandDeps) => deleteTeam(deps, olga(), { id: id(name), reassignContactsTo: null, confirmUnassigned, expectedVersion: null });
const create = (parent: string, key: string | null = null) => (deps: CommandDeps) =>
  createTeam(deps, olga(), { name: 'New', parentId: id(parent), memberIds: [user('Olga')], idempotencyKey: key });

/** Follows every team up to its root; throws on a circle or a parent that is gone. */
const walkUp = async (): Promise<void> => {
  const all = await parents();
  for (const start of all.keys()) {
    let at: string | null = start;
    for (let steps = 0; at !== null; steps += 1) {
      const parent: string | null | undefined = all.get(at);
      if (steps > 32 || parent === undefined) throw new Error(`team ${start} has no root`);
      at = parent;
    }
  }
};

describe('at once', () => {
  test('HOSTILE 34: of two moves that would close a cycle together exactly one wins', async () => {
    for (let round = 0; round < 15; round += 1) {
      expect(codes(await together(move('A', 'D'), move('B', 'A')))).toEqual(['UNPROCESSABLE', 'done']);
      await walkUp();
      good(await move('A', null)(depsOn(db.database)));
      good(await move('B', null)(depsOn(db.database)));
    }
    const { treeVersion } = await db.database.prisma.company.findUniqueOrThrow({ where: { id: acme.id } });
    // each round one move and the one back
    expect(treeVersion).toBe(30);
  });

  test('of moves that together would pass 32 levels no more win than fit', async () => {
    const chain: string[] = [];
    for (let n = 0; n < 29; n += 1) {
      const team = randomUUID();
      await db.database.prisma.team.create({ data: { id: team, companyId: acme.id, name: `L${n}`, nameKey: `l${n}`, parentId: chain.at(-1) ?? null } });
      chain.push(team);
    }
    // 29 levels, B with C and D below has three: A on the 29th leaves B no place below A
    const below = (deps: CommandDeps) => moveTeam(deps, olga(), { id: id('A'), parentId: chain[28] ?? '', expectedVersion: null });
    const results = await together(below, move('B', 'A'));
    expect(codes(results)).toEqual(['UNPROCESSABLE', 'done']);
    await walkUp();
  });

  test('a team is created below a parent that is being deleted, and stands below where its children went, or not at all', async () => {
    for (let round = 0; round < 10; round += 1) {
      const parent = good(await create('B')(depsOn(db.database)));
      const under = (deps: CommandDeps) => createTeam(deps, olga(), { name: 'Leaf', parentId: parent.id, memberIds: [user('Ani')], idempotencyKey: null });
      const gone = (deps: CommandDeps) => deleteTeam(deps, olga(), { id: parent.id, reassignContactsTo: null, confirmUnassigned: false, expectedVersion: null });
      const [leaf] = await together<unknown>(under, gone);
      if (isRefused(leaf)) expect([leaf.code, leaf.details.field]).toEqual(['BAD_USER_INPUT', 'input.parentId']);
      else expect((await parents()).get((leaf as { id: string }).id)).toBe(id('B'));
      expect((await parents()).has(parent.id)).toBe(false);
      await walkUp();
    }
  });

  test('a team is deleted by one of twenty', async () => {
    const results = await together(...Array.from({ length: 20 }, () => remove('C')));
    expect(codes(results)).toEqual([...Array.from({ length: 19 }, () => 'NOT_FOUND'), 'done']);
    const events = await db.database.prisma.event.findMany({ where: { companyId: acme.id, eventType: 'TEAM_DELETED' } });
    expect(events).toHaveLength(1);
    expect((await db.database.prisma.company.findUniqueOrThrow({ where: { id: acme.id } })).treeVersion).toBe(1);
  });

  test('twenty createTeam with one key make one team, with one event', async () => {
    const results = await together(...Array.from({ length: 20 }, () => create('A', 'one key')));
    expect(new Set(results.map((result) => good(result).id)).size).toBe(1);
    expect(await db.database.prisma.team.count({ where: { companyId: acme.id, name: 'New' } })).toBe(1);
    expect(await db.database.prisma.event.count({ where: { companyId: acme.id, eventType: 'TEAM_CREATED' } })).toBe(1);
    expect(await db.database.prisma.auditEntry.count({ where: { companyId: acme.id, kind: 'TEAM' } })).toBe(1);
  });

  test('teams are migrated below one that is moved and deleted: every team has a root, and levels hold', async () => {
    for (let round = 0; round < 5; round += 1) {
      const push = commandsOf(db.database);
      const parent = good(await push.migrateTeam(chat, { app: 'chat', runId: null, item: item(acme.id, `p${round}`) }));
      const parentId = parent.teamId ?? '';
      good(await moveTeam(depsOn(db.database), olga(), { id: parentId, parentId: id('B'), expectedVersion: null }));
      const items = Array.from({ length: 40 }, (_, n) => item(acme.id, `${round}-${n}`, { parentAppIdentifierId: n % 8 === 0 ? `p${round}` : `${round}-${n - 1}` }));
      const job = good(await push.migrateTeams(chat, pushOf(items)));
      const gone = (deps: CommandDeps) => deleteTeam(deps, olga(), { id: parentId, reassignContactsTo: null, confirmUnassigned: false, expectedVersion: null });
      const moved = (deps: CommandDeps) => moveTeam(deps, olga(), { id: parentId, parentId: id('D'), expectedVersion: null });
      const worked = (deps: CommandDeps) => push.work(job.id, { database: deps.database, chunkLength: 7 });
      const [, deletion] = await together<unknown>(worked, round % 2 === 0 ? gone : moved);
      expect(isRefused(deletion)).toBe(false);
      if (round % 2 === 1) good(await gone(depsOn(db.database)));
      expect(await db.database.prisma.migrationJob.findUniqueOrThrow({ where: { id: job.id } })).toMatchObject({ status: 'COMPLETED', created: 40 });
      await walkUp();
      const all = await parents();
      const tops = await db.database.prisma.team.findMany({ where: { companyId: acme.id, referenceId: { in: items.filter((_, n) => n % 8 === 0).map(({ appIdentifierId }) => appIdentifierId ?? '') } } });
      expect(tops.map((team) => all.get(team.id))).toEqual(tops.map(() => id(round % 2 === 0 ? 'B' : 'D')));
    }
  });

  test('the rights that count are those at the time of the change: who lost them while waiting is refused', async () => {
    let hold = (): void => undefined;
    const held = new Promise<void>((resolve) => (hold = resolve));
    const database: Database = {
      ...db.database,
      transaction: async (work) => {
        await held;
        return db.database.transaction(work);
      },
    };
    const waiting = removeTeamMembers(depsOn(database), acme.person('Ani'), { id: id('A'), userIds: [user('Olga')] });
    await db.database.prisma.userLevel.create({ data: { companyId: acme.id, userId: user('Ani'), action: 'teams_manage', level: 'disabled' } });
    hold();
    expect(codes([await waiting])).toEqual(['FORBIDDEN']);
  });
});
