import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { migrationOn, personOf, plantCompany, serviceWith, startTestTeams, type TestCompany, type TestTeams } from '../support/teams.ts';

let teams: TestTeams;
let acme: TestCompany;
let other: TestCompany;
let hidden: TestCompany;

const tree = ['General', 'Head : Siti', 'Product < Head : Rara', 'Chat - Support < Product', 'Design < Chat - Support', 'Growth < Product', 'Sales'];
const people = { Olga: 'OWNER', Ani: 'ADMIN', Siti: 'SUPERVISOR', Rara: 'AGENT', Zul: 'AGENT' } as const;

beforeAll(async () => {
  teams = await startTestTeams();
  acme = await plantCompany(teams.database, { people, teams: tree, flags: migrationOn });
  other = await plantCompany(teams.database, { people, teams: [...tree, 'CRM - Deals'], flags: migrationOn });
  hidden = await plantCompany(teams.database, { people, teams: tree });
});
afterAll(() => teams.close());

const id = (company: TestCompany, name: string): string => company.teams[name] ?? '';
const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name);

describe('the hierarchy', () => {
  test('answers parent, ancestors root first, depth and path', async () => {
    const { data, errors } = await teams.ask(acme.person('Rara'), 'query ($id: ID!) { team(id: $id) { name depth path parent { name } ancestors { name } } }', { id: id(acme, 'Design') });
    expect(errors).toEqual([]);
    expect(data.team).toEqual({
      name: 'Design',
      depth: 3,
      path: ['Head', 'Product', 'Chat - Support', 'Design'],
      parent: { name: 'Chat - Support' },
      ancestors: [{ name: 'Head' }, { name: 'Product' }, { name: 'Chat - Support' }],
    });
  });

  test('pages children by name and descendants nearest level first', async () => {
    const query = `query ($id: ID!, $after: String) { team(id: $id) {
      children { nodes { name } totalCount }
      descendants(first: 2, after: $after) { nodes { name } totalCount pageInfo { hasNextPage endCursor } }
      near: descendants(depth: 1) { nodes { name } } } }`;
    const first = await teams.ask(acme.person('Olga'), query, { id: id(acme, 'Product') });
    expect(names(first.data.team.children.nodes)).toEqual(['Chat - Support', 'Growth']);
    expect(first.data.team.children.totalCount).toBe(2);
    expect(names(first.data.team.near.nodes)).toEqual(['Chat - Support', 'Growth']);
    expect(names(first.data.team.descendants.nodes)).toEqual(['Chat - Support', 'Growth']);
    const second = await teams.ask(acme.person('Olga'), query, { id: id(acme, 'Product'), after: first.data.team.descendants.pageInfo.endCursor });
    expect(second.data.team.descendants).toMatchObject({ nodes: [{ name: 'Design' }], totalCount: 3, pageInfo: { hasNextPage: false } });
  });

  test('lets people look below their own expanded teams only, unless they manage teams', async () => {
    const query = 'query ($id: ID!) { team(id: $id) { children { nodes { name } } } }';
    expect((await teams.ask(acme.person('Rara'), query, { id: id(acme, 'Chat - Support') })).data.team.children.nodes).toEqual([{ name: 'Design' }]);
    expect((await teams.ask(acme.person('Rara'), query, { id: id(acme, 'Head') })).errors).toEqual(['FORBIDDEN team children']);
    expect((await teams.ask(acme.person('Ani'), query, { id: id(acme, 'Head') })).errors).toEqual([]);
  });

  test('answers the whole tree of a company, every node after its parent', async () => {
    const { data } = await teams.ask(acme.person('Ani'), '{ companyTree { treeVersion nodes { depth parentId team { id name } } } }');
    expect(data.companyTree.nodes.map((node) => [node.depth, node.team.name])).toEqual([
      [0, 'General'], [0, 'Head'], [1, 'Product'], [2, 'Chat - Support'], [3, 'Design'], [2, 'Growth'], [0, 'Sales'],
    ]);
    expect((await teams.ask(acme.person('Rara'), '{ companyTree { treeVersion } }')).errors).toEqual(['FORBIDDEN companyTree']);
  });
});

