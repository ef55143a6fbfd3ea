import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../subgraphs/contacts/store/database.ts';
import { type ContactDocument, toContact } from '../../subgraphs/contacts/store/documents.ts';
import type { Place, SortKey } from '../../subgraphs/contacts/store/keyset.ts';
import type { Narrowing } from '../../subgraphs/contacts/store/narrowing.ts';
import { countBy, readPage } from '../../subgraphs/contacts/store/readPage.ts';
import { countPlan, readPlan } from '../../subgraphs/contacts/store/readPlan.ts';
import type { ScopeForm } from '../../subgraphs/contacts/store/scopeFilter.ts';
import { scopeTokensOf } from '../../subgraphs/shared/access/scopeTokens.ts';
import { canSee, type Visibility, type VisibilityInput, visibilityOf } from '../../subgraphs/shared/access/scope.ts';
import { contactDocument } from '../support/contactsHarness.ts';
import { type FreshMongo, freshMongo } from '../support/mongo.ts';

const company = '7d1f0f5e-0000-4000-8000-000000000001';
const [me, colleague, root, child, other] = ['me', 'colleague', 'root', 'child', 'other'];
const waitMs = 60_000;
/** A page looks at so many: all that start with a text are few. */
const enough = 100;
/** They are not. */
const tooFew = 5;

const ancestorsOf = (id: string): readonly string[] => (id === child ? [root] : []);
const documents = Array.from({ length: 48 }, (_, n): ContactDocument => {
  const teamOwnerIds = [[root], [child], [other], [], [other, child]][n % 5] ?? [];
  const [ownerId, assigneeId, teamOwnersPending] = [n % 7 === 0 ? me : colleague, n % 11 === 0 ? me : null, n % 6 === 0];
  return contactDocument(n % 16 === 15 ? 'elsewhere' : company, {
    // ties of every sort in plenty
    name: ['Budi Santoso', 'Budiman', 'Citra'][n % 3] ?? '',
    email: `${n % 2 === 0 ? 'budi' : 'citra'}${String(n)}@example.com`,
    phone: `+62811${String(n % 4)}000${String(n)}`,
    owner_id: ownerId,
    assignee_id: assigneeId,
    team_owner_ids: teamOwnerIds,
    team_owners_pending: teamOwnersPending,
    is_deleted: n % 13 === 12,
    scope_tokens: scopeTokensOf({ ownerId, assigneeId, teamOwnerIds, teamOwnersPending }, ancestorsOf),
    tree_version: 1,
    created_at: new Date(1_700_000_000_000 + Math.floor(n / 12) * 1_000),
    updated_at: new Date(1_700_000_000_000 + (n % 5) * 1_000),
  });
});

let mongo: FreshMongo;
let database: Database;
beforeAll(async () => {
  mongo = await freshMongo();
  database = await openDatabase({ url: mongo.url, database: mongo.database, now: Date.now });
  await database.contacts.insertMany(documents);
}, 60_000);
afterAll(async () => {
  await database.close();
  await mongo.close();
});

const viewer = (given: Partial<VisibilityInput>): Visibility =>
  visibilityOf({ companyId: company, viewerId: me, level: 'team', teamFlag: true, teamIds: [], expandedTeamIds: [], treeVersion: 1, ...given });
const viewers: readonly (readonly [who: string, visibility: Visibility, form: ScopeForm])[] = [
  ['own', viewer({ level: 'own' }), 'team owners'],
  ['everything', viewer({ level: 'everything' }), 'team owners'],
  ['team', viewer({ teamIds: [root], expandedTeamIds: [root, child] }), 'tokens'],
  ['team, while a move is open', viewer({ teamIds: [root], expandedTeamIds: [root, child] }), 'team owners'],
  ['team, of more teams than an index serves', viewer({ teamIds: [child, ...Array.from({ length: 200 }, (_, n) => `team ${String(n)}`)], expandedTeamIds: [child] }), 'tokens'],
  ['team, of no team', viewer({}), 'tokens'],
  ['disabled', viewer({ level: 'disabled' }), 'team owners'],
];

type Case = readonly [what: string, narrowing: readonly Narrowing[], holds: (document: ContactDocument) => boolean];
const budi = ({ name_key }: ContactDocument): boolean => name_key.startsWith('budi');
const cases: readonly Case[] = [
  ['a name', [{ namePrefix: 'budi' }], budi],
  ['an email', [{ emailPrefix: 'citra' }], ({ email }) => email?.startsWith('citra') === true],
  ['a phone number', [{ phonePrefix: '+628111' }], ({ phone }) => phone?.startsWith('+628111') === true],
  ['a name and an email', [{ namePrefix: 'budi', emailPrefix: 'citra' }], (document) => budi(document) && document.email?.startsWith('citra') === true],
  ['a name of an owner', [{ namePrefix: 'budi', ownerId: colleague }], (document) => budi(document) && document.owner_id === colleague],
  ['a name of the viewer’s', [{ namePrefix: 'budi' }, { ownerId: me }], (document) => budi(document) && document.owner_id === me],
  ['a name of a team and those below', [{ namePrefix: 'budi', anyTeamOf: [root, child] }], (document) => budi(document) && [root, child].some((id) => document.team_owner_ids?.includes(id))],
  ['a name without a team owner', [{ namePrefix: 'budi', isUnassigned: true }], (document) => budi(document) && document.team_owner_ids?.length === 0],
];

