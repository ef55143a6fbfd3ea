import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** `url` is `http://127.0.0.1:<port>`. */
export type Balancer = Readonly<{ url: string; close(): Promise<void> }>;

/**
 * Gives each request to the next process in turn, and each WebSocket, as what stands before several processes does: one that refuses
 * the connection is left out, an answer that breaks off is 502, and nothing is sent twice.
 */
export const startBalancer = async (urls: readonly string[]): Promise<Balancer> => {
  let turn = 0;
  const targets = urls.map((url) => new URL(url));
  const inTurn = (): readonly URL[] => {
    turn += 1;
    return targets.map((_, place) => targets[(turn + place) % targets.length] ?? new URL(urls[0] ?? ''));
  };
  const sockets = new Set<Duplex>();
  const server = createHttpServer((asked, answer) => void pass(asked, answer, inTurn()));
  server.on('connection', (socket) => void sockets.add(socket.on('close', () => sockets.delete(socket))));
  server.on('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) => void upgrade(asked, socket, head, inTurn()));
  return { url: `http://127.0.0.1:${String(await listening(server))}`, close: () => closed(server, sockets) };
};

const pass = async (asked: IncomingMessage, answer: ServerResponse, targets: readonly URL[]): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const to = ([target, ...others]: readonly URL[]): void => {
    const bad = (error?: NodeJS.ErrnoException): void => {
      if (error?.code === 'ECONNREFUSED' && others.length > 0) to(others);
      else if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end();
    };
    if (target === undefined) {
      bad();
      return;
    }
    // the default agent would hand out a connection that a killed process has left
    const sent = request(new URL(asked.url ?? '/', target), { method: asked.method, headers: { ...asked.headers, host: target.host }, agent: false }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
      got.once('error', () => answer.destroy());
    });
    sent.once('error', bad).end(body);
    answer.once('close', () => sent.destroy());
  };
  to(targets);
};

const upgrade = async (asked: IncomingMessage, near: Socket, head: Buffer, targets: readonly URL[]): Promise<void> => {
  near.on('error', () => near.destroy());
  for (const target of targets) {
    const far = connect(Number(target.port), target.hostname);
    try {
      await once(far, 'connect');
    } catch {
      continue;
    }
    const headers = Object.entries(asked.headers).map(([name, value]) => `${name}: ${String(value)}`);
    far.write(`${asked.method ?? 'GET'} ${asked.url ?? '/'} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    far.write(head);
    join(near, far);
    return;
  }
  near.destroy();
};

const join = (near: Socket, far: Socket): void => {
  far.on('error', () => near.destroy()).on('close', () => near.destroy());
  near.on('close', () => far.destroy());
  near.pipe(far).pipe(near);
};

/** What a client sends on one connection, as it comes; `seen` is all that it sent before in the same transaction. */
export type Sent = Readonly<{ text: string; seen: string }>;

/** What happens to the first message that fits: `pass` no more than being told, `hold` keeps it and all after it, `dropReply` passes it and answers with a reset. */
export type Trap = Readonly<{ fits: (sent: Sent) => boolean; then: 'pass' | 'hold' | 'dropReply'; sprung: () => void }>;

/** A door to a server. */
export type TcpProxy = Readonly<{
  port: number;
  /** Waits for a message; null lets all pass. */
  setTrap(trap: Trap | null): void;
  /** Milliseconds that every message of the server comes late. */
  setDelay(ms: number): void;
  /** Resets every connection and, while `shut`, each new one. */
  cut(shut: boolean): void;
  /**
   * While `on`, nothing goes through and nobody is told: what is open is dead for good, neither bytes nor its end pass; a connection begun
   * meanwhile is let through when it is over, as one would be whose first packets are sent again.
   */
  silence(on: boolean): void;
  /** Connections begun in the silence. */
  waiting(): number;
  close(): Promise<void>;
}>;

/** Stands between a process and a server at `host:port`. */
export const startTcpProxy = async (host: string, port: number): Promise<TcpProxy> => {
  let trap: Trap | null = null;
  let delayMs = 0;
  let isShut = false;
  let isSilent = false;
  let silences = 0;
  const sockets = new Set<Socket>();
  const farSockets = new Set<Socket>();
  const held: Socket[] = [];
  const server = createServer((near) => {
    sockets.add(near.on('close', () => sockets.delete(near)));
    near.on('error', () => near.destroy());
    if (isShut) near.resetAndDestroy();
    else if (isSilent) held.push(near.pause());
    else pass(near);
  });
  const pass = (near: Socket): void => {
    const before = silences;
    const isDead = (): boolean => silences !== before;
    const far = connect(port, host);
    farSockets.add(far.on('close', () => farSockets.delete(far)));
    far.setNoDelay(true);
    near.setNoDelay(true);
    far.on('error', () => far.destroy()).on('close', () => isDead() || near.destroy());
    near.on('close', () => isDead() || far.destroy());
    let seen = '';
    let state: 'open' | 'held' | 'dropping' = 'open';
    near.on('data', (chunk: Buffer) => {
      if (isDead()) return;
      const text = chunk.toString('latin1');
      if (state === 'open' && trap?.fits({ text, seen }) === true) {
        const { then, sprung } = trap;
        trap = null;
        if (then !== 'pass') state = then === 'hold' ? 'held' : 'dropping';
        sprung();
      }
      seen = /COMMIT|ROLLBACK|BEGIN/.test(text) ? '' : seen + text;
      if (state !== 'held') far.write(chunk);
    });
    far.on('data', (chunk: Buffer) => {
      if (isDead()) return;
      if (state === 'dropping') near.resetAndDestroy();
      else if (delayMs === 0) near.write(chunk);
      else setTimeout(() => near.write(chunk), delayMs);
    });
    near.resume();
  };
  return {
    port: await listening(server),
    setTrap: (next) => (trap = next),
    setDelay: (ms) => (delayMs = ms),
    cut: (shut) => {
      isShut = shut;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    silence: (on) => {
      isSilent = on;
      if (on) silences += 1;
      else for (const near of held.splice(0)) if (!near.destroyed) pass(near);
    },
    waiting: () => held.filter(({ destroyed }) => !destroyed).length,
    close: () => closed(server, new Set([...sockets, ...farSockets])),
  };
};

const listening = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

const closed = async (server: Server, sockets: ReadonlySet<Duplex>): Promise<void> => {
  const end = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await end;
};
