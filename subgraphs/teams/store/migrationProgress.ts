import type { Reader } from './database.ts';
import { isEnabled } from './enabled.ts';
import { Prisma } from './generated/client.ts';

/** How far a company's migration is (SPEC §2.2). */
export const migrationStates = ['NOT_ENABLED', 'ENABLED', 'RUNNING', 'COMPLETE'] as const;
export type MigrationState = (typeof migrationStates)[number];

/**
 * Every active company with its state. What its flags say comes first: what is pushed for a company that is not enabled fails. A dry run
 * makes no company RUNNING, as it touches nothing.
 */
const standing = Prisma.sql`
  running AS (
    SELECT DISTINCT i.company_ref FROM migration_jobs j JOIN migration_items i ON i.job_id = j.id
    WHERE j.status IN ('PENDING', 'RUNNING') AND NOT j.dry_run AND i.company_ref IS NOT NULL
  ),
  standing AS (
    SELECT c.id, CASE
      WHEN NOT (${isEnabled}) THEN 'NOT_ENABLED'
      WHEN c.id::text IN (SELECT company_ref FROM running) THEN 'RUNNING'
      WHEN (SELECT count(*) FROM migration_completions d WHERE d.company_id = c.id) = 2
        AND NOT EXISTS (SELECT 1 FROM migration_failures f WHERE f.company_id = c.id) THEN 'COMPLETE'
      ELSE 'ENABLED' END AS state
    FROM companies c WHERE c.is_active
  )`;

/** Over all active companies, and all runs. */
export type Progress = Readonly<{
  enabledCompanies: number;
  completeCompanies: number;
  /** Items that came to an end in all runs, and those of them that FAILED. */
  attempted: number;
  failed: number;
  /** Invitations to enabled companies, and those of them that named a team. */
  invitations: number;
  withTeam: number;
}>;

/** How far the migration of all companies is. One statement. */
export const findProgress = async (reader: Reader): Promise<Progress> => {
  const [row] = await reader.$queryRaw<Progress[]>`
    WITH ${standing},
    companies_of AS (SELECT count(*) FILTER (WHERE state <> 'NOT_ENABLED') AS enabled, count(*) FILTER (WHERE state = 'COMPLETE') AS complete FROM standing),
    items AS (SELECT coalesce(sum(created + skipped + failed), 0) AS attempted, coalesce(sum(failed), 0) AS failed FROM migration_run_companies),
    invited AS (
      SELECT count(*) AS invitations, count(*) FILTER (WHERE i.team_count > 0) AS with_team
      FROM invitations i JOIN standing s ON s.id = i.company_id WHERE s.state <> 'NOT_ENABLED'
    )
    SELECT c.enabled::float8 AS "enabledCompanies", c.complete::float8 AS "completeCompanies", items.attempted::float8, items.failed::float8,
      invited.invitations::float8, invited.with_team::float8 AS "withTeam"
    FROM companies_of c, items, invited`;
  return row ?? { enabledCompanies: 0, completeCompanies: 0, attempted: 0, failed: 0, invitations: 0, withTeam: 0 };
};

/** How far one company's migration is. */
export type CompanyProgressRow = Readonly<{
  companyId: string;
  state: MigrationState;
  /** Apps with an effective `completes`, in order. */
  completedApps: readonly string[];
  openFailures: number;
  invitations: number;
  withTeam: number;
}>;

const inState = (state: MigrationState | null): Prisma.Sql => (state === null ? Prisma.sql`true` : Prisma.sql`s.state = ${state}`);

/** Active companies in a state (null: in any) behind an id, by id. One statement. */
export const listCompanyProgress = (
  reader: Reader,
  { state, after, limit }: Readonly<{ state: MigrationState | null; after: string | null; limit: number }>,
): Promise<CompanyProgressRow[]> => {
  const behind = after === null ? Prisma.sql`true` : Prisma.sql`s.id > ${after}::uuid`;
  return reader.$queryRaw<CompanyProgressRow[]>`
    WITH ${standing},
    page AS (SELECT s.id, s.state FROM standing s WHERE ${inState(state)} AND ${behind} ORDER BY s.id LIMIT ${limit})
    SELECT p.id AS "companyId", p.state,
      ARRAY(SELECT d.app FROM migration_completions d WHERE d.company_id = p.id ORDER BY d.app) AS "completedApps",
      (SELECT count(*)::int FROM migration_failures f WHERE f.company_id = p.id) AS "openFailures",
      invited.invitations, invited.with_team AS "withTeam"
    FROM page p, LATERAL (
      SELECT count(*)::int AS invitations, (count(*) FILTER (WHERE i.team_count > 0))::int AS with_team FROM invitations i WHERE i.company_id = p.id
    ) AS invited ORDER BY p.id`;
};

/** How many active companies are in a state; in any when it is null. */
export const countCompanyProgress = async (reader: Reader, state: MigrationState | null): Promise<number> => {
  const [row] = await reader.$queryRaw<{ total: number }[]>`WITH ${standing} SELECT count(*)::int AS total FROM standing s WHERE ${inState(state)}`;
  return row?.total ?? 0;
};
