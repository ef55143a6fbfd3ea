import { type ChildProcess, fork } from 'node:child_process';
import { loadavg } from 'node:os';
import { median } from '../place.ts';
import type { Seen } from './clients.ts';
import type { Figures } from './publishing.ts';

/**
 * `npm run bench:subscribers`: from publishing an event to the socket of each subscriber, beside a bare loop over as many sockets that sends the same bytes at the same rate, in
 * turns; then what an event costs with 1, 10 and 100 distinct selections. SUBSCRIBERS (default 1000), EVENTS_PER_S (50), SECONDS (5), ROUNDS (3).
 */
const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const subscribers = setting('SUBSCRIBERS', 1_000);
const perSecond = setting('EVENTS_PER_S', 50);
const seconds = setting('SECONDS', 5);
const rounds = setting('ROUNDS', 3);
const children: ChildProcess[] = [];

const heard = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    child.once('message', (message: { answer?: T; error?: string }) => (message.error === undefined ? resolve(message.answer as T) : reject(new Error(message.error))));
  });
const told = async <T>(child: ChildProcess, order: object): Promise<T> => {
  const answer = heard<T>(child);
  child.send(order);
  return answer;
};
const started = async <T>(file: string, ...args: string[]): Promise<Readonly<{ child: ChildProcess; answer: T }>> => {
  const child = fork(new URL(file, import.meta.url).pathname, args, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.push(child);
  return { child, answer: await heard<T>(child) };
};

type Place = Readonly<{ url: string; token: string | null }>;
type Run = Seen & Figures & Readonly<{ events: number }>;
type Side = Readonly<{ run: (rate: number, ms: number) => Promise<Run>; close: () => void }>;

/** A server and the process of its subscribers, who follow before it answers. */
const sideOf = async (file: string, args: readonly string[], queries: readonly string[]): Promise<Side> => {
  const server = await started<Place>(file, ...args);
  const clients = await started<string>('./clients.ts');
  await told(clients.child, { ...server.answer, queries, count: subscribers });
  const run: Side['run'] = async (rate, ms) => {
    const count = Math.round((rate * ms) / 1_000);
    await told(clients.child, { begin: true });
    await told(server.child, { perSecond: rate, count });
    const seen = await told<Seen>(clients.child, { report: count * subscribers });
    return { ...seen, ...(await told<Figures>(server.child, { figures: true })), events: count };
  };
  const close = (): void => [server, clients].forEach(({ child }) => child.kill());
  // nothing says that a subscription is open: the first events are for finding that out
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await run(10, 1_000);
  return { run, close };
};

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const plain = 'subscription { teamMigrated { eventId teamName } }';

try {
  console.log(`${String(subscribers)} subscribers, ${String(perSecond)} events/s, ${String(rounds)} rounds of ${String(seconds)} s; load ${loadavg()[0]?.toFixed(1) ?? '?'}\n`);
  console.log('| | p50 | p95 | most | lost | doubled or out of order | processor of the server | p95 beside the bare loop |\n|---|---:|---:|---:|---:|---:|---:|---:|');
  for (const [name, args] of [['subgraphs in process', []], ['subgraphs over sockets', ['http']]] as const) {
    const [bare, ours] = [await sideOf('./bare.ts', [], [plain]), await sideOf('./ours.ts', args, [plain])];
    const results: { bare: Run; ours: Run }[] = [];
    for (let n = 0; n < rounds; n += 1) results.push({ bare: await bare.run(perSecond, seconds * 1_000), ours: await ours.run(perSecond, seconds * 1_000) });
    const ratio = median(results.map((each) => each.ours.p95 / each.bare.p95));
    for (const side of ['bare', 'ours'] as const) {
      const of = (pick: (run: Run) => number): number => median(results.map((each) => pick(each[side])));
      const sum = (pick: (run: Run) => number): number => results.reduce((total, each) => total + pick(each[side]), 0);
      const cells = [ms(of((run) => run.p50)), ms(of((run) => run.p95)), ms(of((run) => run.most)), sum((run) => run.lost), sum((run) => run.twice), `${of((run) => run.cpuMs / run.events).toFixed(2)} ms/event`];
      console.log(`| ${side === 'bare' ? 'bare loop' : `gateway, ${name}`} | ${cells.join(' | ')} | ${side === 'bare' ? '' : `${ratio.toFixed(2)} ×`} |`);
    }
    bare.close();
    ours.close();
  }
  const rate = Math.min(perSecond, 10);
  console.log(`\n| distinct selections, a field of teams in each, ${String(rate)} events/s | questions to teams per event | processor per event | p95 | lost |\n|---|---:|---:|---:|---:|`);
  for (const distinct of [1, 10, 100]) {
    const queries = Array.from({ length: distinct }, (_, n) => `subscription { teamMigrated { eventId teamName team { a${String(n)}: name } } }`);
    const ours = await sideOf('./ours.ts', ['http'], queries);
    const run = await ours.run(rate, seconds * 1_000);
    console.log(`| ${String(distinct)} | ${(run.fetches / run.events).toFixed(1)} | ${(run.cpuMs / run.events).toFixed(2)} ms | ${ms(run.p95)} | ${String(run.lost)} |`);
    ours.close();
  }
} finally {
  for (const child of children) child.kill();
}
process.exit(0);
