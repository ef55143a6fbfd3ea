import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ObjectId } from 'mongodb';
import { storedScope } from '../../subgraphs/contacts/store/scopeWrites.ts';
import { type ContactDocument, toContact } from '../../subgraphs/contacts/store/documents.ts';
import type { TreeChange, TreeDocument } from '../../subgraphs/contacts/store/treeDocuments.ts';
import type { Person } from '../../subgraphs/shared/viewer.ts';
import { addCompany, contactDocument, type Harness, quickTreeTimes, startHarness } from '../support/contactsHarness.ts';
import { storedIn } from '../support/storedContacts.ts';
import { deleteTeam, moveTeam, untilSettled } from '../support/treeChanges.ts';
import { until } from '../support/until.ts';

// background work of several processes, on a machine that does much else
jest.setTimeout(120_000);

const levels = { customers_customers_view: 'team', customers_customers_manage: 'team' } as const;
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ treeTimes: quickTreeTimes });
});
afterAll(() => harness.close());

/** A company of two trees: a above b above c, and d. */
const company = (of = harness) => {
  const [a, b, c, d] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const home = addCompany(of.teams, new Map([[a, null], [b, a], [c, b], [d, null]]));
  return { ...home, a, b, c, d, member: (...teams: string[]): Person => home.person({ in: teams, levels }) };
};

const list = async (viewer: Person, of = harness): Promise<string[]> => {
  const answer = await of.ask(viewer, '{ contacts(first: 100) { totalCount nodes { id } } }');
  const { contacts } = answer.data as unknown as { contacts: { totalCount: number; nodes: { id: string }[] } };
  expect(contacts.totalCount).toBe(contacts.nodes.length);
  return contacts.nodes.map(({ id }) => id).sort();
};
const stored = (_id: ObjectId, of = harness): Promise<ContactDocument> => storedIn(() => of)({ _id });
const ids = (...documents: ContactDocument[]): string[] => documents.map(({ _id }) => _id.toHexString()).sort();
const lineOf = (parents: ReadonlyMap<string, string | null>) => {
  const up = (team: string): string[] => {
    const parent = parents.get(team) ?? null;
    return parent === null ? [] : [...up(parent), parent];
  };
  return up;
};
/** All contacts of the company carry the tokens that their fields and the tree say. */
const expectRightTokens = async (companyId: string, of = harness): Promise<void> => {
  const ancestorsOf = lineOf(of.teams.companies.get(companyId)?.parents ?? new Map());
  for (const document of await of.contacts.find({ company_sso_id: companyId, is_deleted: false }).toArray()) {
    expect([document._id, document.scope_tokens]).toEqual([document._id, storedScope(toContact(document), { treeVersion: 1, ancestorsOf }).scope_tokens]);
  }
};
/** Whether lists read tokens: a contact that carries a false one is listed. */
const readsTokens = async (home: ReturnType<typeof company>, of = harness): Promise<boolean> => {
  const [alone, other] = [randomUUID(), randomUUID()];
  const viewer = home.person({ in: [alone], levels });
  const bait = { ...contactDocument(home.id, { owner_id: other, team_owner_ids: [other] }), scope_tokens: [`t:${alone}`, `t:${other}`, `u:${other}`], tree_version: 1 };
  await of.contacts.insertOne(bait);
  const listed = await list(viewer, of);
  await of.contacts.deleteOne({ _id: bait._id });
  return listed.includes(bait._id.toHexString());
};

