import type { Reader } from './database.ts';
import { Prisma } from './generated/client.ts';
import type { Counts } from './migrationJobs.ts';
import type { MigrationRunRow } from './migrationRuns.ts';

/** A place in the list of runs, newest first; `at` in milliseconds since 1970. */
export type RunPlace = Readonly<{ at: number; id: string }>;

/** One run, or null. The id must be a UUID. */
export const findRun = (reader: Reader, id: string): Promise<MigrationRunRow | null> => reader.migrationRun.findUnique({ where: { id } });

/** Runs behind a place, newest first. */
export const listRuns = (reader: Reader, { place, limit }: Readonly<{ place: RunPlace | null; limit: number }>): Promise<MigrationRunRow[]> => {
  const behind = place === null ? Prisma.sql`true` : Prisma.sql`(created_at, id) < (${new Date(place.at)}, ${place.id}::uuid)`;
  return reader.$queryRaw<MigrationRunRow[]>`
    SELECT id, triggered, app, created_at AS "createdAt" FROM migration_runs WHERE ${behind} ORDER BY created_at DESC, id DESC LIMIT ${limit}`;
};

export const countRuns = (reader: Reader): Promise<number> => reader.migrationRun.count();

/** What a squad has pushed in a run, and of how many companies it was, triggered ones included. */
export type SquadTotals = Counts & Readonly<{ runId: string; app: string; companies: number }>;

/** The totals of runs by squad; squads that have no company are left out. One statement. */
export const findSquadTotals = (reader: Reader, runIds: readonly string[]): Promise<SquadTotals[]> =>
  reader.$queryRaw<SquadTotals[]>`
    SELECT run_id AS "runId", app, count(*)::int AS companies, sum(created)::float8 AS created, sum(skipped)::float8 AS skipped, sum(failed)::float8 AS failed
    FROM migration_run_companies WHERE run_id = ANY(${[...runIds]}::uuid[]) GROUP BY run_id, app`;

/** A company in a squad's part of a run. */
export type RunCompanyRow = Counts & Readonly<{ runId: string; app: string; companyRef: string; triggerStatus: string | null; triggerError: string | null }>;

/** A squad's part of a run. */
export type RunSquad = Readonly<{ runId: string; app: 'chat' | 'crm' }>;

/** A page of the companies of each of some squads' parts, by name. One statement for any number of them. */
export const findRunCompanies = (
  reader: Reader,
  squads: readonly RunSquad[],
  { after, limit }: Readonly<{ after: string | null; limit: number }>,
): Promise<RunCompanyRow[]> => {
  const behind = after === null ? Prisma.sql`true` : Prisma.sql`c.company_ref > ${after}`;
  return reader.$queryRaw<RunCompanyRow[]>`
    SELECT page.* FROM jsonb_to_recordset(${JSON.stringify(squads)}::jsonb) AS s("runId" uuid, app text), LATERAL (
      SELECT c.run_id AS "runId", c.app, c.company_ref AS "companyRef", c.trigger_status AS "triggerStatus", c.trigger_error AS "triggerError",
        c.created, c.skipped, c.failed
      FROM migration_run_companies c WHERE c.run_id = s."runId" AND c.app = s.app AND ${behind} ORDER BY c.company_ref LIMIT ${limit}
    ) AS page ORDER BY page."runId", page.app, page."companyRef"`;
};
