import { conflict, forbidden, notFound, type Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { cancelJob, jobById, type MigrationJobRow } from '../store/migrationJobs.ts';
import type { MigrationDeps } from './migrationDeps.ts';
import { appsOf } from './squad.ts';

/** Stops a job of the calling squad; what was worked stays, the rest becomes CANCELLED. CONFLICT when it has ended. */
export const cancelMigrationJob = async ({ database, now }: MigrationDeps, viewer: Viewer, id: string): Promise<MigrationJobRow | Refusal> => {
  const apps = appsOf(viewer);
  if (apps.length === 0) return forbidden('Only the squad that pushed a job may cancel it.');
  const job = isUuid(id) ? await jobById(database.prisma, id) : null;
  if (job === null || !isOf(viewer, job)) return notFound(`id is ${excerpt(id)}, which is no job that this squad has pushed in the last 30 days.`);
  const cancelled = await database.transaction((tx) => cancelJob(tx, id, new Date(now())));
  return cancelled ?? conflict(`Migration job ${id} has ended; only a job that is PENDING or RUNNING can be cancelled.`);
};

/** Whether a viewer is the squad that pushed a job. */
export const isOf = (viewer: Viewer, job: MigrationJobRow): boolean =>
  viewer.kind === 'service' && viewer.id === job.caller && appsOf(viewer).some((app) => app === job.app);
