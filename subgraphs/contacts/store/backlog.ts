import type { Collection, Document, Filter } from 'mongodb';
import { type Database, within } from './database.ts';

/** Work that lies with the documents it is about: how much, and for how many seconds the longest due has been due (0: none is). */
export type Waiting = Readonly<{ work: string; documents: number; overdueSeconds: number }>;

const waitMs = 1_000;
/** Counted no further: it would take long, and says no more. */
const mostCounted = 10_000;
const ever = { $gte: new Date(0) };

/** All work of the background that is waiting, of all companies; by the sparse indexes of what is due. */
export const readBacklog = async (database: Database): Promise<readonly Waiting[]> => {
  const now = await database.time();
  const of = async <T extends Document>(work: string, collection: Collection<T>, field: string, also: Filter<T> = {}): Promise<Waiting> => {
    const filter = { ...also, [field]: ever } as Filter<T>;
    const limits = { maxTimeMS: waitMs };
    const documents = await within(waitMs, collection.countDocuments(filter, { limit: mostCounted, ...limits }));
    const first = documents === 0 ? null : await within(waitMs, collection.findOne(filter, { sort: { [field]: 1 }, projection: { [field]: 1 }, ...limits }));
    const dueAt: unknown = first === null ? null : field.split('.').reduce<unknown>((value, key) => (isDocument(value) ? value[key] : undefined), first);
    // "at once" is written as 1970
    const since = dueAt instanceof Date && dueAt.getTime() > 0 ? now - dueAt.getTime() : 0;
    return { work, documents, overdueSeconds: Math.max(since, 0) / 1_000 };
  };
  const { contacts, notes, changes, trees, legacy } = database;
  return Promise.all([
    of('owner_teams', contacts, 'derivation.due_at'),
    of('contact_audit', contacts, 'audit.due_at'),
    of('note_audit', notes, 'audit.due_at'),
    of('tree_changes', changes, 'due_at'),
    of('scope_tokens', trees, 'due_at', { work: { $ne: null } }),
    of('legacy_moves', legacy.moves, 'due_at', { active_for: { $exists: true } }),
  ]);
};

const isDocument = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
