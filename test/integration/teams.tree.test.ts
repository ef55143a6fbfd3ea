import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { chat, commandsOf, good, item } from '../support/migration.ts';
import { migrationOn, plantCompany, serviceWith, startTestTeams, type TestCompany, type TestTeams } from '../support/teams.ts';
import { auditOf, eventsOf, teamOf, treeMutationNames, treeOf, writtenOf } from '../support/tree.ts';

let teams: TestTeams;
let tree: ReturnType<typeof treeOf>;
let acme: TestCompany;
let other: TestCompany;
let events: ReturnType<typeof eventsOf>;
let audit: ReturnType<typeof auditOf>;

const people = { Olga: 'OWNER', Ani: 'ADMIN', Siti: 'SUPERVISOR', Rara: 'AGENT', Zul: 'AGENT' } as const;
const plan = { people, teams: ['General', 'Head : Siti', 'Product < Head : Rara', 'Chat - Support < Product', 'Design < Chat - Support', 'Sales'], flags: migrationOn };

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
const team = (name: string) => teams.database.prisma.team.findUniqueOrThrow({ where: { id: id(name) } });
const treeVersion = async () => (await written()).treeVersion;

/** A chain of teams below one another, root first. */
const chain = async (length: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let n = 0; n < length; n += 1) {
    ids.push(teamOf(await tree.create(acme.person('Olga'), { name: `L${n}`, parentId: ids.at(-1) ?? null, memberIds: [user('Olga')] })).id);
  }
  return ids;
};

