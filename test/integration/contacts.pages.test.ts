import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../subgraphs/shared/viewer.ts';
import { addCompany, contactDocument, type Harness, quickTreeTimes, startHarness } from '../support/contactsHarness.ts';
import { realTest } from '../support/realTest.ts';
import { untilSettled } from '../support/treeChanges.ts';

type Profiled = Readonly<{ docsExamined: number; keysExamined: number; nreturned: number; planSummary: string; hasSortStage?: boolean }>;
type Connection = { nodes: { id: string }[]; totalCount: number; totalCountCapped: boolean; partial: boolean; pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null } };

const levels = { customers_customers_view: 'team' } as const;
const size = 4_500;
const [root, child, other] = [randomUUID(), randomUUID(), randomUUID()];
const owner = randomUUID();
let harness: Harness;
let viewer: Person;
let many: Person;
/** Sees what they own, three of very many. */
let loner: Person;
/** Newest first. */
let rare: string[];
let unassigned: string[];
let ownedByLoner: string[];
let oldest: string;
beforeAll(async () => {
  harness = await startHarness({ treeTimes: quickTreeTimes });
  const crowd: string[] = Array.from({ length: 450 }, () => randomUUID());
  const home = addCompany(harness.teams, new Map([[root, null], [child, root], [other, null], ...crowd.map((id) => [id, null] as const)]));
  viewer = home.person({ in: [root], levels });
  many = home.person({ in: crowd, levels });
  loner = home.person({ levels: { customers_customers_searchassoc: 'own' } });
  const documents = Array.from({ length: size }, (_, n) =>
    contactDocument(home.id, {
      name: n % 1_500 === 7 ? `Rare ${String(n)}` : `Customer ${String(n)}`,
      name_key: n % 1_500 === 7 ? `rare ${String(n)}` : `customer ${String(n)}`,
      updated_at: new Date(1_700_000_000_000 + Math.floor(n / 3) * 1_000),
      owner_id: n % 2_000 === 13 ? loner.userId : n % 10 === 0 ? owner : randomUUID(),
      ...(n % 1_500 === 7 && { email: `rare-${String(n)}@example.com`, phone: `+62899900${String(n)}` }),
      ...(n === 2 && { email: 'oldest@example.com', phone: '+6281234567890' }),
      team_owner_ids: n % 4 === 0 ? [crowd[n % 450] ?? ''] : n % 50 === 1 ? [] : [child],
      team_owners_pending: n % 97 === 0,
    }),
  );
  rare = documents.filter(({ name, team_owner_ids, team_owners_pending }) => name.startsWith('Rare') && team_owners_pending === false && !crowd.includes(team_owner_ids?.[0] ?? '')).map(({ _id }) => _id.toHexString());
  rare.reverse();
  unassigned = documents.filter(({ name, team_owner_ids, team_owners_pending }) => name.startsWith('Customer') && team_owners_pending === false && team_owner_ids?.length === 0).map(({ _id }) => _id.toHexString());
  ownedByLoner = documents.filter(({ owner_id }) => owner_id === loner.userId).map(({ _id }) => _id.toHexString());
  oldest = documents[2]?._id.toHexString() ?? '';
  for (let n = 0; n < size; n += 1_500) await harness.contacts.insertMany(documents.slice(n, n + 1_500));
  await untilSettled(harness, home.id, 0);
}, 120_000);
afterAll(() => harness.close());

