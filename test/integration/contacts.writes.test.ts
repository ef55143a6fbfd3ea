import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { addCompany, contactDocument, type GraphQLAnswer, type Harness, noteDocument, service, startHarness } from '../support/contactsHarness.ts';
import { faults } from '../support/storedContacts.ts';

const [parent, child, other] = [randomUUID(), randomUUID(), randomUUID()];
const tree = new Map<string, string | null>([[parent, null], [child, parent], [other, null]]);
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
beforeEach(() => {
  harness.teams.mood = { kind: 'well' };
  harness.events.length = 0;
});

const mutation = 'mutation($input: CreateContactInput!) { createContact(input: $input) { contactId contact { id name email phone teamOwners { id } owner { id } version } } }';
const create = (viewer: Parameters<Harness['ask']>[0], input: Readonly<Record<string, unknown>>) => harness.ask(viewer, mutation, { input: { name: 'Budi', ...input } });
const idOf = (answer: GraphQLAnswer): string => (answer.data as unknown as { createContact: { contactId: string } }).createContact.contactId;

describe('createContact', () => {
  test('gives the contact to its creator and all of their own teams, not to those below', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ in: [parent, other] });
    const answer = await create(viewer, { email: 'Budi@Example.com', phone: '0812-3456-7890' });
    const teams = [parent, other].sort().map((id) => ({ id }));
    expect(answer.data).toMatchObject({ createContact: { contact: { name: 'Budi', email: 'budi@example.com', phone: '+6281234567890', teamOwners: teams, owner: { id: viewer.userId }, version: 1 } } });
    expect(harness.events).toEqual([{ event: 'cdp_team_owner_set', company_sso_id: home.id, contact_id: idOf(answer), team_owner_count: 2, source: 'web' }]);
  });

  test('accepts only the creator’s own teams, at level everything too; else UNPROCESSABLE with the ids, and nothing is written', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ role: 'OWNER', in: [parent] });
    const foreign = randomUUID();
    const answer = await create(viewer, { teamOwnerIds: [parent, child, foreign, child] });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UNPROCESSABLE', status: 422, ids: [child, foreign] });
    expect(await harness.contacts.countDocuments({ company_sso_id: home.id })).toBe(0);
    expect(harness.events).toEqual([{ event: 'cdp_team_owner_validation_rejected', company_sso_id: home.id, user_sso_id: viewer.userId, rejected_team_ids: [child, foreign] }]);
    expect((await create(viewer, { teamOwnerIds: [parent, parent] })).data).toMatchObject({ createContact: { contact: { teamOwners: [{ id: parent }] } } });
    expect((await create(viewer, { teamOwnerIds: [] })).data).toMatchObject({ createContact: { contact: { teamOwners: [] } } });
  });

  test('writes nothing when teams that are needed cannot be looked up, and needs none for an empty set', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ in: [parent] });
    await harness.ask(viewer, '{ contacts { totalCount } }');
    harness.teams.mood = { kind: 'down' };
    expect(faults(await create(viewer, {}))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
    expect(faults(await create(viewer, { teamOwnerIds: [parent] }))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
    expect(faults(await create(viewer, { assigneeId: randomUUID(), teamOwnerIds: [] }))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
    expect(faults(await create(service('contacts:write'), { companySsoId: home.id, ownerId: viewer.userId }))).toEqual([['DEPENDENCY_UNAVAILABLE', undefined]]);
    expect(await harness.contacts.countDocuments({ company_sso_id: home.id })).toBe(0);
    expect((await create(viewer, { teamOwnerIds: [] })).errors).toBeUndefined();
  });

  test.each([
    [{ name: ' ' }, 'input.name'], [{ name: '\u200b' }, 'input.name'], [{ name: 'a\u0000' }, 'input.name'], [{ name: '\ud800' }, 'input.name'], [{ name: 'x'.repeat(256) }, 'input.name'],
    [{ email: 'a@b@c' }, 'input.email'], [{ email: 'a b@c' }, 'input.email'], [{ email: `${'x'.repeat(254)}@c` }, 'input.email'],
    [{ phone: '123' }, 'input.phone'], [{ phone: '+12345678901234567' }, 'input.phone'], [{ phone: '$ne' }, 'input.phone'],
    [{ ownerId: 'nobody' }, 'input.ownerId'], [{ ownerId: randomUUID() }, 'input.ownerId'], [{ assigneeId: randomUUID() }, 'input.assigneeId'],
    [{ teamOwnerIds: ['x'] }, 'input.teamOwnerIds'], [{ teamOwnerIds: Array.from({ length: 101 }, () => randomUUID()) }, 'input.teamOwnerIds'],
    [{ companySsoId: randomUUID() }, 'input.companySsoId'], [{ idempotencyKey: '' }, 'input.idempotencyKey'], [{ idempotencyKey: 'x'.repeat(256) }, 'input.idempotencyKey'],
  ])('%j is BAD_USER_INPUT on its field and writes nothing', async (input, field) => {
    const home = addCompany(harness.teams, tree);
    expect(faults(await create(home.person({ in: [parent] }), input))).toEqual([['BAD_USER_INPUT', field]]);
    expect(await harness.contacts.countDocuments({ company_sso_id: home.id })).toBe(0);
  });

  test('refuses an owner of another company, an inactive one, and who has manage disabled', async () => {
    const [home, away] = [addCompany(harness.teams, tree), addCompany(harness.teams, tree)];
    const viewer = home.person();
    const gone = home.person();
    home.company.people.set(gone.userId, { role: 'AGENT', teams: [], active: false });
    expect(faults(await create(viewer, { ownerId: away.person().userId }))).toEqual([['BAD_USER_INPUT', 'input.ownerId']]);
    expect(faults(await create(viewer, { ownerId: gone.userId }))).toEqual([['BAD_USER_INPUT', 'input.ownerId']]);
    expect(faults(await create(home.person({ levels: { customers_customers_manage: 'disabled' } }), {}))).toEqual([['FORBIDDEN', undefined]]);
  });

  test('hands the contact back only when the creator may see it', async () => {
    const home = addCompany(harness.teams, tree);
    const colleague = home.person();
    expect((await create(home.person({ in: [parent] }), { ownerId: colleague.userId })).data).toMatchObject({ createContact: { contact: null } });
    expect((await create(home.person({ levels: { customers_customers_view: 'disabled' } }), {})).data).toMatchObject({ createContact: { contact: null } });
  });

  test('the same key twenty times at once makes one contact; another payload is CONFLICT; the answer is what may be seen now', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ in: [parent] });
    /** As long as teams do not answer in time, on a machine that does much else: the key is there for that. */
    const insisted = async (): Promise<GraphQLAnswer> => {
      for (;;) {
        const answer = await create(viewer, { idempotencyKey: 'k' });
        if (answer.errors?.[0]?.extensions?.['code'] !== 'DEPENDENCY_UNAVAILABLE') return answer;
      }
    };
    const answers = await Promise.all(Array.from({ length: 20 }, insisted));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(await harness.contacts.countDocuments({ company_sso_id: home.id })).toBe(1);
    expect(faults(await create(viewer, { idempotencyKey: 'k', name: 'Other' }))).toEqual([['CONFLICT', 'input.idempotencyKey']]);
    expect(idOf(await create(home.person(), { idempotencyKey: 'k' }))).not.toBe(answers[0] && idOf(answers[0]));
    await harness.contacts.updateMany({ company_sso_id: home.id }, { $set: { owner_id: null } });
    expect((await create(viewer, { idempotencyKey: 'k' })).data).toMatchObject({ createContact: { contact: null } });
    home.company.people.set(viewer.userId, { role: 'AGENT', teams: [parent], levels: { customers_customers_manage: 'disabled' } });
    await harness.teams.tell(home.id, 'ACCESS_CHANGED');
    expect(faults(await create(viewer, { idempotencyKey: 'k' }))).toEqual([['FORBIDDEN', undefined]]);
  });

  test('an external key is unique within the company', async () => {
    const [home, away] = [addCompany(harness.teams, tree), addCompany(harness.teams, tree)];
    const viewer = home.person();
    expect((await create(viewer, { externalKey: 'crm-1' })).errors).toBeUndefined();
    expect(faults(await create(viewer, { externalKey: 'crm-1', idempotencyKey: 'x' }))[0]).toEqual(['CONFLICT', undefined]);
    expect((await create(away.person(), { externalKey: 'crm-1' })).errors).toBeUndefined();
  });

  test('a service names the company, sends no team owners, takes those of the owner it sets, and is handed nothing', async () => {
    const home = addCompany(harness.teams, tree);
    const owner = home.person({ in: [child] });
    const sync = service('contacts:write');
    const bare = await create(sync, { companySsoId: home.id });
    expect(bare.data).toMatchObject({ createContact: { contact: null } });
    expect(await harness.contacts.findOne({ company_sso_id: home.id })).toMatchObject({ owner_id: null, team_owner_ids: [] });
    await create(sync, { companySsoId: home.id, ownerId: owner.userId });
    expect(await harness.contacts.findOne({ owner_id: owner.userId })).toMatchObject({ company_sso_id: home.id, team_owner_ids: [child] });
    expect(harness.events).toMatchObject([{ event: 'cdp_team_owner_set', source: 'openapi', team_owner_count: 0 }, { team_owner_count: 1 }]);
    expect(faults(await create(sync, {}))).toEqual([['BAD_USER_INPUT', 'input.companySsoId']]);
    expect(faults(await create(sync, { companySsoId: home.id, teamOwnerIds: [] }))).toEqual([['BAD_USER_INPUT', 'input.teamOwnerIds']]);
    expect(faults(await create(service('contacts:migrate'), { companySsoId: home.id }))).toEqual([['FORBIDDEN', undefined]]);
    expect(idOf(await create(sync, { companySsoId: home.id, idempotencyKey: 's' }))).toBe(idOf(await create(sync, { companySsoId: home.id, idempotencyKey: 's' })));
    expect(faults(await create(sync, { companySsoId: addCompany(harness.teams, tree).id, idempotencyKey: 's' }))).toEqual([['CONFLICT', 'input.idempotencyKey']]);
  });
});

