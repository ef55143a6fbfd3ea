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

const [me, colleague, root, child, other] = ['me', 'colleague', 'root', 'child', 'other'];
const ancestorsOf = (id: string): readonly string[] => (id === child ? [root] : []);
const waitMs = 60_000;
/** A page looks at so few that every list is longer. */
const most = 6;

type Shape = Readonly<{ owner: string | null; assignee: string | null; teams: readonly string[]; pending?: boolean; deleted?: boolean }>;
const contact = (companyId: string, label: string, n: number, { owner, assignee, teams, pending = false, deleted = false }: Shape): ContactDocument =>
  contactDocument(companyId, {
    name: `${['Budi', 'Budiman', 'Citra'][n % 3] ?? ''} ${label}`,
    email: `${n % 2 === 0 ? 'budi' : 'citra'}.${label}@example.com`,
    phone: `+62811${String(n % 4)}${label.replace(/\D/g, '')}`,
    owner_id: owner,
    assignee_id: assignee,
    team_owner_ids: [...teams],
    team_owners_pending: pending,
    is_deleted: deleted,
    scope_tokens: scopeTokensOf({ ownerId: owner, assigneeId: assignee, teamOwnerIds: teams, teamOwnersPending: pending }, ancestorsOf),
    tree_version: 1,
    created_at: new Date(1_700_000_000_000 + (n % 9) * 1_000),
    updated_at: new Date(1_700_000_000_000 + (n % 5) * 1_000),
  });

/** All that somebody of team root may see at some level. */
const seen: readonly Shape[] = [
  { owner: me, assignee: null, teams: [other] },
  { owner: colleague, assignee: me, teams: [root] },
  { owner: colleague, assignee: null, teams: [child] },
  { owner: null, assignee: colleague, teams: [] },
  { owner: me, assignee: me, teams: [], pending: true },
];
/** And nobody of it. */
const hidden: readonly Shape[] = [
  { owner: colleague, assignee: null, teams: [other] },
  { owner: colleague, assignee: colleague, teams: [root], pending: true },
  { owner: null, assignee: null, teams: [], pending: true },
  { owner: me, assignee: null, teams: [root], deleted: true },
];
const companies = ['without', 'with'] as const;
const documents = companies.flatMap((company) => [
  ...Array.from({ length: 25 }, (_, n) => contact(company, `a${String(n).padStart(3, '0')}`, n, seen[n % seen.length] ?? { owner: me, assignee: null, teams: [] })),
  // before, between and behind the others in every order, and several times what a page looks at
  ...Array.from({ length: company === 'with' ? 60 : 0 }, (_, n) => contact(company, `${n % 2 === 0 ? 'A' : 'b'}${String(n).padStart(3, '0')}`, n, hidden[n % hidden.length] ?? { owner: null, assignee: null, teams: [other] })),
]);
const labels = new Map(documents.map(({ _id, email }) => [_id.toHexString(), email ?? '']));

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

