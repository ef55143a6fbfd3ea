import { startMigratedPostgres } from '../../embedded/migratedPostgres.ts';
import { type Database, openDatabase } from '../../subgraphs/teams/store/database.ts';

/** A teams database of its own, with all migrations and no rows. */
export type TestDatabase = Readonly<{ url: string; database: Database; close(): Promise<void> }>;

/** Starts one. The only place that knows where tests' databases are. */
export const freshDatabase = async (): Promise<TestDatabase> => {
  const server = await startMigratedPostgres();
  const database = openDatabase({ url: server.url, poolSize: 10 });
  return {
    url: server.url,
    database,
    close: async () => {
      await database.close();
      await server.close();
    },
  };
};
