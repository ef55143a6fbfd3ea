import DataLoader from 'dataloader';
import { groupBy } from './domain/groups.ts';
import type { Reader } from './store/database.ts';
import { findRunCompanies, findSquadTotals, type RunCompanyRow, type RunSquad, type SquadTotals } from './store/migrationRunPages.ts';

/** A page of the companies of a squad's part of a run. */
type CompaniesKey = RunSquad & Readonly<{ after: string | null; limit: number }>;

/** Batched reads of runs; who may read runs may read all. */
export type MigrationLoaders = Readonly<{
  /** The totals of a run, by squad. */
  squadTotals: DataLoader<string, readonly SquadTotals[]>;
  runCompanies: DataLoader<CompaniesKey, readonly RunCompanyRow[], string>;
}>;

/** One set per request. A page of 100 runs costs as many statements as one run. */
export const createMigrationLoaders = (reader: Reader): MigrationLoaders => ({
  squadTotals: new DataLoader(async (runIds) => {
    const totals = groupBy(await findSquadTotals(reader, runIds), ({ runId }) => runId);
    return runIds.map((runId) => totals.get(runId) ?? []);
  }),
  runCompanies: new DataLoader(
    async (keys) => {
      const pages = new Map<string, readonly RunCompanyRow[]>();
      const alike = groupBy(keys, ({ after, limit }) => JSON.stringify([after, limit]));
      const read = async ([, group]: readonly [string, readonly CompaniesKey[]]): Promise<void> => {
        const [first] = group;
        if (first === undefined) return;
        const rows = groupBy(await findRunCompanies(reader, group.map(({ runId, app }) => ({ runId, app })), first), ({ runId, app }) => `${runId} ${app}`);
        for (const key of group) pages.set(keyOf(key), rows.get(`${key.runId} ${key.app}`) ?? []);
      };
      await Promise.all([...alike].map(read));
      return keys.map((key) => pages.get(keyOf(key)) ?? []);
    },
    { cacheKeyFn: keyOf },
  ),
});

const keyOf = ({ runId, app, after, limit }: CompaniesKey): string => JSON.stringify([runId, app, after, limit]);
