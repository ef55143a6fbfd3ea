import { describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startMigratedPostgres } from '../../embedded/migratedPostgres.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { watchTeams } from '../../embedded/watchTeams.ts';
import { openDatabase } from '../../subgraphs/teams/store/database.ts';

describe('the embedded Postgres', () => {
  test('says clearly that a port is taken', async () => {
    const server = await startPostgres();
    await expect(startPostgres({ port: server.port })).rejects.toThrow(/did not start: .*EADDRINUSE/);
    await server.close();
  });

  test('says clearly that a snapshot is none', async () => {
    const refused = new Promise<Error>((resolve, reject) => {
      startPostgres({ snapshot: new Uint8Array(10) }).then(() => reject(new Error('it started')), resolve);
    });
    expect((await refused).message).toMatch(/^The embedded Postgres did not start: /);
  });

  test('says once that it holds more than the 5,000 teams that it is for', async () => {
    const server = await startMigratedPostgres();
    const { prisma, close } = openDatabase({ url: server.url, poolSize: 1 });
    const companyId = randomUUID();
    await prisma.company.create({ data: { id: companyId, name: 'Large', plan: 'growth' } });
    const add = (teams: number) =>
      prisma.$executeRaw`INSERT INTO teams (id, company_id, name, name_key) SELECT gen_random_uuid(), ${companyId}::uuid, 'Team', 'team' FROM generate_series(1, ${teams}::int)`;
    await add(5_000);
    const said: string[] = [];
    let watch = { close: () => Promise.resolve() };
    const first = new Promise<void>((resolve) => {
      watch = watchTeams(server.url, {
        pollMs: 20,
        say: (text) => {
          said.push(text);
          resolve();
        },
      });
    });
    // looks several times while there are just so many
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(said).toEqual([]);
    await add(1);
    await first;
    await add(1_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await watch.close();
    expect(said).toEqual(['The embedded Postgres holds more than 5,000 teams: past what this stand-in is for. Use a real Postgres (DATABASE_URL).']);
    await close();
    await server.close();
  }, 60_000);
});
