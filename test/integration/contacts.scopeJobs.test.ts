import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { storeTreeEvent } from '../../subgraphs/contacts/events/treeEvents.ts';
import { followTreeChange } from '../../subgraphs/contacts/jobs/followTreeChange.ts';
import { writeTokens } from '../../subgraphs/contacts/jobs/writeTokens.ts';
import type { LineageOf } from '../../subgraphs/contacts/lineage.ts';
import { createContactStore } from '../../subgraphs/contacts/store/contacts.ts';
import { type Database, openDatabase } from '../../subgraphs/contacts/store/database.ts';
import { createScopeRewrite } from '../../subgraphs/contacts/store/scopeRewrite.ts';
import { createScopeWrites } from '../../subgraphs/contacts/store/scopeWrites.ts';
import { createTreeStore } from '../../subgraphs/contacts/store/trees.ts';
import { createTreeWorkStore } from '../../subgraphs/contacts/store/treeWork.ts';
import { serviceVisibility } from '../../subgraphs/shared/access/scope.ts';
import { teamToken } from '../../subgraphs/shared/access/scopeTokens.ts';
import { contactDocument } from '../support/contactsHarness.ts';
import { type FreshMongo, freshMongo } from '../support/mongo.ts';

// The jobs on stored scope, one step at a time, so that what happens between two steps is decided here. Nothing runs beside them.
let mongo: FreshMongo;
let database: Database;
beforeAll(async () => {
  mongo = await freshMongo();
  database = await openDatabase({ url: mongo.url, database: mongo.database, now: Date.now });
});
afterAll(async () => {
  await database.close();
  await mongo.close();
});

const onFault = (error: unknown): never => {
  throw error;
};
const storesWith = (lineageOf: LineageOf) => {
  const trees = createTreeStore(database, Date.now);
  const scope = createScopeWrites({ contacts: database.contacts, trees, lineageOf, onFault, now: Date.now, newId: randomUUID });
  return { trees, scope, contacts: createContactStore(database.contacts, { now: Date.now, newId: randomUUID, trees, scope }) };
};
const answer = (treeVersion: number, ...ancestors: readonly string[]): LineageOf => () => Promise.resolve({ treeVersion, ancestorsOf: () => ancestors });
const work = () => createTreeWorkStore(database.trees, database.changes);
/** Long after everything that is due. */
const later = (): Promise<number> => Promise.resolve(Date.now() + 3_600_000);

/** A company whose tokens follow its tree at a version, with team c below team a. */
const company = async (version: number) => {
  const [id, a, b, c] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await database.trees.insertOne({ _id: id, settled: version, seen: version, work: null, due_at: new Date(Date.now() + 86_400_000), attempt: 0 });
  return { id, a, b, c };
};

describe('a move', () => {
  test('is followed by a write that comes between its last look and its end', async () => {
    const { id, a, b, c } = await company(0);
    const { trees, scope } = storesWith(answer(1, b));
    const late = storesWith(answer(0, a)).contacts;
    await trees.open({ _id: randomUUID(), company_sso_id: id, team_id: c, version: 1, kind: 'moved' });
    const rewrite = createScopeRewrite(database.contacts, answer(1, b), trees);
    const look = async (stale: typeof rewrite.stale): Promise<void> => {
      const claimed = await work().claimChange(await later());
      if (claimed === null) throw new Error('the change is not there');
      await followTreeChange({ trees, rewrite: { stale }, scope, time: later, longestWriteMs: 0 }, claimed);
    };
    await look(rewrite.stale);
    await look(async (...given) => {
      const found = await rewrite.stale(...given);
      const contact = { name: 'Late', email: null, phone: null, externalKey: null, ownerId: null, assigneeId: null, teamOwnerIds: [c], teamOwnersSetBy: null, idempotency: null };
      await late.insert(serviceVisibility(id), contact, 10_000);
      return found;
    });
    expect(await work().treeOf(id)).toMatchObject({ settled: 1, work: { kind: 'fill' } });
    expect(await database.contacts.countDocuments({ company_sso_id: id, scope_tokens: teamToken(a) })).toBe(0);
  });
});

