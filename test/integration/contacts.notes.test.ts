import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ObjectId } from 'mongodb';
import type { Level } from '../../subgraphs/shared/access/permissions.ts';
import type { ContactDocument, NoteDocument } from '../../subgraphs/contacts/store/documents.ts';
import type { Person, Viewer } from '../../subgraphs/shared/viewer.ts';
import { addCompany, contactDocument, type GraphQLAnswer, type Harness, noteDocument, service, startHarness } from '../support/contactsHarness.ts';
import { faults } from '../support/storedContacts.ts';
import { until } from '../support/until.ts';

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

const kinds = { update: 'customers_customernotes_manage', delete: 'customers_customernotes_delete' } as const;
type Kind = keyof typeof kinds;
const change = (kind: Kind, viewer: Viewer, id: string, more: Readonly<Record<string, unknown>> = {}) =>
  kind === 'update'
    ? harness.ask(viewer, 'mutation($input: UpdateNoteInput!) { updateNote(input: $input) { noteId note { text version permission { update delete } } } }', { input: { id, text: 'Changed', ...more } })
    : harness.ask(viewer, 'mutation($input: DeleteNoteInput!) { deleteNote(input: $input) { noteId } }', { input: { id, ...more } });
const permissions = async (viewer: Viewer, id: string): Promise<unknown> => (await harness.ask(viewer, 'query($id: ID!) { note(id: $id) { permission { update delete } } }', { id })).data;
const verdict = (answer: GraphQLAnswer): unknown => answer.errors?.[0]?.extensions?.['code'] ?? 'DONE';
const stored = ({ _id }: NoteDocument) => harness.notes.findOne({ _id });

const noteOn = async (companyId: string, authorId: string, shape: Partial<ContactDocument>): Promise<Readonly<{ note: NoteDocument; id: string; contactId: string }>> => {
  const contact = contactDocument(companyId, shape);
  const note = noteDocument(contact, authorId);
  await harness.contacts.insertOne(contact);
  await harness.notes.insertOne(note);
  return { note, id: note._id.toHexString(), contactId: contact._id.toHexString() };
};
const levels = (level: Level, over: Readonly<Record<string, Level>> = {}) => ({ customers_customers_view: level, customers_customernotes_view: level, customers_customernotes_manage: level, customers_customernotes_delete: level, ...over });

