import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { CannotStart, codeOf, hostOf } from '../../shared/cannotStart.ts';
import { connectionFault } from './connectionFault.ts';

/** A step of the database's schema and its way back. */
export type Migration = Readonly<{
  /** Its folder: `20261120000000_first`. */
  name: string;
  sql: string;
  down: string;
  /** SHA-256 of migration.sql in hex, as Prisma records it. */
  checksum: string;
}>;

/** The database and the files do not belong together; nothing was written. The message tells which migration and why. */
export class MigrationsRefused extends CannotStart {}

const folder = fileURLToPath(new URL('../../../prisma/migrations/', import.meta.url));
/** Any number will do; it only has to be the same in every process. */
const lockNumber = 7_239_114;

/** Reads all migrations, oldest first. @throws when one lacks its migration.sql or down.sql. */
export const readMigrations = async (from: string = folder): Promise<readonly Migration[]> => {
  const entries = await readdir(from, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(join(from, name, 'migration.sql'));
      const down = await readFile(join(from, name, 'down.sql'), 'utf8');
      return { name, sql: bytes.toString('utf8'), down, checksum: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
};

export type MigrateOptions = Readonly<{
  /** `postgres://user:password@host:port/database` */
  url: string;
  migrations: readonly Migration[];
  newId: () => string;
}>;

/**
 * Applies what is missing, each migration in a transaction of its own and one runner at a time, and records it in
 * Prisma's table, so that `prisma migrate deploy` finds it applied. Answers with the names applied.
 * @throws MigrationsRefused for a migration that was edited after it was applied, is unknown here, or half applied.
 */
export const migrateUp = ({ url, migrations, newId }: MigrateOptions): Promise<readonly string[]> =>
  connected(url, async (client) => {
    const done: string[] = [];
    for (;;) {
      const name = await inTransaction(client, () => applyNext(client, migrations, newId));
      if (name === null) return done;
      done.push(name);
    }
  });

/** Takes the newest migration back with its down.sql. @throws MigrationsRefused when `name` is not the newest applied. */
export const migrateDown = ({ url, migrations }: Omit<MigrateOptions, 'newId'>, name: string): Promise<void> =>
  connected(url, (client) =>
    inTransaction(client, async () => {
      const newest = (await verified(client, migrations)).at(-1);
      if (newest?.name !== name) {
        throw new MigrationsRefused(`Migration ${name} cannot be taken back: the newest applied is ${newest?.name ?? 'none'}.`);
      }
      await run(client, name, newest.down);
      await client.query('DELETE FROM "_prisma_migrations" WHERE "migration_name" = $1', [name]);
    }),
  );

/** Migrations not applied yet; empty when the database is up to date. Writes nothing. @throws MigrationsRefused */
export const pendingMigrations = ({ url, migrations }: Omit<MigrateOptions, 'newId'>): Promise<readonly string[]> =>
  connected(url, async (client) => {
    const applied = new Set((await verified(client, migrations)).map(({ name }) => name));
    return migrations.map(({ name }) => name).filter((name) => !applied.has(name));
  });

const applyNext = async (client: Client, migrations: readonly Migration[], newId: () => string): Promise<string | null> => {
  await client.query('SELECT pg_advisory_xact_lock($1)::text', [lockNumber]);
  const applied = new Set((await verified(client, migrations)).map(({ name }) => name));
  const next = migrations.find(({ name }) => !applied.has(name));
  if (next === undefined) return null;
  await client.query(prismaTable);
  await run(client, next.name, next.sql);
  await client.query(
    `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at", "applied_steps_count")
     VALUES ($1, $2, $3, clock_timestamp(), 1)`,
    [newId(), next.checksum, next.name],
  );
  return next.name;
};

type Recorded = Readonly<{ migration_name: string; checksum: string; finished_at: Date | null }>;

/** The migrations that are applied, oldest first, once nothing speaks against them. */
const verified = async (client: Client, migrations: readonly Migration[]): Promise<readonly Migration[]> => {
  const { rows: tables } = await client.query(`SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = '_prisma_migrations'`);
  if (tables.length === 0) return [];
  const { rows } = await client.query<Recorded>(
    `SELECT "migration_name", "checksum", "finished_at" FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL ORDER BY "migration_name"`,
  );
  return rows.map((recorded) => matching(recorded, migrations));
};

const matching = ({ migration_name: name, checksum, finished_at: finishedAt }: Recorded, migrations: readonly Migration[]): Migration => {
  const known = migrations.find((migration) => migration.name === name);
  if (finishedAt === null) throw new MigrationsRefused(`Migration ${name} is half applied: a run of it was cut off. Look what of it is there, then repair it with: prisma migrate resolve`);
  if (known === undefined) throw new MigrationsRefused(`The database has migration ${name}, which this version does not know: it is older than the database. Start the newer version, or take the migration back with it.`);
  if (known.checksum === checksum) return known;
  throw new MigrationsRefused(`Migration ${name} was edited after it was applied: its file has checksum ${known.checksum}, the database ${checksum}. Restore the file, and put the change into a new migration.`);
};

const run = async (client: Client, name: string, sql: string): Promise<void> => {
  try {
    await client.query(sql);
  } catch (error) {
    throw new Error(`Migration ${name} failed and was rolled back: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};

const inTransaction = async <T>(client: Client, work: () => Promise<T>): Promise<T> => {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
};

/** Above the time that a server needs under load, below the 10 s in which a start that cannot succeed is over. */
const connectMs = 5_000;
/** Postgres's code. */
const lacksARight = '42501';

const connected = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = await connect(url).catch((error: unknown) => {
    throw connectionFault(url, error);
  });
  try {
    return await work(client);
  } catch (error) {
    if (error instanceof MigrationsRefused) throw new MigrationsRefused(`DATABASE_URL (${hostOf(url)}): ${error.message}`, { cause: error });
    throw codeOf(error) === lacksARight ? connectionFault(url, error) : error;
  } finally {
    await client.end();
  }
};

const connect = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: connectMs });
  await client.connect();
  return client;
};

const prismaTable = `
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;
