import type { SquadApp } from '../domain/migrationItem.ts';
import type { Reader, Transaction } from './database.ts';
import { isEnabled } from './enabled.ts';
import { Prisma } from './generated/client.ts';
import { insertRun, type MigrationRunRow } from './migrationRuns.ts';

export type NewRun = Readonly<{
  id: string;
  /** At least one, each once. */
  apps: readonly SquadApp[];
  /** Companies as they were named, each once; null: all active ones with both flags on. */
  companyRefs: readonly string[] | null;
}>;

/** Opens a triggered run with a row for each squad and company: PENDING, or NOT_ENABLED for a company that is not sent. */
export const openTriggeredRun = async (tx: Transaction, { id, apps, companyRefs }: NewRun): Promise<MigrationRunRow> => {
  const [first = null] = apps;
  const run = await insertRun(tx, { id, triggered: true, app: apps.length === 1 ? first : null });
  const squads = Prisma.sql`unnest(${[...apps]}::text[]) AS squad(app)`;
  if (companyRefs === null) {
    await tx.$executeRaw`
      INSERT INTO migration_run_companies (run_id, app, company_ref, trigger_status)
      SELECT ${id}::uuid, squad.app, c.id::text, 'PENDING' FROM companies c, ${squads} WHERE c.is_active AND ${isEnabled}`;
  } else {
    await tx.$executeRaw`
      INSERT INTO migration_run_companies (run_id, app, company_ref, trigger_status)
      SELECT ${id}::uuid, squad.app, named.ref, CASE WHEN c.id IS NOT NULL AND c.is_active AND ${isEnabled} THEN 'PENDING' ELSE 'NOT_ENABLED' END
      FROM unnest(${[...companyRefs]}::text[]) AS named(ref) LEFT JOIN companies c ON c.id::text = named.ref, ${squads}`;
  }
  return run;
};

/** The companies of a run that a squad has not answered for, by id. */
export const pendingCompanies = async (reader: Reader, runId: string, app: SquadApp): Promise<readonly string[]> => {
  const rows = await reader.migrationRunCompany.findMany({
    where: { runId, app, triggerStatus: 'PENDING' },
    select: { companyRef: true },
    orderBy: { companyRef: 'asc' },
  });
  return rows.map(({ companyRef }) => companyRef);
};

/** Squads and runs that still wait, oldest run first. */
export const pendingTriggers = (reader: Reader): Promise<readonly Readonly<{ runId: string; app: SquadApp }>[]> =>
  reader.$queryRaw<{ runId: string; app: SquadApp }[]>`
    SELECT r.id AS "runId", p.app FROM (SELECT DISTINCT run_id, app FROM migration_run_companies WHERE trigger_status = 'PENDING') AS p
    JOIN migration_runs r ON r.id = p.run_id ORDER BY r.created_at, p.app LIMIT 1000`;

/**
 * Settles what became of a call: ACCEPTED without an error, else FAILED. A squad that has accepted another process's try stays ACCEPTED,
 * and one that accepts late becomes it: its 2xx is true whenever it comes.
 */
export const settleTrigger = async (
  tx: Transaction,
  { runId, app, companySsoIds, error }: Readonly<{ runId: string; app: SquadApp; companySsoIds: readonly string[]; error: string | null }>,
): Promise<void> => {
  const from = error === null ? ['PENDING', 'FAILED'] : ['PENDING'];
  await tx.$executeRaw`
    UPDATE migration_run_companies SET trigger_status = ${error === null ? 'ACCEPTED' : 'FAILED'}, trigger_error = ${error}
    WHERE run_id = ${runId}::uuid AND app = ${app} AND trigger_status = ANY(${from}::text[]) AND company_ref = ANY(${[...companySsoIds]}::text[])`;
};