describe('createTeam', () => {
  test('makes a native team with its members, its event and its audit entries', async () => {
    const made = teamOf(await tree.create(acme.person('Ani'), { name: 'Growth', parentId: id('Product'), memberIds: [user('Zul'), user('Rara'), user('Zul')] }));
    const members = [user('Rara'), user('Zul')].sort();
    expect(made).toMatchObject({ name: 'Growth', version: 1, depth: 2, parent: { id: id('Product') } });
    expect(made.members.nodes.map(({ id: member }) => member).sort()).toEqual(members);
    const payload = { team_name: 'Growth', company_sso_id: acme.id, members, created_by_sso_id: user('Ani'), parent_id: id('Product'), tree_version: 0 };
    expect(await events()).toEqual([
      { type: 'TEAM_CREATED', aggregateType: 'team', aggregateId: made.id, payload },
      ...members.map((user_id) => ({ type: 'ACCESS_CHANGED', aggregateType: 'company', aggregateId: acme.id, payload: { company_sso_id: acme.id, user_id, is_active: true } })),
    ]);
    const log = await audit();
    expect(log).toHaveLength(3);
    expect(log).toEqual(
      expect.arrayContaining([
        { kind: 'TEAM', actorId: user('Ani'), subjectId: made.id, before: null, after: { name: 'Growth', parentId: id('Product') } },
        ...members.map((subjectId) => ({ kind: 'MEMBERSHIP', actorId: user('Ani'), subjectId, before: null, after: { teamId: made.id } })),
      ]),
    );
    expect(await treeVersion()).toBe(0);
  });

  test('without a parent makes a root; below a migrated team it stands below it', async () => {
    expect(teamOf(await tree.create(acme.person('Olga'), { name: 'Root', memberIds: [user('Olga')] })).parent).toBeNull();
    expect(teamOf(await tree.create(acme.person('Olga'), { name: 'Leaf', parentId: id('Chat - Support'), memberIds: [user('Olga')] })).depth).toBe(3);
  });

  test('needs at least one active person of the company, and at most 100', async () => {
    await teams.database.prisma.user.update({ where: { id: user('Zul') }, data: { isActive: false } });
    const before = await written();
    const stranger = randomUUID();
    for (const memberIds of [[], Array.from({ length: 101 }, () => randomUUID()), [user('Ani'), stranger], [user('Ani', other)], [user('Zul')], ['not an id'], [user('Ani').toUpperCase()]]) {
      expect((await tree.create(acme.person('Olga'), { name: 'x', memberIds })).refusals).toEqual(['BAD_USER_INPUT input.memberIds']);
    }
    const [foreign, unknown] = [await tree.create(acme.person('Olga'), { name: 'x', memberIds: [user('Ani', other)] }), await tree.create(acme.person('Olga'), { name: 'x', memberIds: [stranger] })];
    expect(foreign.full[0]?.message.replace(user('Ani', other), '…')).toBe(unknown.full[0]?.message.replace(stranger, '…'));
    expect(await written()).toEqual(before);
  });

  test('HOSTILE 36: refuses a parent that is unknown, of another company, or no id, all in the same words', async () => {
    const before = await written();
    const said = new Set<string>();
    for (const parentId of [randomUUID(), id('Head', other), 'not an id', id('Head').toUpperCase()]) {
      const { refusals, full } = await tree.create(acme.person('Olga'), { name: 'x', parentId, memberIds: [user('Olga')] });
      expect(refusals).toEqual(['BAD_USER_INPUT input.parentId']);
      said.add(full[0]?.message.replace(parentId, '…') ?? '');
    }
    expect(said.size).toBe(1);
    expect(await written()).toEqual(before);
  });

  test('HOSTILE 21, HOSTILE 22, HOSTILE 24, HOSTILE 25: refuses names that cannot be kept or read', async () => {
    const before = await written();
    for (const name of ['', '   ', '\u200b', 'x'.repeat(256), 'x'.repeat(100_000), 'a\u0000b', 'a\ud800b']) {
      expect((await tree.create(acme.person('Olga'), { name, memberIds: [user('Olga')] })).refusals).toEqual(['BAD_USER_INPUT input.name']);
    }
    expect(await written()).toEqual(before);
    // 255 characters that are several thousand in the form they are sorted by, more than an index entry may have
    const long = Array.from({ length: 255 }, (_, n) => String.fromCodePoint(n < 88 ? 0x3300 + n : 0x3300 + ((n * 37) % 88))).join('');
    for (const name of ['😀'.repeat(255), long, '\ufdfa'.repeat(255), 'e\u0301', '\u00e9', '\u202eevil', 'a\u200bb']) {
      expect(teamOf(await tree.create(acme.person('Olga'), { name, memberIds: [user('Olga')] })).name).toBe(name);
    }
  });

  test('makes the 32nd level and refuses the 33rd', async () => {
    const ids = await chain(32);
    const { refusals, full } = await tree.create(acme.person('Olga'), { name: 'L32', parentId: ids[31], memberIds: [user('Olga')] });
    expect(refusals).toEqual(['UNPROCESSABLE input.parentId']);
    expect(full[0]?.extensions['ids']).toEqual([ids[31]]);
  });

  test('with a key it had before answers the team as it is now; with another payload CONFLICT; each caller has keys of their own', async () => {
    const input = { name: 'Once', memberIds: [user('Olga'), user('Ani')], idempotencyKey: 'k1' };
    const first = teamOf(await tree.create(acme.person('Olga'), input));
    await tree.rename(acme.person('Olga'), { id: first.id, name: 'Renamed' });
    await events();
    const again = await tree.create(acme.person('Olga'), { ...input, memberIds: [user('Ani'), user('Olga')] });
    expect(teamOf(again)).toMatchObject({ id: first.id, name: 'Renamed', version: 2 });
    expect(await events()).toEqual([]);
    expect((await tree.create(acme.person('Olga'), { ...input, name: 'Other' })).refusals).toEqual(['CONFLICT']);
    expect(teamOf(await tree.create(acme.person('Ani'), input)).id).not.toBe(first.id);
    await tree.remove(acme.person('Olga'), { id: first.id, confirmUnassigned: true });
    expect((await tree.create(acme.person('Olga'), input)).refusals).toEqual(['NOT_FOUND']);
    expect((await tree.create(acme.person('Olga'), { ...input, idempotencyKey: '' })).refusals).toEqual(['BAD_USER_INPUT input.idempotencyKey']);
  });

  test('with a key of a refused call creates when it is sent again', async () => {
    const input = { name: 'Later', memberIds: [randomUUID()], idempotencyKey: 'k2' };
    expect((await tree.create(acme.person('Olga'), input)).refusals).toEqual(['BAD_USER_INPUT input.memberIds']);
    teamOf(await tree.create(acme.person('Olga'), { ...input, memberIds: [user('Olga')] }));
  });

  test('with a key is authorised anew when it is repeated', async () => {
    await teams.database.prisma.userLevel.create({ data: { companyId: acme.id, userId: user('Siti'), action: 'teams_manage', level: 'everything' } });
    const input = { name: 'Mine', memberIds: [user('Siti')], idempotencyKey: 'k3' };
    teamOf(await tree.create(acme.person('Siti'), input));
    await teams.database.prisma.userLevel.deleteMany({ where: { userId: user('Siti') } });
    expect((await tree.create(acme.person('Siti'), input)).refusals).toEqual(['FORBIDDEN']);
  });
});

