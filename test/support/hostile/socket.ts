import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
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
