import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { migrateUp, readMigrations } from '../../subgraphs/teams/store/migrations.ts';
import { connected, describeWithRealPostgres, outcomeOf, type PostgresPair, startPostgresPair } from '../support/conformancePostgres.ts';

const company = '00000000-0000-4000-8000-000000000001';
const other = '00000000-0000-4000-8000-000000000002';
const team = '00000000-0000-4000-8000-000000000003';

/** Statements in order on one connection; each outcome is compared. */
const stories: Readonly<Record<string, readonly (string | readonly [string, readonly unknown[]])[]>> = {
  'jsonb refuses NUL and lone surrogates, keeps the rest': [
    ...['"\\u0000"', '"\\ud800"', '"\\udc00 x"', '{"\\u0000": 1}', '"\\ud83d\\ude00"', '{"b": 1, "a": 2, "b": 3}', '1e400', '1.10', 'nonsense'].map((json) => ['SELECT $1::jsonb AS j', [json]] as const),
    ['SELECT $1::text AS t', ['a\u0000b']],
  ],
  'CHECK, unique and foreign keys answer by code and constraint': [
    ['INSERT INTO companies (id, name, plan) VALUES ($1, $2, $3)', [company, 'One', 'starter']],
    ['INSERT INTO companies (id, name, plan) VALUES ($1, $2, $3)', [other, 'Two', 'wrong']],
    ['INSERT INTO companies (id, name, plan) VALUES ($1, $2, $3)', [company, 'One', 'growth']],
    ['INSERT INTO companies (id, name, plan) VALUES ($1, $2, $3)', ['no id', 'One', 'growth']],
    ['INSERT INTO companies (id, name, plan) VALUES ($1, $2, NULL)', [other, 'Two']],
    ['INSERT INTO companies (id, name, plan) VALUES ($1, $2, $3)', [other, 'Two', 'growth']],
    ['INSERT INTO teams (id, company_id, name, name_key, is_default) VALUES ($1, $2, $3, $3, true)', [team, company, 'general']],
    ['INSERT INTO teams (id, company_id, name, name_key, is_default) VALUES (gen_random_uuid(), $1, $2, $2, true)', [company, 'general']],
    ['INSERT INTO teams (id, company_id, name, name_key, parent_id) VALUES (gen_random_uuid(), $1, $2, $2, $3)', [other, 'child of another', team]],
    ['INSERT INTO teams (id, company_id, name, name_key, source_identifier) VALUES (gen_random_uuid(), $1, $2, $2, $3)', [company, 'x', 'Chat']],
    ['UPDATE teams SET parent_id = id WHERE id = $1', [team]],
    ['INSERT INTO events (written) VALUES (1)', []],
    ['INSERT INTO event_log DEFAULT VALUES', []],
  ],
  'times are rounded to the millisecond, half up, and kept in UTC': [
    "SELECT '2026-01-02T03:04:05.0004999Z'::timestamptz(3) AS down, '2026-01-02T03:04:05.0005Z'::timestamptz(3) AS up, '2026-12-31T23:59:59.9996Z'::timestamptz(3) AS next_year",
    ['SELECT $1::timestamptz(3) AS at', [new Date(1_700_000_000_123)]],
    "SELECT extract(epoch FROM '2026-01-02T03:04:05.678+07'::timestamptz(3))::text AS seconds",
    "SELECT '2026-02-30'::timestamptz",
  ],
  'names are in the order of their bytes': [
    "SELECT v FROM unnest(ARRAY['b', 'B', 'a', 'ä', 'z', '', ' ', '_', '😀', 'é', '\uffff', '10', '9']) AS v ORDER BY v COLLATE \"C\"",
    'CREATE TEMP TABLE ordered AS SELECT v AS name_key FROM (SELECT name_key FROM teams LIMIT 0) t RIGHT JOIN unnest(ARRAY[1]) n ON true, LATERAL (SELECT \'x\'::text COLLATE "C" AS v) x',
    'SELECT name_key > \'Z\' COLLATE "C" AS after FROM ordered',
    "SELECT lower('ÄÖ İ' COLLATE \"C\") AS c",
  ],
  'ON CONFLICT updates, does nothing, and needs its index': [
    ['INSERT INTO flag_defaults VALUES ($1, true) ON CONFLICT (flag) DO UPDATE SET value = excluded.value RETURNING value', ['unified_app']],
    ['INSERT INTO flag_defaults VALUES ($1, false) ON CONFLICT (flag) DO UPDATE SET value = excluded.value WHERE flag_defaults.value RETURNING value, xmax::text <> $2 AS updated', ['unified_app', '0']],
    ['INSERT INTO flag_defaults VALUES ($1, true) ON CONFLICT (flag) DO UPDATE SET value = excluded.value WHERE flag_defaults.value RETURNING value', ['unified_app']],
    ['INSERT INTO flag_defaults VALUES ($1, true) ON CONFLICT DO NOTHING RETURNING value', ['unified_app']],
    ['INSERT INTO flag_defaults VALUES ($1, true) ON CONFLICT (value) DO NOTHING', ['unified_app']],
    "INSERT INTO flag_defaults VALUES ('publish_team_events', true), ('publish_team_events', false) ON CONFLICT (flag) DO UPDATE SET value = excluded.value",
  ],
  'row locks, SKIP LOCKED, savepoints and a failed transaction': [
    'BEGIN',
    ['SELECT name FROM companies WHERE id = $1 FOR UPDATE', [company]],
    ['SELECT name FROM companies WHERE id = $1 FOR UPDATE SKIP LOCKED', [company]],
    ['SELECT name FROM companies WHERE id = $1 FOR UPDATE NOWAIT', [company]],
    'SAVEPOINT s',
    'SELECT 1 / 0',
    'SELECT 1 AS refused',
    'ROLLBACK TO s',
    'SELECT 1 AS one',
    'COMMIT',
    'BEGIN; SELECT nonsense',
    'SELECT 1 AS refused',
    'ROLLBACK',
    'SHOW transaction_isolation',
    'BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY',
    'SHOW transaction_isolation',
    'DELETE FROM flag_defaults',
    'ROLLBACK',
  ],
  'advisory locks are taken, taken again by the same, and given back': [
    'SELECT pg_try_advisory_lock(42) AS taken, pg_try_advisory_lock(42) AS again',
    'SELECT pg_advisory_unlock(42) AS one, pg_advisory_unlock(42) AS two, pg_advisory_unlock(42) AS none',
    'BEGIN',
    'SELECT pg_advisory_xact_lock(43)::text, pg_try_advisory_xact_lock(43) AS again',
    'COMMIT',
    "SELECT count(*)::int AS held FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
  ],
  'numbers, arrays, recursion': [
    ['SELECT $1::bigint AS big, $2::int[] AS ints, $3::uuid[] AS ids', ['9007199254740993', [1, 2], [company]]],
    ['SELECT $1::int AS too_big', ['2147483648']],
    ['SELECT * FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS t (a, b, n)', [['x', 'y'], [1]]],
    'WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT array_agg(n) AS all FROM t',
    "SELECT md5('a') AS m, encode(sha256('a'), 'hex') AS s, 'A' < 'a' COLLATE \"C\" AS c",
  ],
};