describe('renameTeam', () => {
  test('renames any team, the default one and a migrated one too, and raises its version but not the tree version', async () => {
    for (const name of ['General', 'Chat - Support', 'Product']) {
      const renamed = teamOf(await tree.rename(acme.person('Olga'), { id: id(name), name: `${name} 2`, expectedVersion: 1 }));
      expect(renamed).toMatchObject({ name: `${name} 2`, version: 2 });
      const [event, ...rest] = await events();
      expect(event).toMatchObject({ type: 'TEAM_UPDATED', aggregateId: id(name), payload: { team_name: `${name} 2`, tree_version: 0 } });
      expect(event?.payload).not.toHaveProperty('previous_parent_id');
      expect(rest).toEqual([]);
      expect(await audit()).toEqual([{ kind: 'TEAM', actorId: user('Olga'), subjectId: id(name), before: { name }, after: { name: `${name} 2` } }]);
    }
    expect(await team('General')).toMatchObject({ isDefault: true, nameKey: 'general 2' });
    expect(await team('Chat - Support')).toMatchObject({ sourceIdentifier: 'Chat', referenceId: 'Chat - Support' });
    expect(await treeVersion()).toBe(0);
  });

  test('to the name it has changes nothing', async () => {
    const before = await written();
    expect(teamOf(await tree.rename(acme.person('Olga'), { id: id('Sales'), name: 'Sales' })).version).toBe(1);
    expect(await written()).toEqual(before);
  });

  test('with an old or future expectedVersion is CONFLICT and changes nothing', async () => {
    await tree.rename(acme.person('Olga'), { id: id('Sales'), name: 'Sales 2' });
    const before = await written();
    for (const expectedVersion of [1, 3, -1, 2_147_483_647]) {
      expect((await tree.rename(acme.person('Olga'), { id: id('Sales'), name: 'Sales 3', expectedVersion })).refusals).toEqual(['CONFLICT']);
      expect((await tree.rename(acme.person('Olga'), { id: id('Sales'), name: 'Sales 2', expectedVersion })).refusals).toEqual(['CONFLICT']);
    }
    expect(await written()).toEqual(before);
  });
});

describe('moveTeam', () => {
  test('moves a team with all below it, raises its version and the tree version, and tells of both parents', async () => {
    const moved = teamOf(await tree.move(acme.person('Ani'), { id: id('Product'), parentId: id('Sales'), expectedVersion: 1 }));
    expect(moved).toMatchObject({ version: 2, parent: { id: id('Sales') }, depth: 1 });
    expect(await events()).toEqual([
      {
        type: 'TEAM_UPDATED', aggregateType: 'team', aggregateId: id('Product'),
        payload: { team_name: 'Product', company_sso_id: acme.id, members: [user('Rara')], created_by_sso_id: user('Ani'), parent_id: id('Sales'), previous_parent_id: id('Head'), tree_version: 1 },
      },
      { type: 'ACCESS_CHANGED', aggregateType: 'company', aggregateId: acme.id, payload: { company_sso_id: acme.id, user_id: null, is_active: null } },
    ]);
    expect(await audit()).toEqual([{ kind: 'TEAM', actorId: user('Ani'), subjectId: id('Product'), before: { parentId: id('Head') }, after: { parentId: id('Sales') } }]);
    const { data } = await teams.ask(acme.person('Ani'), 'query ($id: ID!) { team(id: $id) { path } }', { id: id('Design') });
    expect(data.team).toEqual({ path: ['Sales', 'Product', 'Chat - Support', 'Design'] });
    expect((await team('Design')).version).toBe(1);
  });

  test('to null makes it a root; the parent it has changes nothing; without parentId it is refused', async () => {
    expect(teamOf(await tree.move(acme.person('Olga'), { id: id('Product'), parentId: null })).parent).toBeNull();
    expect((await events())[0]?.payload).toMatchObject({ parent_id: null, previous_parent_id: id('Head'), tree_version: 1 });
    const before = await written();
    teamOf(await tree.move(acme.person('Olga'), { id: id('Product'), parentId: null }));
    expect((await tree.move(acme.person('Olga'), { id: id('Product') })).refusals).toEqual(['BAD_USER_INPUT input.parentId']);
    expect((await tree.move(acme.person('Olga'), { id: id('Product'), parentId: id('Sales'), expectedVersion: 1 })).refusals).toEqual(['CONFLICT']);
    expect(await written()).toEqual(before);
  });

  test('HOSTILE 32: below itself or below what is below it is UNPROCESSABLE and changes nothing', async () => {
    const before = await written();
    for (const parent of ['Product', 'Chat - Support', 'Design']) {
      const { refusals, full } = await tree.move(acme.person('Olga'), { id: id('Product'), parentId: id(parent) });
      expect(refusals).toEqual(['UNPROCESSABLE input.parentId']);
      expect(full[0]?.extensions['ids']).toEqual([id('Product'), id(parent)]);
    }
    expect(await written()).toEqual(before);
  });

  test('counts what moves with it: 32 levels in all are allowed, 33 are not', async () => {
    const long = await chain(30);
    // Product, Chat - Support and Design are three levels
    const refused = await tree.move(acme.person('Olga'), { id: id('Product'), parentId: long[29] });
    expect(refused.refusals).toEqual(['UNPROCESSABLE input.parentId']);
    expect(teamOf(await tree.move(acme.person('Olga'), { id: id('Product'), parentId: long[28] })).depth).toBe(29);
    expect((await teams.ask(acme.person('Olga'), 'query ($id: ID!) { team(id: $id) { depth } }', { id: id('Design') })).data.team.depth).toBe(31);
  });

  test('below a team that is unknown, of another company, or no id is refused in the same words', async () => {
    const before = await written();
    const said = new Set<string>();
    for (const parentId of [randomUUID(), id('Head', other), 'x', '']) {
      const { refusals, full } = await tree.move(acme.person('Olga'), { id: id('Sales'), parentId });
      expect(refusals).toEqual(['BAD_USER_INPUT input.parentId']);
      said.add(full[0]?.message.replace(JSON.stringify(parentId), '…') ?? '');
    }
    expect(said.size).toBe(1);
    expect(await written()).toEqual(before);
  });
});

