import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type AuditRecord, auditKinds, type TeamsApi } from '../../subgraphs/shared/teamsApi.ts';
import type { Viewer } from '../../subgraphs/shared/viewer.ts';
import { plantCompany, serviceWith, startTestTeams, type TestCompany, type TestTeams } from '../support/teams.ts';
import { teamOf, treeOf } from '../support/tree.ts';

let teams: TestTeams;
let acme: TestCompany;
let other: TestCompany;

const plan = { people: { Olga: 'OWNER', Ani: 'ADMIN', Siti: 'SUPERVISOR', Rara: 'AGENT' }, teams: ['Head'] } as const;

beforeAll(async () => {
  teams = await startTestTeams();
  acme = await plantCompany(teams.database, plan);
  other = await plantCompany(teams.database, plan);
});
afterAll(() => teams.close());

const user = (name: string, company = acme): string => company.people[name] ?? '';
const startOf2026 = Date.UTC(2026, 0, 1);
/** The n-th minute of 2026. */
const minute = (n: number): string => new Date(startOf2026 + n * 60_000).toISOString();

const record = (rest: Partial<AuditRecord> = {}): AuditRecord => ({
  id: randomUUID(), companyId: acme.id, kind: 'OWNER', occurredAt: minute(0), actorId: user('Rara'), actorService: null, subjectId: 'contact 1',
  before: { ownerId: null }, after: { ownerId: user('Rara') }, ...rest,
});
const deliver = async (entries: readonly AuditRecord[]) => ((await teams.call('audit', { entries })) as TeamsApi['audit']['reply']).acknowledged;

type Entry = Readonly<{ id: string; kind: string; occurredAt: string; actor: { id: string; fullName: string } | null; actorService: string | null; subjectId: string | null; before: string | null; after: string | null }>;
type Log = Readonly<{ nodes: readonly Entry[]; totalCount: number; pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null } }>;
const query = `query ($filter: AuditFilter, $first: Int, $after: String) { auditLog(filter: $filter, first: $first, after: $after) {
  totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
  nodes { id kind occurredAt actor { id fullName } actorService subjectId before after } } }`;
const ask = async (viewer: Viewer, variables: Readonly<Record<string, unknown>> = {}) => {
  const { data, errors, full } = await teams.ask(viewer, query, variables);
  return { log: (data as unknown as { auditLog: Log } | null)?.auditLog, errors, field: full[0]?.extensions['field'] };
};
const read = async (filter: object = {}, rest: object = {}): Promise<Log> => {
  const { log, errors } = await ask(acme.person('Olga'), { filter, ...rest });
  if (log === undefined) throw new Error(errors.join());
  return log;
};

