import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import type { Person, Viewer } from '../../subgraphs/shared/viewer.ts';
import { addCompany, type Harness, service, startHarness } from '../support/contactsHarness.ts';
import { addTo, faults, storedIn } from '../support/storedContacts.ts';
import { until } from '../support/until.ts';

const [management, product, designer] = [randomUUID(), randomUUID(), randomUUID()];
const tree = new Map<string, string | null>([[management, null], [product, null], [designer, null]]);
const atTeam = { customers_customers_view: 'team', customers_customers_manage: 'team' } as const;
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
beforeEach(() => {
  harness.teams.mood = { kind: 'well' };
  harness.teams.failing = new Set();
  harness.events.length = 0;
});

const mutation = 'mutation($input: UpdateContactInput!) { updateContact(input: $input) { contact { owner { id } teamOwners { id } teamOwnersPending version } } }';
const update = (viewer: Viewer, contact: ContactDocument, change: Readonly<Record<string, unknown>>) =>
  harness.ask(viewer, mutation, { input: { id: contact._id.toHexString(), ...change } });
const stored = storedIn(() => harness);
const added = addTo(() => harness);
/** Lets the background leave a derivation alone for an hour. */
const rest = ({ _id }: ContactDocument) => harness.contacts.updateOne({ _id }, { $set: { 'derivation.due_at': new Date(Date.now() + 3_600_000), 'derivation.attempt': 1_000 } });
const isDerived = (contact: ContactDocument) => async (): Promise<boolean> => (await stored(contact)).team_owners_pending === false;
/** Waits until the attempt that is being made has come to its end: what became due during it is done after it. */
const attemptEnded = async (companyId: string, owner: Person): Promise<void> => {
  const derivation = { id: randomUUID(), owner_id: owner.userId, actor_id: null, actor_service: null, due_at: new Date(0), attempt: 0 };
  await until(isDerived(await added(companyId, { owner_id: owner.userId, team_owners_pending: true, derivation })));
};
const listed = async (viewer: Person): Promise<string[]> => {
  const { data } = await harness.ask(viewer, '{ contacts(first: 100) { totalCount nodes { id } } }');
  const { totalCount, nodes } = (data as unknown as { contacts: { totalCount: number; nodes: { id: string }[] } }).contacts;
  expect(totalCount).toBe(nodes.length);
  return nodes.map(({ id }) => id);
};

/** Zhelia, in Product Management and Qontak Product, owns customer X; Rara is in Product Management and Qontak Designer. */
const setUp = async () => {
  const home = addCompany(harness.teams, tree);
  const zhelia = home.person({ in: [management, product], levels: atTeam });
  const rara = home.person({ in: [management, designer], levels: atTeam });
  const contact = await added(home.id, { owner_id: zhelia.userId, team_owner_ids: [management, product] });
  /** Heard of as active, and then teams cannot be asked for anybody's teams. */
  const knownThenDown = async (): Promise<void> => {
    await listed(zhelia);
    await listed(rara);
    harness.teams.failing = new Set(['userTeams', 'people']);
  };
  return { home, zhelia, rara, contact, id: contact._id.toHexString(), knownThenDown };
};
const teamsOf = (...ids: readonly string[]) => ids.toSorted().map((id) => ({ id }));

