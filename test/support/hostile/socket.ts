import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { until } from '../until.ts';
import { type LookedAt, lookAt } from './answer.ts';
import type { HostileWorld } from './world.ts';

/** The first word about a subscription: a refusal, a result, or nothing but its end. Looked at as an answer over HTTP is. */
export const askOverSocket = async (world: HostileWorld, key: string, query: string, variables: Record<string, unknown> = {}): Promise<LookedAt> => {
  const authorization = `Bearer ${await world.token(key)}`;
  const client = createClient({ url: world.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: { authorization } });
  try {
    const first = await new Promise<string>((resolve) => {
      client.subscribe(
        { query, variables },
        {
          next: (result) => resolve(JSON.stringify(result)),
          error: (errors) => resolve(JSON.stringify(Array.isArray(errors) ? { data: null, errors: errors as unknown[] } : { closed: { ...(errors as object) } })),
          complete: () => resolve('{}'),
        },
      );
    });
    return lookAt(0, first);
  } finally {
    await client.dispose();
  }
};

/** How a socket ends that begins with these parameters, or with none; `then` is sent when it was let in. */
export const closeOfSocket = (world: HostileWorld, params: object | undefined, ...then: readonly (object | string)[]): Promise<Readonly<{ code: number; reason: string }>> =>
  new Promise((resolve) => {
    const socket = new WebSocket(world.url.replace('http', 'ws'), 'graphql-transport-ws');
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: params })));
    socket.once('message', () => {
      for (const message of then) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    });
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });

/** A socket that was let in. */
export type OpenSocket = Readonly<{
  send(message: object): void;
  received(text: string): boolean;
  /** Everything that came so far. */
  messages(): readonly string[];
  /** Everything that came, once the text has come. */
  until(text: string): Promise<string>;
  /** Once it has come so many times. */
  untilCount(text: string, count: number): Promise<void>;
  closed: Promise<Readonly<{ code: number; reason: string }>>;
  close(): void;
}>;

/** Opens one for somebody. */
export const openSocket = async (world: HostileWorld, key: string): Promise<OpenSocket> => {
  const authorization = `Bearer ${await world.token(key)}`;
  const socket = new WebSocket(world.url.replace('http', 'ws'), 'graphql-transport-ws');
  const messages: string[] = [];
  const closed = new Promise<Readonly<{ code: number; reason: string }>>((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })));
  socket.on('message', (data: Buffer) => messages.push(String(data)));
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } })));
  const countOf = (text: string): number => messages.filter((message) => message.includes(text)).length;
  await until(() => countOf('connection_ack') === 1);
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    received: (text) => countOf(text) > 0,
    messages: () => messages,
    until: async (text) => {
      await until(() => countOf(text) > 0);
      return messages.join('\n');
    },
    untilCount: (text, count) => until(() => countOf(text) >= count),
    closed,
    close: () => socket.close(),
  };
};
