import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ObjectId } from 'mongodb';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import type { Person, Viewer } from '../../subgraphs/shared/viewer.ts';
import { addCompany, type GraphQLAnswer, type Harness, service, startHarness } from '../support/contactsHarness.ts';
import { addTo, faults } from '../support/storedContacts.ts';

const [parent, child, other] = [randomUUID(), randomUUID(), randomUUID()];
const tree = new Map<string, string | null>([[parent, null], [child, parent], [other, null]]);
const modules = ['DEAL', 'TASK', 'TICKET', 'COMPANY'] as const;
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
beforeEach(() => {
  harness.teams.mood = { kind: 'well' };
  harness.events.length = 0;
});

const added = addTo(() => harness);
const idOf = ({ _id }: ContactDocument): string => _id.toHexString();

describe.each([
  { field: 'contactsByEmail', argument: 'email', stored: { email: 'budi@example.com' }, given: ['budi@example.com', 'BUDI@Example.com'], absent: 'nobody@example.com', bad: ['', 'budi', '$ne', 'a b@c', 'x'.repeat(100_000), 'a\u0000@b', '\ud800@b'] },
  { field: 'contactsByPhone', argument: 'phone', stored: { phone: '+6281234567890' }, given: ['+6281234567890', '0812-3456-7890', '(0812) 3456 7890'], absent: '+6281234567891', bad: ['', '0812', '.*', '+62 abc', '9'.repeat(100_000), '+6281234567890\u0000'] },
])('$field (TEAM-S02)', ({ field, argument, stored, given, absent, bad }) => {
  const ask = (viewer: Viewer, value: string, more: Readonly<Record<string, unknown>> = {}) =>
    harness.ask(viewer, `query($value: String!, $first: Int, $after: String) { found: ${field}(${argument}: $value, first: $first, after: $after) { totalCount nodes { id } pageInfo { endCursor hasNextPage } notices { code } } }`, { value, ...more });
  type Found = { totalCount: number; nodes: { id: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean }; notices: { code: string }[] };
  const found = ({ data }: GraphQLAnswer) => (data as unknown as { found: Found }).found;

  test('answers the matches in scope, in normal form, newest first, and counts no others', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ in: [parent], levels: { customers_customers_view: 'team' } });
    const at = (n: number) => ({ ...stored, updated_at: new Date(1_700_000_000_000 + n) });
    const [one, two, three] = [await added(home.id, { ...at(1), team_owner_ids: [child] }), await added(home.id, at(2)), await added(home.id, { ...at(3), owner_id: viewer.userId, team_owner_ids: [other] })];
    await added(home.id, { ...stored, team_owner_ids: [other] });
    await added(home.id, { ...stored, is_deleted: true });
    await added(randomUUID(), stored);
    await added(home.id);
    for (const value of given) expect(found(await ask(viewer, value))).toMatchObject({ totalCount: 3, nodes: [three, two, one].map((each) => ({ id: idOf(each) })), notices: [] });
    const first = found(await ask(viewer, given[0] ?? '', { first: 2 }));
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(found(await ask(viewer, given[1] ?? '', { first: 2, after: first.pageInfo.endCursor })).nodes).toEqual([{ id: idOf(one) }]);
  });

  test('is FORBIDDEN when the company has only others, and recorded; NOT_FOUND when it has none', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ in: [parent], levels: { customers_customers_view: 'team' } });
    const hidden = await added(home.id, { ...stored, team_owner_ids: [other] });
    const [answer] = await Promise.all([ask(viewer, given[0] ?? ''), added(randomUUID(), { email: 'nobody@example.com', phone: '+6281234567891' }), added(home.id, { email: 'nobody@example.com', phone: '+6281234567891', is_deleted: true })]);
    expect(faults(answer)).toEqual([['FORBIDDEN', undefined]]);
    expect(answer.errors?.[0]?.message).not.toContain(idOf(hidden));
    expect(harness.events).toMatchObject([{ event: 'cdp_team_permission_denied', contact_id: idOf(hidden), permission_name: 'customers_customers_view' }]);
    expect(faults(await ask(viewer, absent))).toEqual([['NOT_FOUND', undefined]]);
    expect(faults(await ask(home.person({ levels: { customers_customers_view: 'disabled' } }), absent))).toEqual([['FORBIDDEN', undefined]]);
  });

  test('a page behind the last is empty, not an error', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ role: 'OWNER' });
    const contact = await added(home.id, stored);
    const { pageInfo } = found(await ask(viewer, given[0] ?? ''));
    expect(found(await ask(viewer, given[0] ?? '', { after: pageInfo.endCursor })).nodes).toEqual([]);
    expect(faults(await ask(viewer, absent, { after: pageInfo.endCursor }))).toEqual([['BAD_USER_INPUT', 'after']]);
    await harness.contacts.deleteOne({ _id: contact._id });
    expect(faults(await ask(viewer, given[0] ?? '', { after: pageInfo.endCursor }))).toEqual([['NOT_FOUND', undefined]]);
  });

  test('what is none is BAD_USER_INPUT', async () => {
    const viewer = addCompany(harness.teams, tree).person({ role: 'OWNER' });
    for (const value of bad) expect(faults(await ask(viewer, value))).toEqual([['BAD_USER_INPUT', argument]]);
    expect(faults(await ask(service('contacts:write'), given[0] ?? ''))).toEqual([['FORBIDDEN', undefined]]);
  });

  test('while teams cannot be asked it is own only, with the notice', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ role: 'OWNER' });
    const mine = await added(home.id, { ...stored, assignee_id: viewer.userId });
    await added(home.id, stored);
    expect(found(await ask(viewer, given[0] ?? '')).totalCount).toBe(2);
    await harness.teams.tell(home.id, 'TEAM_UPDATED');
    harness.teams.mood = { kind: 'down' };
    expect(found(await ask(viewer, given[0] ?? ''))).toMatchObject({ totalCount: 1, nodes: [{ id: idOf(mine) }], notices: [{ code: 'SHOWING_OWN_ONLY' }] });
  });
});

