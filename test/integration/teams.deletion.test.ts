import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TeamsApi } from '../../subgraphs/shared/teamsApi.ts';
import { chat, commandsOf, good, item } from '../support/migration.ts';
import { migrationOn, plantCompany, startTestTeams, type TestCompany, type TestTeams } from '../support/teams.ts';
import { auditOf, type Changed, eventsOf, teamOf, treeOf, writtenOf } from '../support/tree.ts';

let teams: TestTeams;
let tree: ReturnType<typeof treeOf>;
let acme: TestCompany;
let other: TestCompany;
let events: ReturnType<typeof eventsOf>;
let audit: ReturnType<typeof auditOf>;

const people = { Olga: 'OWNER', Siti: 'SUPERVISOR', Rara: 'AGENT' } as const;
const plan = {
  people,
  teams: ['General', 'Head : Siti', 'Product < Head : Rara, Siti', 'Chat - Support < Product : Rara', 'Design < Product', 'Apps < Design', 'Sales'],
  flags: migrationOn,
};

beforeAll(async () => {
  teams = await startTestTeams();
  tree = treeOf(teams);
  other = await plantCompany(teams.database, plan);
});
beforeEach(async () => {
  acme = await plantCompany(teams.database, plan);
  events = eventsOf(teams.database, acme.id);
  audit = auditOf(teams.database, acme.id);
});
afterAll(() => teams.close());

const id = (name: string, company = acme): string => company.teams[name] ?? '';
const user = (name: string, company = acme): string => company.people[name] ?? '';
const written = () => writtenOf(teams.database, acme.id);
const row = (name: string) => teams.database.prisma.team.findUnique({ where: { id: id(name) } });
const remove = (name: string, input: object = {}): Promise<Changed> => tree.remove(acme.person('Olga'), { id: id(name), ...input });
const deleted = async (name: string, input: object = {}): Promise<NonNullable<Changed['deleted']>> => {
  const answer = await remove(name, input);
  if (answer.deleted === undefined) throw new Error(`refused: ${answer.refusals.join()}`);
  return answer.deleted;
};
const standing = async (ids: readonly string[], company = acme.id) =>
  (await teams.call('standing', { companyId: company, teamIds: ids })) as TeamsApi['standing']['reply'];

describe('deleting a team below another', () => {
  test('moves its children up to its parent, which takes its place on contacts, and ends its memberships', async () => {
    const answer = await deleted('Product', { expectedVersion: 1 });
    expect(answer).toEqual({ teamId: id('Product'), contactsTo: { id: id('Head'), version: 1 }, treeVersion: 1 });
    expect(await row('Product')).toBeNull();
    for (const child of ['Chat - Support', 'Design']) expect(await row(child)).toMatchObject({ parentId: id('Head'), version: 2 });
    expect(await row('Apps')).toMatchObject({ parentId: id('Design'), version: 1 });
    expect(await row('Head')).toMatchObject({ version: 1 });
    expect((await written()).members.map(({ teamId, userId }) => [teamId, userId])).not.toContainEqual([id('Product'), user('Rara')]);
    expect((await written()).treeVersion).toBe(1);
  });

  test('tells of the deletion first, then of each child that moved up, then that everybody may see others by now', async () => {
    await deleted('Product');
    const common = { company_sso_id: acme.id, created_by_sso_id: user('Olga'), tree_version: 1 };
    const up = { ...common, parent_id: id('Head'), previous_parent_id: id('Product') };
    expect(await events()).toEqual([
      { type: 'TEAM_DELETED', aggregateType: 'team', aggregateId: id('Product'), payload: { ...common, team_name: 'Product', members: [], parent_id: id('Head'), contacts_to: id('Head') } },
      { type: 'TEAM_UPDATED', aggregateType: 'team', aggregateId: id('Chat - Support'), payload: { ...up, team_name: 'Chat - Support', members: [user('Rara')] } },
      { type: 'TEAM_UPDATED', aggregateType: 'team', aggregateId: id('Design'), payload: { ...up, team_name: 'Design', members: [] } },
      { type: 'ACCESS_CHANGED', aggregateType: 'company', aggregateId: acme.id, payload: { company_sso_id: acme.id, user_id: null, is_active: null } },
    ]);
  });

  test('leaves audit entries of the team, of each child that moved up, and of each membership that ended', async () => {
    await deleted('Product');
    const by = { actorId: user('Olga') };
    const child = (name: string) => ({ ...by, kind: 'TEAM', subjectId: id(name), before: { parentId: id('Product') }, after: { parentId: id('Head') } });
    const ended = (name: string) => ({ ...by, kind: 'MEMBERSHIP', subjectId: user(name), before: { teamId: id('Product') }, after: null });
    const log = await audit();
    expect(log).toHaveLength(5);
    expect(log).toEqual(
      expect.arrayContaining([
        { ...by, kind: 'TEAM', subjectId: id('Product'), before: { name: 'Product', parentId: id('Head'), source: 'Launchpad', referenceId: null }, after: { isDeleted: true, contactsTo: id('Head') } },
        child('Chat - Support'), child('Design'), ended('Rara'), ended('Siti'),
      ]),
    );
  });

  test('takes no other outcome for its contacts, and nothing is written', async () => {
    const before = await written();
    expect((await remove('Product', { reassignContactsTo: id('Sales') })).refusals).toEqual(['BAD_USER_INPUT input.reassignContactsTo']);
    expect((await remove('Product', { confirmUnassigned: true })).refusals).toEqual(['BAD_USER_INPUT input.confirmUnassigned']);
    expect((await remove('Product', { expectedVersion: 2 })).refusals).toEqual(['CONFLICT']);
    expect(await written()).toEqual(before);
  });
});