describe('stored scope (SPEC §3.5, §5)', () => {
  test('contacts that came from elsewhere get their tokens in the background; until then lists read team owners', async () => {
    const home = company();
    const documents = [contactDocument(home.id, { team_owner_ids: [home.c] }), contactDocument(home.id, { team_owner_ids: [home.d] }), contactDocument(home.id)];
    await harness.contacts.insertMany(documents);
    const [mine = null, , none = null] = documents;
    if (mine === null || none === null) throw new Error('documents');
    expect(await list(home.member(home.a))).toEqual(ids(mine, none));
    await untilSettled(harness, home.id, 0);
    await expectRightTokens(home.id);
    expect(await list(home.member(home.a))).toEqual(ids(mine, none));
    await until(() => readsTokens(home));
  });

  test('a move counts at once: lists read team owners until all tokens follow it, and tokens then', async () => {
    const home = company();
    const document = contactDocument(home.id, { team_owner_ids: [home.c] });
    await harness.contacts.insertOne(document);
    await untilSettled(harness, home.id, 0);
    const [ofA, ofD] = [home.member(home.a), home.member(home.d)];
    expect([await list(ofA), await list(ofD)]).toEqual([ids(document), []]);
    const version = moveTeam(harness.teams, home.id, home.b, home.d);
    const [newA, newD] = [home.member(home.a), home.member(home.d)];
    expect([await list(newA), await list(newD)]).toEqual([[], ids(document)]);
    await untilSettled(harness, home.id, version);
    await expectRightTokens(home.id);
    expect([await list(newA), await list(newD)]).toEqual([[], ids(document)]);
    const after = await stored(document._id);
    expect([after.version, after.updated_at, after.tree_version]).toEqual([1, document.updated_at, version]);
    // that tokens do not follow yet is believed for a moment longer
    await until(() => readsTokens(home));
  });

  test('while teams cannot say ancestors a move stays open, and lists are right all that time', async () => {
    const home = company();
    const document = contactDocument(home.id, { team_owner_ids: [home.c] });
    await harness.contacts.insertOne(document);
    await untilSettled(harness, home.id, 0);
    harness.teams.failing = new Set(['ancestors']);
    const version = moveTeam(harness.teams, home.id, home.b, home.d);
    await until(async () => (await harness.db.collection<TreeDocument>('trees').findOne({ _id: home.id }))?.seen === version);
    const [ofA, ofD] = [home.member(home.a), home.member(home.d)];
    expect([await list(ofA), await list(ofD)]).toEqual([[], ids(document)]);
    expect((await stored(document._id)).tree_version).toBe(0);
    harness.teams.failing = new Set();
    await untilSettled(harness, home.id, version);
    expect([await list(ofA), await list(ofD)]).toEqual([[], ids(document)]);
  });

  test('several moves that overtake one another end in the tokens of the last tree', async () => {
    const home = company();
    const e = randomUUID();
    home.company.parents = new Map([...home.company.parents, [e, null]]);
    const documents = Array.from({ length: 40 }, (_, n) => contactDocument(home.id, { team_owner_ids: [[home.a, home.b, home.c, home.d, e][n % 5] ?? ''], team_owners_pending: n % 11 === 0 }));
    await harness.contacts.insertMany(documents);
    await untilSettled(harness, home.id, 0);
    let version = 0;
    for (const [team, parent] of [[home.b, home.d], [home.d, e], [home.c, null], [e, home.a], [home.b, e], [home.c, home.b]] as const) version = moveTeam(harness.teams, home.id, team, parent);
    await untilSettled(harness, home.id, version);
    await expectRightTokens(home.id);
  });

  test('team creation and rename change no token and open nothing', async () => {
    const home = company();
    await harness.contacts.insertOne(contactDocument(home.id, { team_owner_ids: [home.c] }));
    await untilSettled(harness, home.id, 0);
    harness.teams.emit(home.id, 'TEAM_UPDATED', { company_sso_id: home.id, parent_id: home.a, tree_version: 0 }, home.b);
    harness.teams.emit(home.id, 'TEAM_CREATED', { company_sso_id: home.id, parent_id: null, tree_version: 0 }, randomUUID());
    const version = moveTeam(harness.teams, home.id, home.d, home.a);
    await untilSettled(harness, home.id, version);
    expect(version).toBe(1);
  });
});

