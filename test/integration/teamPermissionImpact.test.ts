import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ObjectId } from 'mongodb';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import type { Viewer } from '../../subgraphs/shared/viewer.ts';
import { addCompany, contactDocument, type GraphQLAnswer, type Harness, service, startHarness } from '../support/contactsHarness.ts';

const [north, northWest, south] = [randomUUID(), randomUUID(), randomUUID()];
const tree = new Map<string, string | null>([[north, null], [northWest, north], [south, null]]);
const atTeam = { customers_customers_view: 'team' as const };

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
beforeEach(() => {
  harness.teams.mood = { kind: 'well' };
});

type Users = Readonly<{
  totalCount?: number;
  pageInfo: Readonly<{ hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null }>;
  nodes: readonly Readonly<{ user: Readonly<{ id: string }>; today?: number; after?: number; losesSample?: readonly Readonly<{ id: string }>[] }>[];
}>;
const whole = 'totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { user { id } today after losesSample { id } }';
const ask = (viewer: Viewer, companySsoId: string, page: object = {}, fields = whole) =>
  harness.ask(viewer, `query($id: ID!, $first: Int, $after: String) { teamPermissionImpact(companySsoId: $id) { users(first: $first, after: $after) { ${fields} } } }`, { id: companySsoId, ...page });
const users = ({ data, errors }: GraphQLAnswer): Users => {
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return (data as unknown as { teamPermissionImpact: { users: Users } }).teamPermissionImpact.users;
};
const codes = ({ errors = [] }: GraphQLAnswer): unknown[] => errors.map(({ extensions }) => extensions?.['code']);
const idsOf = (...contacts: readonly ContactDocument[]): string[] => contacts.map(({ _id }) => _id.toHexString()).sort();

/** The flag is off; ani is above northWest, budi in no team; both are at level team, citra is not. */
const plant = async (teamFlag = false) => {
  const home = addCompany(harness.teams, tree, teamFlag);
  const [ani, budi, citra] = [home.person({ in: [north], levels: atTeam }), home.person({ levels: atTeam }), home.person()];
  const of = (given: Partial<ContactDocument>) => contactDocument(home.id, { _id: new ObjectId(), ...given });
  const contacts = {
    unassigned: of({}), ofNorthWest: of({ team_owner_ids: [northWest] }), ofSouth: of({ team_owner_ids: [south] }), ofBoth: of({ team_owner_ids: [south, north] }),
    ofAni: of({ team_owner_ids: [south], owner_id: ani.userId }), forBudi: of({ team_owner_ids: [south], assignee_id: budi.userId }), gone: of({ team_owner_ids: [south], is_deleted: true }),
  };
  await harness.contacts.insertMany([...Object.values(contacts), contactDocument(randomUUID(), { team_owner_ids: [south] })]);
  return { ...home, admin: home.person({ role: 'ADMIN' }), ani, budi, citra, contacts };
};

