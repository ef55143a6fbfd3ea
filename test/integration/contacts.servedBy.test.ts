import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { benchCompany, benchContacts } from '../../bench/contactsData.ts';
import { type Database, openDatabase } from '../../subgraphs/contacts/store/database.ts';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import type { Place, SortKey, Stretch } from '../../subgraphs/contacts/store/keyset.ts';
import type { Narrowing } from '../../subgraphs/contacts/store/narrowing.ts';
import { readPage } from '../../subgraphs/contacts/store/readPage.ts';
import { type ReadPlan, readPlan } from '../../subgraphs/contacts/store/readPlan.ts';
import { serviceVisibility, type Visibility, visibilityOf } from '../../subgraphs/shared/access/scope.ts';
import { type Explaining, openExplaining } from '../support/explained.ts';
import { type FreshMongo, freshMongo } from '../support/mongo.ts';
import { realTest } from '../support/realTest.ts';

const company = benchCompany('served', 20_000, 200);
const documents = [...benchContacts(company, 12_000, 1)];
const inOrder = new Map<SortKey, readonly ContactDocument[]>();
const waitMs = 60_000;
/** Most that a page looks at here, in place of 2,000 of a company that is ten times as large. */
const most = 200;
const [owner = '', assignee = ''] = company.people.slice(10);
let mongo: FreshMongo;
let database: Database;
let explaining: Explaining;
beforeAll(async () => {
  if (process.env['TEST_KAFKA_BROKERS'] === undefined) return;
  mongo = await freshMongo();
  database = await openDatabase({ url: mongo.url, database: mongo.database, now: Date.now });
  await database.contacts.insertMany(documents);
  explaining = await openExplaining(mongo);
}, 240_000);
afterAll(async () => {
  if (process.env['TEST_KAFKA_BROKERS'] === undefined) return;
  await explaining.close();
  await database.close();
  await mongo.close();
});

const atTeam = (teamIds: readonly string[], expandedTeamIds: readonly string[]): Visibility =>
  visibilityOf({ companyId: company.id, viewerId: company.people[0] ?? '', level: 'team', teamFlag: true, teamIds, expandedTeamIds, treeVersion: 1 });
const sizes = company.teams.slice(0, 3_000).map((id) => [company.expanded(id).length, id] as const);
const above = (teams: number): Visibility => {
  const [[, top] = [0, '']] = sizes.toSorted(([a], [b]) => Math.abs(a - teams) - Math.abs(b - teams));
  return atTeam([top], company.expanded(top));
};
const viewers = [1, 10, 200, 2_000, 20_000].map((teams) => [`above ${String(teams)} teams`, above(teams)] as const);
const some = company.teams.slice(5_000, 6_000);
const member: Visibility = atTeam(some, [...new Set(some.flatMap(company.expanded))]);
const everything = serviceVisibility(company.id);
const own = visibilityOf({ companyId: company.id, viewerId: owner, level: 'own', teamFlag: true, teamIds: [], expandedTeamIds: [], treeVersion: 1 });

const sorts: readonly ('updated_at' | 'created_at' | 'name_key')[] = ['updated_at', 'created_at', 'name_key'];
const teamsOf = ({ reach }: Visibility): readonly string[] => (reach.kind === 'team' ? [...reach.expandedTeamIds] : company.teams);
const viewerOf = ({ reach }: Visibility): string => (reach.kind === 'team' ? reach.viewerId : '');
type Case = readonly [what: string, narrowing: (visibility: Visibility) => readonly Narrowing[], sorts: readonly SortKey[]];

