import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ObjectId } from 'mongodb';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import type { Person, Viewer } from '../../subgraphs/shared/viewer.ts';
import { addCompany, type Harness, service, startHarness } from '../support/contactsHarness.ts';
import { addTo, faults, storedIn } from '../support/storedContacts.ts';
import { until } from '../support/until.ts';

const [parent, child, other] = [randomUUID(), randomUUID(), randomUUID()];
const tree = new Map<string, string | null>([[parent, null], [child, parent], [other, null]]);
const atTeam = { customers_customers_view: 'team', customers_customers_manage: 'team', customers_customers_delete: 'team' } as const;
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

const mutation = `mutation($input: UpdateContactInput!) { updateContact(input: $input) {
  contactId contact { name email phone owner { id } assignee { id } teamOwners { id } teamOwnersPending version permission { update delete } }
} }`;
const update = (viewer: Viewer, contact: ContactDocument, change: Readonly<Record<string, unknown>>) =>
  harness.ask(viewer, mutation, { input: { id: contact._id.toHexString(), ...change } });
const stored = storedIn(() => harness);
const added = addTo(() => harness);
const refs = (...ids: readonly string[]) => ids.map((id) => ({ id }));

describe('updateContact', () => {
  test('changes what is sent, keeps what is left out, clears what is null, and raises the version', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ role: 'OWNER' });
    const contact = await added(home.id, { email: 'old@example.com', phone: '+6281111111111', owner_id: viewer.userId, team_owner_ids: [other] });
    const answer = await update(viewer, contact, { name: 'Citra Dewi', email: 'Citra@Example.com', assigneeId: viewer.userId });
    const shown = { name: 'Citra Dewi', email: 'citra@example.com', phone: '+6281111111111', owner: { id: viewer.userId }, assignee: { id: viewer.userId }, teamOwners: refs(other), version: 2 };
    expect(answer.data).toMatchObject({ updateContact: { contactId: contact._id.toHexString(), contact: shown } });
    expect(await stored(contact)).toMatchObject({ name_key: 'citra dewi', created_at: contact.created_at });
    expect((await stored(contact)).updated_at.getTime()).toBeGreaterThan(contact.updated_at.getTime());
    expect((await update(viewer, contact, { email: null, phone: null, assigneeId: null })).data).toMatchObject({ updateContact: { contact: { name: 'Citra Dewi', email: null, phone: null, assignee: null, version: 3 } } });
    expect(Object.keys(await stored(contact))).not.toContain('email');
    expect((await update(viewer, contact, { name: 'Citra Dewi', email: null })).data).toMatchObject({ updateContact: { contact: { version: 3 } } });
    expect(harness.events).toEqual([]);
  });

  test('an old expectedVersion is CONFLICT and writes nothing', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ role: 'OWNER' });
    const contact = await added(home.id);
    expect((await update(viewer, contact, { name: 'One', expectedVersion: 1 })).errors).toBeUndefined();
    for (const expectedVersion of [1, 0, -1, 3]) expect(faults(await update(viewer, contact, { name: 'Two', expectedVersion }))).toEqual([['CONFLICT', undefined]]);
    expect(await stored(contact)).toMatchObject({ name: 'One', version: 2 });
  });

  test('twenty changes at once are all made, each judged by the version that it found', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ role: 'OWNER', in: [parent] });
    const contact = await added(home.id);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => update(viewer, contact, n === 0 ? { addTeamOwnerIds: [parent] } : { name: `Name ${String(n)}` })));
    expect(answers.flatMap(faults)).toEqual([]);
    expect(await stored(contact)).toMatchObject({ version: 21, team_owner_ids: [parent] });
    const versioned = await Promise.all(Array.from({ length: 20 }, (_, n) => update(viewer, contact, { name: `Again ${String(n)}`, expectedVersion: 21 })));
    expect(versioned.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    expect(await stored(contact)).toMatchObject({ version: 22 });
  });

  test('is judged again when the contact left the scope between check and write', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ in: [parent], levels: atTeam });
    const contact = await added(home.id, { team_owner_ids: [parent] });
    const question = harness.teams.holdNext('userTeams');
    const changing = update(viewer, contact, { name: 'Late', addTeamOwnerIds: [parent] });
    await until(question.isAsked);
    await harness.contacts.updateOne({ _id: contact._id }, { $set: { team_owner_ids: [other] }, $inc: { version: 1 } });
    question.release();
    expect(faults(await changing)).toEqual([['FORBIDDEN', undefined]]);
    expect(await stored(contact)).toMatchObject({ name: contact.name, version: 2, team_owner_ids: [other] });
  });

  test.each([
    [{ name: null }, 'input.name'], [{ name: ' ' }, 'input.name'], [{ name: 'a\u0000' }, 'input.name'], [{ name: 'x'.repeat(100_000) }, 'input.name'], [{ name: '\ud800' }, 'input.name'],
    [{ email: 'a@b@c' }, 'input.email'], [{ email: '' }, 'input.email'], [{ phone: '$ne' }, 'input.phone'], [{ phone: '' }, 'input.phone'],
    [{ ownerId: 'nobody' }, 'input.ownerId'], [{ ownerId: randomUUID() }, 'input.ownerId'], [{ assigneeId: randomUUID() }, 'input.assigneeId'], [{ assigneeId: '' }, 'input.assigneeId'],
    [{ teamOwnerIds: ['x'] }, 'input.teamOwnerIds'], [{ addTeamOwnerIds: [randomUUID().toUpperCase()] }, 'input.addTeamOwnerIds'], [{ removeTeamOwnerIds: [''] }, 'input.removeTeamOwnerIds'],
    [{ teamOwnerIds: Array.from({ length: 101 }, () => randomUUID()) }, 'input.teamOwnerIds'], [{ addTeamOwnerIds: Array.from({ length: 101 }, () => randomUUID()) }, 'input.addTeamOwnerIds'],
    [{ teamOwnerIds: [], addTeamOwnerIds: [] }, 'input.teamOwnerIds'], [{ addTeamOwnerIds: [parent], removeTeamOwnerIds: [parent] }, 'input.removeTeamOwnerIds'],
    [{ companySsoId: randomUUID() }, 'input.companySsoId'],
  ])('%#: what is not allowed is BAD_USER_INPUT on its field and writes nothing', async (change, field) => {
    const home = addCompany(harness.teams, tree);
    const contact = await added(home.id);
    expect(faults(await update(home.person({ role: 'OWNER', in: [parent] }), contact, { email: 'fine@example.com', ...change }))).toEqual([['BAD_USER_INPUT', field]]);
    expect(await stored(contact)).toEqual(contact);
  });

  test('ids that are none or another company’s are NOT_FOUND, whatever they look like', async () => {
    const [home, away] = [addCompany(harness.teams, tree), addCompany(harness.teams, tree)];
    const viewer = home.person({ role: 'OWNER' });
    const foreign = await added(away.id);
    for (const id of ['', 'x', '$where', foreign._id.toHexString(), foreign._id.toHexString().toUpperCase().replace(/\d/g, 'A'), new ObjectId().toHexString()]) {
      expect(faults(await harness.ask(viewer, mutation, { input: { id, name: 'x' } }))).toEqual([['NOT_FOUND', undefined]]);
      expect(faults(await harness.ask(viewer, 'mutation($id: ID!) { deleteContact(input: { id: $id }) { contactId } }', { id }))).toEqual([['NOT_FOUND', undefined]]);
    }
    expect((await harness.ask(viewer, mutation, { input: { id: { $ne: null }, name: 'x' } })).errors).toHaveLength(1);
    expect(await stored(foreign)).toEqual(foreign);
  });

  test('hands the contact back only when the editor may see it', async () => {
    const home = addCompany(harness.teams, tree);
    const blind = home.person({ role: 'OWNER', levels: { customers_customers_view: 'own' } });
    const contact = await added(home.id);
    expect((await update(blind, contact, { name: 'New' })).data).toEqual({ updateContact: { contactId: contact._id.toHexString(), contact: null } });
    expect(await stored(contact)).toMatchObject({ name: 'New' });
  });

  test('a service edits in the company that it names as manage: everything, is handed nothing, and has no teams to add', async () => {
    const [home, away] = [addCompany(harness.teams, tree), addCompany(harness.teams, tree)];
    const owner = home.person({ in: [child] });
    const contact = await added(home.id, { team_owner_ids: [other], owner_id: randomUUID() });
    const sync = service('contacts:write');
    const id = contact._id.toHexString();
    expect((await update(sync, contact, { companySsoId: home.id, name: 'Synced' })).data).toEqual({ updateContact: { contactId: id, contact: null } });
    expect(faults(await update(sync, contact, { name: 'x' }))).toEqual([['BAD_USER_INPUT', 'input.companySsoId']]);
    expect(faults(await update(sync, contact, { companySsoId: away.id, name: 'x' }))).toEqual([['NOT_FOUND', undefined]]);
    expect(faults(await update(service('contacts:migrate'), contact, { companySsoId: home.id, name: 'x' }))).toEqual([['FORBIDDEN', undefined]]);
    const refused = await update(sync, contact, { companySsoId: home.id, addTeamOwnerIds: [child] });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'UNPROCESSABLE', ids: [child], field: 'input.addTeamOwnerIds' });
    expect(await stored(contact)).toMatchObject({ name: 'Synced', team_owner_ids: [other], version: 2 });
    await update(sync, contact, { companySsoId: home.id, ownerId: owner.userId });
    expect(await stored(contact)).toMatchObject({ owner_id: owner.userId, team_owner_ids: [child] });
    await update(sync, contact, { companySsoId: home.id, teamOwnerIds: [] });
    expect(await stored(contact)).toMatchObject({ team_owner_ids: [] });
    expect(faults(await harness.ask(sync, 'mutation($id: ID!) { deleteContact(input: { id: $id }) { contactId } }', { id }))).toEqual([['FORBIDDEN', undefined]]);
  });
});