describe('auditLog', () => {
  const entries = Array.from({ length: 45 }, (_, n) => ({ at: Math.floor(n / 3), kind: auditKinds[n % auditKinds.length] ?? 'TEAM', actor: n % 2 === 0 ? 'Olga' : 'Ani' }));
  let ids: string[] = [];
  let home: TestCompany;

  beforeAll(async () => {
    home = await plantCompany(teams.database, plan);
    const records = entries.map(({ at, kind, actor }) => record({ companyId: home.id, kind, occurredAt: minute(at), actorId: user(actor, home) }));
    ids = [...(await deliver(records))];
    expect(ids).toEqual(records.map(({ id }) => id));
  });
  const all = async (variables: Readonly<Record<string, unknown>>, first = 7) => {
    const nodes: Entry[] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const { log, errors } = await ask(home.person('Olga'), { ...variables, first, after });
      if (log === undefined) throw new Error(errors.join());
      nodes.push(...log.nodes);
      expect(log.pageInfo.hasPreviousPage).toBe(after !== null);
      after = log.pageInfo.endCursor;
      more = log.pageInfo.hasNextPage;
    }
    return nodes;
  };
  const expected = (isWanted: (entry: (typeof entries)[number]) => boolean): Set<string> => new Set(ids.filter((_, n) => isWanted(entries[n] ?? { at: 0, kind: 'TEAM', actor: '' })));

  test('is paged newest first, each entry once, also where many are of one instant', async () => {
    const nodes = await all({});
    expect(nodes).toHaveLength(45);
    expect(new Set(nodes.map(({ id }) => id))).toEqual(new Set(ids));
    const places = nodes.map(({ occurredAt, id }) => `${occurredAt} ${id}`);
    expect(places).toEqual(places.toSorted().reverse());
  });

  test('is filtered by kind, by person, by time, and by all of them', async () => {
    const from = minute(3);
    const to = minute(9);
    const cases: [object, (entry: (typeof entries)[number]) => boolean][] = [
      [{ kind: 'LEVEL' }, ({ kind }) => kind === 'LEVEL'],
      [{ actorId: user('Ani', home) }, ({ actor }) => actor === 'Ani'],
      [{ from }, ({ at }) => at >= 3],
      [{ to }, ({ at }) => at < 9],
      [{ from, to, kind: 'FLAG', actorId: user('Olga', home) }, ({ at, kind, actor }) => at >= 3 && at < 9 && kind === 'FLAG' && actor === 'Olga'],
      [{ from: to, to: from }, () => false],
      [{ actorId: user('Olga') }, () => false],
      [{ actorId: randomUUID() }, () => false],
    ];
    for (const [filter, isWanted] of cases) {
      const nodes = await all({ filter });
      expect(new Set(nodes.map(({ id }) => id))).toEqual(expected(isWanted));
      const { log } = await ask(home.person('Olga'), { filter, first: 1 });
      expect(log?.totalCount).toBe(expected(isWanted).size);
    }
  });

  test('what is added while it is paged neither repeats nor hides an entry', async () => {
    const { log } = await ask(home.person('Olga'), { first: 10 });
    const added = await deliver([record({ companyId: home.id, occurredAt: minute(100), actorId: null })]);
    const next = await ask(home.person('Olga'), { first: 100, after: log?.pageInfo.endCursor });
    expect([...(log?.nodes ?? []), ...(next.log?.nodes ?? [])].map(({ id }) => id).filter((id) => !added.includes(id))).toHaveLength(45);
  });

  test('takes no cursor of another filter, viewer or company, and no forged one', async () => {
    const { log } = await ask(home.person('Olga'), { first: 1 });
    const after = log?.pageInfo.endCursor ?? '';
    const bad: [Viewer, object][] = [
      [home.person('Ani'), { after }],
      [acme.person('Olga'), { after }],
      [home.person('Olga'), { after, filter: { kind: 'TEAM' } }],
      [home.person('Olga'), { after: `${after.slice(0, -2)}AA` }],
      [home.person('Olga'), { after: 'x' }],
    ];
    for (const [viewer, variables] of bad) expect(await ask(viewer, { ...variables })).toMatchObject({ errors: ['BAD_USER_INPUT auditLog'], field: 'after' });
    for (const first of [0, -1, 101, 2_147_483_647]) expect(await ask(home.person('Olga'), { first })).toMatchObject({ errors: ['BAD_USER_INPUT auditLog'], field: 'first' });
  });

  test('refuses times and ids that are none', async () => {
    for (const from of ['', 'yesterday', '2026-02-30T00:00:00Z', '2026-01-01', 5, { $ne: null }]) {
      expect(await ask(home.person('Olga'), { filter: { from } })).toMatchObject({ errors: ['BAD_USER_INPUT auditLog'], field: 'filter.from' });
      expect(await ask(home.person('Olga'), { filter: { to: from } })).toMatchObject({ errors: ['BAD_USER_INPUT auditLog'], field: 'filter.to' });
    }
    expect(await ask(home.person('Olga'), { filter: { actorId: 'x' } })).toMatchObject({ errors: ['BAD_USER_INPUT auditLog'], field: 'filter.actorId' });
  });

  test('is for OWNER and ADMIN, of their own company alone', async () => {
    expect((await ask(home.person('Ani'))).errors).toEqual([]);
    for (const name of ['Siti', 'Rara']) expect((await ask(home.person(name))).errors).toEqual(['FORBIDDEN auditLog']);
    await teams.database.prisma.userLevel.create({ data: { companyId: home.id, userId: user('Siti', home), action: 'teams_manage', level: 'everything' } });
    expect((await ask(home.person('Siti'))).errors).toEqual(['FORBIDDEN auditLog']);
    expect((await ask(serviceWith('teams:trigger', 'flags:write', 'companies:write'))).errors).toEqual(['FORBIDDEN auditLog']);
    expect((await ask(other.person('Olga'))).log?.totalCount).toBe(0);
  });

  test('shows who changed what in the tree, before and after', async () => {
    const tree = treeOf(teams);
    const made = teamOf(await tree.create(other.person('Ani'), { name: 'New', memberIds: [user('Rara', other)] }));
    await tree.rename(other.person('Olga'), { id: made.id, name: 'Newer' });
    const { log } = await ask(other.person('Olga'), { filter: { kind: 'TEAM' } });
    expect(log?.nodes.map(({ actor, subjectId, before, after }) => [actor?.fullName, subjectId, JSON.parse(before ?? 'null') as unknown, JSON.parse(after ?? 'null') as unknown])).toEqual([
      ['Olga', made.id, { name: 'New' }, { name: 'Newer' }],
      ['Ani', made.id, null, { name: 'New', parentId: null }],
    ]);
    const members = await ask(other.person('Olga'), { filter: { kind: 'MEMBERSHIP', actorId: user('Ani', other) } });
    expect(members.log?.nodes).toMatchObject([{ subjectId: user('Rara', other), before: null, after: JSON.stringify({ teamId: made.id }) }]);
  });
});