describe('a deleted team on contacts (SPEC §2.1)', () => {
  test('is replaced by what took its place, chains followed, pending ones too without ending that, and null leaves the contact Unassigned', async () => {
    const home = company();
    const [chained, both, pending, none] = [
      contactDocument(home.id, { team_owner_ids: [home.c] }),
      contactDocument(home.id, { team_owner_ids: [home.c, home.a] }),
      contactDocument(home.id, { team_owner_ids: [home.c], team_owners_pending: true }),
      contactDocument(home.id, { team_owner_ids: [home.d], team_owners_set_by: 'person' }),
    ] as const;
    await harness.contacts.insertMany([chained, both, pending, none]);
    await untilSettled(harness, home.id, 0);
    deleteTeam(harness.teams, home.id, home.c, home.b);
    deleteTeam(harness.teams, home.id, home.b, home.a);
    const version = deleteTeam(harness.teams, home.id, home.d, null);
    await untilSettled(harness, home.id, version);
    const after = await Promise.all([chained, both, pending, none].map(({ _id }) => stored(_id)));
    expect(after.map(({ team_owner_ids }) => team_owner_ids)).toEqual([[home.a], [home.a], [home.a], []]);
    expect(after.map(({ team_owners_pending }) => team_owners_pending)).toEqual([false, false, true, false]);
    expect(after.every(({ version: each }) => each >= 2)).toBe(true);
    expect(after.map(({ team_owners_set_by }) => team_owners_set_by)).toEqual(['auto', 'auto', 'auto', 'person']);
    await expectRightTokens(home.id);
    expect(await list(home.member(home.a))).toEqual(ids(chained, both, none));
    await until(() => [...harness.teams.audited.values()].flat().some(({ subjectId }) => subjectId === none._id.toHexString()));
    const [entry] = [...harness.teams.audited.values()].flat().filter(({ subjectId }) => subjectId === none._id.toHexString());
    expect(entry).toMatchObject({ kind: 'TEAM_OWNER', actorId: null, actorService: null, before: { teamOwnerIds: [home.d] }, after: { teamOwnerIds: [] } });
  });

  test('is mended on a write that had read its teams before the deletion', async () => {
    const home = company();
    const late = home.member(home.c);
    const version = deleteTeam(harness.teams, home.id, home.c, home.b);
    await until(async () => (await harness.db.collection('replaced_teams').countDocuments({ company_sso_id: home.id })) > 0);
    // teams answered before the deletion: the person was a member of the team
    harness.teams.companies.get(home.id)?.people.set(late.userId, { role: 'AGENT', teams: [home.c], levels });
    const answer = await harness.ask(late, 'mutation { createContact(input: { name: "Late" }) { contactId } }');
    expect(answer.errors).toBeUndefined();
    const document = await harness.contacts.findOne({ company_sso_id: home.id, name: 'Late' });
    expect(document).toMatchObject({ team_owner_ids: [home.b], team_owners_set_by: 'auto', version: 2 });
    await untilSettled(harness, home.id, version);
    await expectRightTokens(home.id);
  });

  test('is mended on a write that came after the first look, as the change is asked once more', async () => {
    const home = company();
    const slow = await startHarness({ treeTimes: { ...quickTreeTimes, longestWriteMs: 3_600_000 } });
    await until(async () => (await slow.part.unready()).length === 0);
    const { id, company: described } = addCompany(slow.teams, new Map([[home.a, null], [home.b, home.a]]));
    // its tokens are written and checked
    await slow.db.collection<TreeDocument>('trees').insertOne({ _id: id, settled: 0, seen: 0, work: null, due_at: new Date(Date.now() + 86_400_000), attempt: 0 });
    await slow.contacts.insertOne({ ...contactDocument(id, { team_owner_ids: [home.a] }), ...storedScope({ ownerId: null, assigneeId: null, teamOwnerIds: [home.a], teamOwnersPending: false }, { treeVersion: 0, ancestorsOf: () => [] }) });
    const version = deleteTeam(slow.teams, id, home.b, home.a);
    const changes = slow.db.collection<TreeChange>('tree_changes');
    await until(async () => (await changes.countDocuments({ company_sso_id: id, clean_at: { $ne: null } })) > 0);
    const late = { ...contactDocument(id, { team_owner_ids: [home.b] }), ...storedScope({ ownerId: null, assigneeId: null, teamOwnerIds: [home.b], teamOwnersPending: false }, { treeVersion: 0, ancestorsOf: () => [home.a] }) };
    await slow.contacts.insertOne(late);
    // as if the longest time of a write had passed since
    await changes.updateOne({ company_sso_id: id }, { $set: { clean_at: new Date(0), due_at: new Date(0) } });
    await untilSettled(slow, id, version);
    expect((await stored(late._id, slow)).team_owner_ids).toEqual([home.a]);
    expect(described.treeVersion).toBe(version);
    await slow.close();
  });
});

