import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pool } from 'undici';
import { keptOperations } from '../../gateway/operations.ts';
import { startInProcess } from './inProcess.ts';

/**
 * `npm run bench:operations`: the heap of a gateway with its subgraphs in one process, after collection, before and after operations of which none
 * is like another: 1,000 and 10,000 of a page's size, then three times as many long ones as are kept, then ones that are too long to be kept.
 */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const { url, token, close } = await startInProcess();
const pool = new Pool(new URL(url).origin, { connections: 10, pipelining: 1 });

const heapMb = async (): Promise<number> => {
  // what waits for a timer of a moment ago is let go first
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (let n = 0; n < 3; n += 1) collect();
  return process.memoryUsage().heapUsed / 1_048_576;
};

const ask = async (query: string): Promise<void> => {
  const answer = await pool.request({ method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query }) });
  const text = await answer.body.text();
  if (text.includes('"errors"')) throw new Error(text.slice(0, 300));
};

/** A contact page with teams of the other subgraph; the number makes it another text, another plan and another shape. */
const pageOf = (n: number): string => `query Page${String(n)} { page${String(n)}: contacts(first: 20) { totalCount pageInfo { hasNextPage endCursor }
  nodes { id name email phone version updatedAt teamOwners { id name path parent { id name } } notes(first: 3) { nodes { id text } } } } }`;

/** As many aliases as an operation may have, each with fields of both subgraphs; spaces make it longer than what is kept. */
const longOf = (n: number): string =>
  `query Long${String(n)} { ${Array.from({ length: 99 }, (_, at) => `a${String(at)}: contact(id: "${String(at)}") { id name email phone version updatedAt teamOwners { id name path } notes(first: 3) { nodes { id text } } }`).join(' ')} }`;
const tooLongOf = (n: number): string => longOf(n).padEnd(100_000, ' ');

const askAll = async (from: number, to: number, text: (n: number) => string): Promise<void> => {
  let next = from;
  const loop = async (): Promise<void> => {
    for (let n = next; n < to; n = next) {
      next += 1;
      await ask(text(n));
    }
  };
  await Promise.all(Array.from({ length: 10 }, loop));
};

const { texts, characters, longest } = keptOperations;
console.log(`kept: at most ${String(texts)} texts, ${String(characters)} characters together, none longer than ${String(longest)}; a page's text has ${String(pageOf(1_000).length)}\n`);
await askAll(0, 20, pageOf);
const before = await heapMb();
console.log(`| operations, none like another | heap after collection | more than before |\n|---|---:|---:|\n| 20 | ${before.toFixed(0)} MB | |`);
const row = async (what: string): Promise<void> => {
  const heap = await heapMb();
  console.log(`| ${what} | ${heap.toFixed(0)} MB | ${(heap - before).toFixed(0)} MB |`);
};
let done = 20;
for (const count of [1_000, 10_000]) {
  await askAll(done, count, pageOf);
  done = count;
  await row(`${count.toLocaleString('en')} pages`);
}
const long = Math.ceil((characters / longOf(0).length) * 3);
await askAll(0, long, longOf);
await row(`and ${String(long)} of ${longOf(0).length.toLocaleString('en')} characters`);
await askAll(long, long + 50, tooLongOf);
await row('and 50 of 100,000 characters');
await pool.close();
await close();
process.exit(0);
