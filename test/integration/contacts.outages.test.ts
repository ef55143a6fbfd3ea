import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Person } from '../../subgraphs/shared/viewer.ts';
import { addCompany, contactDocument, type GraphQLAnswer, type Harness, noteDocument, service, startHarness } from '../support/contactsHarness.ts';
import { until } from '../support/until.ts';

const team = randomUUID();
const tree = new Map<string, string | null>([[team, null]]);
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ withDoor: true });
});
afterAll(() => harness.close());
beforeEach(() => {
  harness.teams.mood = { kind: 'well' };
  harness.teams.failing = new Set();
  harness.events.length = 0;
});
const codes = ({ errors = [] }: GraphQLAnswer): unknown[] => errors.map(({ extensions }) => extensions?.['code']);

describe('while MongoDB is away', () => {
  test('TEAM-S10 ERR-2: every read and write is DEPENDENCY_UNAVAILABLE, without a word of the fault, and nothing is written; all is well when it is back', async () => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ role: 'OWNER', in: [team] });
    const contact = contactDocument(home.id, { email: 'a@b.example' });
    const note = noteDocument(contact, viewer.userId);
    await harness.contacts.insertOne(contact);
    await harness.notes.insertOne(note);
    const [id, noteId] = [contact._id.toHexString(), note._id.toHexString()];
    const calls = [
      '{ contacts { nodes { id } } }', `{ contact(id: "${id}") { id } }`, '{ contactsByEmail(email: "a@b.example") { nodes { id } } }', '{ searchContactAssociations(module: DEAL, text: "Budi") { nodes { id } } }',
      `{ canAssociateContact(id: "${id}", module: DEAL) }`, `{ notes(contactId: "${id}") { nodes { id } } }`, `{ note(id: "${noteId}") { id } }`,
      'mutation { createContact(input: { name: "New" }) { contactId } }', `mutation { updateContact(input: { id: "${id}", name: "New" }) { contactId } }`, `mutation { deleteContact(input: { id: "${id}" }) { contactId } }`,
      `mutation { addNote(input: { contactId: "${id}", text: "New" }) { noteId } }`, `mutation { updateNote(input: { id: "${noteId}", text: "New" }) { noteId } }`, `mutation { deleteNote(input: { id: "${noteId}" }) { noteId } }`,
    ];
    harness.door?.cut(true);
    const answers = await Promise.all(calls.map((call) => harness.ask(viewer, call)));
    expect(answers.map(codes)).toEqual(calls.map(() => ['DEPENDENCY_UNAVAILABLE']));
    expect(JSON.stringify(answers)).not.toMatch(/Mongo|ECONN|127\.0\.0\.1|\bat /);
    expect(answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions?.['status']))).toEqual(calls.map(() => 503));
    harness.door?.cut(false);
    await until(async () => codes(await harness.ask(viewer, calls[0] ?? '')).length === 0);
    expect(await harness.contacts.findOne({ _id: contact._id })).toEqual(contact);
    expect(codes(await harness.ask(viewer, calls[8] ?? ''))).toEqual([]);
  });

  test('an owner change that was acknowledged is derived when it is back', async () => {
    const home = addCompany(harness.teams, tree);
    const admin = home.person({ role: 'OWNER', in: [team] });
    const owner = home.person({ in: [team] });
    const contacts = Array.from({ length: 40 }, () => contactDocument(home.id));
    await harness.contacts.insertMany(contacts);
    await harness.ask(owner, '{ contacts { totalCount } }');
    harness.teams.failing = new Set(['userTeams']);
    const change = async (n: number): Promise<boolean> => {
      const answer = await harness.ask(admin, 'mutation($input: UpdateContactInput!) { updateContact(input: $input) { contactId } }', { input: { id: contacts[n]?._id.toHexString(), ownerId: owner.userId } });
      return codes(answer).length === 0;
    };
    const first = await Promise.all(contacts.slice(0, 20).map((_, n) => change(n)));
    harness.door?.cut(true);
    const second = await Promise.all(contacts.slice(20).map((_, n) => change(20 + n)));
    harness.teams.failing = new Set();
    harness.door?.cut(false);
    const acknowledged = contacts.filter((_, n) => [...first, ...second][n]).map(({ _id }) => _id);
    expect(acknowledged.length).toBeGreaterThanOrEqual(20);
    await until(async () => (await harness.contacts.countDocuments({ _id: { $in: acknowledged }, owner_id: owner.userId, team_owner_ids: [team], team_owners_pending: false })) === acknowledged.length, 60_000);
    await until(async () => (await harness.contacts.countDocuments({ company_sso_id: home.id, team_owners_pending: true })) === 0, 60_000);
  }, 90_000);
});