/** As the description of `ContactFilter` says. */
const servedAtTeam: readonly Case[] = [
  ['no condition', () => [], sorts],
  ['an owner', () => [{ ownerId: owner }], ['updated_at']],
  ['an assignee', () => [{ assigneeId: assignee }], ['updated_at']],
  ['owned by the viewer', (visibility) => [{ ownerId: viewerOf(visibility) }], sorts],
  ['assigned to the viewer', (visibility) => [{ assigneeId: viewerOf(visibility) }], sorts],
  ['Unassigned', () => [{ isUnassigned: true }], sorts],
  ['a team of the tree', (visibility) => [{ teamId: teamsOf(visibility)[0] ?? '' }], sorts],
  ['my teams', (visibility) => [{ anyTeamOf: teamsOf(visibility) }], sorts],
  ['a name by name', () => [{ namePrefix: 'customer 0000' }], ['name_key']],
];
const servedAtEverything: readonly Case[] = [
  ['no condition', () => [], sorts],
  ['an owner', () => [{ ownerId: owner }], sorts],
  ['an assignee', () => [{ assigneeId: assignee }], sorts],
  ['a team', () => [{ teamId: company.teams[40] ?? '' }], sorts],
  ['a name by name', () => [{ namePrefix: 'customer 0000' }], ['name_key']],
  ['an email', () => [{ email: 'c7@customer.example' }], ['updated_at']],
  ['a phone number', () => [{ phone: '+6281000000007' }], ['updated_at']],
  ['an email’s start, from a form', () => [{ emailPrefix: 'c12' }], ['email']],
  ['a phone number’s start, from a form', () => [{ phonePrefix: '+628100000' }], ['phone']],
];
/** What starts with a text: all of it is looked at while it is few, whatever the order. */
const few: readonly Case[] = [
  ['a name by something else', () => [{ namePrefix: 'customer 000000' }], ['updated_at', 'created_at']],
  ['an email’s start', () => [{ emailPrefix: 'c12' }], sorts],
  ['a phone number’s start', () => [{ phonePrefix: '+62810000000' }], sorts],
  ['a name with the start of an email', () => [{ namePrefix: 'customer 000', emailPrefix: 'c12' }], sorts],
  ['a name of an owner, by something else', () => [{ ownerId: owner, namePrefix: 'customer' }], ['updated_at', 'created_at']],
  ['a name in the view of my teams, by something else', (visibility) => [{ namePrefix: 'customer 000001' }, { anyTeamOf: teamsOf(visibility) }], ['updated_at', 'created_at']],
];
/** The same of what is many. */
const many: readonly Case[] = [
  ['a name by something else', () => [{ namePrefix: 'customer' }], ['updated_at', 'created_at']],
  ['an email’s start', () => [{ emailPrefix: 'c1' }], sorts],
  ['a phone number’s start', () => [{ phonePrefix: '+6281' }], sorts],
];
const walked: readonly Case[] = [
  ['an owner', () => [{ ownerId: owner }], ['created_at', 'name_key']],
  ['an assignee', () => [{ assigneeId: assignee }], ['created_at', 'name_key']],
  ['a team that is not of the tree', () => [{ teamId: 'other' }], sorts],
  ['a team and those below', (visibility) => [{ anyTeamOf: [...teamsOf(visibility).slice(1), 'other'] }], sorts],
  ['with a team owner', () => [{ isUnassigned: false }], sorts],
  ['an owner and a team', (visibility) => [{ ownerId: owner }, { teamId: teamsOf(visibility)[0] ?? '' }], sorts],
];

const planFor = (visibility: Visibility, [, narrowing]: Case, key: SortKey): ReadPlan => readPlan(visibility, narrowing(visibility), key, 'tokens');
const stretchOf = (key: SortKey, place: Place | null = null, backward = false): Stretch => ({ order: { key, descending: true }, backward, place, size: 20 });

const startsAs = (document: ContactDocument, { namePrefix = '', emailPrefix = '', phonePrefix = '' }: Narrowing): boolean =>
  document.name_key.startsWith(namePrefix) && (document.email ?? '').startsWith(emailPrefix) && (document.phone ?? '').startsWith(phonePrefix);

/** The first page of a list, and both ways from a place deep in it: where page 500 of the company begins, or the middle of what starts with its text. */
const stretchesOf = (narrowing: readonly Narrowing[], key: SortKey): readonly (readonly [where: string, stretch: Stretch])[] => {
  const all = inOrder.get(key) ?? documents.toSorted((one, other) => ((one[key] ?? '') < (other[key] ?? '') ? 1 : -1));
  inOrder.set(key, all);
  const started = all.filter((document) => narrowing.every((each) => startsAs(document, each)));
  const at = started.length < all.length ? started[Math.floor(started.length / 2)] : all[499 * 20];
  const value = at?.[key] ?? '';
  const place = { value: value instanceof Date ? value.getTime() : value, id: at?._id.toHexString() ?? '' };
  return [
    ['the first page', stretchOf(key)],
    ['a page deep in it', stretchOf(key, place)],
    ['a page deep in it, backwards', stretchOf(key, place, true)],
  ];
};

