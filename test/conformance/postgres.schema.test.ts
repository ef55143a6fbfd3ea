import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migrateDown, migrateUp, type Migration, readMigrations } from '../../subgraphs/teams/store/migrations.ts';
import { connected, describeWithRealPostgres, type PostgresPair, schemaOf, startPostgresPair } from '../support/conformancePostgres.ts';

describeWithRealPostgres('our migrations make the same schema on PGlite and on Postgres (real servers)', () => {
  let pair: PostgresPair;
  let migrations: readonly Migration[];
  const both = <T>(run: (url: string) => Promise<T>): Promise<[T, T]> => Promise.all([run(pair.embedded), run(pair.real)]);
  const up = (url: string) => migrateUp({ url, migrations, newId: randomUUID });
  beforeAll(async () => {
    [pair, migrations] = await Promise.all([startPostgresPair(), readMigrations()]);
    await both(up);
  }, 60_000);
  afterAll(async () => {
    await pair.close();
  });

  test.each(['tables', 'columns', 'constraints', 'indexes', 'sequences', 'triggers', 'functions', 'types'])('%s', async (part) => {
    const [embedded, real] = await both(schemaOf);
    expect(embedded[part]).toEqual(real[part]);
  });

  test('and there is something to compare', async () => {
    const { tables, columns, constraints, indexes } = await schemaOf(pair.real);
    expect([tables, columns, constraints, indexes].map((part) => (part?.length ?? 0) > 10)).toEqual([true, true, true, true]);
  });

  test('up, down and up again leaves it as it was, and down leaves nothing of ours', async () => {
    const before = await both(schemaOf);
    await both(async (url) => {
      for (const { name } of [...migrations].reverse()) await migrateDown({ url, migrations }, name);
    });
    const [embedded, real] = await both(schemaOf);
    expect(embedded).toEqual(real);
    expect(real['tables']).toEqual([expect.objectContaining({ relname: '_prisma_migrations' })]);
    await both(up);
    expect(await both(schemaOf)).toEqual(before);
  });

  test('the rows that the migrations write are the same', async () => {
    const rows = (url: string) =>
      connected(url, async (client) => (await client.query('SELECT singleton, position, outside_position FROM event_log')).rows as unknown[]);
    const [embedded, real] = await both(rows);
    expect(embedded).toEqual(real);
  });
});