describe('while the flags of the migration are not both on', () => {
  const ask = (query: string, variables?: Record<string, unknown>) => teams.ask(hidden.person('Olga'), query, variables);

  test('migrated teams are left out of teams, the company tree, children and descendants', async () => {
    const { data } = await ask('query ($id: ID!) { teams { nodes { name } totalCount } below: team(id: $id) { children { nodes { name } totalCount } descendants(depth: 1) { nodes { name } } } }', { id: id(hidden, 'Product') });
    expect(names(data.teams.nodes)).toEqual(['Design', 'General', 'Growth', 'Head', 'Product', 'Sales']);
    expect(data.teams.totalCount).toBe(6);
    expect(data.below).toEqual({ children: { nodes: [{ name: 'Design' }, { name: 'Growth' }], totalCount: 2 }, descendants: { nodes: [{ name: 'Design' }, { name: 'Growth' }] } });
    const all = await ask('query ($id: ID!) { team(id: $id) { descendants { nodes { name } totalCount } two: descendants(depth: 2) { totalCount } } }', { id: id(hidden, 'Head') });
    expect(all.data.team).toEqual({ descendants: { nodes: [{ name: 'Product' }, { name: 'Design' }, { name: 'Growth' }], totalCount: 3 }, two: { totalCount: 3 } });
    const under = await ask('query ($id: ID!) { teams(filter: { parentId: $id }) { nodes { name } } }', { id: id(hidden, 'Product') });
    expect(names(under.data.teams.nodes)).toEqual(['Design', 'Growth']);
  });

  test('a visible team below one stands under its nearest visible ancestor', async () => {
    const { data } = await ask('{ companyTree { nodes { depth parentId team { name } } } }');
    const design = data.companyTree.nodes.find((node) => node.team.name === 'Design');
    expect(design).toMatchObject({ depth: 2, parentId: id(hidden, 'Product') });
  });

  test('team, parent, ancestors and path show them', async () => {
    const { data } = await ask('query ($id: ID!, $hidden: ID!) { team(id: $id) { parent { name } path ancestors { name } } other: team(id: $hidden) { name } }', { id: id(hidden, 'Design'), hidden: id(hidden, 'Chat - Support') });
    expect(data.team).toEqual({ parent: { name: 'Chat - Support' }, path: ['Head', 'Product', 'Chat - Support', 'Design'], ancestors: [{ name: 'Head' }, { name: 'Product' }, { name: 'Chat - Support' }] });
    expect(data.other).toEqual({ name: 'Chat - Support' });
  });
});

describe('me', () => {
  test('answers role, teams, expanded teams, levels and flags', async () => {
    const query = '{ me { user { id fullName role email } role company { id plan } teams { name } expandedTeamIds permissions { action level } flags { flag value companyValue globalDefault } } }';
    const { data, errors } = await teams.ask(acme.person('Rara'), query);
    expect(errors).toEqual([]);
    expect(data.me).toMatchObject({ role: 'AGENT', user: { id: acme.people['Rara'], role: 'AGENT', email: 'rara@example.test' }, company: { id: acme.id, plan: 'GROWTH' }, teams: [{ name: 'Product' }] });
    expect(data.me.expandedTeamIds).toEqual(['Product', 'Chat - Support', 'Design', 'Growth'].map((name) => id(acme, name)).sort());
    expect(data.me.permissions).toContainEqual({ action: 'CUSTOMERS_CUSTOMERS_VIEW', level: 'OWN' });
    expect(data.me.flags).toEqual([
      { flag: 'UNIFIED_APP', value: true, companyValue: true, globalDefault: null },
      { flag: 'ONE_TEAM_MIGRATION_ENABLED', value: true, companyValue: true, globalDefault: null },
      { flag: 'CDP_TEAM_PERMISSION_ENABLED', value: false, companyValue: null, globalDefault: null },
      { flag: 'PUBLISH_TEAM_EVENTS', value: true, companyValue: null, globalDefault: null },
    ]);
  });

  test('answers empty lists to a person in no team', async () => {
    const { data } = await teams.ask(acme.person('Zul'), '{ me { teams { name } expandedTeamIds } }');
    expect(data.me).toEqual({ teams: [], expandedTeamIds: [] });
  });

  test('is UNAUTHENTICATED for who is not active in that company, FORBIDDEN for services', async () => {
    const foreign = personOf(other.id, acme.people['Rara'] ?? '');
    for (const viewer of [foreign, personOf(acme.id, randomUUID()), personOf(acme.id, 'not an id'), personOf(randomUUID(), acme.people['Rara'] ?? '')]) {
      expect((await teams.ask(viewer, '{ me { role } }')).errors).toEqual(['UNAUTHENTICATED me']);
    }
    expect((await teams.ask(serviceWith('teams:migrate:chat'), '{ me { role } }')).errors).toEqual(['FORBIDDEN me']);
    await teams.database.prisma.user.update({ where: { id: other.people['Zul'] ?? '' }, data: { isActive: false } });
    expect((await teams.ask(other.person('Zul'), '{ teamMenuVisibility { isVisible } }')).errors).toEqual(['UNAUTHENTICATED teamMenuVisibility']);
  });
});

