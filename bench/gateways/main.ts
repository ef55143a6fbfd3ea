import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import { type OperationName, operations } from './operations.ts';

/**
 * `npm run bench:gateway`: our gateway and stock `@apollo/gateway` over the same static subgraphs, 20 connections, in turns;
 * requests per second and p95, and their ratio. ROUNDS (default 5) and ROUND_MS (default 3000) make it longer.
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

const peerOf = async (name: string, file: string, subgraphs: string): Promise<Peer> => {
  const [url = '', token] = await started(file, subgraphs);
  const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return { name, url: new URL(url), headers, pool: new Pool(new URL(url).origin, { connections, pipelining: 1 }) };
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
  const stock = await peerOf('stock', './stock.ts', subgraphs);
  const ours = await peerOf('ours', './ours.ts', subgraphs);
  console.log('| | stock requests/s | ours requests/s | ratio | stock p95 | ours p95 |\n|---|---:|---:|---:|---:|---:|');
  for (const name of Object.keys(operations) as OperationName[]) {
    const [theirAnswer, ourAnswer] = [await ask(stock, name), await ask(ours, name)].map((text) => (JSON.parse(text) as { data: unknown }).data);
    if (JSON.stringify(theirAnswer) !== JSON.stringify(ourAnswer)) throw new Error(`the answers to ${name} differ`);
    for (const peer of [stock, ours]) await round(peer, name, roundMs / 2);
    const results: { stock: Round; ours: Round }[] = [];
    for (let n = 0; n < rounds; n += 1) results.push({ stock: await round(stock, name, roundMs), ours: await round(ours, name, roundMs) });
    const [theirRate, ourRate] = [median(results.map((each) => each.stock.rate)), median(results.map((each) => each.ours.rate))];
    const ratio = median(results.map((each) => each.ours.rate / each.stock.rate));
    const p95 = (who: 'stock' | 'ours'): string => `${median(results.map((each) => each[who].p95)).toFixed(1)} ms`;
    console.log(`| ${name} | ${theirRate.toFixed(0)} | ${ourRate.toFixed(0)} | ${ratio.toFixed(2)} × | ${p95('stock')} | ${p95('ours')} |`);
  }
} finally {
  for (const child of children) child.kill();
}
process.exit(0);