describe('notes', () => {
  const add = (viewer: Parameters<Harness['ask']>[0], input: Readonly<Record<string, unknown>>) =>
    harness.ask(viewer, 'mutation($input: AddNoteInput!) { addNote(input: $input) { noteId note { text author { id } contact { id } } } }', { input });

  test('adding needs customernotes_add and the contact in scope of customers_view', async () => {
    const [home, away] = [addCompany(harness.teams, tree), addCompany(harness.teams, tree)];
    const viewer = home.person();
    const [mine, theirs, foreign] = [contactDocument(home.id, { owner_id: viewer.userId }), contactDocument(home.id), contactDocument(away.id, { owner_id: viewer.userId })];
    await harness.contacts.insertMany([mine, theirs, foreign]);
    const contactId = mine._id.toHexString();
    expect((await add(viewer, { contactId, text: 'Called' })).data).toMatchObject({ addNote: { note: { text: 'Called', author: { id: viewer.userId }, contact: { id: contactId } } } });
    expect(faults(await add(viewer, { contactId: theirs._id.toHexString(), text: 'x' }))).toEqual([['FORBIDDEN', undefined]]);
    expect(faults(await add(viewer, { contactId: foreign._id.toHexString(), text: 'x' }))).toEqual([['NOT_FOUND', undefined]]);
    for (const text of ['', ' \u200b', 'a\u0000', '\udfff', 'x'.repeat(10_001)]) expect(faults(await add(viewer, { contactId, text }))).toEqual([['BAD_USER_INPUT', 'input.text']]);
    const mute = home.person({ role: 'OWNER', levels: { customers_customernotes_add: 'disabled' } });
    expect(faults(await add(mute, { contactId, text: 'x' }))).toEqual([['FORBIDDEN', undefined]]);
    expect(faults(await add(service('contacts:write'), { contactId, text: 'x' }))).toEqual([['FORBIDDEN', undefined]]);
    const unread = home.person({ role: 'OWNER', levels: { customers_customernotes_view: 'disabled' } });
    expect((await add(unread, { contactId, text: 'x' })).data).toMatchObject({ addNote: { note: null } });
    const answers = await Promise.all(Array.from({ length: 10 }, () => add(viewer, { contactId, text: 'once', idempotencyKey: 'n' })));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(await harness.notes.countDocuments({ text: 'once' })).toBe(1);
    expect(faults(await add(viewer, { contactId, text: 'twice', idempotencyKey: 'n' }))).toEqual([['CONFLICT', 'input.idempotencyKey']]);
  });

  test.each([
    { flag: true, down: false, byMe: { update: true, delete: false }, byOther: { update: true, delete: false } },
    { flag: false, down: false, byMe: { update: true, delete: true }, byOther: { update: false, delete: false } },
    { flag: true, down: true, byMe: { update: false, delete: false }, byOther: { update: false, delete: false } },
  ])('permission with the flag $flag, teams down $down', async ({ flag, down, byMe, byOther }) => {
    const home = addCompany(harness.teams, tree, flag);
    // At team for reading and changing; deleting at own, where the contact is not.
    const viewer = home.person({ in: [parent], levels: { customers_customers_view: 'team', customers_customernotes_view: 'team', customers_customernotes_manage: 'team', customers_customernotes_delete: 'own' } });
    const [contact, mine] = [contactDocument(home.id, { team_owner_ids: [child] }), contactDocument(home.id, { owner_id: viewer.userId })];
    await harness.contacts.insertMany([contact, mine]);
    await harness.notes.insertMany([contact, mine].flatMap((of) => [noteDocument(of, viewer.userId, { text: 'mine' }), noteDocument(of, randomUUID(), { text: 'other' })]));
    const ask = async (of: typeof contact) =>
      harness.ask(viewer, 'query($id: ID!) { notes(contactId: $id) { nodes { text permission { update delete } } } }', { id: of._id.toHexString() });
    await ask(contact);
    if (down) {
      await harness.teams.tell(home.id, 'TEAM_UPDATED');
      harness.teams.mood = { kind: 'down' };
      expect(faults(await ask(contact))).toEqual([['FORBIDDEN', undefined]]);
      const own = (await ask(mine)).data as unknown as { notes: { nodes: { text: string; permission: object }[] } };
      expect(Object.fromEntries(own.notes.nodes.map(({ text, permission }) => [text, permission]))).toEqual({ mine: { update: true, delete: true }, other: { update: false, delete: false } });
      return;
    }
    const { notes } = (await ask(contact)).data as unknown as { notes: { nodes: { text: string; permission: object }[] } };
    expect(Object.fromEntries(notes.nodes.map(({ text, permission }) => [text, permission]))).toEqual({ mine: byMe, other: byOther });
  });

  test('a note’s contact is null when it is not in scope of customers_view', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ levels: { customers_customers_view: 'own', customers_customernotes_view: 'everything' } });
    const contact = contactDocument(home.id);
    await harness.contacts.insertOne(contact);
    const note = noteDocument(contact, viewer.userId);
    await harness.notes.insertOne(note);
    const answer = await harness.ask(viewer, `{ note(id: "${note._id.toHexString()}") { text contact { id } } }`);
    expect(answer).toEqual({ data: { note: { text: 'Called back', contact: null } } });
  });
});