describe('CHG-005: what switching cdp_team_permission_enabled on would change', () => {
  test('for each person at level team: contacts seen today and after, and a sample of those lost', async () => {
    const { id, admin, ani, budi, contacts } = await plant();
    const { nodes, totalCount } = users(await ask(admin, id));
    expect(totalCount).toBe(2);
    const seen = Object.fromEntries(nodes.map(({ user, losesSample = [], ...counts }) => [user.id, { ...counts, loses: losesSample.map((contact) => contact.id).sort() }]));
    expect(seen).toEqual({
      [ani.userId]: { today: 6, after: 4, loses: idsOf(contacts.ofSouth, contacts.forBudi) },
      [budi.userId]: { today: 6, after: 2, loses: idsOf(contacts.ofNorthWest, contacts.ofSouth, contacts.ofBoth, contacts.ofAni) },
    });
    // and that is what they see once it is on
    harness.teams.companies.set(id, { ...(harness.teams.companies.get(id) as NonNullable<ReturnType<typeof harness.teams.companies.get>>), teamFlag: true });
    harness.teams.emit(id, 'ACCESS_CHANGED');
    const listed = await harness.ask({ ...ani }, '{ contacts { nodes { id } totalCount } }');
    expect(listed.data).toMatchObject({ contacts: { totalCount: 4 } });
  });

  test('the sample holds only what the asking person sees at customers_view, and never more than 10', async () => {
    const { id, company, contacts, person } = await plant();
    const ofAdmin = person({ role: 'ADMIN', levels: { customers_customers_view: 'own' } });
    const own = contactDocument(id, { _id: new ObjectId(), team_owner_ids: [south], owner_id: ofAdmin.userId });
    await harness.contacts.insertMany([own, ...Array.from({ length: 15 }, () => contactDocument(id, { _id: new ObjectId(), team_owner_ids: [south], name: contacts.ofSouth.name }))]);
    const sizes = async (viewer: Viewer) => users(await ask(viewer, id)).nodes.map(({ losesSample = [] }) => losesSample.map((contact) => contact.id));
    expect(await sizes(ofAdmin)).toEqual([idsOf(own), idsOf(own)]);
    expect((await sizes(person({ role: 'OWNER' }))).map(({ length }) => length)).toEqual([10, 10]);
    const blind = person({ role: 'ADMIN', levels: { customers_customers_view: 'disabled' } });
    expect(await sizes(blind)).toEqual([[], []]);
    expect(company.people.size).toBeGreaterThan(3);
  });

  test('with the flag on already nothing changes for anybody', async () => {
    const { id, admin } = await plant(true);
    for (const { today, after, losesSample } of users(await ask(admin, id)).nodes) expect([after, losesSample]).toEqual([today, []]);
  });

  test('OWNER and ADMIN only, own company only; teams that cannot be asked is DEPENDENCY_UNAVAILABLE', async () => {
    const [home, away] = [await plant(), await plant()];
    expect(codes(await ask(home.citra, home.id))).toEqual(['FORBIDDEN']);
    expect(codes(await ask(home.person({ role: 'SUPERVISOR', levels: atTeam }), home.id))).toEqual(['FORBIDDEN']);
    expect(codes(await ask(service('contacts:migrate'), home.id))).toEqual(['FORBIDDEN']);
    for (const id of [away.id, randomUUID(), home.id.toUpperCase(), '', '$ne', 'x'.repeat(100_000)]) expect(codes(await ask(home.admin, id))).toEqual(['NOT_FOUND']);
    expect(users(await ask(home.person({ role: 'OWNER' }), home.id)).totalCount).toBe(3);
    harness.teams.failing = new Set(['levels']);
    expect(codes(await ask(home.admin, home.id))).toEqual(['DEPENDENCY_UNAVAILABLE']);
    harness.teams.failing = new Set();
    harness.teams.mood = { kind: 'down' };
    expect(codes(await ask(away.admin, away.id))).toEqual(['DEPENDENCY_UNAVAILABLE']);
  });

  test('people are paged at every size: each once, in the order of their ids; cursors are of this list and viewer alone', async () => {
    const home = addCompany(harness.teams, tree, false);
    const admin = home.person({ role: 'ADMIN' });
    const team = Array.from({ length: 11 }, () => home.person({ levels: atTeam }).userId).sort();
    for (let others = 0; others < 30; others += 1) home.person();
    const bare = 'pageInfo { hasNextPage hasPreviousPage endCursor } nodes { user { id } }';
    for (const first of [1, 2, 3, 4, 5, 11, 100]) {
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page: Users = users(await ask(admin, home.id, { first, after }, bare));
        seen.push(...page.nodes.map(({ user }) => user.id));
        expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null);
      expect(seen).toEqual(team);
    }
    const { pageInfo } = users(await ask(admin, home.id, { first: 1 }, bare));
    const other = home.person({ role: 'OWNER' });
    for (const [viewer, page] of [[other, { after: pageInfo.endCursor }], [admin, { after: 'forged' }], [admin, { first: 0 }], [admin, { first: -1 }], [admin, { first: 101 }]] as const) {
      expect(codes(await ask(viewer, home.id, page, bare))).toEqual(['BAD_USER_INPUT']);
    }
  });

  test('a page looks through a bounded number of people and goes on with its cursor', async () => {
    const home = addCompany(harness.teams, tree, false);
    const admin = home.person({ role: 'ADMIN', userId: '00000000-0000-4000-8000-000000000000' });
    for (let others = 0; others < 2_100; others += 1) home.person({ userId: `1${randomUUID().slice(1)}` });
    const last = home.person({ levels: atTeam, userId: 'ffffffff-0000-4000-8000-000000000000' });
    const bare = 'pageInfo { hasNextPage hasPreviousPage endCursor } nodes { user { id } }';
    const first = users(await ask(admin, home.id, {}, bare));
    expect([first.nodes, first.pageInfo.hasNextPage]).toEqual([[], true]);
    const second = users(await ask(admin, home.id, { after: first.pageInfo.endCursor }, whole));
    expect([second.nodes.map(({ user }) => user.id), second.pageInfo.hasNextPage, second.totalCount]).toEqual([[last.userId], false, 1]);
  });
});