describe.each([['TEAM-S04', 'web'], ['TEAM-S05', 'mobile']] as const)('%s: editing on %s', (_story, platform) => {
  const on = (person: Person): Person => ({ ...person, platform });

  test('AC-1: at manage = team what the whole rule lets one see may be edited, and permission.update says so', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: atTeam }));
    const shapes: Partial<ContactDocument>[] = [{ team_owner_ids: [parent] }, { team_owner_ids: [child] }, {}, { owner_id: viewer.userId, team_owner_ids: [other] }, { assignee_id: viewer.userId, team_owner_ids: [other] }];
    for (const shape of shapes) {
      const contact = await added(home.id, shape);
      expect((await update(viewer, contact, { name: 'Edited' })).data).toMatchObject({ updateContact: { contact: { name: 'Edited', permission: { update: true } } } });
    }
  });

  test('AC-2: a contact out of scope is FORBIDDEN, the denial is recorded, and nothing is written', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: { ...atTeam, customers_customers_view: 'everything' } }));
    for (const shape of [{ team_owner_ids: [other] }, { team_owner_ids: [parent], team_owners_pending: true }] satisfies Partial<ContactDocument>[]) {
      const contact = await added(home.id, shape);
      expect(faults(await update(viewer, contact, { name: 'x' }))).toEqual([['FORBIDDEN', undefined]]);
      expect(await stored(contact)).toEqual(contact);
    }
    expect(harness.events).toMatchObject([{ event: 'cdp_team_permission_denied', permission_name: 'customers_customers_manage', platform, viewer_team_count: 1 }, {}]);
    expect(faults(await update(on(home.person({ in: [child], levels: atTeam })), await added(home.id, { team_owner_ids: [parent] }), { name: 'x' }))).toEqual([['FORBIDDEN', undefined]]);
  });

  test('ERR-1, AC-3: with manage disabled nothing may be edited, not even one’s own', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER', levels: { customers_customers_manage: 'disabled' } }));
    const contact = await added(home.id, { owner_id: viewer.userId });
    expect(faults(await update(viewer, contact, { name: 'x' }))).toEqual([['FORBIDDEN', undefined]]);
    const shown = await harness.ask(viewer, '{ contacts { nodes { permission { update } } } }');
    expect(shown.data).toEqual({ contacts: { nodes: [{ permission: { update: false } }] } });
  });

  test('at manage = own a teammate’s contact is FORBIDDEN', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: { ...atTeam, customers_customers_manage: 'own' } }));
    expect(faults(await update(viewer, await added(home.id, { team_owner_ids: [parent] }), { name: 'x' }))).toEqual([['FORBIDDEN', undefined]]);
    expect((await update(viewer, await added(home.id, { assignee_id: viewer.userId, team_owner_ids: [other] }), { name: 'x' })).errors).toBeUndefined();
  });
});