describe.each([['TEAM-S12', 'web'], ['TEAM-S13', 'mobile']] as const)('%s: reading notes on %s', (_story, platform) => {
  const on = (person: Person): Person => ({ ...person, platform });
  const read = (viewer: Viewer, contactId: string) => harness.ask(viewer, 'query($contactId: ID!) { notes(contactId: $contactId) { totalCount nodes { text } } }', { contactId });

  test('AC-1 to AC-4: they are there where the whole rule shows their contact, else FORBIDDEN, never an empty list', async () => {
    const home = addCompany(harness.teams, tree);
    const at = (level: Level) => on(home.person({ in: [parent], levels: levels('everything', { customers_customernotes_view: level }) }));
    const [team, everything, own] = [at('team'), at('everything'), at('own')];
    const shapes: readonly [Partial<ContactDocument>, readonly string[]][] = [
      [{ team_owner_ids: [parent] }, ['DONE', 'DONE', 'FORBIDDEN']],
      [{ team_owner_ids: [child] }, ['DONE', 'DONE', 'FORBIDDEN']],
      [{}, ['DONE', 'DONE', 'FORBIDDEN']],
      [{ team_owner_ids: [other] }, ['FORBIDDEN', 'DONE', 'FORBIDDEN']],
      [{ team_owner_ids: [parent], team_owners_pending: true }, ['FORBIDDEN', 'DONE', 'FORBIDDEN']],
    ];
    for (const [shape, verdicts] of shapes) {
      const { contactId } = await noteOn(home.id, randomUUID(), shape);
      const answers = await Promise.all([team, everything, own].map((viewer) => read(viewer, contactId)));
      expect(answers.map(verdict)).toEqual(verdicts);
      expect(answers.filter(({ data }) => data !== null).map(({ data }) => data)).toEqual(verdicts.filter((each) => each === 'DONE').map(() => ({ notes: { totalCount: 1, nodes: [{ text: 'Called back' }] } })));
    }
    expect(harness.events.filter(({ event }) => event === 'cdp_team_permission_denied')).toMatchObject([{ permission_name: 'customers_customernotes_view', platform }, { platform }]);
  });

  test('with the flag off, as before: where the contact is in scope of customers_view, and the level of notes only not disabled', async () => {
    const home = addCompany(harness.teams, tree, false);
    const at = (view: Level, notes: Level) => on(home.person({ levels: levels('everything', { customers_customers_view: view, customers_customernotes_view: notes }) }));
    const { id, contactId } = await noteOn(home.id, randomUUID(), { team_owner_ids: [other] });
    for (const [viewer, expected] of [[at('team', 'own'), 'DONE'], [at('everything', 'team'), 'DONE'], [at('own', 'everything'), 'FORBIDDEN'], [at('everything', 'disabled'), 'FORBIDDEN'], [at('disabled', 'everything'), 'FORBIDDEN']] as const) {
      expect([verdict(await read(viewer, contactId)), verdict(await harness.ask(viewer, `{ note(id: "${id}") { text } }`))]).toEqual([expected, expected]);
    }
  });

  test('NEG-7: a note never widens its contact’s scope: list, single, entity and the note’s contact', async () => {
    const home = addCompany(harness.teams, tree);
    const zhelia = on(home.person({ in: [parent], levels: levels('team') }));
    const { id, contactId } = await noteOn(home.id, zhelia.userId, { team_owner_ids: [other] });
    expect(verdict(await read(zhelia, contactId))).toBe('FORBIDDEN');
    expect(verdict(await harness.ask(zhelia, `{ note(id: "${id}") { contact { id } } }`))).toBe('FORBIDDEN');
    expect(verdict(await harness.ask(zhelia, 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Note { text } } }', { r: [{ __typename: 'Note', id }] }))).toBe('FORBIDDEN');
  });

  test('ERR-1: while teams cannot be asked, by the rule of own, and it is recorded', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: levels('team') }));
    const [mine, theirs] = [await noteOn(home.id, viewer.userId, { owner_id: viewer.userId, team_owner_ids: [other] }), await noteOn(home.id, viewer.userId, { team_owner_ids: [parent] })];
    expect(verdict(await read(viewer, theirs.contactId))).toBe('DONE');
    await harness.teams.tell(home.id, 'TEAM_UPDATED');
    harness.teams.mood = { kind: 'down' };
    expect([verdict(await read(viewer, mine.contactId)), verdict(await read(viewer, theirs.contactId))]).toEqual(['DONE', 'FORBIDDEN']);
    expect(harness.events.filter(({ event }) => event === 'cdp_team_permission_fallback')).toMatchObject([{ permission_name: 'customers_customernotes_view', platform }, { platform }]);
  });
});

