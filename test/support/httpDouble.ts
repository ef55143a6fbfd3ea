import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { CallClaims } from '../../subgraphs/shared/calls.ts';
import { callHeader, type Endpoint } from '../../subgraphs/shared/peer.ts';

/**
 * How a subgraph answers a call: `reset` breaks the connection after it has done the work; `hang` never answers; `cut` sends half of the answer;
 * or a status with a text.
 */
export type HttpMood = 'well' | 'reset' | 'hang' | 'cut' | Readonly<{ status: number; type?: string; text: string }>;

/** A call as it came, before anything became of it. */
export type SeenCall = Readonly<{ operation: string; claims: CallClaims; query: string; variables: Readonly<Record<string, unknown>>; token: string }>;

export type HttpDouble = Readonly<{
  url: URL;
  /** Every call that arrived, in order; not those of the event feed. */
  seen: SeenCall[];
  /** Of the next call, by its place among those that arrived since the last `reset`, and by what it is. */
  setMood(moodOf: HttpMood | ((place: number) => HttpMood)): void;
  /** What `/health/ready` answers; default false. */
  setReady(isReady: boolean): void;
  /** Connections that were opened since the start. */
  connections(): number;
  /** Answers what hangs. */
  release(): void;
  close(): Promise<void>;
}>;

/** A subgraph over real HTTP that can be made to fail on the wire. */
export const startHttpDouble = async (endpoint: Endpoint): Promise<HttpDouble> => {
  const seen: SeenCall[] = [];
  let moodOf: (place: number) => HttpMood = () => 'well';
  let from = 0;
  let opened = 0;
  let isReady = false;
  const hanging = new Set<() => void>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') {
      response.writeHead(isReady ? 200 : 503).end();
      return;
    }
    void (async () => {
      const operation = /[A-Za-z]+$/.exec(request.url ?? '')?.[0] ?? '';
      const token = String(request.headers[callHeader]);
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString('utf8');
      const mood = operation === 'graphql' ? moodOf(seen.length - from) : 'well';
      if (operation === 'graphql') seen.push(seenCall(operation, body, token));
      if (mood === 'hang') await new Promise<void>((resolve) => void hanging.add(resolve));
      const reply = await endpoint(operation, body, token);
      answer(response, mood, reply.status, JSON.stringify(reply.body));
    })().catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    opened += 1;
    sockets.add(socket.on('close', () => sockets.delete(socket)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const release = (): void => {
    for (const go of hanging) go();
    hanging.clear();
  };
  return {
    url: new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`),
    seen,
    setMood: (mood) => {
      from = seen.length;
      moodOf = typeof mood === 'function' ? mood : () => mood;
    },
    setReady: (ready) => (isReady = ready),
    connections: () => opened,
    release,
    close: async () => {
      release();
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

const seenCall = (operation: string, body: string, token: string): SeenCall => {
  const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
  const [payload = ''] = token.split('.');
  return { operation, query, variables, token, claims: JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as CallClaims };
};

const answer = (response: ServerResponse, mood: HttpMood, status: number, text: string): void => {
  if (typeof mood === 'object') {
    response.writeHead(mood.status, { 'content-type': mood.type ?? 'application/json' }).end(mood.text);
    return;
  }
  if (mood === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  if (mood === 'cut') response.write(text.slice(0, text.length / 2), () => response.destroy());
  else response.end(text);
};