describe.each([['TEAM-S10', 'web'], ['TEAM-S11', 'mobile']] as const)('%s: team owners on %s', (_story, platform) => {
  const on = (person: Person): Person => ({ ...person, platform });

  test('AC-2: a new contact is filled with all of its creator’s teams; of a creator in no team it is Unassigned', async () => {
    const home = addCompany(harness.teams, tree);
    const create = (viewer: Person) => harness.ask(viewer, 'mutation { createContact(input: { name: "New" }) { contact { teamOwners { id } } } }');
    const teams = [parent, other].sort();
    expect((await create(on(home.person({ in: teams })))).data).toEqual({ createContact: { contact: { teamOwners: refs(...teams) } } });
    expect((await create(on(home.person()))).data).toEqual({ createContact: { contact: { teamOwners: [] } } });
    expect(harness.events).toMatchObject([{ event: 'cdp_team_owner_set', source: platform, team_owner_count: 2 }, { source: platform, team_owner_count: 0 }]);
  });

  test('AC-3: a whole new set of one’s own teams replaces the old one', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER', in: [parent, other] }));
    const contact = await added(home.id, { team_owner_ids: [child] });
    const answer = await update(viewer, contact, { teamOwnerIds: [other, parent, other] });
    expect(answer.data).toMatchObject({ updateContact: { contact: { teamOwners: refs(other, parent), version: 2 } } });
    expect(await stored(contact)).toMatchObject({ team_owners_set_by: 'person' });
    expect(harness.events).toEqual([{ event: 'cdp_team_owner_set', company_sso_id: home.id, contact_id: contact._id.toHexString(), team_owner_count: 2, source: platform }]);
  });

  test('AC-4: an empty set, and null, leaves it Unassigned, also while teams cannot be asked', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER' }));
    for (const teamOwnerIds of [[], null]) {
      harness.teams.failing = new Set(['userTeams']);
      const contact = await added(home.id, { team_owner_ids: [child] });
      expect((await update(viewer, contact, { teamOwnerIds })).data).toMatchObject({ updateContact: { contact: { teamOwners: [] } } });
    }
  });

  test('AC-5, NEG-6, TEAM-S04 AC-3: a team that is not one’s own is UNPROCESSABLE with the rejected ids, at level everything too, and for teams already there', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER', in: [parent] }));
    const contact = await added(home.id, { team_owner_ids: [other, parent] });
    const foreign = randomUUID();
    const whole = await update(viewer, contact, { name: 'x', teamOwnerIds: [parent, other, child, foreign] });
    expect(whole.errors?.[0]?.extensions).toMatchObject({ code: 'UNPROCESSABLE', status: 422, field: 'input.teamOwnerIds', ids: [other, child, foreign] });
    const some = await update(viewer, contact, { name: 'x', addTeamOwnerIds: [parent, child] });
    expect(some.errors?.[0]?.extensions).toMatchObject({ code: 'UNPROCESSABLE', field: 'input.addTeamOwnerIds', ids: [child] });
    expect(await stored(contact)).toEqual(contact);
    expect(harness.events).toEqual([
      { event: 'cdp_team_owner_validation_rejected', company_sso_id: home.id, user_sso_id: viewer.userId, rejected_team_ids: [other, child, foreign] },
      { event: 'cdp_team_owner_validation_rejected', company_sso_id: home.id, user_sso_id: viewer.userId, rejected_team_ids: [child] },
    ]);
  });

  test('a contact shared with others’ teams stays editable: added ids are checked, those that stay or go are not', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER', in: [parent] }));
    const contact = await added(home.id, { team_owner_ids: [other, child] });
    expect((await update(viewer, contact, { addTeamOwnerIds: [parent], removeTeamOwnerIds: [child, randomUUID()] })).data).toMatchObject({ updateContact: { contact: { teamOwners: refs(other, parent), version: 2 } } });
    harness.events.length = 0;
    expect((await update(viewer, contact, { addTeamOwnerIds: [parent], removeTeamOwnerIds: null })).data).toMatchObject({ updateContact: { contact: { teamOwners: refs(other, parent), version: 2 } } });
    harness.teams.failing = new Set(['userTeams']);
    expect((await update(viewer, contact, { removeTeamOwnerIds: [other] })).data).toMatchObject({ updateContact: { contact: { teamOwners: refs(parent), version: 3 } } });
    expect(harness.events).toMatchObject([{ event: 'cdp_team_owner_set', team_owner_count: 1 }]);
  });

  test('a hundred may be submitted to a contact that has more; nothing there is cut', async () => {
    const mine = Array.from({ length: 150 }, () => randomUUID());
    const home = addCompany(harness.teams, new Map(mine.map((id) => [id, null])));
    const viewer = on(home.person({ role: 'OWNER', in: mine }));
    const contact = await added(home.id);
    await update(viewer, contact, { teamOwnerIds: mine.slice(0, 100) });
    await update(viewer, contact, { addTeamOwnerIds: mine.slice(50) });
    expect((await stored(contact)).team_owner_ids).toEqual(mine);
    const created = await harness.ask(viewer, 'mutation { createContact(input: { name: "New" }) { contact { teamOwners { id } } } }');
    expect((created.data as unknown as { createContact: { contact: { teamOwners: unknown[] } } }).createContact.contact.teamOwners).toHaveLength(150);
  });

  test('ERR-1: while teams cannot be asked, sending team owners is DEPENDENCY_UNAVAILABLE and nothing is written', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER', in: [parent] }));
    const contact = await added(home.id, { owner_id: viewer.userId });
    harness.teams.failing = new Set(['userTeams', 'people']);
    for (const change of [{ teamOwnerIds: [parent] }, { addTeamOwnerIds: [parent] }, { assigneeId: randomUUID() }, { ownerId: randomUUID() }]) {
      expect(faults(await update(viewer, contact, { name: 'x', ...change }))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
    }
    expect(await stored(contact)).toEqual(contact);
    expect((await update(viewer, contact, { name: 'x' })).errors).toBeUndefined();
  });
});

