import type { Collection } from 'mongodb';
import type { Counted } from '../domain/legacyMove.ts';
import { isDuplicate } from './contacts.ts';
import { within } from './database.ts';
import { fromNow, isPast, literal } from './databaseTime.ts';
import type { LegacyMoveDocument, MoveProgress } from './legacyDocuments.ts';

/** A move to be started. */
export type NewMove = Readonly<{ id: string; companyId: string; dryRun: boolean; noLegacyRows: boolean; startedBy: string; total: number }>;

/** Moves of old contacts. What a worker writes is refused, answering false, once another has claimed the move. */
export type LegacyMoveStore = Readonly<{
  /** The new move, or the one of that company that has not ended. */
  start(move: NewMove, waitMs: number): Promise<LegacyMoveDocument>;
  find(id: string, waitMs: number): Promise<LegacyMoveDocument | null>;
  /** Takes a move that has not ended and that nobody holds, for so many milliseconds of the database's time. */
  claim(leaseMs: number): Promise<LegacyMoveDocument | null>;
  /** Stores a batch's progress and holds the move for so long again. */
  progress(move: LegacyMoveDocument, progress: MoveProgress, leaseMs: number): Promise<boolean>;
  /** Lets the move go; it is due again after so long. */
  release(move: LegacyMoveDocument, afterMs: number): Promise<boolean>;
  /** Ends it: done with what was counted, or given up. */
  end(move: LegacyMoveDocument, ending: Readonly<{ status: 'COMPLETED'; counted: Counted }> | Readonly<{ status: 'FAILED' }>): Promise<boolean>;
  /** Of some companies those that a move was told to have no legacy rows. */
  toldNone(companyIds: readonly string[], waitMs: number): Promise<ReadonlySet<string>>;
}>;

export type LegacyMoveDependencies = Readonly<{ now: () => number; waitMs: number }>;

const nothingYet: MoveProgress = { processed: 0, place: null, gained: 0, left_alone: 0, unmatched: [], ambiguous: [] };

export const createLegacyMoveStore = (moves: Collection<LegacyMoveDocument>, { now, waitMs: ownWaitMs }: LegacyMoveDependencies): LegacyMoveStore => ({
  start: async ({ id, companyId, dryRun, noLegacyRows, startedBy, total }, waitMs) => {
    const document: LegacyMoveDocument = {
      _id: id,
      company_sso_id: companyId,
      active_for: companyId,
      status: 'PENDING',
      dry_run: dryRun,
      no_legacy_rows: noLegacyRows,
      started_by: startedBy,
      total,
      ...nothingYet,
      counted: null,
      created_at: new Date(now()),
      finished_at: null,
      due_at: new Date(0),
      attempt: 0,
      stalls: 0,
    };
    // the one that is there may end between the two: then there is room for this one
    for (;;) {
      try {
        await within(waitMs, moves.insertOne(document, { maxTimeMS: waitMs }));
        return document;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
      const active = await within(waitMs, moves.findOne({ active_for: companyId }, { maxTimeMS: waitMs }));
      if (active !== null) return active;
    }
  },
  find: (id, waitMs) => within(waitMs, moves.findOne({ _id: id }, { maxTimeMS: waitMs })),
  claim: (leaseMs) =>
    within(
      ownWaitMs,
      moves.findOneAndUpdate(
        { active_for: { $exists: true }, $expr: isPast('due_at') },
        [{ $set: { status: 'RUNNING', due_at: fromNow(leaseMs), attempt: { $add: ['$attempt', 1] }, stalls: { $add: ['$stalls', 1] } } }],
        { sort: { due_at: 1 }, returnDocument: 'after', maxTimeMS: ownWaitMs },
      ),
    ),
  progress: (move, { processed, place, gained, left_alone, unmatched, ambiguous }, leaseMs) =>
    written(
      ownWaitMs,
      moves.updateOne(
        held(move),
        [
          {
            $set: {
              processed,
              place: literal(place),
              gained,
              left_alone,
              ...(unmatched !== move.unmatched && { unmatched: literal(unmatched) }),
              ...(ambiguous !== move.ambiguous && { ambiguous: literal(ambiguous) }),
              stalls: 0,
              due_at: fromNow(leaseMs),
            },
          },
        ],
        { maxTimeMS: ownWaitMs },
      ),
    ),
  release: (move, afterMs) => written(ownWaitMs, moves.updateOne(held(move), [{ $set: { due_at: fromNow(afterMs) } }], { maxTimeMS: ownWaitMs })),
  end: (move, ending) => {
    const { total, processed } = move;
    const counted = ending.status === 'COMPLETED' ? { counted: ending.counted, total: Math.max(total, processed) } : {};
    const set = { status: ending.status, finished_at: new Date(now()), ...counted };
    return written(ownWaitMs, moves.updateOne(held(move), { $set: set, $unset: { active_for: '' } }, { maxTimeMS: ownWaitMs }));
  },
  toldNone: async (companyIds, waitMs) => {
    const told = { company_sso_id: { $in: [...companyIds] }, status: 'COMPLETED' as const, dry_run: false, no_legacy_rows: true };
    const found = await within(waitMs, moves.distinct('company_sso_id', told, { maxTimeMS: waitMs }));
    return new Set(found);
  },
});

/** Only for who claimed it last, and only until it has ended. */
const held = ({ _id, attempt }: LegacyMoveDocument) => ({ _id, attempt, active_for: { $exists: true } });

const written = async (waitMs: number, update: Promise<{ matchedCount: number }>): Promise<boolean> => (await within(waitMs, update)).matchedCount === 1;