describe('32 levels', () => {
  const push = async (ref: string, parent: string | null) =>
    good(await commandsOf(teams.database).migrateTeam(chat, { app: 'chat', runId: null, item: item(acme.id, ref, { parentAppIdentifierId: parent }) }));

  test('hold for what is pushed below a team that was moved down, and give way again when a team above it is deleted', async () => {
    const long = await chain(31);
    const { teamId } = await push('deep', null);
    expect(teamOf(await tree.move(acme.person('Olga'), { id: teamId, parentId: long[30] })).depth).toBe(31);
    expect(await push('deeper', 'deep')).toMatchObject({ outcome: 'FAILED', reason: 'DEPTH_EXCEEDED' });
    expect((await tree.move(acme.person('Olga'), { id: long[0], parentId: id('Sales') })).refusals).toEqual(['UNPROCESSABLE input.parentId']);
    expect((await tree.remove(acme.person('Olga'), { id: long[15] })).refusals).toEqual([]);
    expect(await push('deeper', 'deep')).toMatchObject({ outcome: 'CREATED' });
    expect(await push('deepest', 'deeper')).toMatchObject({ outcome: 'FAILED', reason: 'DEPTH_EXCEEDED' });
  });
});

describe('addTeamMembers and removeTeamMembers', () => {
  test('tell who joined or left, raise the version, and leave one audit entry for each person', async () => {
    const joined = teamOf(await tree.addMembers(acme.person('Ani'), { id: id('Product'), userIds: [user('Zul'), user('Rara'), user('Siti'), user('Zul')] }));
    const added = [user('Zul'), user('Siti')].sort();
    const all = [...added, user('Rara')].sort();
    expect(joined.version).toBe(2);
    expect(joined.members.nodes.map((member) => member.id).sort()).toEqual(all);
    const common = { team_name: 'Product', company_sso_id: acme.id, created_by_sso_id: user('Ani'), parent_id: id('Head'), tree_version: 0 };
    const access = (name: string, isActive = true) => ({ type: 'ACCESS_CHANGED', aggregateType: 'company', aggregateId: acme.id, payload: { company_sso_id: acme.id, user_id: name, is_active: isActive } });
    expect(await events()).toEqual([
      { type: 'TEAM_MEMBERS_CHANGED', aggregateType: 'team', aggregateId: id('Product'), payload: { ...common, members: all, added_user_ids: added, removed_user_ids: [] } },
      ...added.map((name) => access(name)),
    ]);
    expect(new Set(await audit())).toEqual(new Set(added.map((subjectId) => ({ kind: 'MEMBERSHIP', actorId: user('Ani'), subjectId, before: null, after: { teamId: id('Product') } }))));

    await teams.database.prisma.user.update({ where: { id: user('Zul') }, data: { isActive: false } });
    const left = teamOf(await tree.removeMembers(acme.person('Ani'), { id: id('Product'), userIds: [user('Zul'), user('Olga')] }));
    expect(left.version).toBe(3);
    expect(await events()).toEqual([
      { type: 'TEAM_MEMBERS_CHANGED', aggregateType: 'team', aggregateId: id('Product'), payload: { ...common, members: [user('Rara'), user('Siti')].sort(), added_user_ids: [], removed_user_ids: [user('Zul')] } },
      access(user('Zul'), false),
    ]);
    expect(await audit()).toEqual([{ kind: 'MEMBERSHIP', actorId: user('Ani'), subjectId: user('Zul'), before: { teamId: id('Product') }, after: null }]);
    expect(await treeVersion()).toBe(0);
  });

  test('of nobody who is not there, or there already, change nothing', async () => {
    const before = await written();
    expect(teamOf(await tree.addMembers(acme.person('Olga'), { id: id('Product'), userIds: [user('Rara')] })).version).toBe(1);
    expect(teamOf(await tree.removeMembers(acme.person('Olga'), { id: id('Product'), userIds: [user('Zul')] })).version).toBe(1);
    expect(await written()).toEqual(before);
  });

  test('take 1 to 100 people of the company; adding takes active ones only; foreign and unknown ones are refused in the same words', async () => {
    await teams.database.prisma.user.update({ where: { id: user('Zul') }, data: { isActive: false } });
    const before = await written();
    const bad = [[], Array.from({ length: 101 }, () => randomUUID()), [user('Ani'), user('Ani', other)], [user('Ani'), randomUUID()], ['no id']];
    for (const change of [tree.addMembers, tree.removeMembers]) {
      for (const userIds of bad) expect((await change(acme.person('Olga'), { id: id('Product'), userIds })).refusals).toEqual(['BAD_USER_INPUT input.userIds']);
      const stranger = randomUUID();
      const messages = await Promise.all([user('Ani', other), stranger].map(async (userId) => (await change(acme.person('Olga'), { id: id('Product'), userIds: [userId] })).full[0]?.message.replace(userId, '…')));
      expect(new Set(messages).size).toBe(1);
    }
    expect((await tree.addMembers(acme.person('Olga'), { id: id('Product'), userIds: [user('Ani'), user('Zul')] })).refusals).toEqual(['BAD_USER_INPUT input.userIds']);
    expect(await written()).toEqual(before);
  });

  test('take effect on the next request: me shows the teams that one is in by then', async () => {
    const mine = async () => (await teams.ask(acme.person('Zul'), '{ me { expandedTeamIds } }')).data.me.expandedTeamIds;
    expect(await mine()).toEqual([]);
    await tree.addMembers(acme.person('Olga'), { id: id('Chat - Support'), userIds: [user('Zul')] });
    expect(await mine()).toEqual([id('Chat - Support'), id('Design')].sort());
    await tree.removeMembers(acme.person('Olga'), { id: id('Chat - Support'), userIds: [user('Zul')] });
    expect(await mine()).toEqual([]);
  });

  test('in one request each answer shows what the ones before it did', async () => {
    const query = `mutation ($team: ID!, $a: [ID!]!, $b: [ID!]!) {
      one: addTeamMembers(input: { id: $team, userIds: $a }) { team { version members { totalCount } parent { name } } }
      two: addTeamMembers(input: { id: $team, userIds: $b }) { team { version members { totalCount } } }
      up: moveTeam(input: { id: $team, parentId: null }) { team { depth path } } }`;
    const { data, errors } = await teams.ask(acme.person('Olga'), query, { team: id('Product'), a: [user('Zul')], b: [user('Siti')] });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      one: { team: { version: 2, members: { totalCount: 2 }, parent: { name: 'Head' } } },
      two: { team: { version: 3, members: { totalCount: 3 } } },
      up: { team: { depth: 0, path: ['Product'] } },
    });
  });
});