describe.each(['web', 'mobile', 'openapi'] as const)('TEAM-S18 on %s: team owners follow the owner', (platform) => {
  test('AC-1, AC-4: they become all of the new owner’s teams, recorded as owner_change, and audited with ids only', async () => {
    const { home, zhelia, rara, contact, id } = await setUp();
    const answer = await update({ ...zhelia, platform }, contact, { ownerId: rara.userId });
    const shown = { owner: { id: rara.userId }, teamOwners: teamsOf(management, designer), teamOwnersPending: false, version: 2 };
    expect(answer.data).toEqual({ updateContact: { contact: shown } });
    expect(await stored(contact)).toMatchObject({ team_owners_set_by: 'owner_change' });
    expect(harness.events).toEqual([{ event: 'cdp_team_owner_set', company_sso_id: home.id, contact_id: id, team_owner_count: 2, source: 'owner_change' }]);
    const entries = () => [...harness.teams.audited.values()].flat().filter(({ subjectId }) => subjectId === id);
    await until(async () => (await stored(contact)).audit === undefined);
    expect(entries()).toMatchObject([
      { companyId: home.id, kind: 'OWNER', actorId: zhelia.userId, actorService: null, before: { ownerId: zhelia.userId }, after: { ownerId: rara.userId } },
      { companyId: home.id, kind: 'TEAM_OWNER', actorId: zhelia.userId, before: { teamOwnerIds: [management, product] }, after: { teamOwnerIds: [management, designer].toSorted() } },
    ]);
  });
});

describe('TEAM-S18', () => {
  test('AC-2: a new owner in no team leaves it Unassigned', async () => {
    const { home, zhelia, contact } = await setUp();
    await update(zhelia, contact, { ownerId: home.person().userId });
    expect(await stored(contact)).toMatchObject({ team_owner_ids: [], team_owners_pending: false });
  });

  test('AC-3: changed and changed again, they are the current owner’s, also when both are made at once', async () => {
    const { home, rara, contact } = await setUp();
    const admin = home.person({ role: 'OWNER' });
    const others = [home.person({ in: [designer] }), home.person({ in: [product] }), rara];
    const teams = new Map([[others[0]?.userId, [designer]], [others[1]?.userId, [product]], [rara.userId, [management, designer].toSorted()]]);
    await Promise.all(others.map(({ userId }) => update(admin, contact, { ownerId: userId })));
    const { owner_id: owner, team_owner_ids, version } = await stored(contact);
    expect(version).toBe(4);
    expect(team_owner_ids).toEqual(teams.get(owner ?? ''));
  });

  test('AC-5: who is in the old owner’s team alone no longer sees it, who is in the new owner’s does', async () => {
    const { home, zhelia, rara, contact, id } = await setUp();
    const [inProduct, inDesigner] = [product, designer].map((team) => home.person({ in: [team], levels: atTeam })) as [Person, Person];
    expect([await listed(inProduct), await listed(inDesigner)]).toEqual([[id], []]);
    await update(zhelia, contact, { ownerId: rara.userId });
    expect([await listed(inProduct), await listed(inDesigner)]).toEqual([[], [id]]);
  });

  test('team owners sent along with a new owner are ignored and not validated', async () => {
    const { zhelia, rara, contact } = await setUp();
    const answer = await update(zhelia, contact, { ownerId: rara.userId, teamOwnerIds: [randomUUID(), 'no id at all'], addTeamOwnerIds: [product] });
    expect(answer.data).toMatchObject({ updateContact: { contact: { teamOwners: teamsOf(management, designer) } } });
  });

  test('the same owner again, another field, and the owner’s teams changing later, change no team owner', async () => {
    const { home, zhelia, contact } = await setUp();
    await update(zhelia, contact, { ownerId: zhelia.userId, name: 'Same' });
    home.company.people.set(zhelia.userId, { role: 'AGENT', teams: [designer], levels: atTeam });
    await update(zhelia, contact, { ownerId: zhelia.userId, name: 'Other' });
    expect(await stored(contact)).toMatchObject({ team_owner_ids: [management, product], team_owners_set_by: 'auto', version: 3 });
    expect(harness.events).toEqual([]);
  });

  test('removing the owner leaves team owners as they are, or sets those that are sent', async () => {
    const { home, contact } = await setUp();
    const admin = home.person({ role: 'OWNER', in: [designer] });
    await update(admin, contact, { ownerId: null });
    expect(await stored(contact)).toMatchObject({ owner_id: null, team_owner_ids: [management, product], team_owners_pending: false });
    const other = await added(home.id, { owner_id: admin.userId, team_owner_ids: [product] });
    await update(admin, other, { ownerId: null, teamOwnerIds: [designer] });
    expect(await stored(other)).toMatchObject({ owner_id: null, team_owner_ids: [designer] });
  });

  test('a new owner who is not an active person of the company is BAD_USER_INPUT', async () => {
    const { home, zhelia, contact } = await setUp();
    const gone = home.person();
    home.company.people.set(gone.userId, { role: 'AGENT', teams: [], active: false });
    for (const ownerId of [gone.userId, addCompany(harness.teams, tree).person().userId, randomUUID()]) {
      expect(faults(await update(zhelia, contact, { ownerId }))).toEqual([['BAD_USER_INPUT', 'input.ownerId']]);
    }
    expect(await stored(contact)).toEqual(contact);
  });
});

