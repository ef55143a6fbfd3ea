import { fileURLToPath } from 'node:url';
import { requireDatabase } from '../subgraphs/contacts/store/database.ts';
import { hostOf } from '../subgraphs/shared/cannotStart.ts';
import { pendingMigrations, readMigrations } from '../subgraphs/teams/store/migrations.ts';
import { dataFolder } from './config.ts';
import { devSigningKey } from './devKeys.ts';
import { startMigratedPostgres } from './migratedPostgres.ts';
import { startMongoThread } from './mongo/thread.ts';
import { comfortableTeams, watchTeams } from './watchTeams.ts';

/** A server's URL, what to call it, and how to let it go. */
export type StandIn = Readonly<{ url: string; name: string; close(): Promise<void> }>;

/** A Postgres: the one at the URL, else an embedded one in memory. Writes nothing to the former. @throws CannotStart */
export const somePostgres = async (url: string | undefined): Promise<StandIn> => {
  if (url !== undefined) {
    await pendingMigrations({ url, migrations: await readMigrations() });
    return { url, name: `Postgres at ${hostOf(url)}`, close: () => Promise.resolve() };
  }
  const server = await startMigratedPostgres();
  const watch = watchTeams(server.url);
  return {
    url: server.url,
    name: `Postgres is PGlite, in memory, for up to ${comfortableTeams.toLocaleString('en')} teams`,
    close: async () => {
      await watch.close();
      await server.close();
    },
  };
};

/** A MongoDB: the one at the URL, else an embedded one in memory. Writes nothing to the former. @throws CannotStart */
export const someMongo = async (url: string | undefined, database: string): Promise<StandIn> => {
  if (url !== undefined) {
    await requireDatabase({ url, database });
    return { url, name: `MongoDB at ${hostOf(url)}`, close: () => Promise.resolve() };
  }
  const server = await startMongoThread();
  return { url: server.url, name: 'MongoDB is an embedded stand-in, in memory, for up to 20,000 contacts', close: () => server.close() };
};

/** The folder of the development keys, as a path. */
export const devFolder = (): string => fileURLToPath(dataFolder);

/** The signing key that processes started apart in this checkout share. */
export const sharedDevKey = (): Promise<string> => devSigningKey(devFolder());
