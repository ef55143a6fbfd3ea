import type { Collection } from 'mongodb';
import { isDuplicate } from './contacts.ts';
import { within } from './database.ts';
import type { FollowerDocument } from './treeDocuments.ts';
import { treeLeaseMs } from './treeWork.ts';
import { treeWaitMs } from './trees.ts';

/** The one position in teams' feed, held by one process at a time. What a lost claim writes is refused. */
export type ClaimedFollower = Readonly<{
  state: FollowerDocument;
  /** Moves the position, after the work of everything up to it is stored, and holds on; false: another has it. */
  move(to: Readonly<{ log: string; position: number; comparing: boolean }>, now: number): Promise<boolean>;
  hold(now: number): Promise<boolean>;
  /** Lets another process go on at once. */
  release(): Promise<void>;
}>;

export type FollowerStore = Readonly<{
  /** `now` is the database's time in ms. */
  claim(now: number): Promise<ClaimedFollower | null>;
  /** Whether events may have been missed that have not been made up for. */
  isComparing(waitMs: number): Promise<boolean>;
}>;

export const createFollowerStore = (followers: Collection<FollowerDocument>): FollowerStore => ({
  claim: async (now) => {
    try {
      const start = { $setOnInsert: { log: null, position: 0, comparing: true, due_at: new Date(0), attempt: 0 } };
      await within(treeWaitMs, followers.updateOne({ _id: 'teams' }, start, { upsert: true }));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    const due = { _id: 'teams' as const, due_at: { $lte: new Date(now) } };
    const taken = { $set: { due_at: new Date(now + treeLeaseMs) }, $inc: { attempt: 1 } };
    const state = await within(treeWaitMs, followers.findOneAndUpdate(due, taken, { returnDocument: 'after' }));
    if (state === null) return null;
    const held = { _id: state._id, attempt: state.attempt };
    const set = async (fields: Partial<FollowerDocument>): Promise<boolean> => (await within(treeWaitMs, followers.updateOne(held, { $set: fields }))).matchedCount === 1;
    return {
      state,
      move: (to, at) => set({ ...to, due_at: new Date(at + treeLeaseMs) }),
      hold: (at) => set({ due_at: new Date(at + treeLeaseMs) }),
      release: async () => {
        await set({ due_at: new Date(0) });
      },
    };
  },
  isComparing: async (waitMs) => {
    const state = await within(waitMs, followers.findOne({ _id: 'teams' }, { maxTimeMS: waitMs }));
    return state === null || state.comparing;
  },
});
