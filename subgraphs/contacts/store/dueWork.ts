import type { Collection, Filter, UpdateFilter, WithId } from 'mongodb';
import { within } from './database.ts';
import type { ContactDocument, DueWork, NoteDocument } from './documents.ts';

type Carrier = ContactDocument | NoteDocument;
export type DueKind = 'derivation' | 'audit';

/** How long one attempt may take before its work is taken up by another, in milliseconds. */
export const leaseMs = 10_000;
const waitMs = 5_000;

/**
 * Takes the document whose work of a kind is due the longest, or null: `due_at` becomes the end of the lease, `attempt` rises.
 * `now` is the database's time in ms.
 */
export const claimDue = async <Document extends Carrier>(collection: Collection<Document>, kind: DueKind, now: number): Promise<WithId<Document> | null> => {
  const due = { [`${kind}.due_at`]: { $lte: new Date(now) } } as Filter<Document>;
  const taken = { $set: { [`${kind}.due_at`]: new Date(now + leaseMs) }, $inc: { [`${kind}.attempt`]: 1 } } as UpdateFilter<Document>;
  return within(waitMs, collection.findOneAndUpdate(due, taken, { sort: { [`${kind}.due_at`]: 1 }, returnDocument: 'after', maxTimeMS: waitMs }));
};

/** One update of a claimed document, only while the attempt still holds its work; answers whether it did. */
export const settleDue = async <Document extends Carrier>(
  collection: Collection<Document>,
  kind: DueKind,
  { _id }: WithId<Document>,
  { attempt }: DueWork,
  also: Filter<Document>,
  update: UpdateFilter<Document>,
): Promise<boolean> => {
  const held = { $and: [{ _id, [`${kind}.attempt`]: attempt }, also] } as unknown as Filter<Document>;
  const { matchedCount } = await within(waitMs, collection.updateOne(held, update, { maxTimeMS: waitMs }));
  return matchedCount === 1;
};

/** When a failed attempt is followed by the next, in ms after it: 1 s, doubled with each attempt, at most 30 s. */
export const retryAfterMs = (attempt: number): number => Math.min(1_000 * 2 ** Math.min(Math.max(attempt - 1, 0), 10), 30_000);