describe('rights', () => {
  const managed = ['source', 'referenceId', 'isDefault', 'version', 'createdAt', 'updatedAt', 'members { totalCount }'];

  test.each(managed)('Team.%s needs TEAMS_MANAGE', async (field) => {
    const query = `query ($id: ID!) { team(id: $id) { ${field} } }`;
    expect((await teams.ask(acme.person('Siti'), query, { id: id(acme, 'Head') })).errors).toEqual([`FORBIDDEN team ${field.split(' ')[0] ?? ''}`]);
    expect((await teams.ask(acme.person('Ani'), query, { id: id(acme, 'Head') })).errors).toEqual([]);
  });

  test('lists of teams and people need TEAMS_MANAGE or the right to invite', async () => {
    expect((await teams.ask(acme.person('Siti'), '{ teams { totalCount } }')).errors).toEqual(['FORBIDDEN teams']);
    expect((await teams.ask(acme.person('Siti'), '{ users { totalCount } }')).errors).toEqual(['FORBIDDEN users']);
    await teams.database.prisma.userLevel.create({ data: { companyId: acme.id, userId: acme.people['Siti'] ?? '', action: 'teams_manage', level: 'everything' } });
    expect((await teams.ask(acme.person('Siti'), '{ teams { totalCount } users { totalCount } }')).errors).toEqual([]);
    await teams.database.prisma.userLevel.deleteMany({ where: { companyId: acme.id } });
    await teams.database.prisma.roleLevel.create({ data: { companyId: acme.id, role: 'ADMIN', action: 'teams_manage', level: 'disabled' } });
    expect((await teams.ask(acme.person('Ani'), '{ teams { totalCount } users { totalCount } companyTree { treeVersion } }')).errors).toEqual(['FORBIDDEN companyTree']);
    await teams.database.prisma.roleLevel.deleteMany({ where: { companyId: acme.id } });
  });

  test('everybody reads the name of a person, their contact data OWNER, ADMIN and the person', async () => {
    const query = 'query ($id: ID!) { user(id: $id) { fullName isActive email phone nik staffLevel role teams { name } } }';
    const rara = { id: acme.people['Rara'] };
    const secret = ['email', 'nik', 'phone', 'role', 'staffLevel', 'teams'].map((field) => `FORBIDDEN user ${field}`);
    const seen = await teams.ask(acme.person('Siti'), query, rara);
    expect(seen.errors).toEqual(secret);
    expect(seen.data.user).toMatchObject({ fullName: 'Rara', isActive: true, email: null, role: null });
    for (const name of ['Olga', 'Ani', 'Rara']) expect((await teams.ask(acme.person(name), query, rara)).errors).toEqual([]);
  });

  test('the team field of an invitation is shown to who may invite, and required with both flags on', async () => {
    const query = '{ teamMenuVisibility { isVisible isTeamRequired } }';
    expect((await teams.ask(acme.person('Ani'), query)).data.teamMenuVisibility).toEqual({ isVisible: true, isTeamRequired: true });
    expect((await teams.ask(hidden.person('Ani'), query)).data.teamMenuVisibility).toEqual({ isVisible: true, isTeamRequired: false });
    expect((await teams.ask(acme.person('Siti'), query)).data.teamMenuVisibility).toEqual({ isVisible: false, isTeamRequired: false });
  });

  test('permission settings are for OWNER and ADMIN', async () => {
    await teams.database.prisma.roleLevel.create({ data: { companyId: acme.id, role: 'AGENT', action: 'customers_customers_view', level: 'team' } });
    await teams.database.prisma.userLevel.create({ data: { companyId: acme.id, userId: acme.people['Rara'] ?? '', action: 'customers_customers_view', level: 'everything' } });
    const query = '{ permissionSettings { actions { action offered roles { role level isDefault } } users { nodes { user { fullName } action level } totalCount } } }';
    const { data, errors } = await teams.ask(acme.person('Olga'), query);
    expect(errors).toEqual([]);
    const view = data.permissionSettings.actions.find((each) => each.action === 'CUSTOMERS_CUSTOMERS_VIEW');
    expect(view?.offered).toEqual(['EVERYTHING', 'TEAM', 'OWN', 'DISABLED']);
    expect(view?.roles).toContainEqual({ role: 'AGENT', level: 'TEAM', isDefault: false });
    expect(view?.roles).toContainEqual({ role: 'SUPERVISOR', level: 'OWN', isDefault: true });
    expect(data.permissionSettings.users).toEqual({ nodes: [{ user: { fullName: 'Rara' }, action: 'CUSTOMERS_CUSTOMERS_VIEW', level: 'EVERYTHING' }], totalCount: 1 });
    expect((await teams.ask(acme.person('Rara'), query)).errors).toEqual(['FORBIDDEN permissionSettings']);
    await teams.database.prisma.userLevel.deleteMany({ where: { companyId: acme.id } });
    await teams.database.prisma.roleLevel.deleteMany({ where: { companyId: acme.id } });
  });

  test('flags are read with scope flags:write', async () => {
    const query = 'query ($id: ID) { flags(companySsoId: $id) { flag value companyValue } }';
    const flagger = serviceWith('flags:write');
    expect((await teams.ask(flagger, query, { id: acme.id })).data.flags[0]).toEqual({ flag: 'UNIFIED_APP', value: true, companyValue: true });
    expect((await teams.ask(flagger, query)).data.flags[0]).toEqual({ flag: 'UNIFIED_APP', value: false, companyValue: null });
    for (const unknown of [randomUUID(), 'x', acme.id.toUpperCase()]) expect((await teams.ask(flagger, query, { id: unknown })).errors).toEqual(['NOT_FOUND flags']);
    for (const viewer of [acme.person('Olga'), serviceWith('companies:write')]) expect((await teams.ask(viewer, query)).errors).toEqual(['FORBIDDEN flags']);
  });
});

