import { expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { openDatabase } from '../../subgraphs/teams/store/database.ts';
import { freshPostgres } from '../support/postgres.ts';

test('a time is the same moment for us and for Postgres, whatever zone its server keeps', async () => {
  const { url, close } = await freshPostgres();
  const session = new URL(url);
  session.searchParams.set('options', '-c TimeZone=Asia/Jakarta');
  const database = openDatabase({ url: session.href, poolSize: 1 });
  const id = randomUUID();
  const written = new Date('2026-07-01T03:00:00.123Z');
  await database.prisma.company.create({ data: { id, name: 'A', plan: 'growth', createdAt: written } });
  const [row] = await database.prisma.$queryRaw<{ ms: number; now: Date }[]>`
    SELECT (extract(epoch FROM created_at) * 1000)::float8 AS ms, clock_timestamp() AS now FROM companies WHERE id = ${id}::uuid`;
  expect(row?.ms).toBe(written.getTime());
  expect((await database.prisma.company.findUniqueOrThrow({ where: { id } })).createdAt).toEqual(written);
  expect(Math.abs((row?.now.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  await database.close();
  await close();
});