const orders = (['updated_at', 'created_at', 'name_key'] as const).flatMap((key) => [true, false].map((descending) => ({ key, descending })));
type Order = (typeof orders)[number];
/** One sort both ways: cases take turns, as each has many pages. */
const ordersOf = (each: Case): readonly Order[] => orders.slice((cases.indexOf(each) % 3) * 2).slice(0, 2);

/** As the rule and the reference order have it: no index, no filter of the database. */
const wantedIn = (visibility: Visibility, [, , holds]: Case, { key, descending }: Order): readonly string[] => {
  const seen = documents.filter((document) => canSee(visibility, toContact(document)) && holds(document));
  const value = (document: ContactDocument): string => `${String(Number(document[key]) || document.name_key)} ${document._id.toHexString()}`;
  const sorted = seen.toSorted((one, another) => (value(one) < value(another) ? -1 : 1)).map(({ _id }) => _id.toHexString());
  return descending ? sorted.reverse() : sorted;
};

/** All pages of a list, in list order; `mostAt`: how many contacts each of them may look at. */
const allPages = async (visibility: Visibility, form: ScopeForm, [, narrowing]: Case, order: Order, backward: boolean, mostAt: (page: number) => number) => {
  const found: string[] = [];
  let place: Place | null = null;
  for (let n = 0; n < 200; n += 1) {
    const stretch = { order, backward, place, size: 3 };
    const { documents: read, examinedTo } = await readPage(database.contacts, readPlan(visibility, narrowing, order.key, form), stretch, { waitMs, most: mostAt(n) });
    const shown = read.slice(0, stretch.size);
    found.push(...shown.map(({ _id }) => _id.toHexString()));
    const last = shown.at(-1);
    if (examinedTo === null && read.length <= stretch.size) return backward ? found.reverse() : found;
    if (examinedTo !== null) place = examinedTo;
    else if (last !== undefined) place = { value: last[order.key] instanceof Date ? Number(last[order.key]) : String(last[order.key]), id: last._id.toHexString() };
  }
  throw new Error('the pages do not end');
};

const ways: readonly (readonly [way: string, backward: boolean])[] = [['forwards', false], ['backwards', true]];
describe('what starts with a text is listed the same, in order and each once, however many contacts a page may look at', () => {
  describe.each(viewers)('for who sees %s', (_who, visibility, form) => {
    test.each(cases.map((each) => [each[0], each] as const))('%s', async (_what, each) => {
      for (const [n, order] of ordersOf(each).entries()) {
        const wanted = wantedIn(visibility, each, order);
        const [way, backward] = ways[n % 2] ?? ['forwards', false];
        const of = async (what: string, mostAt: (page: number) => number) => [what, way, order, await allPages(visibility, form, each, order, backward, mostAt)];
        expect(await of('few', () => enough)).toEqual(['few', way, order, wanted]);
        expect(await of('walked', () => tooFew)).toEqual(['walked', way, order, wanted]);
      }
      const total = await countBy(database.contacts, countPlan(visibility, each[1], form), 10_000, waitMs);
      expect(total).toEqual({ count: wantedIn(visibility, each, { key: 'updated_at', descending: true }).length, capped: false });
    });
  });
});

describe('a list goes on from a cursor where it was, when what starts with its text has become few or many between two pages: no gap, nothing twice', () => {
  test.each([
    ['few, then many', [enough, tooFew, tooFew, enough]],
    ['many, then few', [tooFew, enough, enough, tooFew]],
  ])('%s', async (_what, limits) => {
    for (const [, visibility, form] of viewers.slice(1, 4)) {
      for (const each of cases.slice(0, 3)) {
        for (const [n, [way, backward]] of ways.entries()) {
          const [order = { key: 'updated_at', descending: true }] = ordersOf(each).slice(n);
          const found = await allPages(visibility, form, each, order, backward, (page) => limits[page % limits.length] ?? enough);
          expect([each[0], way, found]).toEqual([each[0], way, wantedIn(visibility, each, order)]);
        }
      }
    }
  });
});

test('and all ways of reading them were taken', () => {
  const key: SortKey = 'updated_at';
  const kinds = viewers.map(([who, visibility, form]) => [who, readPlan(visibility, [{ emailPrefix: 'citra' }], key, form).kind]);
  expect(kinds.map(([, kind]) => kind)).toEqual(['walk', 'few', 'few', 'exact', 'few', 'few', 'exact']);
  expect(documents.filter(({ email }) => email?.startsWith('citra')).length).toBeGreaterThan(tooFew);
});