describe('durable following (SPEC §5)', () => {
  test('goes on where the last process ended, whoever ended in the middle', async () => {
    const first = await startHarness({ treeTimes: quickTreeTimes });
    const home = company(first);
    const document = contactDocument(home.id, { team_owner_ids: [home.c] });
    await first.contacts.insertOne(document);
    await untilSettled(first, home.id, 0);
    await first.part.close();
    const version = deleteTeam(first.teams, home.id, home.c, home.d);
    const second = await startHarness({ treeTimes: quickTreeTimes, mongo: first.mongo, teams: first.teams });
    await untilSettled(second, home.id, version);
    expect((await stored(document._id, second)).team_owner_ids).toEqual([home.d]);
    // the work of an event may be done before the position has moved behind it
    await until(async () => (await second.db.collection('followers').findOne({ position: 1 })) !== null);
    expect(await second.db.collection('followers').findOne({})).toMatchObject({ _id: 'teams', log: 'double', position: 1, comparing: false });
    await second.close();
    await first.close();
  });

  test('two processes at once have one effect', async () => {
    const first = await startHarness({ treeTimes: quickTreeTimes });
    const second = await startHarness({ treeTimes: quickTreeTimes, mongo: first.mongo, teams: first.teams });
    const home = company(first);
    const documents = Array.from({ length: 700 }, () => contactDocument(home.id, { team_owner_ids: [home.c] }));
    await first.contacts.insertMany(documents);
    await untilSettled(first, home.id, 0);
    moveTeam(first.teams, home.id, home.b, home.d);
    const version = deleteTeam(first.teams, home.id, home.c, home.b);
    await untilSettled(first, home.id, version);
    expect(await first.contacts.countDocuments({ company_sso_id: home.id, version: 2, team_owner_ids: [home.b] })).toBe(documents.length);
    await expectRightTokens(home.id, first);
    await second.close();
    await first.close();
  });

  test('a position of another log makes contacts compare their teams before it is ready, and its tokens anew', async () => {
    const lost = await startHarness({ treeTimes: quickTreeTimes });
    const home = company(lost);
    const [moved, gone] = [contactDocument(home.id, { team_owner_ids: [home.c] }), contactDocument(home.id, { team_owner_ids: [home.d] })];
    await lost.contacts.insertMany([moved, gone]);
    await untilSettled(lost, home.id, 0);
    await until(async () => (await lost.part.unready()).length === 0);
    // what another log told was never heard here; its versions begin anew
    lost.teams.failing = new Set(['standing']);
    moveTeam(lost.teams, home.id, home.b, null, false);
    deleteTeam(lost.teams, home.id, home.d, home.a, false);
    lost.teams.log = 'another';
    home.company.treeVersion = 0;
    lost.teams.emit(home.id, 'ACCESS_CHANGED');
    await until(async () => (await lost.part.unready()).includes('team owners are being compared with teams'));
    expect(await list(home.member(home.a), lost)).toEqual([]);
    lost.teams.failing = new Set();
    await until(async () => (await lost.part.unready()).length === 0);
    expect((await stored(gone._id, lost)).team_owner_ids).toEqual([home.a]);
    await untilSettled(lost, home.id, 0);
    await expectRightTokens(home.id, lost);
    expect(await list(home.member(home.a), lost)).toEqual(ids(gone));
    await lost.close();
  });

  test('a team whose deletion the other log knows nothing of stands for itself again: its contacts are not everybody’s', async () => {
    const lost = await startHarness({ treeTimes: quickTreeTimes });
    const home = company(lost);
    await lost.contacts.insertOne(contactDocument(home.id, { team_owner_ids: [home.d] }));
    const { parents } = home.company;
    await untilSettled(lost, home.id, deleteTeam(lost.teams, home.id, home.d, null));
    // teams is put back to what it was before
    Object.assign(home.company, { parents, replaced: new Map(), treeVersion: 0 });
    lost.teams.log = 'another';
    lost.teams.emit(home.id, 'ACCESS_CHANGED');
    await until(async () => (await lost.db.collection('followers').findOne({ log: 'another', comparing: false })) !== null);
    const created = await lost.ask(home.member(home.d), 'mutation { createContact(input: { name: "After" }) { contactId } }');
    expect(created.errors).toBeUndefined();
    const after = await lost.contacts.findOne({ company_sso_id: home.id, name: 'After' });
    expect(after?.team_owner_ids).toEqual([home.d]);
    expect(await list(home.member(home.a), lost)).not.toContain(after?._id.toHexString());
    await lost.close();
  });
});