describe('deleting a root', () => {
  test('without a stated outcome, with both, or with a team that cannot take its place is refused, and nothing is written', async () => {
    const before = await written();
    expect((await remove('Head')).refusals).toEqual(['BAD_USER_INPUT input.reassignContactsTo']);
    expect((await remove('Head', { confirmUnassigned: false })).refusals).toEqual(['BAD_USER_INPUT input.reassignContactsTo']);
    expect((await remove('Head', { confirmUnassigned: true, reassignContactsTo: id('Sales') })).refusals).toEqual(['BAD_USER_INPUT input.confirmUnassigned']);
    const said = new Set<string>();
    for (const target of [randomUUID(), id('Sales', other), 'x', '']) {
      const { refusals, full } = await remove('Head', { reassignContactsTo: target });
      expect(refusals).toEqual(['BAD_USER_INPUT input.reassignContactsTo']);
      said.add(full[0]?.message.replace(JSON.stringify(target), '…') ?? '');
    }
    expect(said.size).toBe(1);
    expect((await remove('Head', { reassignContactsTo: id('Head') })).refusals).toEqual(['BAD_USER_INPUT input.reassignContactsTo']);
    expect(await written()).toEqual(before);
  });

  test('makes its children roots; the stated team takes its place on contacts, also one that was below it', async () => {
    expect((await deleted('Head', { reassignContactsTo: id('Product') })).contactsTo).toEqual({ id: id('Product'), version: 2 });
    expect(await row('Product')).toMatchObject({ parentId: null, version: 2 });
    const [event] = await events();
    expect(event).toMatchObject({ type: 'TEAM_DELETED', payload: { parent_id: null, contacts_to: id('Product') } });
    expect((await standing([id('Head')])).standing).toEqual({ [id('Head')]: id('Product') });
  });

  test('with confirmUnassigned leaves nothing in its place: contacts_to is null then, and only then', async () => {
    expect((await deleted('Sales', { confirmUnassigned: true })).contactsTo).toBeNull();
    expect((await events())[0]).toMatchObject({ type: 'TEAM_DELETED', payload: { contacts_to: null } });
    expect((await standing([id('Sales')])).standing).toEqual({ [id('Sales')]: null });
  });
});

test('the default team is not deleted, also when it has another name and stands below another by now', async () => {
  const before = await written();
  expect((await remove('General', { confirmUnassigned: true })).refusals).toEqual(['UNPROCESSABLE input.id']);
  expect((await remove('General')).refusals).toEqual(['UNPROCESSABLE input.id']);
  expect(await written()).toEqual(before);
  teamOf(await tree.rename(acme.person('Olga'), { id: id('General'), name: 'Everybody' }));
  teamOf(await tree.move(acme.person('Olga'), { id: id('General'), parentId: id('Sales') }));
  expect((await remove('General')).refusals).toEqual(['UNPROCESSABLE input.id']);
});