const page = async (who: Person, variables: Readonly<Record<string, unknown>>): Promise<Connection> => {
  const query = `query($filter: ContactFilter, $sort: ContactSort, $view: ContactView, $first: Int, $after: String, $last: Int, $before: String) {
    contacts(filter: $filter, sort: $sort, view: $view, first: $first, after: $after, last: $last, before: $before) {
      totalCount totalCountCapped partial nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;
  const answer = await harness.ask(who, query, variables);
  expect(answer.errors).toBeUndefined();
  return (answer.data as unknown as { contacts: Connection }).contacts;
};

describe('a combination that no index serves', () => {
  test.each(['forwards', 'backwards'] as const)('looks at 2,000 contacts a page and goes on where it ended, %s, until all are found once', async (way) => {
    const found: string[] = [];
    let partial = 0;
    let at: Connection | null = null;
    do {
      const more: Readonly<Record<string, unknown>> = way === 'forwards' ? { first: 60, ...(at && { after: at.pageInfo.endCursor }) } : { last: 60, ...(at && { before: at.pageInfo.startCursor }) };
      at = await page(viewer, { ...more, filter: { name: 'customer', isUnassigned: true } });
      partial += at.partial ? 1 : 0;
      found.push(...at.nodes.map(({ id }) => id));
    } while (way === 'forwards' ? at.pageInfo.hasNextPage : at.pageInfo.hasPreviousPage);
    expect(found.toSorted()).toEqual(unassigned.toSorted());
    expect(new Set(found).size).toBe(found.length);
    expect(partial).toBeGreaterThan(0);
    expect([at.totalCount, at.totalCountCapped]).toEqual([unassigned.length, false]);
  });

  test('is not partial when everything was looked at', async () => {
    const small = await page(viewer, { filter: { ownerId: owner, isUnassigned: true } });
    expect([small.partial, small.pageInfo.hasNextPage]).toEqual([false, false]);
  });
});

describe('a rare prefix in the default order is answered whole on one page', () => {
  test.each([
    ['of a name', { name: 'rare' }],
    ['of a name, with other conditions', { name: 'rare', isUnassigned: false }],
    ['of an email and a phone number', { email: 'rare-', phone: '+628999' }],
    ['of an email', { email: 'rare-' }],
    ['of a phone number', { phone: '+628999' }],
  ])('%s', async (_what, filter) => {
    const wanted = { totalCount: rare.length, totalCountCapped: false, partial: false };
    const whole = await page(viewer, { filter });
    expect(whole).toMatchObject({ ...wanted, pageInfo: { hasNextPage: false } });
    expect(whole.nodes.map(({ id }) => id)).toEqual(rare);
    // by pages, both ways
    const first = await page(viewer, { filter, first: 1 });
    expect(first).toMatchObject({ ...wanted, nodes: [{ id: rare[0] }], pageInfo: { hasNextPage: true } });
    expect((await page(viewer, { filter, first: 5, after: first.pageInfo.endCursor })).nodes.map(({ id }) => id)).toEqual(rare.slice(1));
    const last = await page(viewer, { filter, last: 1 });
    expect(last).toMatchObject({ ...wanted, nodes: [{ id: rare.at(-1) }], pageInfo: { hasPreviousPage: true } });
    expect((await page(viewer, { filter, last: 5, before: last.pageInfo.startCursor })).nodes.map(({ id }) => id)).toEqual(rare.slice(0, -1));
  });
});

describe('what is found from a form', () => {
  type Found = { nodes: { id: string }[]; partial: boolean; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
  const search = async (who: Person, text: string, after: string | null): Promise<Found> => {
    const query = 'query($text: String!, $after: String) { found: searchContactAssociations(module: DEAL, text: $text, first: 5, after: $after) { partial nodes { id } pageInfo { hasNextPage endCursor } } }';
    const answer = await harness.ask(who, query, { text, after });
    expect(answer.errors).toBeUndefined();
    return (answer.data as unknown as { found: Found }).found;
  };

  test('is found once, and on whole pages where scope leaves most of what starts with the text out: nothing is looked at that is not in scope', async () => {
    const found: string[] = [];
    let [partial, pages] = [0, 0];
    let at: Found | null = null;
    do {
      at = await search(loner, 'customer', at?.pageInfo.endCursor ?? null);
      pages += 1;
      partial += at.partial ? 1 : 0;
      found.push(...at.nodes.map(({ id }) => id));
    } while (at.pageInfo.hasNextPage);
    expect(found.toSorted()).toEqual(ownedByLoner.toSorted());
    expect(partial).toBe(0);
    expect(pages).toBe(Math.ceil(ownedByLoner.length / 5));
  });

  test('is not partial where everything that starts with the text was looked at', async () => {
    expect(await search(loner, 'rare', null)).toMatchObject({ nodes: [], partial: false, pageInfo: { hasNextPage: false } });
  });
});

test('a contact is found by its email and phone whatever has been changed since', async () => {
  for (const [field, argument, value] of [['contactsByEmail', 'email', 'oldest@example.com'], ['contactsByPhone', 'phone', '+6281234567890']]) {
    const answer = await harness.ask(viewer, `query($value: String!) { found: ${field ?? ''}(${argument ?? ''}: $value) { totalCount partial nodes { id } } }`, { value });
    expect(answer).toEqual({ data: { found: { totalCount: 1, partial: false, nodes: [{ id: oldest }] } } });
  }
});

test('a member of more teams than the server merges scans sees each contact once, in order', async () => {
  const whole: string[] = [];
  let after: string | null = null;
  do {
    const at: Connection = await page(many, { first: 100, after });
    expect(at.totalCount).toBe(at.totalCountCapped ? 10_000 : at.totalCount);
    whole.push(...at.nodes.map(({ id }) => id));
    after = at.pageInfo.hasNextPage ? at.pageInfo.endCursor : null;
    if (after === null) expect(at.totalCount).toBe(whole.length);
  } while (after !== null);
  const visible = await harness.contacts.find({ company_sso_id: viewer.companyId, team_owners_pending: false, team_owner_ids: { $ne: child } }).sort({ updated_at: -1, _id: -1 }).toArray();
  expect(whole).toEqual(visible.map(({ _id }) => _id.toHexString()));
});

describe('at level team, with settled tokens, documents examined are those returned, without a blocking sort', () => {
  const profiled = async (variables: Readonly<Record<string, unknown>>): Promise<readonly Profiled[]> => {
    await page(viewer, { first: 20, ...variables });
    await harness.db.command({ profile: 2 });
    await harness.ask(viewer, 'query($filter: ContactFilter, $sort: ContactSort, $view: ContactView) { contacts(filter: $filter, sort: $sort, view: $view, first: 20) { nodes { id } } }', variables);
    await harness.db.command({ profile: 0 });
    const seen = await harness.db.collection<Profiled>('system.profile').find({ op: 'query', ns: `${harness.db.databaseName}.contacts`, nreturned: { $gt: 1 } }).toArray();
    await harness.db.collection('system.profile').drop();
    return seen;
  };
  const sorted = (field: string) => ({ sort: { field, direction: 'DESC' } });
  realTest.each([
    ['everything in scope', sorted('UPDATED_AT')],
    ['everything in scope, by creation', sorted('CREATED_AT')],
    ['everything in scope, by name', sorted('NAME')],
    ['an owner', { filter: { ownerId: owner } }],
    ['Unassigned', { filter: { isUnassigned: true } }],
    ['a team of the tree', { filter: { teamId: child } }],
    ['my teams', { view: 'MY_TEAMS' }],
    ['a prefix of the name, by name', { ...sorted('NAME'), filter: { name: 'customer 1' } }],
  ] as const)('%s (real servers)', async (_what, variables) => {
    const [read, ...others] = await profiled(variables);
    expect(others).toEqual([]);
    expect(read?.planSummary).toMatch(/^IXSCAN/);
    expect(read?.hasSortStage).toBeUndefined();
    expect(read?.docsExamined).toBeLessThanOrEqual(1.2 * (read?.nreturned ?? 0));
  });
});
