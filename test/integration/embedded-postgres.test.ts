import { describe, expect, test } from '@jest/globals';
import { startPostgres } from '../../embedded/postgres.ts';

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
});
