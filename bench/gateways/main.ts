import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'undici';
import { startHive } from './hive.ts';
import { type OperationName, operations } from './operations.ts';

/**
 * `npm run bench:gateway`: our gateway and stock `@apollo/gateway` over the same static subgraphs, 20 connections, in turns;
 * requests per second and p95, and the ratio of ours to each other. ROUNDS (default 5) and ROUND_MS (default 3000) make it longer;
 * PEERS=hive adds Hive Gateway, which is installed under `.data/` the first time.
 */
const rounds = Number(process.env['ROUNDS'] ?? 5);
const roundMs = Number(process.env['ROUND_MS'] ?? 3_000);
const connections = 20;
const children: ChildProcess[] = [];

type Peer = Readonly<{ name: string; url: URL; headers: Record<string, string>; pool: Pool }>;

const started = async (file: string, ...args: string[]): Promise<readonly string[]> => {
  const child = spawn(process.execPath, ['--import', 'tsx', new URL(file, import.meta.url).pathname, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) return line.split(' ');
  throw new Error(`${file} ended before it was ready`);
};

const peerAt = (name: string, url: string, token?: string): Peer => {
  const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return { name, url: new URL(url), headers, pool: new Pool(new URL(url).origin, { connections, pipelining: 1 }) };
};
const peerOf = async (name: string, file: string, subgraphs: string): Promise<Peer> => {
  const [url = '', token] = await started(file, subgraphs);
  return peerAt(name, url, token);
};

/** The peers that PEERS names, besides stock. */
const askedPeers = async (subgraphs: string): Promise<readonly Peer[]> => {
  const names = (process.env['PEERS'] ?? '').split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => name !== 'hive');
  if (unknown.length > 0) throw new Error(`PEERS names ${unknown.join(', ')}; it may name hive`);
  if (names.length === 0) return [];
  const { url, child } = await startHive(subgraphs);
  children.push(child);
  return [peerAt('hive', url)];
};

let counter = 0;
const ask = async ({ url, headers, pool }: Peer, name: OperationName): Promise<string> => {
  const { query, variables } = operations[name];
  counter += 1;
  const body = JSON.stringify({ query, variables: variables(counter) });
  const answer = await pool.request({ method: 'POST', path: url.pathname, headers, body });
  return answer.body.text();
};

type Round = Readonly<{ rate: number; p95: number }>;

const round = async (peer: Peer, name: OperationName, ms: number): Promise<Round> => {
  const took: number[] = [];
  const from = performance.now();
  const until = from + ms;
  const loop = async (): Promise<void> => {
    while (performance.now() < until) {
      const sent = performance.now();
      const text = await ask(peer, name);
      if (text.includes('"errors"')) throw new Error(`${peer.name} answered ${name} with ${text.slice(0, 300)}`);
      took.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
  took.sort((a, b) => a - b);
  return { rate: (took.length * 1_000) / (performance.now() - from), p95: took[Math.floor(took.length * 0.95)] ?? 0 };
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

try {
  const [subgraphs = ''] = await started('./subgraphs.ts');
  const ours = await peerOf('ours', './ours.ts', subgraphs);
  const others = [await peerOf('stock', './stock.ts', subgraphs), ...(await askedPeers(subgraphs))];
  const peers = [...others, ours];
  const columns = [...peers.flatMap(({ name }) => [`${name} requests/s`, 'p95']), ...others.map(({ name }) => `ours / ${name}`)];
  console.log(`| | ${columns.join(' | ')} |\n|---|${columns.map(() => '---:|').join('')}`);
  for (const name of Object.keys(operations) as OperationName[]) {
    const data = (text: string): unknown => (JSON.parse(text) as { data: unknown }).data;
    const expected = data(await ask(ours, name));
    for (const peer of others) {
      const answered = data(await ask(peer, name));
      if (!isDeepStrictEqual(answered, expected)) throw new Error(`the answers of ours and ${peer.name} to ${name} differ`);
    }
    for (const peer of peers) await round(peer, name, roundMs / 2);
    const results: ReadonlyMap<string, Round>[] = [];
    for (let n = 0; n < rounds; n += 1) {
      const turn = new Map<string, Round>();
      for (const peer of peers) turn.set(peer.name, await round(peer, name, roundMs));
      results.push(turn);
    }
    const middle = (of: (turn: ReadonlyMap<string, Round>) => number | undefined): number => median(results.map((turn) => of(turn) ?? 0));
    const figures = peers.flatMap((peer) => [middle((turn) => turn.get(peer.name)?.rate).toFixed(0), `${middle((turn) => turn.get(peer.name)?.p95).toFixed(1)} ms`]);
    const ratios = others.map((peer) => `${middle((turn) => (turn.get('ours')?.rate ?? 0) / (turn.get(peer.name)?.rate ?? 1)).toFixed(2)} ×`);
    console.log(`| ${[name, ...figures, ...ratios].join(' | ')} |`);
  }
} finally {
  for (const child of children) child.kill();
}
process.exit(0);