const stories = [['TEAM-S14', 'web', 'update'], ['TEAM-S15', 'mobile', 'update'], ['TEAM-S16', 'web', 'delete'], ['TEAM-S17', 'mobile', 'delete']] as const;
describe.each(stories)('%s: on %s, to %s a note', (_story, platform, kind) => {
  const on = (person: Person): Person => ({ ...person, platform });
  const done = async ({ note, id }: Readonly<{ note: NoteDocument; id: string }>, viewer: Viewer): Promise<void> => {
    expect(await permissions(viewer, id)).toMatchObject({ note: { permission: { [kind]: true } } });
    const answer = await change(kind, viewer, id);
    expect(answer.data).toMatchObject({ [`${kind}Note`]: kind === 'update' ? { noteId: id, note: { text: 'Changed', version: 2 } } : { noteId: id } });
    expect(await stored(note)).toMatchObject({ version: 2, is_deleted: kind === 'delete', text: kind === 'update' ? 'Changed' : note.text });
  };
  const denied = async ({ note, id }: Readonly<{ note: NoteDocument; id: string }>, viewer: Viewer): Promise<void> => {
    expect(JSON.stringify(await permissions(viewer, id))).not.toContain(`"${kind}":true`);
    expect(verdict(await change(kind, viewer, id))).toBe('FORBIDDEN');
    expect(await stored(note)).toEqual(note);
  };

  test('AC-1: at team others’ notes on a contact in scope too; at everything on every contact', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: levels('team') }));
    for (const shape of [{ team_owner_ids: [parent] }, { team_owner_ids: [child] }, {}, { assignee_id: viewer.userId, team_owner_ids: [other] }]) {
      await done(await noteOn(home.id, randomUUID(), shape), viewer);
    }
    await done(await noteOn(home.id, randomUUID(), { team_owner_ids: [other], team_owners_pending: true }), on(home.person({ levels: levels('everything') })));
  });

  test('AC-2: on a contact out of team scope it is FORBIDDEN, the author’s own included', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: levels('everything', { [kinds[kind]]: 'team' }) }));
    for (const shape of [{ team_owner_ids: [other] }, { team_owner_ids: [parent], team_owners_pending: true }]) await denied(await noteOn(home.id, viewer.userId, shape), viewer);
    expect(harness.events).toMatchObject([{ event: 'cdp_team_permission_denied', permission_name: kinds[kind], platform }, { platform }]);
  });

  test('AC-3: at own only on contacts that one owns or is assigned to, others’ notes there included', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: levels('everything', { [kinds[kind]]: 'own' }) }));
    await denied(await noteOn(home.id, viewer.userId, { team_owner_ids: [parent] }), viewer);
    await done(await noteOn(home.id, randomUUID(), { owner_id: viewer.userId, team_owner_ids: [other] }), viewer);
    await done(await noteOn(home.id, randomUUID(), { assignee_id: viewer.userId }), viewer);
  });

  test('ERR-1, AC-3: disabled is FORBIDDEN for the author and owner as well', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER', levels: { [kinds[kind]]: 'disabled' } }));
    await denied(await noteOn(home.id, viewer.userId, { owner_id: viewer.userId }), viewer);
  });

  test('it needs no right to read notes or contacts; then only the id is handed back', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: levels('disabled', { [kinds[kind]]: 'team' }) }));
    const { note, id } = await noteOn(home.id, randomUUID(), { team_owner_ids: [parent] });
    expect((await change(kind, viewer, id)).data).toEqual({ [`${kind}Note`]: { noteId: id, ...(kind === 'update' && { note: null }) } });
    expect(await stored(note)).toMatchObject({ version: 2 });
  });

  test('with the flag off, as before: the author, with the contact in scope of customers_view, where the level is not disabled', async () => {
    const home = addCompany(harness.teams, tree, false);
    const author = on(home.person({ levels: levels('team', { [kinds[kind]]: 'own' }) }));
    const narrow = on(home.person({ levels: levels('everything', { customers_customers_view: 'own' }) }));
    const disabled = on(home.person({ levels: levels('everything', { [kinds[kind]]: 'disabled' }) }));
    await done(await noteOn(home.id, author.userId, { team_owner_ids: [other] }), author);
    await denied(await noteOn(home.id, randomUUID(), { owner_id: author.userId }), author);
    await denied(await noteOn(home.id, narrow.userId, { team_owner_ids: [other] }), narrow);
    await denied(await noteOn(home.id, disabled.userId, { owner_id: disabled.userId }), disabled);
    await denied(await noteOn(home.id, randomUUID(), {}), on(home.person({ role: 'OWNER' })));
  });

  test('while teams cannot be asked: one must be its author, on a contact of one’s own', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ in: [parent], levels: levels('everything') }));
    const [mine, others, far] = [
      await noteOn(home.id, viewer.userId, { owner_id: viewer.userId }),
      await noteOn(home.id, randomUUID(), { owner_id: viewer.userId }),
      await noteOn(home.id, viewer.userId, { team_owner_ids: [parent] }),
    ];
    await permissions(viewer, far.id);
    await harness.teams.tell(home.id, 'TEAM_UPDATED');
    harness.teams.mood = { kind: 'down' };
    await denied(others, viewer);
    await denied(far, viewer);
    await done(mine, viewer);
  });

  test('an old expectedVersion is CONFLICT; of ten changes at once each is judged by the version it found', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = on(home.person({ role: 'OWNER' }));
    const { note, id } = await noteOn(home.id, randomUUID(), {});
    expect(faults(await change(kind, viewer, id, { expectedVersion: 2 }))).toEqual([['CONFLICT', undefined]]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => change(kind, viewer, id)));
    expect(answers.map(verdict).filter((each) => each === 'DONE')).toHaveLength(kind === 'update' ? 10 : 1);
    expect(await stored(note)).toMatchObject({ version: kind === 'update' ? 11 : 2 });
  });

  test('of another company, of a deleted contact, deleted, or none at all is NOT_FOUND; services are FORBIDDEN', async () => {
    const [home, away] = [addCompany(harness.teams, tree), addCompany(harness.teams, tree)];
    const viewer = on(home.person({ role: 'OWNER' }));
    const [foreign, ofDeleted, deleted] = [await noteOn(away.id, viewer.userId, {}), await noteOn(home.id, viewer.userId, { is_deleted: true }), await noteOn(home.id, viewer.userId, {})];
    await harness.notes.updateOne({ _id: deleted.note._id }, { $set: { is_deleted: true } });
    for (const id of [foreign.id, ofDeleted.id, deleted.id, '', '$ne', new ObjectId().toHexString()]) expect(verdict(await change(kind, viewer, id))).toBe('NOT_FOUND');
    expect(verdict(await change(kind, service('contacts:write'), deleted.id, {}))).toBe('FORBIDDEN');
  });
});