describe('while teams flap, every second call', () => {
  test.each([{ kind: 'down' }, { kind: 'slow', ms: 700 }] as const)('$kind: no answer is wider than the rule allows, an own-only one says so, and all is full again after', async (as) => {
    const home = addCompany(harness.teams, tree);
    const viewer = home.person({ in: [team], levels: { customers_customers_view: 'team' } });
    const shapes = [{ owner_id: viewer.userId, team_owner_ids: [randomUUID()] }, { team_owner_ids: [team] }, {}, { team_owner_ids: [randomUUID()] }, { team_owner_ids: [team], team_owners_pending: true }];
    const [mine, ours, unassigned, ...hidden] = shapes.map((shape) => contactDocument(home.id, shape)) as [ReturnType<typeof contactDocument>, ...ReturnType<typeof contactDocument>[]];
    await harness.contacts.insertMany([mine, ...[ours, unassigned].filter((each) => each !== undefined), ...hidden]);
    const idsOf = (...documents: readonly (typeof mine | undefined)[]) => documents.map((each) => each?._id.toHexString() ?? '').sort();
    const ask = async (who: Person) => {
      const { data } = await harness.ask(who, '{ contacts(first: 100) { totalCount nodes { id } notices { code } } }');
      const { contacts } = data as unknown as { contacts: { totalCount: number; nodes: { id: string }[]; notices: unknown[] } };
      expect(contacts.totalCount).toBe(contacts.nodes.length);
      return { ids: contacts.nodes.map(({ id }) => id).sort(), isOwnOnly: contacts.notices.length > 0 };
    };
    const full = { ids: idsOf(mine, ours, unassigned), isOwnOnly: false };
    const own = { ids: idsOf(mine), isOwnOnly: true };
    expect(await ask(viewer)).toEqual(full);
    harness.teams.mood = { kind: 'flapping', as };
    const seen: Awaited<ReturnType<typeof ask>>[] = [];
    for (let n = 0; n < 12; n += 1) {
      await harness.teams.tell(home.id, 'TEAM_UPDATED');
      seen.push(await ask(viewer));
    }
    for (const each of seen) expect(each).toEqual(each.isOwnOnly ? own : full);
    expect(seen.filter(({ isOwnOnly }) => isOwnOnly).length).toBeGreaterThanOrEqual(3);
    expect(seen.filter(({ isOwnOnly }) => !isOwnOnly).length).toBeGreaterThanOrEqual(3);
    harness.teams.mood = { kind: 'well' };
    await harness.teams.tell(home.id, 'TEAM_UPDATED');
    expect(await ask(viewer)).toEqual(full);
  });
});

test('teams that stay away are asked less and less by the breaker, and asked again when they are back', async () => {
  const home = addCompany(harness.teams, tree);
  const viewer = home.person({ role: 'OWNER' });
  await harness.contacts.insertOne(contactDocument(home.id));
  const ask = async () => (await harness.ask(viewer, '{ contacts { totalCount notices { code } } }')).data as unknown as { contacts: { totalCount: number; notices: unknown[] } };
  expect((await ask()).contacts.totalCount).toBe(1);
  await harness.teams.tell(home.id, 'TEAM_UPDATED');
  harness.teams.mood = { kind: 'down' };
  const before = harness.teams.asked.length;
  for (let n = 0; n < 60; n += 1) expect((await ask()).contacts).toMatchObject({ totalCount: 0, notices: [{}] });
  expect(harness.teams.asked.slice(before).filter((each) => each === 'access').length).toBeLessThan(30);
  harness.teams.mood = { kind: 'well' };
  await until(async () => (await ask()).contacts.totalCount === 1);
});

describe('a service’s create', () => {
  const create = (companySsoId: string) => harness.ask(service('contacts:write'), 'mutation($input: CreateContactInput!) { createContact(input: $input) { contactId } }', { input: { name: 'New', companySsoId } });

  test('names an active company that there is, else it is BAD_USER_INPUT; DEPENDENCY_UNAVAILABLE when that cannot be asked', async () => {
    const home = addCompany(harness.teams, tree);
    const unknown = randomUUID();
    const answer = await create(unknown);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.companySsoId' });
    harness.teams.failing = new Set(['companies']);
    expect(codes(await create(home.id))).toEqual(['DEPENDENCY_UNAVAILABLE']);
    expect(await harness.contacts.countDocuments({ company_sso_id: { $in: [home.id, unknown] } })).toBe(0);
    harness.teams.failing = new Set();
    expect(codes(await create(home.id))).toEqual([]);
  });
});