describe('nothing crosses a company', () => {
  test('by any argument or reference', async () => {
    const olga = acme.person('Olga');
    const foreign = id(other, 'CRM - Deals');
    expect((await teams.ask(olga, 'query ($id: ID!) { team(id: $id) { name } }', { id: foreign })).errors).toEqual(['NOT_FOUND team']);
    expect((await teams.ask(olga, 'query ($id: ID!) { user(id: $id) { fullName } }', { id: other.people['Rara'] })).errors).toEqual(['NOT_FOUND user']);
    expect((await teams.ask(olga, 'query ($id: ID!) { teams(filter: { parentId: $id }) { nodes { name } totalCount } }', { id: id(other, 'Product') })).data.teams).toEqual({ nodes: [], totalCount: 0 });
    expect((await teams.ask(olga, 'query ($id: ID!) { permissionSettings { users(userId: $id) { totalCount } } }', { id: other.people['Rara'] })).data.permissionSettings.users.totalCount).toBe(0);
    expect((await teams.ask(olga, '{ teams(filter: { search: "deals" }) { totalCount } }')).data.teams.totalCount).toBe(0);
    expect((await teams.ask(olga, '{ users(search: "rara") { totalCount } }')).data.users.totalCount).toBe(1);
  });

  test('as an entity: unknown and foreign ones cost their own item', async () => {
    const representations = [
      { __typename: 'Team', id: id(acme, 'Sales') },
      { __typename: 'Team', id: id(other, 'Sales') },
      { __typename: 'User', id: acme.people['Rara'] },
      { __typename: 'User', id: other.people['Rara'] },
      { __typename: 'Company', id: acme.id },
      { __typename: 'Company', id: other.id },
      { __typename: 'Team', id: 'nonsense\u0000' },
    ];
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Team { name } ... on User { fullName } ... on Company { plan } } }';
    const { data, errors } = await teams.ask(acme.person('Zul'), query, { r: representations });
    expect(data._entities).toEqual([{ name: 'Sales' }, null, { fullName: 'Rara' }, null, { plan: 'GROWTH' }, null, null]);
    expect(errors).toEqual([1, 3, 5, 6].map((at) => `NOT_FOUND _entities ${String(at)}`));
    expect((await teams.ask(personOf(acme.id, randomUUID()), query, { r: representations })).errors).toEqual(['UNAUTHENTICATED _entities']);
    expect((await teams.ask(serviceWith('flags:write'), query, { r: representations })).data._entities).toEqual(representations.map(() => null));
  });
});

