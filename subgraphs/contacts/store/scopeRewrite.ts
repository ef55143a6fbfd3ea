import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { teamToken } from '../../shared/access/scopeTokens.ts';
import { PeerUnavailable } from '../../shared/peer.ts';
import type { LineageOf } from '../lineage.ts';
import { within } from './database.ts';
import { type ContactDocument, toContact } from './documents.ts';
import { beyond } from './keyset.ts';
import { asRead, type StoredScope, storedScope } from './scopeWrites.ts';
import type { TreeWork } from './treeDocuments.ts';
import { type TreeStore, treeWaitMs } from './trees.ts';

/** Contacts of one bulk write. */
const batchSize = 500;
const lineageMs = 5_000;
/** How often contacts that change meanwhile are looked at again. */
const mostTries = 5;

/** What became of a batch: how many were looked at, of those had other tokens than they should or none, and the tree version they should follow. */
export type Batch = Readonly<{ seen: number; missing: number; differing: number; treeVersion: number; last: TreeWork['after'] }>;

/** Writes tokens in the background, in batches; each write only while the contact is as it was read, and without raising its version. */
export type ScopeRewrite = Readonly<{
  /** The next contacts of a company, oldest first. `force`: the tree version too, when only that differs. @throws PeerUnavailable */
  walk(companyId: string, after: TreeWork['after'], force: boolean): Promise<Batch>;
  /** Some contacts that have no tokens. @throws PeerUnavailable */
  fill(companyId: string): Promise<Batch>;
  /** Contacts that carry a team's token from before a tree version; calls back after each batch, and stops when that answers false. @throws PeerUnavailable */
  stale(companyId: string, teamId: string, before: number, goOn: () => Promise<boolean>): Promise<number>;
}>;

type Attempt = Readonly<{
  wrong: readonly Readonly<{ document: ContactDocument; scope: StoredScope; missing: boolean; differs: boolean }>[];
  treeVersion: number;
  /** All of them were written, and the tree is still what they were written from. */
  isThrough: boolean;
}>;

export const createScopeRewrite = (contacts: Collection<ContactDocument>, lineageOf: LineageOf, trees: Pick<TreeStore, 'hasPassed'>): ScopeRewrite => {
  const live = (companyId: string) => ({ company_sso_id: companyId, is_deleted: false });
  const writeOnce = async (companyId: string, documents: readonly ContactDocument[], force: boolean): Promise<Attempt> => {
    const teamIds = documents.flatMap(({ team_owner_ids }) => team_owner_ids ?? []);
    const lineage = await lineageOf(companyId, teamIds, lineageMs);
    if (lineage === null) throw new PeerUnavailable('teams did not answer ancestors in time');
    const wrong = documents.flatMap((document) => {
      const scope = storedScope(toContact(document), lineage);
      const missing = document.scope_tokens === undefined || document.tree_version === undefined;
      const differs = !missing && !isSame(scope.scope_tokens, document.scope_tokens ?? []);
      return missing || differs || (force && document.tree_version !== scope.tree_version) ? [{ document, scope, missing, differs }] : [];
    });
    const { treeVersion } = lineage;
    if (wrong.length === 0) return { wrong, treeVersion, isThrough: true };
    const operations: AnyBulkWriteOperation<ContactDocument>[] = wrong.map(({ document, scope }) => ({
      updateOne: { filter: { _id: document._id, ...asRead(document) }, update: { $set: scope } },
    }));
    const { matchedCount } = await within(treeWaitMs, contacts.bulkWrite(operations, { ordered: false, maxTimeMS: treeWaitMs }));
    return { wrong, treeVersion, isThrough: matchedCount === wrong.length && !(await trees.hasPassed(companyId, treeVersion)) };
  };
  /** Until each of the contacts carries what was made from it as it is, and from the newest tree: an edit in between keeps the old tokens of teams. */
  const write = async (companyId: string, documents: readonly ContactDocument[], force: boolean): Promise<Batch> => {
    const first = await writeOnce(companyId, documents, force);
    for (let { wrong, isThrough } = first, tries = 1; !isThrough; tries += 1) {
      if (tries > mostTries) throw new Error(`contacts of company ${companyId} are changed again and again while their scope tokens are written`);
      const again = contacts.find({ ...live(companyId), _id: { $in: wrong.map(({ document }) => document._id) } }, { maxTimeMS: treeWaitMs });
      ({ wrong, isThrough } = await writeOnce(companyId, await within(treeWaitMs, again.toArray()), force));
    }
    const last = documents.at(-1);
    return {
      seen: documents.length,
      missing: first.wrong.filter(({ missing }) => missing).length,
      differing: first.wrong.filter(({ differs }) => differs).length,
      treeVersion: first.treeVersion,
      last: last === undefined ? null : { created_at: last.created_at, _id: last._id },
    };
  };

  return {
    walk: async (companyId, after, force) => {
      const order = { key: 'created_at', descending: false } as const;
      const place = after === null ? null : { value: after.created_at.getTime(), id: after._id.toHexString() };
      const next = contacts.find({ ...live(companyId), ...beyond({ order, backward: false, place, size: batchSize }) }, { sort: { created_at: 1, _id: 1 }, limit: batchSize, hint: 'live_by_created_at', maxTimeMS: treeWaitMs });
      return write(companyId, await within(treeWaitMs, next.toArray()), force);
    },
    fill: async (companyId) => {
      const bare = contacts.find({ ...live(companyId), scope_tokens: null as never }, { limit: batchSize, hint: 'scope_by_updated_at', maxTimeMS: treeWaitMs });
      return write(companyId, await within(treeWaitMs, bare.toArray()), false);
    },
    stale: async (companyId, teamId, before, goOn) => {
      const old = { ...live(companyId), scope_tokens: teamToken(teamId), tree_version: { $lt: before } };
      const cursor = contacts.find(old, { hint: 'scope_by_created_at', batchSize });
      let found = 0;
      let batch: ContactDocument[] = [];
      try {
        for await (const document of cursor) {
          batch.push(document);
          if (batch.length < batchSize) continue;
          found += batch.length;
          await write(companyId, batch, true);
          batch = [];
          if (!(await goOn())) return found;
        }
        found += batch.length;
        if (batch.length > 0) await write(companyId, batch, true);
        return found;
      } finally {
        await cursor.close();
      }
    },
  };
};

const isSame = (one: readonly string[], other: readonly string[]): boolean => one.length === other.length && one.every((token, place) => token === other[place]);
