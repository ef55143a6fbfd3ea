import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Person } from '../../subgraphs/shared/viewer.ts';
import { addCompany, contactDocument, type Harness, noteDocument, startHarness } from '../support/contactsHarness.ts';
import { faults } from '../support/storedContacts.ts';

const team = randomUUID();
const levels = { customers_customers_view: 'team' } as const;
let harness: Harness;
let viewer: Person;
let allowed: string[];
beforeAll(async () => {
  harness = await startHarness();
  const home = addCompany(harness.teams, new Map([[team, null]]));
  viewer = home.person({ in: [team], levels });
  // Equal times and names in plenty: ties are where a page repeats or skips.
  const documents = Array.from({ length: 16 }, (_, index) =>
    contactDocument(home.id, {
      name: ['Ayu', 'ayu', 'Budi', 'Citra'][index % 4] ?? '',
      name_key: ['ayu', 'ayu', 'budi', 'citra'][index % 4] ?? '',
      created_at: new Date(1_700_000_000_000 + (index % 3) * 1000),
      updated_at: new Date(1_700_000_000_000 + (index % 5) * 1000),
      team_owner_ids: index % 2 === 0 ? [team] : index % 3 === 0 ? [randomUUID()] : [],
    }),
  );
  await harness.contacts.insertMany(documents);
  allowed = documents.filter(({ team_owner_ids }) => team_owner_ids?.every((id) => id === team)).map(({ _id }) => _id.toHexString()).sort();
});
afterAll(() => harness.close());

