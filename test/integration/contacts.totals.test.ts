import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import type { Narrowing } from '../../subgraphs/contacts/store/narrowing.ts';
import { countBy } from '../../subgraphs/contacts/store/readPage.ts';
import { countPlan } from '../../subgraphs/contacts/store/readPlan.ts';
import type { ScopeForm } from '../../subgraphs/contacts/store/scopeFilter.ts';
import { scopeTokensOf } from '../../subgraphs/shared/access/scopeTokens.ts';
import { serviceVisibility, type Visibility, visibilityOf } from '../../subgraphs/shared/access/scope.ts';
import type { Person } from '../../subgraphs/shared/viewer.ts';
import { addCompany, contactDocument, type Harness, startHarness } from '../support/contactsHarness.ts';

const maxCount = 10_000;
const waitMs = 60_000;
/** In scope: one more than is counted. */
const mine = 10_001;
/** With them, more than a total looks at. */
const others = 10_100;
const [team, elsewhere, seller] = [randomUUID(), randomUUID(), randomUUID()];
const crowd: readonly string[] = Array.from({ length: 400 }, () => randomUUID());
let harness: Harness;
let companyId: string;
let person: Person;
let last: ContactDocument;

beforeAll(async () => {
  harness = await startHarness();
  const home = addCompany(harness.teams, new Map([[team, null], [elsewhere, null]]));
  companyId = home.id;
  person = home.person({ in: [team], levels: { customers_customers_view: 'team' } });
  // the others first in every order; a few of them are the seller's, and start as those in scope do
  const documents = Array.from({ length: others + mine }, (_, n) => {
    const isMine = n >= others;
    const [ownerId, teamOwnerIds] = [isMine || n < 500 ? seller : null, [isMine ? team : elsewhere]];
    const number = String(n).padStart(5, '0');
    return contactDocument(companyId, {
      name: `Customer ${number}`,
      email: `${isMine || n < 500 ? 'buyer' : 'other'}${number}@example.com`,
      phone: `+62811000${number}`,
      owner_id: ownerId,
      team_owner_ids: teamOwnerIds,
      scope_tokens: scopeTokensOf({ ownerId, assigneeId: null, teamOwnerIds, teamOwnersPending: false }, () => []),
      tree_version: 1,
      created_at: new Date(1_700_000_000_000 + n),
      updated_at: new Date(1_700_000_000_000 + n),
    });
  });
  last = documents.at(-1) ?? contactDocument(companyId);
  await harness.contacts.insertMany(documents);
}, 120_000);
afterAll(() => harness.close());

const atTeam = (teamIds: readonly string[]): Visibility =>
  visibilityOf({ companyId, viewerId: person.userId, level: 'team', teamFlag: true, teamIds, expandedTeamIds: teamIds, treeVersion: 1 });
const count = (visibility: Visibility, narrowing: readonly Narrowing[], form: ScopeForm) => countBy(harness.contacts, countPlan(visibility, narrowing, form), maxCount, waitMs);
const kindOf = (visibility: Visibility, narrowing: readonly Narrowing[], form: ScopeForm) => countPlan(visibility, narrowing, form).kind;

type Case = readonly [kind: string, what: string, narrowing: readonly Narrowing[], form: ScopeForm, teamIds: () => readonly string[]];
const alone = () => [team];
const cases: readonly Case[] = [
  ['exact', 'everything in scope', [], 'tokens', alone],
  ['exact', 'everything in scope, from team owners', [], 'team owners', alone],
  ['exact', 'a name', [{ namePrefix: 'customer' }], 'tokens', alone],
  ['merged', 'everything in scope of a member of many teams', [], 'tokens', () => [...crowd, team]],
  ['walk', 'an owner with a team owner', [{ ownerId: seller, isUnassigned: false }], 'tokens', alone],
  ['exact', 'an owner with a team owner, from team owners', [{ ownerId: seller, isUnassigned: false }], 'team owners', alone],
  ['exact', 'an email', [{ emailPrefix: 'buyer' }], 'tokens', alone],
  ['exact', 'an email, from team owners', [{ emailPrefix: 'buyer' }], 'team owners', alone],
  ['few', 'an owner with a phone number', [{ ownerId: seller, phonePrefix: '+62811' }], 'tokens', alone],
];

describe('a total is exact up to 10,000, and capped above; what is out of scope is never counted', () => {
  test.each(cases)('a plan of kind %s: %s', async (kind, _what, narrowing, form, teamIds) => {
    const visibility = atTeam(teamIds());
    expect(kindOf(visibility, narrowing, form)).toBe(kind);
    expect(await count(visibility, narrowing, form)).toEqual({ count: maxCount, capped: true });
    await harness.contacts.updateOne({ _id: last._id }, { $set: { is_deleted: true } });
    expect(await count(visibility, narrowing, form)).toEqual({ count: maxCount, capped: false });
    await harness.contacts.updateOne({ _id: last._id }, { $set: { is_deleted: false } });
  });

  test('as the answer of a list says it', async () => {
    const answer = await harness.ask(person, '{ contacts(first: 1) { totalCount totalCountCapped } few: contacts(first: 1, filter: { phone: "+6281100020" }) { totalCount totalCountCapped } }');
    expect(answer).toEqual({ data: { contacts: { totalCount: maxCount, totalCountCapped: true }, few: { totalCount: 101, totalCountCapped: false } } });
  });
});

describe('a total looks at 20,000 contacts at most: beyond them it is capped, and lower', () => {
  test.each([
    ['walk', 'of some teams', [{ anyTeamOf: [team] }]],
    ['few', 'a phone number of some teams', [{ phonePrefix: '+62811', anyTeamOf: [team] }]],
  ] as const)('a plan of kind %s: %s', async (kind, _what, narrowing) => {
    const visibility = serviceVisibility(companyId);
    expect(kindOf(visibility, narrowing, 'tokens')).toBe(kind);
    const { count: counted, capped } = await count(visibility, narrowing, 'tokens');
    expect(capped).toBe(true);
    expect(counted).toBe(20_000 - others);
    expect(counted).toBeLessThan(maxCount);
  });

  test('where an index serves all of it, in whatever order, it is exact again', async () => {
    expect(kindOf(serviceVisibility(companyId), [{ phonePrefix: '+62811' }], 'team owners')).toBe('exact');
    expect(await count(serviceVisibility(companyId), [{ phonePrefix: '+62811' }], 'team owners')).toEqual({ count: maxCount, capped: true });
    expect(await count(serviceVisibility(companyId), [{ phonePrefix: '+628110000' }], 'team owners')).toEqual({ count: maxCount, capped: false });
  });
});