describe.each([['TEAM-S06', 'web'], ['TEAM-S07', 'mobile']] as const)('%s: deleting on %s', (_story, platform) => {
  const on = (person: Person): Person => ({ ...person, platform });
  const remove = (viewer: Viewer, contact: ContactDocument, expectedVersion?: number) =>
    harness.ask(viewer, 'mutation($input: DeleteContactInput!) { deleteContact(input: $input) { contactId } }', { input: { id: contact._id.toHexString(), expectedVersion } });

  test('AC-1: what is in scope of delete is deleted, softly, and no path shows it any more', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: atTeam }));
    const contact = await added(home.id, { team_owner_ids: [child] });
    const id = contact._id.toHexString();
    expect((await harness.ask(viewer, '{ contacts { nodes { permission { delete } } } }')).data).toEqual({ contacts: { nodes: [{ permission: { delete: true } }] } });
    expect((await remove(viewer, contact)).data).toEqual({ deleteContact: { contactId: id } });
    expect(await stored(contact)).toMatchObject({ is_deleted: true, version: 2, name: contact.name });
    expect((await harness.ask(viewer, '{ contacts { totalCount nodes { id } } }')).data).toEqual({ contacts: { totalCount: 0, nodes: [] } });
    expect(faults(await harness.ask(viewer, `{ contact(id: "${id}") { id } }`))).toEqual([['NOT_FOUND', undefined]]);
    expect(faults(await remove(viewer, contact))).toEqual([['NOT_FOUND', undefined]]);
    expect(faults(await update(viewer, contact, { name: 'x' }))).toEqual([['NOT_FOUND', undefined]]);
  });

  test('AC-2, AC-3: out of scope, and with delete disabled, it is FORBIDDEN and nothing is deleted', async () => {
    const home = addCompany(harness.teams, tree);
    const contact = await added(home.id, { team_owner_ids: [other] });
    expect(faults(await remove(on(home.person({ in: [parent], levels: atTeam })), contact))).toEqual([['FORBIDDEN', undefined]]);
    expect(harness.events).toMatchObject([{ event: 'cdp_team_permission_denied', permission_name: 'customers_customers_delete', contact_id: contact._id.toHexString(), platform }]);
    const disabled = on(home.person({ role: 'OWNER', levels: { customers_customers_delete: 'disabled' } }));
    expect(faults(await remove(disabled, contact))).toEqual([['FORBIDDEN', undefined]]);
    expect((await harness.ask(disabled, '{ contacts { nodes { permission { delete } } } }')).data).toEqual({ contacts: { nodes: [{ permission: { delete: false } }] } });
    expect(await stored(contact)).toEqual(contact);
  });

  test('an old expectedVersion is CONFLICT, and of ten deletions at once one succeeds', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER' }));
    const contact = await added(home.id);
    expect(faults(await remove(viewer, contact, 2))).toEqual([['CONFLICT', undefined]]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => remove(viewer, contact)));
    expect(answers.flatMap(faults)).toEqual(Array.from({ length: 9 }, () => ['NOT_FOUND', undefined]));
    expect(await stored(contact)).toMatchObject({ version: 2 });
  });
});
