import type { Collection } from 'mongodb';
import { within } from './database.ts';
import type { TreeChange, TreeDocument, TreeWork } from './treeDocuments.ts';
import { treeWaitMs } from './trees.ts';

/** How long one attempt may go on without saying so before its work is taken up by another, in ms. */
export const treeLeaseMs = 30_000;

/** A change taken for one attempt. What a lost claim writes is refused. */
export type ClaimedChange = Readonly<{
  change: TreeChange;
  /** Holds it for longer; false: another has it. */
  hold(now: number): Promise<boolean>;
  /** Nothing was left to do; it is asked once more at `again`. */
  clean(now: number, again: number): Promise<boolean>;
  /** The stored tokens follow it. */
  close(): Promise<boolean>;
  /** Another attempt later. */
  postpone(until: number): Promise<boolean>;
}>;

/** What a company's tokens need, taken for one attempt. */
export type ClaimedTree = Readonly<{
  tree: TreeDocument;
  /** Goes on with this, held for longer; false: another has it. */
  save(work: TreeWork, until: number): Promise<boolean>;
  /** Another attempt later. */
  postpone(until: number): Promise<boolean>;
  /** Done; the next check is due at `next`. */
  finish(settled: number, next: number): Promise<boolean>;
}>;

export type TreeWorkStore = Readonly<{
  /** `now` is the database's time in ms. */
  claimChange(now: number): Promise<ClaimedChange | null>;
  claimTree(now: number): Promise<ClaimedTree | null>;
  /** The oldest version that stored tokens may not follow. */
  oldestOpen(companyId: string): Promise<number | null>;
  treeOf(companyId: string): Promise<TreeDocument | null>;
}>;

export const createTreeWorkStore = (trees: Collection<TreeDocument>, changes: Collection<TreeChange>): TreeWorkStore => ({
  claimChange: async (now) => {
    const change = await within(treeWaitMs, changes.findOneAndUpdate(dueAt(now), taken(now), oldestFirst));
    if (change === null) return null;
    const held = { _id: change._id, attempt: change.attempt };
    const settle = async (set: Partial<TreeChange>): Promise<boolean> => (await within(treeWaitMs, changes.updateOne(held, { $set: set }))).matchedCount === 1;
    return {
      change,
      hold: (at) => settle({ due_at: new Date(at + treeLeaseMs) }),
      clean: (at, again) => settle({ clean_at: new Date(at), due_at: new Date(again) }),
      close: async () => (await within(treeWaitMs, changes.deleteOne(held))).deletedCount === 1,
      postpone: (until) => settle({ due_at: new Date(until) }),
    };
  },
  claimTree: async (now) => {
    const tree = await within(treeWaitMs, trees.findOneAndUpdate(dueAt(now), taken(now), oldestFirst));
    if (tree === null) return null;
    const held = { _id: tree._id, attempt: tree.attempt };
    return {
      tree,
      save: async (work, until) => (await within(treeWaitMs, trees.updateOne(held, { $set: { work, due_at: new Date(until) } }))).matchedCount === 1,
      postpone: async (until) => (await within(treeWaitMs, trees.updateOne(held, { $set: { due_at: new Date(until) } }))).matchedCount === 1,
      finish: async (settled, next) =>
        (await within(treeWaitMs, trees.updateOne(held, { $set: { work: null, due_at: new Date(next) }, $max: { settled } }))).matchedCount === 1,
    };
  },
  oldestOpen: async (companyId) => (await within(treeWaitMs, changes.findOne({ company_sso_id: companyId }, { sort: { version: 1 } })))?.version ?? null,
  treeOf: (companyId) => within(treeWaitMs, trees.findOne({ _id: companyId })),
});

const dueAt = (now: number) => ({ due_at: { $lte: new Date(now) } });
const taken = (now: number) => ({ $set: { due_at: new Date(now + treeLeaseMs) }, $inc: { attempt: 1 } });
const oldestFirst = { sort: { due_at: 1 }, returnDocument: 'after' } as const;