describe('what stands for deleted teams', () => {
  test('is kept for good, and chains end at the last team that is there', async () => {
    await deleted('Apps');
    await deleted('Design');
    await deleted('Product');
    const chain = ['Apps', 'Design', 'Product'].map((name) => id(name));
    expect(await standing([...chain, id('Head'), id('Sales')])).toEqual({
      treeVersion: 3,
      standing: { ...Object.fromEntries(chain.map((gone) => [gone, id('Head')])), [id('Head')]: id('Head'), [id('Sales')]: id('Sales') },
    });
    await deleted('Head', { reassignContactsTo: id('Sales') });
    expect((await standing(chain)).standing).toEqual(Object.fromEntries(chain.map((gone) => [gone, id('Sales')])));
    await deleted('Sales', { confirmUnassigned: true });
    expect((await standing([...chain, id('Sales')])).standing).toEqual(Object.fromEntries([...chain, id('Sales')].map((gone) => [gone, null])));
    const rows = await teams.database.prisma.deletedTeam.findMany({ where: { companyId: acme.id } });
    expect(rows.map(({ contactsTo }) => contactsTo)).toEqual([null, null, null, null, null]);
  });

  test('leaves out ids that never were of the company, and answers an unknown company with nothing', async () => {
    await tree.remove(other.person('Olga'), { id: id('Apps', other) });
    expect((await standing([id('Apps', other), id('Head', other), randomUUID(), 'x', '', id('Head').toUpperCase()])).standing).toEqual({});
    for (const company of [randomUUID(), 'x']) expect(await standing([id('Head')], company)).toEqual({ treeVersion: 0, standing: {} });
    expect((await standing([])).treeVersion).toBe(0);
  });
});

describe('a deleted migrated team', () => {
  const commands = () => commandsOf(teams.database);
  const push = async (ref: string, parent: string | null = null) =>
    good(await commands().migrateTeam(chat, { app: 'chat', runId: null, item: item(acme.id, ref, { parentAppIdentifierId: parent }) }));
  const parentOf = async (teamId: string | null) => (await teams.database.prisma.team.findUniqueOrThrow({ where: { id: teamId ?? '' } })).parentId;
  const removed = async (teamId: string | null, input: object = {}) => expect((await tree.remove(acme.person('Olga'), { id: teamId, ...input })).refusals).toEqual([]);

  test('stays deleted: a later push of it is SKIPPED with reason DELETED', async () => {
    const { teamId } = await push('1');
    await removed(teamId, { confirmUnassigned: true });
    const before = await written();
    expect(await push('1')).toMatchObject({ outcome: 'SKIPPED', reason: 'DELETED', teamId: null });
    expect(await written()).toEqual(before);
    expect((await push('2')).outcome).toBe('CREATED');
  });

  test('stands for where its children went, as the parent of what is pushed later, along chains of deletions', async () => {
    const [a, b] = [await push('a'), await push('b', 'a')];
    const c = await push('c', 'b');
    await tree.move(acme.person('Olga'), { id: a.teamId, parentId: id('Sales') });
    await removed(c.teamId);
    await removed(b.teamId);
    expect(await parentOf((await push('under c', 'c')).teamId)).toBe(a.teamId);
    await removed(a.teamId);
    expect(await parentOf((await push('under b', 'b')).teamId)).toBe(id('Sales'));
    await removed(id('Sales'), { confirmUnassigned: true });
    for (const gone of ['a', 'b', 'c']) {
      const under = await push(`later under ${gone}`, gone);
      expect([under.outcome, await parentOf(under.teamId)]).toEqual(['CREATED', null]);
    }
    expect(await teams.database.prisma.teamTombstone.findMany({ where: { companyId: acme.id }, select: { standsFor: true } })).toEqual([{ standsFor: null }, { standsFor: null }, { standsFor: null }]);
  });

  test('of one source leaves the same reference id of the other source alone', async () => {
    const { teamId } = await push('same');
    await removed(teamId, { confirmUnassigned: true });
    const crm = { kind: 'service', id: 'crm-squad', scopes: ['teams:migrate:crm'], platform: 'openapi' } as const;
    expect(good(await commands().migrateTeam(crm, { app: 'crm', runId: null, item: item(acme.id, 'same') })).outcome).toBe('CREATED');
  });
});

test('a team with a thousand children is deleted in one go, and each is told of', async () => {
  const wide = id('Sales');
  await teams.database.prisma.$executeRaw`
    INSERT INTO teams (id, company_id, name, name_key, parent_id) SELECT gen_random_uuid(), ${acme.id}::uuid, 'c' || n, 'c' || n, ${wide}::uuid FROM generate_series(1, 1000) AS n`;
  await deleted('Sales', { confirmUnassigned: true });
  expect((await events()).filter(({ type, payload }) => type === 'TEAM_UPDATED' && payload['previous_parent_id'] === wide && payload['parent_id'] === null)).toHaveLength(1_000);
});
