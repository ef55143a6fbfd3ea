import type { SquadApp } from '../domain/migrationItem.ts';
import type { Reader, Transaction } from './database.ts';
import type { MigrationRun } from './generated/client.ts';
import type { Counts } from './migrationJobs.ts';

/** A run as it is stored. */
export type MigrationRunRow = MigrationRun;

/** A run as pushes need it; `app` null: several squads. */
export type RunRow = Readonly<{ id: string; app: string | null }>;

export const runById = (reader: Reader, id: string): Promise<RunRow | null> =>
  reader.migrationRun.findUnique({ where: { id }, select: { id: true, app: true } });

/**
 * Opens a run, of one squad or of several (`app` null). By the database's clock: which of two runs is the later one decides what a company's
 * `completes` closes, and the clocks of two processes may differ by more than lies between the runs.
 */
export const insertRun = async (tx: Transaction, { id, app, triggered }: RunRow & Readonly<{ triggered: boolean }>): Promise<MigrationRunRow> => {
  const [run] = await tx.$queryRaw<MigrationRunRow[]>`
    INSERT INTO migration_runs (id, app, triggered, created_at) VALUES (${id}::uuid, ${app}, ${triggered}, clock_timestamp())
    RETURNING id, app, triggered, created_at AS "createdAt"`;
  if (run === undefined) throw new Error('the run that was opened is not there');
  return run;
};

/** Opens the run of a push that named none. */
export const openRun = async (tx: Transaction, run: Readonly<{ id: string; app: SquadApp }>): Promise<void> => {
  await insertRun(tx, { ...run, triggered: false });
};

/** Adds to a run's totals by company, as it was named; '' for items that named none. */
export const addToRun = async (tx: Transaction, runId: string, app: SquadApp, counts: ReadonlyMap<string, Counts>): Promise<void> => {
  const rows = [...counts].map(([ref, count]) => ({ ref, ...count })).sort((a, b) => (a.ref < b.ref ? -1 : 1));
  // sorted, so that two jobs of one run do not wait for each other
  await tx.$executeRaw`
    INSERT INTO migration_run_companies AS c (run_id, app, company_ref, created, skipped, failed)
    SELECT ${runId}::uuid, ${app}, ref, created, skipped, failed
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(ref text, created int, skipped int, failed int)
    ON CONFLICT (run_id, app, company_ref) DO UPDATE
    SET created = c.created + excluded.created, skipped = c.skipped + excluded.skipped, failed = c.failed + excluded.failed`;
};

export type Failure = Readonly<{ companyId: string; appIdentifierId: string; reason: string }>;

/** Opens failures, or brings open ones up to this run. */
export const openFailures = async (
  tx: Transaction,
  { app, runId, now }: Readonly<{ app: SquadApp; runId: string; now: Date }>,
  failures: readonly Failure[],
): Promise<void> => {
  const last = new Map(failures.map((failure) => [`${failure.companyId} ${failure.appIdentifierId}`, failure]));
  if (last.size === 0) return;
  await tx.$executeRaw`
    INSERT INTO migration_failures AS f (company_id, app, app_identifier_id, reason, run_id, opened_at)
    SELECT "companyId", ${app}, "appIdentifierId", reason, ${runId}::uuid, ${now}
    FROM jsonb_to_recordset(${JSON.stringify([...last.values()])}::jsonb) AS r("companyId" uuid, "appIdentifierId" text, reason text)
    JOIN companies c ON c.id = r."companyId"
    ON CONFLICT (company_id, app, app_identifier_id) DO UPDATE SET reason = excluded.reason, run_id = excluded.run_id`;
};

/** Closes the failures of ids that are here now. */
export const closeFailures = async (
  tx: Transaction,
  app: SquadApp,
  ids: readonly Readonly<{ companyId: string; appIdentifierId: string }>[],
): Promise<void> => {
  if (ids.length === 0) return;
  await tx.$executeRaw`
    DELETE FROM migration_failures f
    USING jsonb_to_recordset(${JSON.stringify(ids)}::jsonb) AS r("companyId" uuid, "appIdentifierId" text)
    WHERE f.company_id = r."companyId" AND f.app = ${app} AND f.app_identifier_id = r."appIdentifierId"`;
};

/**
 * Stores the companies that a push declares complete. As one list: Prisma thinks about 10,000 rows for longer than a transaction may
 * be silent on a busy machine.
 */
export const insertCompletes = async (tx: Transaction, jobId: string, refs: readonly string[]): Promise<void> => {
  if (refs.length > 0) await tx.$executeRaw`INSERT INTO migration_job_completes (job_id, company_ref) SELECT ${jobId}::uuid, ref FROM unnest(${[...refs]}::text[]) AS ref`;
};

export type CompletesRow = Readonly<{ companyRef: string; status: string }>;

export const completesOf = (reader: Reader, jobId: string): Promise<CompletesRow[]> =>
  reader.migrationJobComplete.findMany({ where: { jobId }, select: { companyRef: true, status: true }, orderBy: { companyRef: 'asc' } });

export const setCompletes = async (tx: Transaction, jobId: string, refs: readonly string[], status: string): Promise<void> => {
  if (refs.length > 0) await tx.$executeRaw`UPDATE migration_job_completes SET status = ${status} WHERE job_id = ${jobId}::uuid AND company_ref = ANY(${[...refs]}::text[])`;
};

/**
 * Puts a squad's word into effect that it has pushed everything of some companies; their failures of earlier runs that this
 * run did not push again are closed by it. What the run has pushed and another of its jobs has not worked, or was cancelled, stays open.
 */
export const declareComplete = async (
  tx: Transaction,
  { app, runId, now }: Readonly<{ app: SquadApp; runId: string; now: Date }>,
  companyIds: readonly string[],
): Promise<void> => {
  if (companyIds.length === 0) return;
  const ids = [...companyIds];
  await tx.$executeRaw`
    INSERT INTO migration_completions (company_id, app, run_id, declared_at)
    SELECT id, ${app}, ${runId}::uuid, ${now} FROM unnest(${ids}::uuid[]) AS id
    ON CONFLICT (company_id, app) DO UPDATE SET run_id = excluded.run_id, declared_at = excluded.declared_at`;
  await tx.$executeRaw`
    DELETE FROM migration_failures f USING migration_runs mine, migration_runs theirs
    WHERE f.company_id = ANY(${ids}::uuid[]) AND f.app = ${app} AND f.run_id <> ${runId}::uuid
      AND mine.id = ${runId}::uuid AND theirs.id = f.run_id AND theirs.created_at <= mine.created_at
      AND NOT EXISTS (
        SELECT 1 FROM migration_jobs j JOIN migration_items i ON i.job_id = j.id
        WHERE j.run_id = ${runId}::uuid AND j.app = ${app} AND i.company_ref = f.company_id::text AND i.app_identifier_id = f.app_identifier_id)`;
};
