import { isRefused } from '../../shared/errors.ts';
import type { JobProgress, TeamsApi } from '../../shared/teamsApi.ts';
import type { Viewer } from '../../shared/viewer.ts';
import type { ProgressWatch } from '../jobs/progressWatch.ts';
import type { Reader } from '../store/database.ts';
import type { MigrationJobRow } from '../store/migrationJobs.ts';
import { migrationJob } from './migrationJob.ts';

type Request = TeamsApi['jobProgress']['request'];

/** Longest wait in milliseconds. */
const maxWaitMs = 20_000;

/** Where a job stands. */
export const progressOf = ({ status, created, skipped, failed, cancelled, total }: MigrationJobRow): JobProgress => ({
  status,
  processed: created + skipped + failed + cancelled,
  total,
});

/** Where a job stands for whoever may read it, else null; waits while that is where it is known to stand, holding no connection. */
export const jobProgress = async (
  reader: Reader,
  watch: ProgressWatch,
  viewer: Viewer | null,
  { jobId, known, waitMs }: Request,
): Promise<JobProgress | null> => {
  const now = await readable(reader, viewer, jobId);
  const ms = Math.min(Math.max(waitMs, 0), maxWaitMs);
  if (now === null || known === null || ms === 0 || now.status !== known.status || now.processed !== known.processed || now.total !== known.total) return now;
  await watch.moved(jobId, known, ms);
  return readable(reader, viewer, jobId);
};

const readable = async (reader: Reader, viewer: Viewer | null, jobId: string): Promise<JobProgress | null> => {
  const job = viewer === null ? null : await migrationJob(reader, viewer, jobId);
  return job === null || isRefused(job) ? null : progressOf(job);
};
