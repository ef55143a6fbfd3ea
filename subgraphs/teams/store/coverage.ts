import type { TeamsApi } from '../../shared/teamsApi.ts';
import type { Database, Transaction } from './database.ts';
import type { CompanyReach } from './teams.ts';

/** What contacts reported last of a company; `isFresh`: at most 7 days ago, by the database's clock. */
export type CoverageRow = Readonly<{ contacts: number; covered: number; isFresh: boolean }>;

/** The last report of a company; null when there is none. */
export const findCoverage = async (tx: Transaction, { companyId }: CompanyReach): Promise<CoverageRow | null> => {
  const [row] = await tx.$queryRaw<CoverageRow[]>`
    SELECT contacts, covered, reported_at >= clock_timestamp() - interval '7 days' AS "isFresh" FROM company_coverage WHERE company_id = ${companyId}::uuid`;
  return row ?? null;
};

/**
 * Keeps the newest report of each company; reports of unknown companies are dropped. One that was counted in the future, by a clock that is
 * wrong, counts as of now.
 */
export const keepCoverage = async ({ prisma }: Database, reports: TeamsApi['coverage']['request']['reports']): Promise<void> => {
  await prisma.$executeRaw`
    INSERT INTO company_coverage AS kept (company_id, contacts, covered, reported_at)
    SELECT DISTINCT ON (c.id) c.id, contacts, covered, least("countedAt", clock_timestamp())
    FROM jsonb_to_recordset(${JSON.stringify(reports)}::jsonb) AS r("companyId" uuid, contacts int, covered int, "countedAt" timestamptz)
    JOIN companies c ON c.id = "companyId" ORDER BY c.id, "countedAt" DESC
    ON CONFLICT (company_id) DO UPDATE SET contacts = excluded.contacts, covered = excluded.covered, reported_at = excluded.reported_at
    WHERE excluded.reported_at >= kept.reported_at`;
};