const expectServed = async (visibility: Visibility, cases: readonly Case[]): Promise<void> => {
  for (const each of cases) {
    for (const key of each[2]) {
      const plan = planFor(visibility, each, key);
      for (const [where, stretch] of stretchesOf(each[1](visibility), key)) {
        const seen = await explaining.explained(() => readPage(explaining.contacts, plan, stretch, { waitMs }));
        const { sorts: isSorted, scans, documents, returned } = seen;
        const bound = each[0] === 'no condition' ? returned : Math.ceil(1.2 * returned);
        expect([each[0], key, where, { documents, returned, kind: plan.kind, isSorted, scans, isBound: documents <= bound }]).toEqual([
          each[0], key, where, { documents, returned, kind: 'exact', isSorted: false, scans: false, isBound: true },
        ]);
      }
    }
  }
};

/** Whatever is on a page, its reads together look at so many contacts at most. */
const expectBounded = async (visibility: Visibility, cases: readonly Case[], isPartial: boolean): Promise<void> => {
  for (const [n, each] of cases.entries()) {
    const key = each[2][n % each[2].length] ?? 'updated_at';
    const plan = planFor(visibility, each, key);
    for (const [where, stretch] of stretchesOf(each[1](visibility), key)) {
      const { answer, documents, scans } = await explaining.explained(() => readPage(explaining.contacts, plan, stretch, { waitMs, most }));
      expect([each[0], key, where, { documents, isBound: documents <= most, scans, isWhole: isPartial || answer.examinedTo === null }]).toEqual([
        each[0], key, where, { documents, isBound: true, scans: false, isWhole: true },
      ]);
    }
  }
};

describe('an index serves, in the list’s order, as the schema says, on the first page and deep in the list, both ways', () => {
  realTest.each(viewers)('at level team %s: documents examined are those returned, without a blocking sort (real servers)', async (_what, visibility) => {
    await expectServed(visibility, servedAtTeam);
  });

  realTest('at level everything (real servers)', async () => {
    await expectServed(everything, servedAtEverything);
  });

  realTest('for a member of 1,000 teams, in several reads (real servers)', async () => {
    for (const key of sorts) {
      const plan = readPlan(member, [], key, 'tokens');
      expect(plan.kind).toBe('merged');
      for (const [where, stretch] of stretchesOf([], key)) {
        const seen = await explaining.explained(() => readPage(explaining.contacts, plan, stretch, { waitMs }));
        expect({ where, ...seen, answer: null }).toMatchObject({ where, documents: seen.returned, sorts: false, scans: false });
      }
    }
  });
});

const everyone = [...viewers, ['a member of 1,000 teams', member], ['everything', everything], ['own', own]] as const;

describe('everything else looks at so many contacts a page at most', () => {
  test.each(everyone)('%s: what a text starts is looked at whole while it is few, everything else is walked', (_what, visibility) => {
    const kindsOf = (cases: readonly Case[]) => new Set(cases.flatMap((each) => each[2].map((key) => planFor(visibility, each, key).kind)));
    expect(kindsOf([...few, ...many])).toEqual(new Set(visibility.reach.kind === 'own' ? ['few', 'walk'] : ['few']));
    if (visibility.reach.kind === 'team') expect(kindsOf(walked)).toEqual(new Set(['few', 'walk']));
  });

  realTest.each(everyone)('%s: a few contacts that start with a text, in any order, are on whole pages (real servers)', async (_what, visibility) => {
    await expectBounded(visibility, few, false);
  });

  realTest.each(everyone)('%s: many, and what no text narrows (real servers)', async (_what, visibility) => {
    await expectBounded(visibility, [...many, ...walked], true);
  });
});