describe('TEAM-S18 ERR-1: when the new owner’s teams cannot be looked up', () => {
  test('the change is kept, shown as pending with the old team owners, recorded, narrowed at once, and derived when teams are back', async () => {
    const { home, zhelia, rara, contact, id, knownThenDown } = await setUp();
    const colleagues = [product, designer].map((team) => home.person({ in: [team], levels: atTeam }));
    await knownThenDown();
    const answer = await update(zhelia, contact, { ownerId: rara.userId, assigneeId: zhelia.userId });
    expect(answer.data).toEqual({ updateContact: { contact: { owner: { id: rara.userId }, teamOwners: [{ id: management }, { id: product }], teamOwnersPending: true, version: 2 } } });
    expect(harness.events).toEqual([
      { event: 'cdp_team_permission_fallback', company_sso_id: home.id, user_sso_id: zhelia.userId, platform: 'web', permission_name: 'customers_customers_manage', latency_ms: expect.any(Number), source: 'owner_change' },
    ]);
    expect(await Promise.all([...colleagues, zhelia, rara].map(listed))).toEqual([[], [], [id], [id]]);
    for (const colleague of colleagues) expect(faults(await harness.ask(colleague, `{ contact(id: "${id}") { id } }`))).toEqual([['FORBIDDEN', undefined]]);
    harness.events.length = 0;
    harness.teams.failing = new Set();
    await until(isDerived(contact));
    expect(await stored(contact)).toMatchObject({ team_owner_ids: [management, designer].toSorted(), team_owners_set_by: 'owner_change', version: 3 });
    expect(Object.keys(await stored(contact))).not.toContain('derivation');
    const ofContact = () => harness.events.filter((event) => 'contact_id' in event && event.contact_id === id);
    await until(() => ofContact().length > 0);
    expect(ofContact()).toEqual([{ event: 'cdp_team_owner_set', company_sso_id: home.id, contact_id: id, team_owner_count: 2, source: 'owner_change' }]);
    expect(await Promise.all([...colleagues, zhelia, rara].map(listed))).toEqual([[], [id], [id], [id]]);
    await until(async () => (await stored(contact)).audit === undefined);
    const kinds = [...harness.teams.audited.values()].flat().filter(({ subjectId }) => subjectId === id);
    expect(kinds.map(({ kind, actorId }) => [kind, actorId])).toEqual([['OWNER', zhelia.userId], ['TEAM_OWNER', zhelia.userId]]);
  });

  test('and nothing was heard of that person, or last that they are gone, it is DEPENDENCY_UNAVAILABLE and nothing is written', async () => {
    const { home, zhelia, rara, contact, knownThenDown } = await setUp();
    await knownThenDown();
    const stranger = home.person({ in: [designer] });
    expect(faults(await update(zhelia, contact, { ownerId: stranger.userId }))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
    expect(faults(await update(zhelia, contact, { assigneeId: stranger.userId }))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
    expect((await update(zhelia, contact, { assigneeId: rara.userId })).errors).toBeUndefined();
    await harness.teams.tell(home.id, 'ACCESS_CHANGED', { company_sso_id: home.id, user_id: stranger.userId, is_active: true });
    await harness.teams.tell(home.id, 'ACCESS_CHANGED', { company_sso_id: home.id, user_id: rara.userId, is_active: false });
    expect(faults(await update(zhelia, contact, { ownerId: rara.userId }))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
    expect(await stored(contact)).toMatchObject({ owner_id: zhelia.userId, team_owners_pending: false });
    expect((await update(zhelia, contact, { ownerId: stranger.userId })).data).toMatchObject({ updateContact: { contact: null } });
    expect(await stored(contact)).toMatchObject({ owner_id: stranger.userId, team_owners_pending: true });
  });

  test('a later owner change takes its place: only the last owner’s teams are written, once', async () => {
    const { home, rara, contact, id, knownThenDown } = await setUp();
    const admin = home.person({ role: 'OWNER' });
    const last = home.person({ in: [designer] });
    await listed(last);
    await knownThenDown();
    for (const ownerId of [rara.userId, last.userId, rara.userId, last.userId]) await update(admin, contact, { ownerId });
    expect(await stored(contact)).toMatchObject({ team_owner_ids: [management, product], team_owners_pending: true, version: 5 });
    harness.events.length = 0;
    harness.teams.failing = new Set();
    await until(isDerived(contact));
    expect(await stored(contact)).toMatchObject({ owner_id: last.userId, team_owner_ids: [designer], version: 6 });
    const ofContact = () => harness.events.filter((event) => 'contact_id' in event && event.contact_id === id);
    await until(() => ofContact().length > 0);
    expect(ofContact()).toMatchObject([{ event: 'cdp_team_owner_set', team_owner_count: 1 }]);
  });

  test('an attempt whose question was on its way when the owner changed again writes nothing', async () => {
    const { home, rara, contact, knownThenDown } = await setUp();
    const admin = home.person({ role: 'OWNER' });
    await knownThenDown();
    await update(admin, contact, { ownerId: rara.userId });
    const question = harness.teams.holdNext('userTeams');
    harness.teams.failing = new Set();
    await until(question.isAsked);
    const loner = home.person();
    await update(admin, contact, { ownerId: loner.userId });
    const changed = await stored(contact);
    expect(changed).toMatchObject({ owner_id: loner.userId, team_owner_ids: [], team_owners_pending: false });
    question.release();
    await attemptEnded(home.id, rara);
    const { audit: _delivered, ...after } = await stored(contact);
    expect(changed).toMatchObject(after);
  });

  test('while pending, adding and taking away are CONFLICT; only a whole set ends it, and is not overwritten', async () => {
    const { home, rara, contact, knownThenDown } = await setUp();
    const admin = home.person({ role: 'OWNER', in: [product] });
    await knownThenDown();
    await update(admin, contact, { ownerId: rara.userId });
    await rest(contact);
    harness.teams.failing = new Set(['people']);
    for (const change of [{ addTeamOwnerIds: [product] }, { removeTeamOwnerIds: [product] }, { ownerId: null, removeTeamOwnerIds: [product] }]) {
      expect(faults(await update(admin, contact, change))).toEqual([['CONFLICT', undefined]]);
    }
    expect((await update(admin, contact, { name: 'Still pending' })).data).toMatchObject({ updateContact: { contact: { teamOwnersPending: true } } });
    expect((await update(admin, contact, { teamOwnerIds: [product] })).data).toMatchObject({ updateContact: { contact: { teamOwners: [{ id: product }], teamOwnersPending: false } } });
    expect(Object.keys(await stored(contact))).not.toContain('derivation');
  });

  test('the same owner sent again is another try, which changes nothing while teams are still away', async () => {
    const { home, rara, contact, knownThenDown } = await setUp();
    const admin = home.person({ role: 'OWNER' });
    await knownThenDown();
    await update(admin, contact, { ownerId: rara.userId });
    await rest(contact);
    expect((await update(admin, contact, { ownerId: rara.userId })).data).toMatchObject({ updateContact: { contact: { teamOwnersPending: true, version: 2 } } });
    harness.teams.failing = new Set();
    expect((await update(admin, contact, { ownerId: rara.userId })).data).toMatchObject({ updateContact: { contact: { teamOwnersPending: false, teamOwners: teamsOf(management, designer), version: 3 } } });
  });

  test('an owner who is gone by then ends the retries; the contact stays pending and narrow until an owner or a whole set is set', async () => {
    const { home, zhelia, rara, contact, id, knownThenDown } = await setUp();
    const colleague = home.person({ in: [management], levels: atTeam });
    await knownThenDown();
    await update(zhelia, contact, { ownerId: rara.userId });
    home.company.people.set(rara.userId, { role: 'AGENT', teams: [management], active: false });
    harness.teams.failing = new Set();
    await until(async () => (await stored(contact)).derivation === undefined);
    expect(await stored(contact)).toMatchObject({ team_owners_pending: true, team_owner_ids: [management, product], version: 2 });
    expect(await listed(colleague)).toEqual([]);
    const admin = home.person({ role: 'OWNER' });
    await update(admin, contact, { ownerId: null });
    expect(await stored(contact)).toMatchObject({ owner_id: null, team_owners_pending: true, team_owner_ids: [management, product] });
    expect(await listed(colleague)).toEqual([]);
    await update(admin, contact, { ownerId: zhelia.userId });
    expect(await listed(colleague)).toEqual([id]);
  });

  test('removing the owner while pending stops the derivation and leaves the pending state', async () => {
    const { home, rara, contact, knownThenDown } = await setUp();
    const admin = home.person({ role: 'OWNER' });
    await knownThenDown();
    await update(admin, contact, { ownerId: rara.userId });
    await update(admin, contact, { ownerId: null });
    const left = await stored(contact);
    expect(left).toMatchObject({ owner_id: null, team_owners_pending: true, team_owner_ids: [management, product] });
    expect(Object.keys(left)).not.toContain('derivation');
  });

  test('a service’s owner change is kept as well', async () => {
    const { home, rara, contact, knownThenDown } = await setUp();
    await knownThenDown();
    await update(service('contacts:write'), contact, { companySsoId: home.id, ownerId: rara.userId });
    expect(await stored(contact)).toMatchObject({ owner_id: rara.userId, team_owners_pending: true });
    expect(harness.events).toMatchObject([{ event: 'cdp_team_permission_fallback', user_sso_id: 'sync', source: 'owner_change', platform: 'openapi' }]);
    harness.teams.failing = new Set();
    await until(isDerived(contact));
  });

  test('a create is never pending: it is DEPENDENCY_UNAVAILABLE, a service’s too', async () => {
    const { home, zhelia, rara, knownThenDown } = await setUp();
    await knownThenDown();
    const create = (viewer: Viewer, input: object) => harness.ask(viewer, 'mutation($input: CreateContactInput!) { createContact(input: $input) { contactId } }', { input: { name: 'New', ...input } });
    expect(faults(await create(zhelia, { ownerId: rara.userId }))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
    expect(faults(await create(service('contacts:write'), { companySsoId: home.id, ownerId: rara.userId }))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
    expect(await harness.contacts.countDocuments({ company_sso_id: home.id, name: 'New' })).toBe(0);
  });
});

test('an attempt that outlives its lease writes nothing when another has taken the work over', async () => {
  const { home, rara, contact, knownThenDown } = await setUp();
  const admin = home.person({ role: 'OWNER' });
  await knownThenDown();
  await update(admin, contact, { ownerId: rara.userId });
  const question = harness.teams.holdNext('userTeams');
  harness.teams.failing = new Set();
  await until(question.isAsked);
  // as if the lease had run out while the question was on its way, and the other attempt had not come to its end
  await rest(contact);
  question.release();
  await attemptEnded(home.id, rara);
  expect(await stored(contact)).toMatchObject({ team_owners_pending: true, team_owner_ids: [management, product], version: 2 });
});