describe('a squad', () => {
  const crm = serviceWith('teams:migrate:crm');
  const query = 'query ($id: ID!) { team(id: $id) { name source referenceId path parent { name } ancestors { name } } }';

  test('reads teams that its app pushed, in any company, with the names above them', async () => {
    expect((await teams.ask(serviceWith('teams:migrate:chat'), query, { id: id(acme, 'Chat - Support') })).data.team).toEqual({
      name: 'Chat - Support', source: 'CHAT', referenceId: 'Chat - Support', path: ['Head', 'Product', 'Chat - Support'], parent: null, ancestors: [],
    });
    expect((await teams.ask(crm, query, { id: id(other, 'CRM - Deals') })).errors).toEqual([]);
  });

  test('reads no others, no lists, no members and nothing below', async () => {
    for (const unseen of [id(acme, 'Chat - Support'), id(acme, 'Head')]) expect((await teams.ask(crm, query, { id: unseen })).errors).toEqual(['NOT_FOUND team']);
    for (const field of ['teams', 'companyTree', 'users']) expect((await teams.ask(crm, `{ ${field} { nodes { __typename } } }`)).errors).toEqual([`FORBIDDEN ${field}`]);
    for (const field of ['members', 'children', 'descendants', 'isDefault', 'version', 'createdAt']) {
      const rest = field === 'members' || field === 'children' || field === 'descendants' ? `${field} { totalCount }` : field;
      expect((await teams.ask(crm, `query ($id: ID!) { team(id: $id) { ${rest} } }`, { id: id(other, 'CRM - Deals') })).errors).toEqual([`FORBIDDEN team ${field}`]);
    }
  });

  test('is no other service', async () => {
    expect((await teams.ask(serviceWith('companies:write', 'contacts:write'), query, { id: id(acme, 'Sales') })).errors).toEqual(['FORBIDDEN team']);
  });
});

