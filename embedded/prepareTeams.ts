import { randomUUID } from 'node:crypto';
import { openDatabase } from '../subgraphs/teams/store/database.ts';
import { migrateUp, readMigrations } from '../subgraphs/teams/store/migrations.ts';
import { seedTeams } from './demo/seedTeams.ts';

/** Brings a teams database up to date and, when it has no company yet, puts the demo's into it. */
export const prepareTeamsDatabase = async (url: string): Promise<void> => {
  await migrateUp({ url, migrations: await readMigrations(), newId: randomUUID });
  const database = openDatabase({ url, poolSize: 1 });
  try {
    await seedTeams(database);
  } finally {
    await database.close();
  }
};
