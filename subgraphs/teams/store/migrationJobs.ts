import type { JobProgress } from '../../shared/teamsApi.ts';
import type { SquadApp } from '../domain/migrationItem.ts';
import type { Reader, Transaction } from './database.ts';
import type { MigrationJob } from './generated/client.ts';

/** A job as it is stored. */
export type MigrationJobRow = MigrationJob;

export type NewJob = Readonly<{
  id: string;
  app: SquadApp;
  /** `sub` of the token that pushed it. */
  caller: string;
  idempotencyKey: string | null;
  payloadHash: string;
  dryRun: boolean;
  runId: string | null;
  total: number;
  createdAt: Date;
}>;

/** Stores a job; null when this caller has used the key before, in another transaction too. */
export const insertJob = async (tx: Transaction, job: NewJob): Promise<MigrationJobRow | null> => {
  const [inserted] = await tx.migrationJob.createManyAndReturn({ data: [job], skipDuplicates: true });
  return inserted ?? null;
};

/** The job that a caller has pushed with a key. */
export const jobByKey = (reader: Reader, caller: string, idempotencyKey: string): Promise<MigrationJobRow | null> =>
  reader.migrationJob.findFirst({ where: { caller, idempotencyKey } });

export const jobById = (reader: Reader, id: string): Promise<MigrationJobRow | null> => reader.migrationJob.findUnique({ where: { id } });

/**
 * Takes a job up: raises its attempt number, which fences off whoever worked on it before. Null when it has ended.
 */
export const takeJob = async (tx: Transaction, id: string, now: Date): Promise<MigrationJobRow | null> => {
  const [taken] = await tx.migrationJob.updateManyAndReturn({
    where: { id, status: { in: ['PENDING', 'RUNNING'] } },
    data: { status: 'RUNNING', attempt: { increment: 1 } },
  });
  if (taken === undefined) return null;
  if (taken.startedAt !== null) return taken;
  return tx.migrationJob.update({ where: { id }, data: { startedAt: now } });
};

/** Whether a job is still this attempt's to work; holds it so until the transaction ends. */
export const holdJob = async (tx: Transaction, id: string, attempt: number): Promise<boolean> => {
  const held = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS held FROM migration_jobs WHERE id = ${id}::uuid AND attempt = ${attempt} AND status = 'RUNNING' FOR UPDATE`;
  return held.length === 1;
};

/** How many items came to each end. */
export type Counts = Readonly<{ created: number; skipped: number; failed: number }>;

/** Adds to a job's counters. The attempt is the fence: nothing is written when another one has begun. */
export const countOutcomes = async (tx: Transaction, id: string, attempt: number, counts: Counts): Promise<void> => {
  const { count } = await tx.migrationJob.updateMany({
    where: { id, attempt, status: 'RUNNING' },
    data: { created: { increment: counts.created }, skipped: { increment: counts.skipped }, failed: { increment: counts.failed } },
  });
  if (count !== 1) throw new Error(`attempt ${attempt} no longer holds migration job ${id}`);
};

/** Ends a job of this attempt; its status follows from whether an item failed. */
export const finishJob = async (tx: Transaction, id: string, attempt: number, now: Date): Promise<MigrationJobRow | null> => {
  const job = await jobById(tx, id);
  if (job === null) return null;
  const status = job.failed > 0 ? 'COMPLETED_WITH_FAILURES' : 'COMPLETED';
  const [finished] = await tx.migrationJob.updateManyAndReturn({
    where: { id, attempt, status: 'RUNNING' },
    data: { status, finishedAt: now },
  });
  return finished ?? null;
};

/** Cancels an unfinished job; null when it has ended. Items that were not worked become CANCELLED, `completes` VOID. */
export const cancelJob = async (tx: Transaction, id: string, now: Date): Promise<MigrationJobRow | null> => {
  const [cancelled] = await tx.migrationJob.updateManyAndReturn({
    where: { id, status: { in: ['PENDING', 'RUNNING'] } },
    data: { status: 'CANCELLED', finishedAt: now },
  });
  if (cancelled === undefined) return null;
  const { count } = await tx.migrationItem.updateMany({
    where: { jobId: id, outcome: 'PENDING' },
    data: { outcome: 'CANCELLED', reason: null, message: null },
  });
  await tx.migrationJobComplete.updateMany({ where: { jobId: id }, data: { status: 'VOID' } });
  return tx.migrationJob.update({ where: { id }, data: { cancelled: count } });
};

/** Where some jobs stand, by id; those that are not there are left out. */
export const progressOfJobs = async (reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, JobProgress>> => {
  const rows = await reader.$queryRaw<(JobProgress & { id: string })[]>`
    SELECT id, status, created + skipped + failed + cancelled AS processed, total FROM migration_jobs WHERE id = ANY(${[...ids]}::uuid[])`;
  return new Map(rows.map(({ id, ...progress }) => [id, progress]));
};

/** Jobs that have not ended, oldest first. */
export const unfinishedJobIds = async (reader: Reader): Promise<readonly string[]> => {
  const jobs = await reader.migrationJob.findMany({
    where: { status: { in: ['PENDING', 'RUNNING'] } },
    select: { id: true },
    orderBy: { createdAt: 'asc' },
    take: 1_000,
  });
  return jobs.map(({ id }) => id);
};