type Connection = { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string } };
const query = `query($first: Int, $after: String, $last: Int, $before: String, $sort: ContactSort, $view: ContactView, $filter: ContactFilter) {
  contacts(first: $first, after: $after, last: $last, before: $before, sort: $sort, view: $view, filter: $filter) {
    totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const page = async (variables: Readonly<Record<string, unknown>>, who = viewer): Promise<Connection> => {
  const answer = await harness.ask(who, query, variables);
  if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
  return (answer.data as unknown as { contacts: Connection }).contacts;
};

const sorts = (['UPDATED_AT', 'CREATED_AT', 'NAME'] as const).flatMap((field) => (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })));

describe.each(sorts)('sorted by $field $direction', (sort) => {
  test.each([1, 2, 3, 4, 5])('pages of %i show each allowed contact once, both ways, in the same order', async (size) => {
    const whole = (await page({ sort, first: 100 })).nodes.map(({ id }) => id);
    expect([...whole].sort()).toEqual(allowed);
    const forward: string[] = [];
    let at = await page({ sort, first: size });
    expect(at.pageInfo.hasPreviousPage).toBe(false);
    forward.push(...at.nodes.map(({ id }) => id));
    while (at.pageInfo.hasNextPage) {
      at = await page({ sort, first: size, after: at.pageInfo.endCursor });
      forward.push(...at.nodes.map(({ id }) => id));
    }
    expect(forward).toEqual(whole);
    const backward: string[] = [];
    at = await page({ sort, last: size });
    expect(at.pageInfo.hasNextPage).toBe(false);
    backward.unshift(...at.nodes.map(({ id }) => id));
    while (at.pageInfo.hasPreviousPage) {
      at = await page({ sort, last: size, before: at.pageInfo.startCursor });
      backward.unshift(...at.nodes.map(({ id }) => id));
    }
    expect(backward).toEqual(whole);
  });
});

describe('a cursor', () => {
  test('HOSTILE 20: fits its own list only: another viewer, view, filter, sort, field or a change of one character is BAD_USER_INPUT', async () => {
    const colleague: Person = { ...viewer, userId: randomUUID() };
    harness.teams.companies.get(viewer.companyId)?.people.set(colleague.userId, { role: 'AGENT', teams: [team], levels });
    const after = (await page({ first: 2 })).pageInfo.endCursor;
    const bad = [['BAD_USER_INPUT', 'after']];
    expect(faults(await harness.ask(colleague, query, { after }))).toEqual(bad);
    expect(faults(await harness.ask(viewer, query, { after, view: 'MY_TEAMS' }))).toEqual(bad);
    expect(faults(await harness.ask(viewer, query, { after, filter: { name: 'ayu' } }))).toEqual(bad);
    expect(faults(await harness.ask(viewer, query, { after, sort: { field: 'NAME' } }))).toEqual(bad);
    expect(faults(await harness.ask(viewer, query, { after, sort: { direction: 'ASC' } }))).toEqual(bad);
    for (const forged of [`${after.slice(0, -2)}AA`, '', 'x', 'eyJpZCI6MX0=', 'Z'.repeat(5000), '\u0000', '\ud800']) {
      expect(faults(await harness.ask(viewer, query, { after: forged }))).toEqual(bad);
    }
    const answer = await harness.ask(viewer, 'query($r: [_Any!]!, $after: String) { _entities(representations: $r) { ... on Team { contacts(after: $after) { totalCount } } } }', { r: [{ __typename: 'Team', id: team }], after });
    expect(faults(answer)).toEqual(bad);
  });

  test.each([0, -1, 101, 2_147_483_647])('HOSTILE 19: first: %i is BAD_USER_INPUT', async (first) => {
    expect(faults(await harness.ask(viewer, query, { first }))).toEqual([['BAD_USER_INPUT', 'first']]);
    expect(faults(await harness.ask(viewer, query, { last: first }))).toEqual([['BAD_USER_INPUT', 'last']]);
  });

  test('first: 2³¹ is refused', async () => {
    expect((await harness.ask(viewer, query, { first: 2 ** 31 })).errors).toHaveLength(1);
  });
});

describe('filters', () => {
  test('HOSTILE 28, HOSTILE 29, HOSTILE 30, HOSTILE 31: take every character literally and nothing as an operator', async () => {
    for (const name of ['.*.*', '(a+)+$', 'ay.', '^ayu', '$where', '[a-z]{3}', 'ayu|budi', 'a\\w\\w']) {
      expect((await page({ filter: { name } })).nodes).toEqual([]);
    }
    expect((await page({ first: 100, filter: { name: 'AYU' } })).nodes.length).toBeGreaterThan(3);
    expect((await page({ first: 100, filter: { name: 'ＡＹＵ' } })).nodes.length).toBeGreaterThan(3);
    const object = await harness.ask(viewer, query, { filter: { ownerId: { $ne: null } } });
    expect(object.errors).toHaveLength(1);
  });

  test.each([
    [{ name: 'ay' }, 'filter.name'], [{ name: '   ' }, 'filter.name'], [{ name: 'ab\u0000c' }, 'filter.name'], [{ name: 'abc\ud800' }, 'filter.name'],
    [{ name: 'x'.repeat(100_000) }, 'filter.name'], [{ email: 'a' }, 'filter.email'], [{ phone: 'abc' }, 'filter.phone'], [{ phone: '+6' }, 'filter.phone'],
    [{ ownerId: 'x' }, 'filter.ownerId'], [{ ownerId: '' }, 'filter.ownerId'], [{ assigneeId: 7 }, 'filter.assigneeId'],
    [{ teamId: 'B5A4F3C2-0000-4000-8000-000000000000' }, 'filter.teamId'],
  ])('%j is BAD_USER_INPUT on its field', async (filter, field) => {
    expect(faults(await harness.ask(viewer, query, { filter }))).toEqual([['BAD_USER_INPUT', field]]);
  });

  test('find by prefix of name, email and phone, by owner, assignee, team and Unassigned, within scope', async () => {
    const home = addCompany(harness.teams, new Map([[team, null]]));
    const me = home.person({ in: [team], levels });
    const looks = { name: 'Straße (1)', name_key: 'straße (1)', email: 'budi.s@example.com', phone: '+6281234567' };
    const shown = { ...looks, owner_id: me.userId, assignee_id: me.userId, team_owner_ids: [team] };
    const mine = contactDocument(home.id, shown);
    const hidden = contactDocument(home.id, { ...looks, owner_id: randomUUID(), team_owner_ids: [randomUUID()] });
    await harness.contacts.insertMany([mine, hidden, contactDocument(randomUUID(), shown)]);
    const filters = [{ name: 'straße (' }, { email: 'BUDI.' }, { phone: '0812' }, { phone: '+62 812-34' }, { ownerId: me.userId }, { assigneeId: me.userId }, { teamId: team }, { isUnassigned: false }, { isUnassigned: null }];
    for (const filter of filters) expect((await page({ filter }, me)).nodes).toEqual([{ id: mine._id.toHexString() }]);
    expect((await page({ filter: { isUnassigned: true } }, me)).nodes).toEqual([]);
    expect((await page({ view: 'OWNED_BY_ME' }, me)).nodes).toEqual([{ id: mine._id.toHexString() }]);
    expect((await page({ view: 'ASSIGNED_TO_ME' }, me)).nodes).toEqual([{ id: mine._id.toHexString() }]);
  });
});

describe('a team with those below it', () => {
  const [top, middle, leaf, beside] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const tree = new Map<string, string | null>([[top, null], [middle, top], [leaf, middle], [beside, top]]);

  test('narrows within scope, at any level, both ways, and its cursors outlive a change of the tree', async () => {
    const home = addCompany(harness.teams, tree);
    const admin = home.person({ role: 'OWNER' });
    const member = home.person({ in: [middle], levels });
    const owned = [top, middle, leaf, beside].map((id, n) => contactDocument(home.id, { team_owner_ids: [id], updated_at: new Date(1_700_000_000_000 + n) }));
    await harness.contacts.insertMany([...owned, contactDocument(home.id)]);
    const [inTop, inMiddle, inLeaf, inBeside] = owned.map(({ _id }) => ({ id: _id.toHexString() }));
    const below = (teamId: string, includeDescendants = true) => ({ filter: { teamId, includeDescendants } });
    expect((await page(below(top), admin)).nodes).toEqual([inBeside, inLeaf, inMiddle, inTop]);
    expect((await page(below(middle), admin)).nodes).toEqual([inLeaf, inMiddle]);
    expect((await page(below(middle, false), admin)).nodes).toEqual([inMiddle]);
    expect((await page(below(leaf), admin)).nodes).toEqual([inLeaf]);
    expect((await page(below(randomUUID()), admin)).nodes).toEqual([]);
    expect((await page(below(top), member)).nodes).toEqual([inLeaf, inMiddle]);
    const first = await page({ ...below(top), first: 2 }, admin);
    home.company.parents = new Map([...tree, [beside, null]]);
    expect((await page({ ...below(top), first: 2, after: first.pageInfo.endCursor }, admin)).nodes).toEqual([inMiddle, inTop]);
    expect(faults(await harness.ask(admin, query, { ...below(top, false), after: first.pageInfo.endCursor }))).toEqual([['BAD_USER_INPUT', 'after']]);
    harness.teams.failing = new Set(['descendants']);
    expect(faults(await harness.ask(admin, query, below(top)))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
    harness.teams.failing = new Set();
  });
});

test('notes are paged newest first, each once', async () => {
  const contact = contactDocument(viewer.companyId, { owner_id: viewer.userId });
  await harness.contacts.insertOne(contact);
  const notes = Array.from({ length: 7 }, (_, index) => noteDocument(contact, viewer.userId, { created_at: new Date(1_700_000_000_000 + (index % 3)) }));
  await harness.notes.insertMany([...notes, noteDocument(contact, viewer.userId, { is_deleted: true })]);
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const answer = await harness.ask(viewer, 'query($id: ID!, $after: String) { notes(contactId: $id, first: 2, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }', { id: contact._id.toHexString(), after });
    const { notes: at } = answer.data as unknown as { notes: Connection & { totalCount: number } };
    expect(at.totalCount).toBe(7);
    seen.push(...at.nodes.map(({ id }) => id));
    after = at.pageInfo.hasNextPage ? at.pageInfo.endCursor : null;
  } while (after !== null);
  const newestFirst = notes.toSorted((a, b) => b.created_at.getTime() - a.created_at.getTime() || (a._id.toHexString() < b._id.toHexString() ? 1 : -1));
  expect(seen).toEqual(newestFirst.map(({ _id }) => _id.toHexString()));
});
