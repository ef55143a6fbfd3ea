import type { Database, Transaction } from '../../subgraphs/teams/store/database.ts';

/** How many rows of a table the server fetched for some work, by the table itself and by its indexes; the work is taken back when it is to be. */
export const rowsRead = async ({ transaction }: Database, table: string, work: (tx: Transaction) => Promise<unknown>): Promise<number> => {
  let rows = Number.NaN;
  await transaction(async (tx) => {
    const before = await fetched(tx, table);
    await work(tx);
    rows = (await fetched(tx, table)) - before;
    throw new TakenBack();
  }).catch((error: unknown) => {
    if (!(error instanceof TakenBack)) throw error;
  });
  return rows;
};

class TakenBack extends Error {}

const fetched = async (tx: Transaction, table: string): Promise<number> => {
  const [row] = await tx.$queryRaw<{ rows: number }[]>`SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 AS rows FROM pg_stat_xact_user_tables WHERE relname = ${table}`;
  if (row === undefined) throw new Error(`there is no table ${table}`);
  return row.rows;
};