describe('lists', () => {
  const page = 'query ($first: Int, $after: String, $last: Int, $before: String, $filter: TeamFilter, $sort: TeamSort) { teams(first: $first, after: $after, last: $last, before: $before, filter: $filter, sort: $sort) { nodes { name } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }';
  const ask = (variables: Record<string, unknown>, name = 'Olga') => teams.ask(acme.person(name), page, variables);

  test.each(['NAME', 'CREATED'])('are paged both ways without a gap, sorted by %s', async (sort) => {
    const all = names((await ask({ sort })).data.teams.nodes);
    if (sort === 'NAME') expect(all).toEqual(['Chat - Support', 'Design', 'General', 'Growth', 'Head', 'Product', 'Sales']);
    else expect([...all].sort()).toEqual(['Chat - Support', 'Design', 'General', 'Growth', 'Head', 'Product', 'Sales']);
    const forward: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await ask({ sort, first: 3, after });
      forward.push(...names(data.teams.nodes));
      after = data.teams.pageInfo.hasNextPage ? data.teams.pageInfo.endCursor : null;
    } while (after !== null);
    expect(forward).toEqual(all);
    const backward: string[] = [];
    let before: string | null = null;
    do {
      const { data } = await ask({ sort, last: 3, before });
      backward.unshift(...names(data.teams.nodes));
      before = data.teams.pageInfo.hasPreviousPage ? data.teams.pageInfo.startCursor : null;
    } while (before !== null);
    expect(backward).toEqual(all);
  });

  test('are searched ignoring case, by source and by parent', async () => {
    expect(names((await ask({ filter: { search: 'DES' } })).data.teams.nodes)).toEqual(['Design']);
    expect(names((await ask({ filter: { search: '%' } })).data.teams.nodes)).toEqual([]);
    expect(names((await ask({ filter: { source: 'CHAT' } })).data.teams.nodes)).toEqual(['Chat - Support']);
    expect(names((await ask({ filter: { parentId: id(acme, 'Product') } })).data.teams.nodes)).toEqual(['Chat - Support', 'Growth']);
  });

  test('take no cursor that was made for anything else', async () => {
    const cursor: string = (await ask({ first: 2 })).data.teams.pageInfo.endCursor;
    expect((await ask({ first: 2, after: cursor })).errors).toEqual([]);
    const bad = [
      await ask({ first: 2, after: `${cursor.slice(0, -2)}AA` }),
      await ask({ first: 2, after: 'x' }),
      await ask({ first: 2, after: cursor, sort: 'CREATED' }),
      await ask({ first: 2, after: cursor, filter: { search: 'a' } }),
      await ask({ first: 2, after: cursor }, 'Ani'),
      await teams.ask(other.person('Olga'), page, { first: 2, after: cursor }),
      await teams.ask(acme.person('Olga'), 'query ($after: String) { users(after: $after) { totalCount } teams { totalCount } }', { after: cursor }),
    ];
    for (const { errors, full } of bad) {
      expect(errors[0]).toMatch(/^BAD_USER_INPUT/);
      expect(full[0]?.extensions).toMatchObject({ field: 'after', status: 400 });
    }
  });

  test('refuse sizes out of range and pages both ways at once', async () => {
    for (const wrong of [{ first: 0 }, { first: -1 }, { first: 101 }, { last: 101 }, { first: 2_147_483_647 }, { first: 1, last: 1 }]) {
      expect((await ask(wrong)).errors).toEqual(['BAD_USER_INPUT teams']);
    }
    expect((await ask({ first: 2_147_483_648 })).full[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    const below = await teams.ask(acme.person('Olga'), 'query ($id: ID!) { team(id: $id) { descendants(depth: 32) { totalCount } } }', { id: id(acme, 'Head') });
    expect(below.full[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'depth' });
  });
});

describe('hostile input', () => {
  const olga = () => acme.person('Olga');

  test.each(['', 'x', '\u0000', 'a'.repeat(100_000), '🦄', 'ABCDEF00-0000-4000-8000-000000000000', "' OR 1=1 --"])('an id %# that is none is NOT_FOUND', async (wrong) => {
    expect((await teams.ask(olga(), 'query ($id: ID!) { team(id: $id) { name } }', { id: wrong })).errors).toEqual(['NOT_FOUND team']);
    expect((await teams.ask(olga(), 'query ($id: ID!) { user(id: $id) { id } }', { id: wrong })).errors).toEqual(['NOT_FOUND user']);
  });

  test('HOSTILE 26, HOSTILE 58: an id in upper case is another id', async () => {
    expect((await teams.ask(olga(), 'query ($id: ID!) { team(id: $id) { name } }', { id: id(acme, 'Head').toUpperCase() })).errors).toEqual(['NOT_FOUND team']);
  });

  test('arguments that are no lookups are BAD_USER_INPUT with their field', async () => {
    const refused = async (query: string, variables: Record<string, unknown>) => (await teams.ask(olga(), query, variables)).full.map(({ extensions }) => [extensions['code'], extensions['field']]);
    const list = 'query ($filter: TeamFilter) { teams(filter: $filter) { totalCount } }';
    expect(await refused(list, { filter: { parentId: 'x' } })).toEqual([['BAD_USER_INPUT', 'filter.parentId']]);
    for (const search of ['a\u0000b', '\uD800', 'a'.repeat(256)]) expect(await refused(list, { filter: { search } })).toEqual([['BAD_USER_INPUT', 'filter.search']]);
    for (const search of ['a\u0000b', '\uDC00x', 'a', ' ', 'a'.repeat(256)]) {
      expect(await refused('query ($search: String) { users(search: $search) { totalCount } }', { search })).toEqual([['BAD_USER_INPUT', 'search']]);
    }
    expect(await refused('query ($id: ID!) { permissionSettings { users(userId: $id) { totalCount } } }', { id: 'x' })).toEqual([['BAD_USER_INPUT', 'userId']]);
  });
});

describe('the door', () => {
  test('refuses calls that are not signed, and calls for nobody', async () => {
    const body = JSON.stringify({ query: '{ me { role } }' });
    expect((await teams.part.endpoint('graphql', body, undefined)).status).toBe(401);
    expect((await teams.part.endpoint('graphql', body, 'a.b')).status).toBe(401);
    await expect(teams.call('graphql', { query: '{ __typename }' })).resolves.toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  test('answers contacts what it asks about people and teams', async () => {
    const rara = acme.people['Rara'];
    const reply = (await teams.call('access', { companyId: acme.id, userId: rara, withTeams: false })) as { access: Record<string, unknown> };
    expect(reply.access).toMatchObject({ companyId: acme.id, userId: rara, role: 'AGENT', teamIds: [id(acme, 'Product')], expandedTeamIds: [], treeVersion: 0 });
    const wide = (await teams.call('access', { companyId: acme.id, userId: rara, withTeams: true })) as { access: { expandedTeamIds: string[] } };
    expect(wide.access.expandedTeamIds).toHaveLength(4);
    expect(await teams.call('access', { companyId: other.id, userId: rara, withTeams: true })).toEqual({ access: null });
    expect(await teams.call('access', { companyId: 'x', userId: '\u0000', withTeams: true })).toEqual({ access: null });
    expect(await teams.call('userTeams', { companyId: acme.id, userId: rara })).toEqual({ teamIds: [id(acme, 'Product')] });
    expect(await teams.call('userTeams', { companyId: other.id, userId: rara })).toEqual({ teamIds: null });
    expect(await teams.call('people', { companyId: acme.id, userIds: [rara, other.people['Ani'], 'x', randomUUID()] })).toEqual({ active: [rara] });
    expect(await teams.call('ancestors', { companyId: acme.id, teamIds: [id(acme, 'Growth'), id(acme, 'Sales'), id(other, 'Growth'), 'x'] })).toEqual({
      treeVersion: 0,
      ancestors: { [id(acme, 'Growth')]: [id(acme, 'Head'), id(acme, 'Product')], [id(acme, 'Sales')]: [] },
    });
  });

  test('expands the teams unasked when a level of the person is team and the flag is on', async () => {
    const company = await plantCompany(teams.database, { people, teams: tree, flags: { cdp_team_permission_enabled: true } });
    const userId = company.people['Rara'] ?? '';
    const expanded = async (): Promise<number> => ((await teams.call('access', { companyId: company.id, userId, withTeams: false })) as { access: { expandedTeamIds: string[] } }).access.expandedTeamIds.length;
    expect(await expanded()).toBe(0);
    await teams.database.prisma.roleLevel.create({ data: { companyId: company.id, role: 'AGENT', action: 'customers_customers_view', level: 'team' } });
    expect(await expanded()).toBe(4);
    await teams.database.prisma.userLevel.create({ data: { companyId: company.id, userId, action: 'customers_customers_view', level: 'own' } });
    expect(await expanded()).toBe(0);
    await teams.database.prisma.userLevel.updateMany({ where: { userId }, data: { level: 'team' } });
    expect(await expanded()).toBe(4);
    await teams.database.prisma.companyFlag.updateMany({ where: { companyId: company.id }, data: { value: false } });
    expect(await expanded()).toBe(0);
  });
});
