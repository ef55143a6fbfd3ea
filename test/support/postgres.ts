import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startMigratedPostgres } from '../../embedded/migratedPostgres.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { type Database, openDatabase } from '../../subgraphs/teams/store/database.ts';

/** A Postgres database of its own for one test file; `close` removes it. */
export type FreshPostgres = Readonly<{ url: string; close(): Promise<void> }>;
/** The same with a pool opened on it. */
export type TestDatabase = FreshPostgres & Readonly<{ database: Database }>;

// The only place that knows where tests' databases are. Given together, by `npm run test:real`.
const server = process.env['TEST_DATABASE_URL'] ?? '';
/** A database there with all migrations and no rows, that nobody connects to. */
const template = process.env['TEST_DATABASE_TEMPLATE'] ?? '';

/** All migrations and no rows. */
export const freshPostgres = (): Promise<FreshPostgres> => (server === '' ? startMigratedPostgres() : createDatabase(template));

/** Nothing in it. */
export const emptyPostgres = (): Promise<FreshPostgres> => (server === '' ? startPostgres() : createDatabase('template0'));

/** For a system that brings its own when it is given no URL. */
export const postgresForSystem = async (): Promise<Readonly<{ url: string | undefined; close(): Promise<void> }>> =>
  server === '' ? { url: undefined, close: () => Promise.resolve() } : createDatabase(template);

/** All migrations, no rows, and a pool of 10. */
export const freshDatabase = async (): Promise<TestDatabase> => {
  const { url, close } = await freshPostgres();
  const database = openDatabase({ url, poolSize: 10 });
  return {
    url,
    database,
    close: async () => {
      await database.close();
      await close();
    },
  };
};

const createDatabase = async (from: string): Promise<FreshPostgres> => {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${from}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, close: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
};

const onServer = async (statement: string): Promise<void> => {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};
