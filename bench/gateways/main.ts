import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'undici';
import { type OperationName, operations } from './operations.ts';
import { otherGateways, startOther } from './others.ts';

/**
 * `npm run bench:gateway`: our gateway and stock `@apollo/gateway` over the same static subgraphs, and ours with the same data in its own process, 20
 * connections, in turns; requests per second, processor time and p95, and their ratios to stock's. ROUNDS (default 5) and ROUND_MS (default 3000) make it
 * longer; PEERS=hive,hive-router adds Hive Gateway and Hive Router, which are installed under `.data/` the first time.
 */
const rounds = Number(process.env['ROUNDS'] ?? 5);
const roundMs = Number(process.env['ROUND_MS'] ?? 3_000);
const connections = 20;
const children: ChildProcess[] = [];

type Peer = Readonly<{ name: string; pid: number; url: URL; headers: Record<string, string>; pool: Pool }>;

const started = async (file: string, ...args: string[]): Promise<Readonly<{ words: readonly string[]; pid: number }>> => {
  const child = spawn(process.execPath, ['--import', 'tsx', new URL(file, import.meta.url).pathname, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) return { words: line.split(' '), pid: child.pid ?? 0 };
  throw new Error(`${file} ended before it was ready`);
};

const peerAt = (name: string, pid: number, url: string, token?: string): Peer => {
  const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return { name, pid, url: new URL(url), headers, pool: new Pool(new URL(url).origin, { connections, pipelining: 1 }) };
};
const peerOf = async (name: string, file: string, subgraphs: string): Promise<Peer> => {
  const { words: [url = '', token], pid } = await started(file, subgraphs);
  return peerAt(name, pid, url, token);
};

/** The peers that PEERS names, besides stock. */
const askedPeers = async (subgraphs: string): Promise<readonly Peer[]> => {
  const names = (process.env['PEERS'] ?? '').split(',').filter((name) => name !== '');
  const peers: Peer[] = [];
  for (const name of names) {
    const other = otherGateways[name];
    if (other === undefined) throw new Error(`PEERS names ${name}; it may name ${Object.keys(otherGateways).join(', ')}`);
    const { url, child } = await startOther(other, subgraphs);
    children.push(child);
    peers.push(peerAt(name, child.pid ?? 0, url));
  }
  return peers;
};

let counter = 0;
const ask = async ({ url, headers, pool }: Peer, name: OperationName): Promise<string> => {
  const { query, variables } = operations[name];
  counter += 1;
  const body = JSON.stringify({ query, variables: variables(counter) });
  const answer = await pool.request({ method: 'POST', path: url.pathname, headers, body });
  return answer.body.text();
};

/** Requests per second, p95 in ms, and processor time of the gateway's process for each request in µs, which other work on the machine changes least. */
type Round = Readonly<{ rate: number; p95: number; processor: number }>;

const ratioOf = (of: (one: Round) => number, theirs: Round, own: Round | undefined): number => (own === undefined ? 0 : of(own) / of(theirs));

/** User and system time that a process has taken, in µs: Linux counts in hundredths of a second. Elsewhere it is not known. */
const processorOf = (pid: number): number => {
  const file = `/proc/${String(pid)}/stat`;
  if (!existsSync(file)) return Number.NaN;
  const [user = 0, system = 0] = readFileSync(file, 'utf8').replace(/\(.*\)/, 'name').split(' ').slice(13, 15).map(Number);
  return (user + system) * 10_000;
};

/** Each peer in its turn, warmed first; the rounds of each. */
const turns = async (peers: readonly Peer[], name: OperationName): Promise<readonly Round[][]> => {
  for (const peer of peers) await round(peer, name, Math.max(roundMs / 2, 2_000));
  const results = peers.map((): Round[] => []);
  for (let n = 0; n < rounds; n += 1) for (const [at, peer] of peers.entries()) results[at]?.push(await round(peer, name, roundMs));
  return results;
};

const round = async (peer: Peer, name: OperationName, ms: number): Promise<Round> => {
  const took: number[] = [];
  const spent = processorOf(peer.pid);
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
  return { rate: (took.length * 1_000) / (performance.now() - from), p95: took[Math.floor(took.length * 0.95)] ?? 0, processor: (processorOf(peer.pid) - spent) / took.length };
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

try {
  const { words: [subgraphs = ''] } = await started('./subgraphs.ts');
  const stock = await peerOf('stock', './stock.ts', subgraphs);
  const ours = [await peerOf('ours', './ours.ts', subgraphs), await peerOf('ours, subgraphs in its process', './oursInProcess.ts', subgraphs)];
  const peers = [stock, ...(await askedPeers(subgraphs)), ...ours];
  console.log('| | | requests/s | beside stock | processor time of the gateway | beside stock | p95 |\n|---|---|---:|---:|---:|---:|---:|');
  for (const name of Object.keys(operations) as OperationName[]) {
    const data = (text: string): unknown => (JSON.parse(text) as { data: unknown }).data;
    const expected = data(await ask(stock, name));
    for (const peer of peers) if (!isDeepStrictEqual(data(await ask(peer, name)), expected)) throw new Error(`the answers of stock and ${peer.name} to ${name} differ`);
    const results = await turns(peers, name);
    const [theirs = []] = results;
    for (const [at, peer] of peers.entries()) {
      const own = results[at] ?? [];
      const beside = (of: (one: Round) => number): string => (at === 0 ? '' : `${median(theirs.map((each, n) => ratioOf(of, each, own[n]))).toFixed(2)} ×`);
      const [rate, processor, p95] = [median(own.map((each) => each.rate)), median(own.map((each) => each.processor)), median(own.map((each) => each.p95))];
      console.log(`| ${at === 0 ? name : ''} | ${peer.name} | ${rate.toFixed(0)} | ${beside((one) => one.rate)} | ${processor.toFixed(0)} µs | ${beside((one) => 1 / one.processor)} | ${p95.toFixed(1)} ms |`);
    }
  }
} finally {
  for (const child of children) child.kill();
}
process.exit(0);
