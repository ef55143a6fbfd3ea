import { randomUUID } from 'node:crypto';
import { migrateUp, readMigrations } from '../subgraphs/teams/store/migrations.ts';

/** `npm run migrate`: brings the database at DATABASE_URL up to date. */
const url = process.env['DATABASE_URL'];
if (url === undefined || url === '') {
  console.error('DATABASE_URL is not set. Set it to the teams database: postgres://user:password@host:5432/database');
  process.exit(1);
}
try {
  const applied = await migrateUp({ url, migrations: await readMigrations(), newId: randomUUID });
  console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
