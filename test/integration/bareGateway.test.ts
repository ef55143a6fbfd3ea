import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chosenUrls, subgraphUrls } from '../../bench/bare-gateway/subgraphUrls.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { json, listen, type Listening } from '../../subgraphs/shared/server.ts';
import { fleet } from '../support/federation/fleet.ts';
import { composed } from '../support/federation/supergraph.ts';

const { sdl, answer } = composed(fleet);
const folder = mkdtempSync(join(tmpdir(), 'bare-gateway-'));
const file = join(folder, 'supergraph.graphql');
let subgraphs: Listening;
let child: ChildProcess | undefined;

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess => {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, ['--import', 'tsx', 'bench/bare-gateway/main.ts', ...args], { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
};

beforeAll(async () => {
  writeFileSync(file, sdl);
  subgraphs = await listen({
    host: '127.0.0.1', port: 0, maxBodyBytes: 1_000_000, logger: createLogger({ name: 'subgraphs', level: 'silent' }),
    handler: async ({ path, body }) => {
      const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
      return json(200, await answer(path.slice(1), query, variables));
    },
  });
});
afterAll(async () => {
  if (child !== undefined && child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await subgraphs.close();
  rmSync(folder, { recursive: true });
});

describe('npm run bench:bare-gateway', () => {
  test('serves any supergraph over plain HTTP without sign-in, says where, and ends by SIGTERM', async () => {
    child = run(['--supergraph', file, '--port', '0', ...fleet.flatMap(({ name }) => ['--subgraph', `${name}=${subgraphs.url}/${name}`])]);
    const [url] = (await once(createInterface({ input: child.stdout ?? process.stdin }), 'line')) as [string];
    const body = JSON.stringify({ query: 'query ($n: Int) { cars(first: $n) { toll(zone: 2) duty owner { name } } }', variables: { n: 2 } });
    const reply = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect([reply.status, await reply.json()]).toEqual([200, { data: { cars: [
      { toll: 1_800_760, duty: 50, owner: { name: 'Owner 0' } },
      { toll: 1_802_763, duty: 50.125, owner: null },
    ] } }]);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  }, 60_000);

  test('never in production', async () => {
    const refused = run(['--supergraph', file], { NODE_ENV: 'production' });
    const said: Buffer[] = [];
    refused.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
    expect(await once(refused, 'close')).toEqual([1, null]);
    expect(Buffer.concat(said).toString()).toBe('The bare gateway does not start. NODE_ENV is production: a gateway without sign-in is for measuring and comparing only.\n');
  }, 60_000);

  test('takes the URLs of the file, or those it is given, and names all that will not do', () => {
    const known = subgraphUrls(sdl);
    expect([...known.keys()].toSorted()).toEqual(['finance', 'people', 'rates', 'registry', 'tolls']);
    expect(chosenUrls(known, ['tolls=http://127.0.0.1:1/x?y']).get('tolls')?.href).toBe('http://127.0.0.1:1/x?y');
    expect(chosenUrls(known, []).get('rates')?.href).toBe('http://rates.invalid/');
    expect(() => chosenUrls(known, ['toll=http://a', 'rates', 'people=ftp://b'])).toThrow(/"toll=http:\/\/a" must be name=url.*\n.*"rates" must be.*\npeople is at "ftp:\/\/b"/);
    expect(() => chosenUrls(subgraphUrls('type Query { a: Int }'), [])).toThrow('no composed supergraph');
  });
});
