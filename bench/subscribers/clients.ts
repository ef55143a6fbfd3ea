import { WebSocket } from 'ws';

/**
 * The subscribers of `npm run bench:subscribers`, all in this process. Told `{url, token, queries, count, expected}` it opens `count` sockets and says `open`; asked `{report}` it
 * waits until every event has come to every socket, or nothing comes any more, and says what it saw. A null token: a plain server that only sends.
 */
export type Told = Readonly<{ url: string; token: string | null; queries: readonly string[]; count: number }> | Readonly<{ begin: true }> | Readonly<{ report: number }>;

/** Milliseconds from publishing to the socket's message; `lost`: events that did not come, `twice`: that came more than once or out of order. */
export type Seen = Readonly<{ p50: number; p95: number; most: number; got: number; lost: number; twice: number }>;

let latencies: number[] = [];
let last: number[] = [];
let wrong = 0;
let counting = false;
const sockets: WebSocket[] = [];

const now = (): number => performance.timeOrigin + performance.now();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const heard = (place: number, data: Buffer): void => {
  // the name of a team is "<its number> <when it was published>"
  const match = /"teamName":"(\d+) ([\d.]+)"/.exec(data.toString('latin1'));
  if (match === null || !counting) return;
  const number = Number(match[1]);
  if (number !== (last[place] ?? 0) + 1 && last[place] !== undefined) wrong += 1;
  last[place] = number;
  latencies.push(now() - Number(match[2]));
};

const open = async (url: string, token: string | null, query: string, place: number): Promise<void> => {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`closed with ${String(code)}`)));
    socket.on('open', () => (token === null ? resolve() : socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }))));
    socket.on('message', (data: Buffer) => {
      heard(place, data);
      if (data.length < 40 && data.toString().includes('connection_ack')) {
        socket.send(JSON.stringify({ id: String(place), type: 'subscribe', payload: { query } }));
        resolve();
      }
    });
  });
};

const report = async (expected: number): Promise<Seen> => {
  let before = -1;
  while (latencies.length < expected && latencies.length !== before) {
    before = latencies.length;
    await pause(3_000);
  }
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p95: at(0.95), most: at(1), got: sorted.length, lost: expected - sorted.length, twice: wrong };
};

process.on('message', (told: Told) => {
  const work = async (): Promise<unknown> => {
    if ('begin' in told) {
      [latencies, last, wrong, counting] = [[], [], 0, true];
      return 'began';
    }
    if ('report' in told) return report(told.report);
    const { url, token, queries, count } = told;
    for (let from = 0; from < count; from += 50) {
      await Promise.all(Array.from({ length: Math.min(50, count - from) }, (_, n) => open(url, token, queries[(from + n) % queries.length] ?? '', from + n)));
    }
    return 'open';
  };
  work().then((answer) => process.send?.({ answer }), (error: unknown) => process.send?.({ error: String(error) }));
});
process.send?.({ answer: 'up' });