describe('every change of the tree', () => {
  const inputs = (company: TestCompany) => ({
    createTeam: { name: 'x', memberIds: [user('Olga', company)] },
    renameTeam: { id: id('Sales', company), name: 'x' },
    moveTeam: { id: id('Sales', company), parentId: id('Head', company) },
    deleteTeam: { id: id('Sales', company), confirmUnassigned: true },
    addTeamMembers: { id: id('Sales', company), userIds: [user('Olga', company)] },
    removeTeamMembers: { id: id('Product', company), userIds: [user('Rara', company)] },
  });

  test.each(treeMutationNames)('%s is FORBIDDEN without TEAMS_MANAGE and for services, whatever the input', async (mutation) => {
    const before = await written();
    for (const viewer of [acme.person('Siti'), acme.person('Rara'), serviceWith('teams:migrate:chat', 'teams:trigger', 'companies:write')]) {
      expect((await tree.change(viewer, mutation, inputs(acme)[mutation])).refusals).toEqual(['FORBIDDEN']);
      const bad = { ...inputs(acme)[mutation], ...('name' in inputs(acme)[mutation] && { name: '' }), ...('id' in inputs(acme)[mutation] && { id: 'x' }) };
      expect((await tree.change(viewer, mutation, bad)).refusals).toEqual(['FORBIDDEN']);
    }
    expect(await written()).toEqual(before);
  });

  test.each(treeMutationNames)('%s is allowed to whom TEAMS_MANAGE was given, and refused to an ADMIN whom it was taken from', async (mutation) => {
    await teams.database.prisma.userLevel.create({ data: { companyId: acme.id, userId: user('Rara'), action: 'teams_manage', level: 'everything' } });
    await teams.database.prisma.userLevel.create({ data: { companyId: acme.id, userId: user('Ani'), action: 'teams_manage', level: 'disabled' } });
    expect((await tree.change(acme.person('Ani'), mutation, inputs(acme)[mutation])).refusals).toEqual(['FORBIDDEN']);
    expect((await tree.change(acme.person('Rara'), mutation, inputs(acme)[mutation])).refusals).toEqual([]);
  });

  test.each(treeMutationNames.filter((name) => name !== 'createTeam'))('%s of a team that is foreign, unknown, or no id is NOT_FOUND in the same words', async (mutation) => {
    const [before, otherBefore] = [await written(), await writtenOf(teams.database, other.id)];
    const said = new Set<string>();
    for (const target of [id('Sales', other), id('Product', other), randomUUID(), 'x', '', id('Sales').toUpperCase()]) {
      const { refusals, full } = await tree.change(acme.person('Olga'), mutation, { ...inputs(acme)[mutation], id: target });
      expect(refusals).toEqual(['NOT_FOUND']);
      said.add(full[0]?.message.replace(JSON.stringify(target), '…') ?? '');
    }
    expect(said.size).toBe(1);
    expect([await written(), await writtenOf(teams.database, other.id)]).toEqual([before, otherBefore]);
  });

  test.each(treeMutationNames)('%s is UNAUTHENTICATED for a person who is not active in the company', async (mutation) => {
    await teams.database.prisma.user.update({ where: { id: user('Ani') }, data: { isActive: false } });
    const before = await written();
    expect((await tree.change(acme.person('Ani'), mutation, inputs(acme)[mutation])).refusals).toEqual(['UNAUTHENTICATED']);
    expect(await written()).toEqual(before);
  });

  test('works on migrated teams that are hidden while the flags are off: they are addressed by id', async () => {
    const quiet = await plantCompany(teams.database, { ...plan, flags: {} });
    teamOf(await tree.rename(quiet.person('Olga'), { id: id('Chat - Support', quiet), name: 'Still Chat' }));
    teamOf(await tree.move(quiet.person('Olga'), { id: id('Sales', quiet), parentId: id('Chat - Support', quiet) }));
    teamOf(await tree.addMembers(quiet.person('Olga'), { id: id('Chat - Support', quiet), userIds: [user('Olga', quiet)] }));
  });

  test('an int as id, or an object where text is wanted, is refused before anything is read', async () => {
    const before = await written();
    for (const bad of [5, { $ne: null }, ['x']]) {
      const { full } = await tree.rename(acme.person('Olga'), { id: id('Sales'), name: bad });
      expect(full[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    }
    expect((await tree.rename(acme.person('Olga'), { id: 5, name: 'x' })).refusals).toEqual(['NOT_FOUND']);
    expect(await written()).toEqual(before);
  });
});
