import { createClient, type SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';

/** What comes first of a subscription: its first event, or the errors that it is refused with. */
export const firstAnswer = async (url: string, token: string, payload: SubscribePayload): Promise<unknown> => {
  const client = createClient({ url, webSocketImpl: WebSocket, lazy: true, retryAttempts: 0, connectionParams: { authorization: `Bearer ${token}` } });
  try {
    return await new Promise((resolve) => {
      client.subscribe(payload, { next: resolve, error: resolve, complete: () => resolve('complete') });
    });
  } finally {
    await client.dispose();
  }
};

/** What a server answers to the opening of a WebSocket: `open`, or the HTTP status. */
export const openedWith = (url: string, origin: string | undefined): Promise<'open' | number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'graphql-transport-ws', origin === undefined ? {} : { origin });
    socket.once('open', () => {
      socket.close();
      resolve('open');
    });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.once('error', reject);
  });
