import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { benchCompany, benchContacts } from '../../bench/contactsData.ts';
import { type Database, openDatabase } from '../../subgraphs/contacts/store/database.ts';
import type { SortKey, Stretch } from '../../subgraphs/contacts/store/keyset.ts';
import type { Narrowing } from '../../subgraphs/contacts/store/narrowing.ts';
import { type ReadPlan, readPlan } from '../../subgraphs/contacts/store/readPlan.ts';
import { serviceVisibility, type Visibility, visibilityOf } from '../../subgraphs/shared/access/scope.ts';
import { explained } from '../support/explained.ts';
import { type FreshMongo, freshMongo } from '../support/mongo.ts';
import { realTest } from '../support/realTest.ts';

const company = benchCompany('served', 20_000, 200);
const [owner = '', assignee = ''] = company.people.slice(10);
let mongo: FreshMongo;
let database: Database;
beforeAll(async () => {
  if (process.env['TEST_KAFKA_BROKERS'] === undefined) return;
  mongo = await freshMongo();
  database = await openDatabase({ url: mongo.url, database: mongo.database, now: Date.now });
  await database.contacts.insertMany([...benchContacts(company, 2_000, 1)]);
}, 240_000);
afterAll(async () => {
  if (process.env['TEST_KAFKA_BROKERS'] === undefined) return;
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

const sorts: readonly SortKey[] = ['updated_at', 'created_at', 'name_key'];
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
const walked: readonly Case[] = [
  ['an owner', () => [{ ownerId: owner }], ['created_at', 'name_key']],
  ['an assignee', () => [{ assigneeId: assignee }], ['created_at', 'name_key']],
  ['a team that is not of the tree', () => [{ teamId: 'other' }], sorts],
  ['a team and those below', (visibility) => [{ anyTeamOf: [...teamsOf(visibility).slice(1), 'other'] }], sorts],
  ['a name by something else', () => [{ namePrefix: 'customer 0000' }], ['updated_at', 'created_at']],
  ['an email’s start', () => [{ emailPrefix: 'c12' }], sorts],
  ['a phone number’s start', () => [{ phonePrefix: '+6281' }], sorts],
  ['with a team owner', () => [{ isUnassigned: false }], sorts],
  ['an owner and a team', (visibility) => [{ ownerId: owner }, { teamId: teamsOf(visibility)[0] ?? '' }], sorts],
];

const stretchOf = (key: SortKey): Stretch => ({ order: { key, descending: true }, backward: false, place: null, size: 20 });
const planFor = (visibility: Visibility, [, narrowing]: Case, key: SortKey): ReadPlan => readPlan(visibility, narrowing(visibility), key, 'tokens');
const expectServed = async (visibility: Visibility, cases: readonly Case[]): Promise<void> => {
  for (const each of cases) {
    for (const key of each[2]) {
      const seen = await explained(database.contacts, planFor(visibility, each, key), stretchOf(key));
      const most = each[0] === 'no condition' ? seen.returned : Math.ceil(1.2 * seen.returned);
      expect([each[0], key, { ...seen, isBound: seen.documents <= most }]).toEqual([each[0], key, { ...seen, kind: 'exact', sorts: false, scans: false, isBound: true }]);
    }
  }
};

describe('an index serves, in the list’s order, as the schema says', () => {
  realTest.each(viewers)('at level team %s: documents examined are those returned, without a blocking sort (real servers)', async (_what, visibility) => {
    await expectServed(visibility, servedAtTeam);
  });

  realTest('at level everything (real servers)', async () => {
    await expectServed(everything, servedAtEverything);
  });

  realTest('for a member of 1,000 teams, in several reads (real servers)', async () => {
    for (const key of sorts) {
      const plan = readPlan(member, [], key, 'tokens');
      if (plan.kind !== 'merged') throw new Error('more than the server merges');
      for (const filter of plan.filters) {
        const seen = await explained(database.contacts, { kind: 'exact', filter, hint: plan.hint }, stretchOf(key));
        expect(seen).toMatchObject({ documents: seen.returned, sorts: false, scans: false });
      }
    }
  });
});

test.each(viewers)('everything else looks at so many contacts a page: at level team %s', (_what, visibility) => {
  for (const each of walked) for (const key of each[2]) expect([each[0], key, planFor(visibility, each, key).kind]).toEqual([each[0], key, 'walk']);
});
