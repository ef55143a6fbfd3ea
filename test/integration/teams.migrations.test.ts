import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import {
  migrateDown,
  migrateUp,
  type Migration,
  MigrationsRefused,
  pendingMigrations,
  readMigrations,
} from '../../subgraphs/teams/store/migrations.ts';
import { emptyPostgres, type FreshPostgres } from '../support/postgres.ts';

let server: FreshPostgres;
let migrations: readonly Migration[];

beforeAll(async () => {
  server = await emptyPostgres();
  migrations = await readMigrations();
});
afterAll(() => server.close());

const up = (of = migrations) => migrateUp({ url: server.url, migrations: of, newId: randomUUID });
const query = async (sql: string): Promise<readonly unknown[]> => {
  const client = new Client(server.url);
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows;
};

const catalogue = async () => ({
  columns: await query(`SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`),
  indexes: await query(`SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2`),
  constraints: await query(`SELECT conrelid::regclass::text AS "on", conname, pg_get_constraintdef(oid) AS is
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`),
  sequences: await query(`SELECT relname FROM pg_class WHERE relkind = 'S' ORDER BY 1`),
});

describe('migrations', () => {
  test('are applied once, recorded as Prisma does, and can be taken back and applied again to an equal catalogue', async () => {
    expect(await pendingMigrations({ url: server.url, migrations })).toEqual(migrations.map(({ name }) => name));
    expect(await up()).toEqual(migrations.map(({ name }) => name));
    expect(await up()).toEqual([]);
    expect(await pendingMigrations({ url: server.url, migrations })).toEqual([]);
    const recorded = await query('SELECT migration_name, checksum, logs, rolled_back_at, applied_steps_count FROM _prisma_migrations ORDER BY 1');
    expect(recorded).toEqual(
      migrations.map(({ name, checksum }) => ({ migration_name: name, checksum, logs: null, rolled_back_at: null, applied_steps_count: 1 })),
    );
    const before = await catalogue();
    for (const { name } of migrations.toReversed()) await migrateDown({ url: server.url, migrations }, name);
    expect(await query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([{ tablename: '_prisma_migrations' }]);
    await up();
    expect(await catalogue()).toEqual(before);
  });

  test('applied by several processes at once are applied once', async () => {
    for (const { name } of migrations.toReversed()) await migrateDown({ url: server.url, migrations }, name);
    const results = await Promise.all([up(), up(), up()]);
    expect(results.flat().sort()).toEqual(migrations.map(({ name }) => name));
  });

  test('edited after they were applied are refused', async () => {
    const edited = migrations.map((migration, at) => (at === 0 ? { ...migration, checksum: 'f'.repeat(64) } : migration));
    await expect(up(edited)).rejects.toThrow(MigrationsRefused);
    await expect(up(edited)).rejects.toThrow(/20261120000000_first was edited after it was applied/);
  });

  test('that this version does not know are refused, and nothing is written', async () => {
    const another: Migration = { name: '20990101000000_later', sql: 'CREATE TABLE later (a INT)', down: 'DROP TABLE later', checksum: 'a'.repeat(64) };
    await expect(up([another])).rejects.toThrow(/20261120000000_first, which this version does not know/);
    expect(await query(`SELECT tablename FROM pg_tables WHERE tablename = 'later'`)).toEqual([]);
  });

  test('that fail leave nothing behind', async () => {
    const broken: Migration = { name: '20990101000000_broken', sql: 'CREATE TABLE later (a INT); SELECT 1/0;', down: '', checksum: 'b'.repeat(64) };
    await expect(up([...migrations, broken])).rejects.toThrow(/20990101000000_broken failed and was rolled back: division by zero/);
    expect(await query(`SELECT tablename FROM pg_tables WHERE tablename = 'later'`)).toEqual([]);
    expect(await up()).toEqual([]);
  });

  test('that are half applied are refused', async () => {
    await query(`INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '20990101000000_half')`);
    await expect(up()).rejects.toThrow(/20990101000000_half is half applied/);
    await query(`DELETE FROM _prisma_migrations WHERE id = 'x'`);
  });

  test('are taken back newest first only', async () => {
    await expect(migrateDown({ url: server.url, migrations }, '20990101000000_later')).rejects.toThrow(/cannot be taken back: the newest applied is/);
  });
});
