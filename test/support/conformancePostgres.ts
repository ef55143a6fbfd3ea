import { describe } from '@jest/globals';
import { Client, DatabaseError } from 'pg';
import { startPostgres } from '../../embedded/postgres.ts';
import { emptyPostgres } from './postgres.ts';

const realUrl = process.env['TEST_DATABASE_URL'] ?? '';

/** A block that needs a real Postgres at TEST_DATABASE_URL; without it its tests are counted as skipped. */
export const describeWithRealPostgres = realUrl === '' ? describe.skip : describe;

/** An empty database on PGlite and one on the real server. */
export type PostgresPair = Readonly<{ embedded: string; real: string; close(): Promise<void> }>;

export const startPostgresPair = async (): Promise<PostgresPair> => {
  const [embedded, real] = await Promise.all([startPostgres(), emptyPostgres()]);
  return {
    embedded: embedded.url,
    real: real.url,
    close: async () => {
      await Promise.all([embedded.close(), real.close()]);
    },
  };
};

/** Runs something on a connection of its own. */
export const connected = async <T>(url: string, run: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
};

/** Rows as they are, or the error by its code and constraint. */
export const outcomeOf = async (client: Client, statement: string, values: unknown[] = []): Promise<unknown> => {
  try {
    const { rows, rowCount } = await client.query<Record<string, unknown>>(statement, values);
    return { rows, rowCount };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return { code: error.code, constraint: error.constraint };
  }
};

const catalogue: Readonly<Record<string, string>> = {
  tables: `SELECT relname, relkind::text, relpersistence::text, reloptions::text[] FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S') ORDER BY 1`,
  columns: `
    SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, a.attidentity::text, a.attgenerated::text,
      pg_get_expr(d.adbin, d.adrelid) AS default, CASE WHEN a.attcollation <> t.typcollation THEN l.collname::text END AS collation
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum LEFT JOIN pg_collation l ON l.oid = a.attcollation
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2`,
  // Later versions keep NOT NULL among the constraints as well; columns tell it for all.
  constraints: `
    SELECT conrelid::regclass::text AS on, conname, contype::text, pg_get_constraintdef(oid) AS definition, condeferrable, condeferred, convalidated
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2`,
  indexes: `
    SELECT indexname, indexdef, i.indisunique, i.indisvalid FROM pg_indexes x JOIN pg_index i ON i.indexrelid = (quote_ident(x.schemaname) || '.' || quote_ident(x.indexname))::regclass
    WHERE schemaname = 'public' ORDER BY 1`,
  sequences: `SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle, cache_size FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`,
  triggers: `SELECT tgrelid::regclass::text AS on, tgname, pg_get_triggerdef(oid) AS definition FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2`,
  functions: `SELECT proname, pg_get_functiondef(oid) AS definition FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
  types: `SELECT typname, typtype::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd') ORDER BY 1`,
};

/** What the schema of a database is, by the catalogue. */
export const schemaOf = (url: string): Promise<Readonly<Record<string, readonly unknown[]>>> =>
  connected(url, async (client) => {
    const all: Record<string, readonly unknown[]> = {};
    for (const [part, query] of Object.entries(catalogue)) all[part] = (await client.query<Record<string, unknown>>(query)).rows;
    return all;
  });