test('a note’s new text must be one: blank, too long, NUL or half a character is BAD_USER_INPUT', async () => {
  const home = addCompany(harness.teams, tree);
  const viewer = home.person({ role: 'OWNER' });
  const { note, id } = await noteOn(home.id, viewer.userId, {});
  for (const text of ['', ' \u200b', 'a\u0000', '\udfff', 'x'.repeat(10_001)]) expect(faults(await change('update', viewer, id, { text }))).toEqual([['BAD_USER_INPUT', 'input.text']]);
  expect(await stored(note)).toEqual(note);
});

describe('the audit log', () => {
  test('gets the deletion of a contact and of a note, with ids only, each once by its id, kept until it is acknowledged', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ role: 'OWNER' });
    const { note, id, contactId } = await noteOn(home.id, viewer.userId, {});
    let isRefusing = true;
    harness.teams.takesEntry = () => !isRefusing;
    await change('delete', viewer, id);
    await harness.ask(viewer, 'mutation($id: ID!) { deleteContact(input: { id: $id }) { contactId } }', { id: contactId });
    const outboxes = async () => [(await stored(note))?.audit, (await harness.contacts.findOne({ _id: note.contact_id }))?.audit];
    await until(async () => (await outboxes()).every((outbox) => (outbox?.attempt ?? 0) > 0));
    expect((await outboxes()).map((outbox) => outbox?.entries.length)).toEqual([1, 1]);
    isRefusing = false;
    await until(async () => (await outboxes()).every((outbox) => outbox === undefined));
    harness.teams.takesEntry = () => true;
    const entries = [...harness.teams.audited.values()].filter(([first]) => first?.companyId === home.id);
    expect(entries.map((each) => each.length)).toEqual([1, 1]);
    expect(entries.flat()).toMatchObject([{ kind: 'DELETION', subjectId: id, actorId: viewer.userId, before: { noteId: id, contactId }, after: null }, { kind: 'DELETION', subjectId: contactId, before: { contactId } }]
      .toSorted((a, b) => entries.flat().findIndex(({ subjectId }) => subjectId === a.subjectId) - entries.flat().findIndex(({ subjectId }) => subjectId === b.subjectId)));
    expect(JSON.stringify(entries)).not.toContain('Budi');
  });

  test('gets what a change left while teams were away, beside changes that come meanwhile', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ role: 'OWNER', in: [parent, child] });
    const contact = contactDocument(home.id, { team_owner_ids: [other] });
    await harness.contacts.insertOne(contact);
    const update = (input: object) => harness.ask(viewer, 'mutation($input: UpdateContactInput!) { updateContact(input: $input) { contactId } }', { input: { id: contact._id.toHexString(), ...input } });
    harness.teams.failing = new Set(['audit']);
    await update({ addTeamOwnerIds: [parent] });
    await update({ removeTeamOwnerIds: [other] });
    await update({ name: 'No entry' });
    harness.teams.failing = new Set();
    const entries = () => [...harness.teams.audited.values()].flat().filter(({ subjectId }) => subjectId === contact._id.toHexString());
    await update({ addTeamOwnerIds: [child] });
    await until(() => entries().length === 3);
    const after = entries().map((entry) => entry.after);
    expect(after).toEqual([{ teamOwnerIds: [other, parent] }, { teamOwnerIds: [parent] }, { teamOwnerIds: [parent, child] }]);
  });
});