test('a contact says why it is seen and what may be done to it', async () => {
  const home = addCompany(harness.teams, tree);
  const viewer = home.person({ in: [parent], levels: { customers_customers_view: 'team', customers_customers_manage: 'own', customers_customers_delete: 'disabled' } });
  const admin = home.person({ role: 'ADMIN' });
  const shapes = { OWNER: { owner_id: viewer.userId }, ASSIGNEE: { assignee_id: viewer.userId }, TEAM: { team_owner_ids: [child] }, UNASSIGNED: {} };
  const documents = Object.entries(shapes).map(([name, shape]) => contactDocument(home.id, { name, ...shape }));
  await harness.contacts.insertMany(documents);
  const query = '{ contacts { nodes { name permission { update delete } accessReason { kind path { id } } } } }';
  const answer = (await harness.ask(viewer, query)).data as unknown as { contacts: { nodes: { name: string; permission: { update: boolean; delete: boolean }; accessReason: { kind: string; path: unknown[] } }[] } };
  expect(answer.contacts.nodes.map(({ name, accessReason }) => [name, accessReason.kind, accessReason.path.length]).sort()).toEqual([['ASSIGNEE', 'ASSIGNEE', 0], ['OWNER', 'OWNER', 0], ['TEAM', 'TEAM', 2], ['UNASSIGNED', 'UNASSIGNED', 0]]);
  expect(answer.contacts.nodes.map(({ name, permission }) => [name, permission.update, permission.delete]).sort()).toEqual([['ASSIGNEE', true, false], ['OWNER', true, false], ['TEAM', false, false], ['UNASSIGNED', false, false]]);
  const everything = await harness.ask(admin, query);
  const kinds = JSON.stringify(everything.data).match(/(?<="kind":")[A-Z]+/g);
  expect(kinds?.sort()).toEqual(['EVERYTHING', 'UNASSIGNED', 'UNASSIGNED', 'UNASSIGNED']);
  expect(everything.errors).toBeUndefined();
});
