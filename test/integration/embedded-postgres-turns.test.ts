import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
}, 60_000);
afterAll(() => db.close());

test('statements of many connections outside transactions never come between each other', async () => {
  const ask = async (n: number): Promise<void> => {
    // different shapes, so that a statement bound to what another connection parsed would be seen
    const rows =
      n % 2 === 0
        ? await db.database.prisma.$queryRaw<{ n: number }[]>`SELECT ${n}::int AS n`
        : await db.database.prisma.$queryRaw<{ n: number }[]>`SELECT length(${'x'.repeat(n)}::text) AS n, ${n}::text AS shown`;
    expect(rows[0]?.n).toBe(n);
  };
  for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 50 }, (_, n) => ask(n)));
});