describe.each([['TEAM-S08', 'web'], ['TEAM-S09', 'mobile']] as const)('%s: finding contacts from forms on %s', (_story, platform) => {
  const on = (person: Person): Person => ({ ...person, platform });
  const search = (viewer: Viewer, text: string, more: Readonly<Record<string, unknown>> = {}) =>
    harness.ask(viewer, 'query($module: AssociationModule!, $text: String!, $first: Int, $after: String) { search: searchContactAssociations(module: $module, text: $text, first: $first, after: $after) { nodes { id name contact { id } } pageInfo { hasNextPage endCursor } notices { code } } }', { module: 'DEAL', text, ...more });
  type Found = { nodes: { id: string; name: string; contact: object | null }[]; pageInfo: { hasNextPage: boolean; endCursor: string }; notices: { code: string }[] };
  const found = ({ data }: GraphQLAnswer) => (data as unknown as { search: Found }).search;
  const may = (viewer: Viewer, id: string, module: string) => harness.ask(viewer, 'query($id: ID!, $module: AssociationModule!) { canAssociateContact(id: $id, module: $module) }', { id, module });

  test.each(modules)('AC-1: from %s at searchassoc = team exactly what the whole rule shows', async (module) => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: { customers_customers_searchassoc: 'team', customers_customers_view: 'everything' } }));
    const shapes: Partial<ContactDocument>[] = [{ team_owner_ids: [parent] }, { team_owner_ids: [child, other] }, {}, { owner_id: viewer.userId, team_owner_ids: [other] }, { assignee_id: viewer.userId, team_owner_ids: [other] }];
    const hidden: Partial<ContactDocument>[] = [{ team_owner_ids: [other] }, { team_owner_ids: [parent], team_owners_pending: true }, { is_deleted: true }];
    const named = (shape: Partial<ContactDocument>, n: number) => added(home.id, { ...shape, name: `Siti ${String(n)}` });
    const shown = await Promise.all(shapes.map(named));
    const others = await Promise.all(hidden.map(named));
    await added(randomUUID(), { name: 'Siti elsewhere' });
    expect(found(await search(viewer, 'SITI', { module })).nodes).toEqual(shown.map((each) => ({ id: idOf(each), name: each.name, contact: { id: idOf(each) } })));
    expect((await Promise.all(shown.map((each) => may(viewer, idOf(each), module)))).map(({ data }) => data)).toEqual(shown.map(() => ({ canAssociateContact: true })));
    expect((await Promise.all(others.map((each) => may(viewer, idOf(each), module)))).map((answer) => faults(answer)[0])).toEqual([['FORBIDDEN', undefined], ['FORBIDDEN', undefined], ['NOT_FOUND', undefined]]);
  });

  test('AC-2, AC-3: with searchassoc disabled nothing is found and nothing may be linked', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER', levels: { customers_customers_searchassoc: 'disabled' } }));
    const mine = await added(home.id, { owner_id: viewer.userId });
    expect(faults(await search(viewer, 'Budi'))).toEqual([['FORBIDDEN', undefined]]);
    for (const module of modules) expect(faults(await may(viewer, idOf(mine), module))).toEqual([['FORBIDDEN', undefined]]);
  });

  test('linking is FORBIDDEN out of scope and for services, NOT_FOUND for what is none of the company', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: { customers_customers_searchassoc: 'own' } }));
    const theirs = await added(home.id, { team_owner_ids: [parent] });
    expect(faults(await may(viewer, idOf(theirs), 'TASK'))).toEqual([['FORBIDDEN', undefined]]);
    expect(faults(await may(service('contacts:write'), idOf(theirs), 'TASK'))).toEqual([['FORBIDDEN', undefined]]);
    for (const id of [idOf(await added(randomUUID())), new ObjectId().toHexString(), '', '{"$ne":null}']) expect(faults(await may(viewer, id, 'TASK'))).toEqual([['NOT_FOUND', undefined]]);
  });

  test('one may find what one may not see: then it is the id and the name alone', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: { customers_customers_searchassoc: 'everything', customers_customers_view: 'own' } }));
    const theirs = await added(home.id, { name: 'Rina' });
    expect(found(await search(viewer, 'rin')).nodes).toEqual([{ id: idOf(theirs), name: 'Rina', contact: null }]);
    const blind = on(home.person({ levels: { customers_customers_searchassoc: 'everything', customers_customers_view: 'disabled' } }));
    expect(found(await search(blind, 'rin')).nodes).toEqual([{ id: idOf(theirs), name: 'Rina', contact: null }]);
  });

  test('by the start of the name, else of the email, else of the phone, each contact once on pages of every size', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER' }));
    const text = '+628';
    const shapes: Partial<ContactDocument>[] = [
      { name: '+628 b', phone: '+6281111111' }, { name: '+628 a', email: '+628@a.example' }, { name: '+628 a', email: '+628@b.example', phone: '+6282222222' },
      { name: 'x', email: '+628@c.example', phone: '+6283333333' }, { name: 'y', email: '+628@c.example' },
      { name: 'z', phone: '+6281111111' }, { name: 'z', phone: '+6281111111' }, { name: 'z', email: 'other@d.example', phone: '+6280000000' },
    ];
    const all = await Promise.all(shapes.map((shape) => added(home.id, shape)));
    await added(home.id, { name: 'x +628', email: 'x+628@e.example', phone: '+6291111111' });
    const whole = found(await search(viewer, text, { first: 100 })).nodes.map(({ id }) => id);
    const byKey = (documents: readonly ContactDocument[], key: 'name' | 'email' | 'phone') =>
      documents.toSorted((a, b) => ((a[key] ?? '') === (b[key] ?? '') ? (idOf(a) < idOf(b) ? -1 : 1) : (a[key] ?? '') < (b[key] ?? '') ? -1 : 1)).map(idOf);
    expect(whole).toEqual([...byKey(all.slice(0, 3), 'name'), ...byKey(all.slice(3, 5), 'email'), ...byKey(all.slice(5), 'phone')]);
    for (const first of [1, 2, 3, 4, 5]) {
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const { nodes, pageInfo } = found(await search(viewer, text, { first, after }));
        seen.push(...nodes.map(({ id }) => id));
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);
      expect(seen).toEqual(whole);
    }
  });

  test('takes every character literally, at least three of them, and only cursors of its own', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER' }));
    await added(home.id, { name: 'Budi (1)', email: 'budi@example.com', phone: '+6281234567890' });
    await added(home.id, { name: 'Budi' });
    for (const text of ['.*.*', '(a+)+$', '^bud', '$where', '[a-z]{3}', 'bud|x', '{"$ne":null}']) expect(found(await search(viewer, text)).nodes).toEqual([]);
    expect(found(await search(viewer, 'budi (')).nodes).toHaveLength(1);
    expect(found(await search(viewer, 'BUDI@')).nodes).toHaveLength(1);
    expect(found(await search(viewer, '0812 34')).nodes).toHaveLength(1);
    for (const text of ['', 'bu', '   ', 'ab\u0000c', 'abc\ud800', '\u200b\u200b\u200b', 'x'.repeat(100_000)]) expect(faults(await search(viewer, text))).toEqual([['BAD_USER_INPUT', 'text']]);
    const { pageInfo } = found(await search(viewer, 'bud', { first: 1 }));
    const bad = [['BAD_USER_INPUT', 'after']];
    expect(faults(await search(viewer, 'budi', { after: pageInfo.endCursor }))).toEqual(bad);
    expect(faults(await search(viewer, 'bud', { after: pageInfo.endCursor, module: 'TASK' }))).toEqual(bad);
    expect(faults(await search(on(home.person({ role: 'OWNER' })), 'bud', { after: pageInfo.endCursor }))).toEqual(bad);
    expect(faults(await search(viewer, 'bud', { after: 'x' }))).toEqual(bad);
    expect(faults(await search(viewer, 'bud', { first: 101 }))).toEqual([['BAD_USER_INPUT', 'first']]);
  });

  test('ERR: while teams cannot be asked it is own only, with the notice and the record', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER' }));
    const mine = await added(home.id, { name: 'Tono', owner_id: viewer.userId });
    const theirs = await added(home.id, { name: 'Tono', team_owner_ids: [parent] });
    expect(found(await search(viewer, 'tono')).nodes).toHaveLength(2);
    await harness.teams.tell(home.id, 'TEAM_UPDATED');
    harness.teams.mood = { kind: 'down' };
    expect(found(await search(viewer, 'tono'))).toMatchObject({ nodes: [{ id: idOf(mine) }], notices: [{ code: 'SHOWING_OWN_ONLY' }] });
    expect(harness.events).toMatchObject([{ event: 'cdp_team_permission_fallback', permission_name: 'customers_customers_searchassoc', platform }, { permission_name: 'customers_customers_view' }]);
    expect(faults(await may(viewer, idOf(theirs), 'DEAL'))).toEqual([['FORBIDDEN', undefined]]);
  });
});