describeWithRealPostgres('PGlite behaves as Postgres where the product leans on it (real servers)', () => {
  let pair: PostgresPair;
  beforeAll(async () => {
    pair = await startPostgresPair();
    const migrations = await readMigrations();
    await Promise.all([pair.embedded, pair.real].map((url) => migrateUp({ url, migrations, newId: randomUUID })));
  }, 60_000);
  afterAll(async () => {
    await pair.close();
  });

  test.each(Object.entries(stories))('%s', async (_, story) => {
    const outcomes = await Promise.all(
      [pair.embedded, pair.real].map((url) =>
        connected(url, async (client) => {
          const all: unknown[] = [];
          for (const step of story) {
            const [statement, values] = typeof step === 'string' ? [step, []] : step;
            all.push({ statement, values, outcome: await outcomeOf(client, statement, [...values]) });
          }
          return all;
        }),
      ),
    );
    expect(outcomes[0]).toEqual(outcomes[1]);
  });

  test('where they differ: PGlite, a later Postgres, has a code of its own for ON DELETE RESTRICT', async () => {
    const [embedded, real] = await Promise.all(
      [pair.embedded, pair.real].map((url) =>
        connected(url, async (client) => {
          const [row, child] = [randomUUID(), randomUUID()];
          await client.query('INSERT INTO companies (id, name, plan) VALUES ($1, $2, $3)', [row, 'Three', 'growth']);
          await client.query('INSERT INTO teams (id, company_id, name, name_key) VALUES ($1, $2, $3, $3)', [child, row, 'team']);
          return outcomeOf(client, 'DELETE FROM companies WHERE id = $1', [row]);
        }),
      ),
    );
    expect(real).toEqual({ code: '23503', constraint: 'teams_company_id_fkey' });
    expect(embedded).toEqual({ code: '23001', constraint: 'teams_company_id_fkey' });
  });

  test('where they differ: PGlite runs transactions one after the other, so that no row is ever found locked', async () => {
    const lock = 'SELECT id FROM event_log FOR UPDATE SKIP LOCKED';
    const secondSees = async (url: string): Promise<number | null> => {
      const [one, two] = [new Client({ connectionString: url }), new Client({ connectionString: url })];
      await Promise.all([one.connect(), two.connect()]);
      try {
        await one.query('BEGIN');
        await one.query(lock);
        const second = two.query(lock);
        await new Promise((resolve) => setTimeout(resolve, 200));
        await one.query('COMMIT');
        return (await second).rowCount;
      } finally {
        await Promise.all([one.end(), two.end()]);
      }
    };
    expect(await secondSees(pair.real)).toBe(0);
    expect(await secondSees(pair.embedded)).toBe(1);
  });
});
