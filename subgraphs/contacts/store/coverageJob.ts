import type { Collection } from 'mongodb';
import { isDuplicate } from './contacts.ts';
import { within } from './database.ts';
import { fromNow, isPast, literal } from './databaseTime.ts';
import type { CoverageJobDocument } from './legacyDocuments.ts';

/** The one job that reports coverage, whatever the number of processes. What a worker writes is refused, answering false, once another has claimed it. */
export type CoverageJobStore = Readonly<{
  /** Asks for a company to be reported at once. The same move asks once. */
  ask(moveId: string, companyId: string): Promise<void>;
  /** Takes the job when something is due and nobody holds it, for so many milliseconds of the database's time. The first round is due at once. */
  claim(leaseMs: number): Promise<CoverageJobDocument | null>;
  /** These moves' companies are reported. */
  answered(job: CoverageJobDocument, moveIds: readonly string[]): Promise<boolean>;
  /** A stretch of the round is reported; null ends the round, and the next is due at `nextRound`. */
  advance(job: CoverageJobDocument, after: string | null, nextRound: Date): Promise<boolean>;
  release(job: CoverageJobDocument): Promise<boolean>;
}>;

const id = 'coverage';
const soonest = new Date(0);

export const createCoverageJobStore = (jobs: Collection<CoverageJobDocument>, waitMs: number): CoverageJobStore => {
  const limits = { maxTimeMS: waitMs };
  const ensure = async (): Promise<void> => {
    const fresh = { due_at: soonest, after: null, asked: [], lease_until: soonest, attempt: 0, claimed_at: soonest };
    try {
      await within(waitMs, jobs.updateOne({ _id: id }, { $setOnInsert: fresh }, { upsert: true, ...limits }));
    } catch (error) {
      // another process has just made it
      if (!isDuplicate(error)) throw error;
    }
  };
  const held = ({ attempt }: CoverageJobDocument) => ({ _id: id, attempt }) as const;
  const written = async (update: Promise<{ matchedCount: number }>): Promise<boolean> => (await within(waitMs, update)).matchedCount === 1;
  return {
    ask: async (move_id, company_sso_id) => {
      await ensure();
      await within(waitMs, jobs.updateOne({ _id: id, 'asked.move_id': { $ne: move_id } }, { $push: { asked: { move_id, company_sso_id } } }, limits));
    },
    claim: async (leaseMs) => {
      await ensure();
      const due = { $or: [isPast('due_at'), { $gt: [{ $size: '$asked' }, 0] }] };
      const taken = { $set: { lease_until: fromNow(leaseMs), claimed_at: '$$NOW', attempt: { $add: ['$attempt', 1] } } };
      const filter = { _id: id, $expr: { $and: [isPast('lease_until'), due] } } as const;
      return within(waitMs, jobs.findOneAndUpdate(filter, [taken], { returnDocument: 'after', ...limits }));
    },
    answered: (job, moveIds) => written(jobs.updateOne(held(job), { $pull: { asked: { move_id: { $in: [...moveIds] } } } }, limits)),
    advance: (job, after, nextRound) => written(jobs.updateOne(held(job), [{ $set: { after: literal(after), ...(after === null && { due_at: nextRound }) } }], limits)),
    release: (job) => written(jobs.updateOne(held(job), { $set: { lease_until: soonest } }, limits)),
  };
};