const crowd = Array.from({ length: 400 }, (_, n) => `team ${String(n)}`);
const viewers: readonly (readonly [who: string, given: Partial<VisibilityInput>, form: ScopeForm])[] = [
  ['own', { level: 'own' }, 'team owners'],
  ['team', { teamIds: [root], expandedTeamIds: [root, child] }, 'tokens'],
  ['team, while a move is open', { teamIds: [root], expandedTeamIds: [root, child] }, 'team owners'],
  ['team, of more teams than the server merges', { teamIds: [root, ...crowd], expandedTeamIds: [root, child, ...crowd] }, 'tokens'],
  ['team, of no team', {}, 'tokens'],
];
const narrowings: readonly (readonly [what: string, narrowing: readonly Narrowing[]])[] = [
  ['nothing', []],
  ['a name', [{ namePrefix: 'budi' }]],
  ['an email', [{ emailPrefix: 'citra' }]],
  ['a phone number', [{ phonePrefix: '+628111' }]],
  ['a name and an email', [{ namePrefix: 'budi', emailPrefix: 'zzz' }]],
  ['a name, but no email', [{ emailPrefix: 'budi' }, { not: { namePrefix: 'budi' } }]],
  ['an owner', [{ ownerId: colleague }]],
  ['an owner and a name', [{ ownerId: colleague, namePrefix: 'budi' }]],
  ['an assignee', [{ assigneeId: colleague }]],
  ['a team that is not theirs', [{ teamId: other }]],
  ['one that is', [{ teamId: child }]],
  ['their teams', [{ anyTeamOf: [root, child] }]],
  ['Unassigned', [{ isUnassigned: true }]],
  ['with a team owner', [{ isUnassigned: false }]],
];
const lists: readonly SortKey[] = ['updated_at', 'created_at', 'name_key'];
const forms: readonly SortKey[] = ['name_key', 'email', 'phone'];
/** A list's order and, for what starts with a text, one in which a form is answered: cases take turns. */
const keysOf = (narrowing: readonly Narrowing[], turn: number): readonly SortKey[] => {
  const isText = narrowing.some(({ namePrefix, emailPrefix, phonePrefix }) => (namePrefix ?? emailPrefix ?? phonePrefix) !== undefined);
  return [lists, ...(isText ? [forms] : [])].flatMap((keys) => keys.slice(turn % keys.length).slice(0, 1));
};

const placeOf = (document: ContactDocument, key: SortKey): Place => {
  const value = document[key] ?? '';
  return { value: value instanceof Date ? value.getTime() : value, id: document._id.toHexString() };
};

/** All that a client can tell of a list: of each page its contacts, whether it ended early, and whose place it goes on from; and the total. */
const told = async (companyId: string, given: Partial<VisibilityInput>, form: ScopeForm, narrowing: readonly Narrowing[], key: SortKey, backward: boolean): Promise<readonly unknown[]> => {
  const visibility: Visibility = visibilityOf({ companyId, viewerId: me, level: 'team', teamFlag: true, teamIds: [], expandedTeamIds: [], treeVersion: 1, ...given });
  const plan = readPlan(visibility, narrowing, key, form);
  const pages: unknown[] = [];
  let place: Place | null = null;
  for (;;) {
    const stretch = { order: { key, descending: true }, backward, place, size: 3 };
    const { documents: read, examinedTo }: Awaited<ReturnType<typeof readPage>> = await readPage(database.contacts, plan, stretch, { waitMs, most });
    const shown = read.slice(0, stretch.size);
    const goesOnFrom = documents.find(({ _id }) => _id.toHexString() === examinedTo?.id);
    expect(goesOnFrom === undefined || canSee(visibility, toContact(goesOnFrom))).toBe(true);
    pages.push([shown.map(({ _id }) => labels.get(_id.toHexString())), examinedTo === null ? null : labels.get(examinedTo.id)]);
    const last = shown.at(-1);
    if (examinedTo === null && read.length <= stretch.size) break;
    if (examinedTo !== null) place = examinedTo;
    else if (last !== undefined) place = placeOf(last, key);
  }
  return [...pages, await countBy(database.contacts, countPlan(visibility, narrowing, form), 10_000, waitMs)];
};

describe('contacts out of scope change nothing of a list: not its pages, not where they end early and go on, not its total (SPEC §3.1)', () => {
  describe.each(viewers.map((each, turn) => [...each, turn] as const))('for who sees %s', (_who, given, form, turn) => {
    test.each(narrowings)('narrowed to %s', async (what, narrowing) => {
      const at = turn + narrowings.findIndex(([each]) => each === what);
      for (const [n, key] of keysOf(narrowing, at).entries()) {
        const [without, withThem] = await Promise.all(companies.map((company) => told(company, given, form, narrowing, key, (at + n) % 2 === 1)));
        expect([key, withThem]).toEqual([key, without]);
      }
    });
  });
});