describe('tokens that are made anew', () => {
  /** Works off what the tokens of the company need, for as long as something is due. */
  const workOff = async (id: string, lineageOf: LineageOf): Promise<void> => {
    const { trees } = storesWith(lineageOf);
    const rewrite = createScopeRewrite(database.contacts, lineageOf, trees);
    const none = (): void => undefined;
    for (;;) {
      const { work: left } = (await work().treeOf(id)) ?? { work: null };
      if (left === null) return;
      // others that are due come first
      const claimed = await work().claimTree(await later());
      if (claimed === null) throw new Error('nothing is due');
      if (claimed.tree._id !== id) continue;
      await writeTokens({ work: work(), rewrite, lineageOf, onDrift: none, onFilled: none, time: () => Promise.resolve(0), longestWriteMs: 0, checkEveryMs: 0 }, claimed);
    }
  };

  test('after the log of teams was replaced settle at the tree as it is now, not at a version that the old log had reached', async () => {
    const { id, a, c } = await company(50);
    const contact = contactDocument(id, { team_owner_ids: [c] });
    await database.contacts.insertOne({ ...contact, scope_tokens: [teamToken(c)], tree_version: 50 });
    const { trees } = storesWith(answer(10, a));
    await trees.open({ _id: randomUUID(), company_sso_id: id, team_id: c, version: 49, kind: 'moved' });
    await trees.unsettle();
    await workOff(id, answer(10, a));
    expect(await work().treeOf(id)).toMatchObject({ settled: 10, seen: 0 });
    expect(await work().oldestOpen(id)).toBeNull();
    expect(await database.contacts.findOne({ _id: contact._id })).toMatchObject({ scope_tokens: [a, c].map(teamToken).sort(), tree_version: 10 });
    // what a write was made from in the new log is not older than what the old one had told
    expect(await trees.hasPassed(id, 10)).toBe(false);
  });

  test('follow a contact that was edited between being read and being written, each time', async () => {
    const { id, a, b, c } = await company(0);
    const contact = contactDocument(id, { team_owner_ids: [c] });
    await database.contacts.insertOne({ ...contact, scope_tokens: [a, c].map(teamToken).sort(), tree_version: 0 });
    await storesWith(answer(1, b)).trees.rebuild(id);
    const { contacts } = storesWith(answer(0, a));
    let edits = 0;
    const editing: LineageOf = async (companyId, teamIds, waitMs) => {
      // each of both rounds reads the contact, and asks
      if (teamIds.length > 0 && edits < 3) {
        edits += 1;
        const [read] = await contacts.byIds(serviceVisibility(id), [contact._id.toHexString()], 10_000);
        if (read === undefined || !('version' in read)) throw new Error('the contact is there');
        const patch = { plain: {}, assigneeId: randomUUID(), teamOwners: { kind: 'kept' }, audit: [] } as const;
        expect(await contacts.update(serviceVisibility(id), read, patch, 10_000)).toBe('written');
      }
      return answer(1, b)(companyId, teamIds, waitMs);
    };
    await workOff(id, editing);
    expect(edits).toBe(3);
    const stored = await database.contacts.findOne({ _id: contact._id });
    expect(stored).toMatchObject({ tree_version: 1, version: 4 });
    expect(stored?.scope_tokens?.filter((token) => token.startsWith('t:'))).toEqual([b, c].map(teamToken).sort());
    expect(await work().treeOf(id)).toMatchObject({ settled: 1 });
  });

  test('settle at nothing while a contact is edited under every try', async () => {
    const { id, a, b, c } = await company(0);
    const contact = contactDocument(id, { team_owner_ids: [c] });
    await database.contacts.insertOne({ ...contact, scope_tokens: [a, c].map(teamToken).sort(), tree_version: 0 });
    await storesWith(answer(1, b)).trees.rebuild(id);
    const editing: LineageOf = async (companyId, teamIds, waitMs) => {
      if (teamIds.length > 0) await database.contacts.updateOne({ _id: contact._id }, { $inc: { version: 1 } });
      return answer(1, b)(companyId, teamIds, waitMs);
    };
    await expect(workOff(id, editing)).rejects.toThrow(`contacts of company ${id} are changed again and again`);
    expect(await work().treeOf(id)).toMatchObject({ settled: null, work: { kind: 'rebuild', round: 1 } });
  });

  test('follow a move that was heard of between what teams answered and the write', async () => {
    const { id, a, b, c } = await company(0);
    const contact = contactDocument(id, { team_owner_ids: [c] });
    await database.contacts.insertOne(contact);
    const { trees } = storesWith(answer(1, b));
    await trees.fill(id);
    let isMoved = false;
    const moving: LineageOf = async (companyId, teamIds, waitMs) => {
      const asked = await answer(isMoved ? 1 : 0, isMoved ? b : a)(companyId, teamIds, waitMs);
      if (teamIds.length > 0 && !isMoved) {
        isMoved = true;
        // its looks are over: a contact without tokens is none of those that they find
        await database.trees.updateOne({ _id: id }, { $set: { settled: 1, seen: 1 } });
      }
      return asked;
    };
    await workOff(id, moving);
    expect(await database.contacts.findOne({ _id: contact._id })).toMatchObject({ scope_tokens: [b, c].map(teamToken).sort(), tree_version: 1 });
  });
});

test('what was read of a company before it was forgotten is not kept after it', async () => {
  const { id } = await company(3);
  const { trees } = storesWith(answer(3));
  const reading = trees.isSettled(id, 3, 10_000);
  trees.forget(id);
  expect(await reading).toBe(true);
  // written by someone who forgets nothing here
  await database.contacts.insertOne(contactDocument(id));
  expect(await trees.isSettled(id, 3, 10_000)).toBe(false);
});

test('a deletion that does not say what takes the place of its team is refused: its contacts must not become everybody’s', async () => {
  const { id, c } = await company(0);
  const { trees } = storesWith(answer(1));
  const deletion = (payload: Readonly<Record<string, unknown>>) => ({ position: 1, eventId: randomUUID(), type: 'TEAM_DELETED', companyId: id, aggregateId: c, occurredAt: '2026-01-01T00:00:00.000Z', payload: { tree_version: 1, ...payload } });
  await expect(storeTreeEvent(trees, deletion({}))).rejects.toThrow('a TEAM_DELETED must have tree_version and contacts_to');
  expect(await trees.replacements(id, [c], 10_000)).toEqual(new Map());
  expect(await storeTreeEvent(trees, deletion({ contacts_to: null }))).toBe(true);
  expect(await trees.replacements(id, [c], 10_000)).toEqual(new Map([[c, null]]));
});
