import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ObjectId } from 'mongodb';
import type { LineageOf } from '../../subgraphs/contacts/lineage.ts';
import { type ContactStore, createContactStore } from '../../subgraphs/contacts/store/contacts.ts';
import { type Database, openDatabase } from '../../subgraphs/contacts/store/database.ts';
import { toContact } from '../../subgraphs/contacts/store/documents.ts';
import { createNoteStore } from '../../subgraphs/contacts/store/notes.ts';
import { createScopeWrites } from '../../subgraphs/contacts/store/scopeWrites.ts';
import { createTreeStore } from '../../subgraphs/contacts/store/trees.ts';
import { serviceVisibility, visibilityOf } from '../../subgraphs/shared/access/scope.ts';
import { teamToken } from '../../subgraphs/shared/access/scopeTokens.ts';
import type { Person } from '../../subgraphs/shared/viewer.ts';
import { addCompany, contactDocument, type Harness, quickTreeTimes, startHarness } from '../support/contactsHarness.ts';
import { storedIn } from '../support/storedContacts.ts';
import { moveTeam, untilSettled } from '../support/treeChanges.ts';
import { until } from '../support/until.ts';

// background work, on a machine that does much else
jest.setTimeout(120_000);

let harness: Harness;
let database: Database;
beforeAll(async () => {
  harness = await startHarness({ treeTimes: quickTreeTimes });
  database = await openDatabase({ url: harness.mongo.url, database: harness.mongo.database, now: Date.now });
});
afterAll(async () => {
  await database.close();
  await harness.close();
});
const stored = storedIn(() => harness);

/** Team c, at first below a; b stands beside. */
const company = (treeVersion: number) => {
  const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
  const home = addCompany(harness.teams, new Map([[a, null], [b, null], [c, a]]));
  home.company.treeVersion = treeVersion;
  const memberOf = (team: string): Person => home.person({ in: [team], levels: { customers_customers_view: 'team' } });
  return { ...home, a, b, c, memberOf };
};
type Home = ReturnType<typeof company>;

const lineOf = (parents: ReadonlyMap<string, string | null>) => (team: string): string[] => {
  const parent = parents.get(team) ?? null;
  return parent === null ? [] : [...lineOf(parents)(parent), parent];
};
const newContact = (home: Home) =>
  ({ name: 'Late', email: null, phone: null, externalKey: null, ownerId: null, assigneeId: null, teamOwnerIds: [home.c], teamOwnersSetBy: 'auto', idempotency: null }) as const;
const idOf = (inserted: Awaited<ReturnType<ContactStore['insert']>>): string => {
  if (typeof inserted === 'string') throw new Error(inserted);
  return inserted.id;
};
const list = async (viewer: Person): Promise<string[]> => {
  const { data } = await harness.ask(viewer, '{ contacts(first: 100) { nodes { id } } }');
  return (data as unknown as { contacts: { nodes: { id: string }[] } }).contacts.nodes.map(({ id }) => id);
};

/** The contacts of a process that stands still after teams has answered its question, until `meanwhile` is over. */
const standingStill = (home: Home, meanwhile: () => Promise<void>) => {
  const lineageOf: LineageOf = async () => {
    const answer = { treeVersion: home.company.treeVersion ?? 0, ancestorsOf: lineOf(home.company.parents) };
    await meanwhile();
    return answer;
  };
  const trees = createTreeStore(database, Date.now);
  const onFault = (error: unknown): never => {
    throw error;
  };
  const scope = createScopeWrites({ contacts: database.contacts, trees, lineageOf, onFault, now: Date.now, newId: randomUUID });
  return createContactStore(database.contacts, { now: Date.now, newId: randomUUID, trees, scope });
};

/** c's contact is seen by b's members alone, in lists that read tokens. */
const expectFollowed = async (home: Home, id: string): Promise<void> => {
  expect(await list(home.memberOf(home.a))).not.toContain(id);
  await until(async () => (await harness.contacts.findOne({ company_sso_id: home.id, scope_tokens: { $exists: false } })) === null);
  const document = await harness.contacts.findOne({ company_sso_id: home.id, team_owner_ids: home.c });
  expect(document?.scope_tokens).toEqual([home.b, home.c].map(teamToken).sort());
  await until(async () => (await list(home.memberOf(home.b))).includes(id));
  expect(await list(home.memberOf(home.a))).not.toContain(id);
};

test.each([
  ['out of scope', 'FORBIDDEN', { owner_id: randomUUID() }],
  ['deleted', 'NOT_FOUND', { is_deleted: true }],
] as const)('a note is not added to a contact that is %s by the time that the note is written', async (_, code, change) => {
  const home = company(0);
  const { userId } = home.person();
  const contact = contactDocument(home.id, { owner_id: userId });
  await harness.contacts.insertOne(contact);
  const visibility = visibilityOf({ companyId: home.id, viewerId: userId, level: 'own', teamFlag: true, teamIds: [], expandedTeamIds: [], treeVersion: 0 });
  const contacts = standingStill(home, () => Promise.resolve());
  const notes = createNoteStore(database.notes, contacts, { now: Date.now, newId: randomUUID });
  const add = (text: string) => notes.insert(visibility, toContact(contact), { authorId: userId, text, idempotency: null }, 10_000);
  expect(await add('In time')).toEqual({ id: expect.any(String) });
  await harness.contacts.updateOne({ _id: contact._id }, { $set: change });
  expect(await add('Too late')).toMatchObject({ code });
  expect((await harness.notes.find({ contact_id: contact._id }).toArray()).map(({ text }) => text)).toEqual(['In time']);
});

describe.each([
  ['the first that a company makes', 0],
  ['a later one', 7],
])('a write that stood still until a move was through, as a paused process does, is not believed: %s', (_, begunAt) => {
  const moved = (home: Home) => async (): Promise<void> => untilSettled(harness, home.id, moveTeam(harness.teams, home.id, home.c, home.b));
  const begin = async (): Promise<Readonly<{ home: Home; there: ObjectId }>> => {
    const home = company(begunAt);
    const there = contactDocument(home.id, { team_owner_ids: [home.a] });
    await harness.contacts.insertOne(there);
    await untilSettled(harness, home.id, begunAt);
    return { home, there: there._id };
  };

  test('a new contact', async () => {
    const { home } = await begin();
    const contacts = standingStill(home, moved(home));
    const id = idOf(await contacts.insert(serviceVisibility(home.id), newContact(home), 60_000));
    await expectFollowed(home, id);
  });

  test('new team owners of a contact that was there', async () => {
    const { home, there: _id } = await begin();
    const contacts = standingStill(home, moved(home));
    const patch = { plain: {}, teamOwners: { kind: 'set', ids: [home.c], setBy: 'person' }, audit: [] } as const;
    expect(await contacts.update(serviceVisibility(home.id), toContact(await stored({ _id })), patch, 60_000)).toBe('written');
    await expectFollowed(home, _id.toHexString());
  });
});