describe('drift', () => {
  test('is found, repaired and counted; a contact without tokens is judged by its team owners at once', async () => {
    const drifting = await startHarness({ treeTimes: { ...quickTreeTimes, checkEveryMs: 100 } });
    const home = company(drifting);
    const [wrong, right] = [contactDocument(home.id, { team_owner_ids: [home.c] }), contactDocument(home.id, { team_owner_ids: [home.d] })];
    await drifting.contacts.insertMany([wrong, right]);
    // a look for drift follows the other: whether one is being made says nothing
    await until(async () => (await drifting.db.collection<TreeDocument>('trees').findOne({ _id: home.id }))?.settled === 0);
    await drifting.contacts.updateOne({ _id: wrong._id }, { $set: { scope_tokens: [`t:${home.d}`] } });
    await until(async () => (await stored(wrong._id, drifting)).scope_tokens?.includes(`t:${home.d}`) === false);
    await expectRightTokens(home.id, drifting);
    expect((await stored(wrong._id, drifting)).version).toBe(1);
    await until(async () => /one_team_scope_drift_total\{kind="differs",process="contacts"\} 1/.test(await drifting.metrics()));
    await drifting.close();
  });

  test('when teams cannot say ancestors a contact is written all the same, and seen by whom it should be', async () => {
    const home = company();
    await harness.contacts.insertOne(contactDocument(home.id, { team_owner_ids: [home.d] }));
    await untilSettled(harness, home.id, 0);
    harness.teams.failing = new Set(['ancestors']);
    const creator = home.member(home.c);
    expect((await harness.ask(creator, 'mutation { createContact(input: { name: "Bare" }) { contactId } }')).errors).toBeUndefined();
    const bare = await harness.contacts.findOne({ company_sso_id: home.id, name: 'Bare' });
    expect(bare?.scope_tokens).toBeUndefined();
    expect(await list(home.member(home.a))).toEqual([bare?._id.toHexString()]);
    harness.teams.failing = new Set();
    await until(async () => (await harness.contacts.findOne({ company_sso_id: home.id, name: 'Bare' }))?.scope_tokens !== undefined);
    await expectRightTokens(home.id);
  });
});

describe('every write that scope depends on changes the tokens with it', () => {
  test('create, new owner, pending, assignee, add, remove, whole set, owner cleared', async () => {
    const home = company();
    const [me, other] = [home.member(home.b), home.member(home.c, home.d)];
    const update = async (id: string, input: string): Promise<void> => {
      expect((await harness.ask(me, `mutation { updateContact(input: { id: "${id}", ${input} }) { contactId } }`)).errors).toBeUndefined();
    };
    const created = await harness.ask(me, 'mutation { createContact(input: { name: "One" }) { contactId } }');
    const id = (created.data as unknown as { createContact: { contactId: string } }).createContact.contactId;
    const right = async (): Promise<ContactDocument> => {
      await expectRightTokens(home.id);
      const document = await harness.contacts.findOne({ company_sso_id: home.id });
      if (document === null) throw new Error('no contact');
      return document;
    };
    const first = await right();
    expect(first.scope_tokens).toEqual([`t:${home.a}`, `t:${home.b}`, `u:${me.userId}`].sort());
    await update(id, `assigneeId: "${other.userId}"`);
    expect((await right()).tree_version).toBe(first.tree_version);
    await update(id, `ownerId: "${other.userId}"`);
    expect((await right()).team_owner_ids?.toSorted()).toEqual([home.c, home.d].sort());
    await update(id, `assigneeId: "${me.userId}", addTeamOwnerIds: ["${home.b}"]`);
    await right();
    await update(id, `removeTeamOwnerIds: ["${home.c}", "${home.d}"]`);
    expect((await right()).team_owner_ids).toEqual([home.b]);
    harness.teams.failing = new Set(['userTeams']);
    await update(id, `ownerId: "${other.userId}x"`).catch(() => undefined);
    await update(id, `ownerId: "${me.userId}"`);
    expect(await right()).toMatchObject({ team_owners_pending: true, scope_tokens: [`p:${me.userId}`, 'pending', `u:${me.userId}`] });
    await update(id, `ownerId: null, name: "Two"`);
    await right();
    harness.teams.failing = new Set();
    await update(id, 'teamOwnerIds: []');
    expect((await right()).scope_tokens).toEqual([`u:${me.userId}`, 'unassigned'].sort());
  });
});