describe('entries of contacts', () => {
  test('are taken once by their id, of people, services and the system', async () => {
    const mine = [record(), record({ actorId: null, actorService: 'sync', kind: 'TEAM_OWNER' }), record({ actorId: null, before: null, after: null, subjectId: null, kind: 'DELETION' })];
    expect(await deliver(mine)).toEqual(mine.map(({ id }) => id));
    expect(await deliver([...mine, { ...mine[0], kind: 'PLAN' } as AuditRecord])).toHaveLength(4);
    const found = (await read({}, { first: 100 })).nodes.filter(({ id }) => mine.some((entry) => entry.id === id));
    expect(found).toHaveLength(3);
    expect(found.find(({ id }) => id === mine[0]?.id)).toMatchObject({ kind: 'OWNER', actor: { fullName: 'Rara' }, before: JSON.stringify({ ownerId: null }) });
    expect(found.find(({ id }) => id === mine[1]?.id)).toMatchObject({ kind: 'TEAM_OWNER', actor: null, actorService: 'sync' });
    expect(found.find(({ id }) => id === mine[2]?.id)).toMatchObject({ kind: 'DELETION', actor: null, actorService: null, before: null, after: null, subjectId: null });
  });

  test('of an unknown company are acknowledged and dropped; one that cannot be kept holds up no other and is not acknowledged', async () => {
    const unknown = record({ companyId: randomUUID() });
    const kept = record();
    const bad = [
      record({ id: 'x' }),
      record({ companyId: 'x' }),
      { ...record(), kind: 'OTHER' },
      record({ occurredAt: 'x' }),
      record({ actorId: 'x' }),
      record({ actorService: 'both' }),
      record({ after: { text: 'a\u0000b' } }),
      record({ after: { text: 'a\ud800b' } }),
      record({ subjectId: 'a\u0000b' }),
    ] as AuditRecord[];
    expect(await deliver([...bad, unknown, kept])).toEqual([unknown.id, kept.id]);
    expect(await teams.database.prisma.auditEntry.count({ where: { id: { in: [unknown.id, kept.id] } } })).toBe(1);
  });

  test('delivered by several processes at once are stored once, and none waits for another for good', async () => {
    const mine = Array.from({ length: 200 }, (_, n) => record({ companyId: n % 2 === 0 ? acme.id : other.id }));
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => deliver(n % 2 === 0 ? mine : mine.toReversed())));
    for (const answer of answers) expect(new Set(answer)).toEqual(new Set(mine.map(({ id }) => id)));
    expect(await teams.database.prisma.auditEntry.count({ where: { id: { in: mine.map(({ id }) => id) } } })).toBe(200);
  });
});

describe('the audit log is append only', () => {
  test('by the database itself: no entry is changed or deleted, whoever asks', async () => {
    const [id = ''] = await deliver([record()]);
    const { prisma } = teams.database;
    await expect(prisma.auditEntry.update({ where: { id }, data: { kind: 'PLAN' } })).rejects.toThrow('append only');
    await expect(prisma.auditEntry.delete({ where: { id } })).rejects.toThrow('append only');
    await expect(prisma.$executeRaw`UPDATE audit_entries SET actor_id = NULL`).rejects.toThrow('append only');
    await expect(prisma.$executeRaw`DELETE FROM audit_entries WHERE company_id = ${acme.id}::uuid`).rejects.toThrow('append only');
    await expect(prisma.company.delete({ where: { id: acme.id } })).rejects.toThrow(/foreign key|violates|constraint/i);
    expect(await prisma.auditEntry.findUniqueOrThrow({ where: { id } })).toMatchObject({ kind: 'OWNER', actorId: user('Rara') });
  });
});

describe('the teams of a company for contacts', () => {
  test('are answered by id, a page at a time, with name, source, reference id and tree version', async () => {
    const company = await plantCompany(teams.database, { people: { Olga: 'OWNER' }, teams: ['Head', 'Chat - Support < Head', 'CRM - Sales', 'General'] });
    const page = async (after: string | null, limit: number, companyId = company.id) => (await teams.call('teams', { companyId, after, limit })) as TeamsApi['teams']['reply'];
    const ids = Object.values(company.teams).sort();
    const first = await page(null, 3);
    expect(first).toMatchObject({ treeVersion: 0, hasMore: true });
    const second = await page(first.teams[2]?.id ?? null, 3);
    expect([...first.teams, ...second.teams].map(({ id }) => id)).toEqual(ids);
    expect(second.hasMore).toBe(false);
    expect([...first.teams, ...second.teams]).toContainEqual({ id: company.teams['CRM - Sales'], name: 'CRM - Sales', source: 'CRM', referenceId: 'CRM - Sales' });
    expect([...first.teams, ...second.teams]).toContainEqual({ id: company.teams['General'], name: 'General', source: 'Launchpad', referenceId: null });
    expect(await page(ids.at(-1) ?? null, 1_000)).toEqual({ treeVersion: 0, teams: [], hasMore: false });
    expect((await page(null, 1_000_000)).teams).toHaveLength(4);
    for (const unknown of [randomUUID(), 'x']) expect(await page(null, 10, unknown)).toEqual({ treeVersion: 0, teams: [], hasMore: false });
    await treeOf(teams).move(company.person('Olga'), { id: company.teams['CRM - Sales'], parentId: company.teams['Head'] });
    expect((await page(null, 1)).treeVersion).toBe(1);
  });
});
