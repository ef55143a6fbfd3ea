import type { KeptItem, MigrationReason } from '../domain/migrationItem.ts';
import type { Reader, Transaction } from './database.ts';
import type { MigrationItem } from './generated/client.ts';

/** An item as it is stored. */
export type MigrationItemRow = MigrationItem;

/** What became of an item. */
export type ItemResult = Readonly<{
  index: number;
  outcome: 'CREATED' | 'SKIPPED' | 'FAILED';
  reason: MigrationReason | null;
  message: string | null;
  teamId: string | null;
}>;

const sliceLength = 2_000;

/** Stores the items of a job. A fault of their own fields is kept with them and counts when they are worked. */
export const insertItems = async (tx: Transaction, jobId: string, items: readonly KeptItem[]): Promise<void> => {
  for (let from = 0; from < items.length; from += sliceLength) {
    const rows = items.slice(from, from + sliceLength).map((item) => ({
      index: item.index,
      company_ref: item.companyRef,
      name: item.name,
      app_identifier_id: item.appIdentifierId,
      parent_app_identifier_id: item.parentAppIdentifierId,
      reason: item.fault?.reason ?? null,
      message: item.fault?.message ?? null,
    }));
    await tx.$executeRaw`
      INSERT INTO migration_items (job_id, "index", company_ref, name, app_identifier_id, parent_app_identifier_id, reason, message)
      SELECT ${jobId}::uuid, "index", company_ref, name, app_identifier_id, parent_app_identifier_id, reason, message
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("index" int, company_ref text, name text,
        app_identifier_id text, parent_app_identifier_id text, reason text, message text)`;
  }
};

type PendingRow = Pick<MigrationItem, 'index' | 'companyRef' | 'name' | 'appIdentifierId' | 'parentAppIdentifierId' | 'message'> & {
  reason: MigrationReason | null;
};

/** The items of a job that have not come to an end, in the order they were pushed. */
export const pendingItems = async (reader: Reader, jobId: string): Promise<readonly KeptItem[]> => {
  const rows = await reader.$queryRaw<PendingRow[]>`
    SELECT "index", company_ref AS "companyRef", name, app_identifier_id AS "appIdentifierId",
      parent_app_identifier_id AS "parentAppIdentifierId", reason, message
    FROM migration_items WHERE job_id = ${jobId}::uuid AND outcome = 'PENDING' ORDER BY "index"`;
  return rows.map(({ reason, message, ...item }) => ({ ...item, fault: reason === null ? null : { reason, message: message ?? '' } }));
};

/** Writes what became of items. */
export const saveResults = async (tx: Transaction, jobId: string, results: readonly ItemResult[]): Promise<void> => {
  if (results.length === 0) return;
  await tx.$executeRaw`
    UPDATE migration_items AS i SET outcome = r.outcome, reason = r.reason, message = r.message, team_id = r."teamId"
    FROM jsonb_to_recordset(${JSON.stringify(results)}::jsonb) AS r("index" int, outcome text, reason text, message text, "teamId" uuid)
    WHERE i.job_id = ${jobId}::uuid AND i."index" = r."index"`;
};

export type ItemPage = Readonly<{ jobId: string; outcome: string | null; after: number | null; take: number }>;

/** Items of a job by their place in the push. */
export const itemPage = (reader: Reader, { jobId, outcome, after, take }: ItemPage): Promise<MigrationItemRow[]> =>
  reader.migrationItem.findMany({
    where: { jobId, ...(outcome !== null && { outcome }), ...(after !== null && { index: { gt: after } }) },
    orderBy: { index: 'asc' },
    take,
  });

/** How many items of a job have an outcome; all when it is null. */
export const countItems = (reader: Reader, jobId: string, outcome: string | null): Promise<number> =>
  reader.migrationItem.count({ where: { jobId, ...(outcome !== null && { outcome }) } });
