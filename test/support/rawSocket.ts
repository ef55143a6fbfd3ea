import { WebSocket } from 'ws';
import { until } from './until.ts';

/** A message of `graphql-transport-ws`. */
export type Message = Readonly<{ type: string; id?: string; payload?: unknown }>;

/** A client that sends what a test says, and keeps what it gets. */
export type RawSocket = Readonly<{
  socket: WebSocket;
  /** Messages as they came. */
  texts: readonly string[];
  messages(): readonly Message[];
  /** Sends a message, or a text as it is. */
  send(message: Message | string): void;
  subscribe(query: string, variables?: Readonly<Record<string, unknown>>, id?: string): void;
  /** What `next` messages carried, in order. */
  results(id?: string): readonly Readonly<{ data?: Record<string, unknown> | null; errors?: readonly Readonly<{ extensions: Record<string, unknown> }>[] }>[];
  closed: Promise<Readonly<{ code: number; reason: string }>>;
  /** Ends it without a word. */
  drop(): void;
}>;

/** Opens a socket; with `init` it sends `connection_init` and waits until that is acknowledged, or the socket closed. */
export const rawSocket = async (url: string, init?: Readonly<{ token: string }>, options: Readonly<{ protocol?: string | null; autoPong?: boolean }> = {}): Promise<RawSocket> => {
  const { protocol = 'graphql-transport-ws', autoPong = true } = options;
  const socket = protocol === null ? new WebSocket(url, { autoPong }) : new WebSocket(url, protocol, { autoPong });
  const texts: string[] = [];
  let isClosed = false;
  const closed = new Promise<Readonly<{ code: number; reason: string }>>((resolve) => {
    socket.on('close', (code, reason) => {
      isClosed = true;
      resolve({ code, reason: reason.toString() });
    });
  });
  socket.on('message', (data: Buffer) => void texts.push(data.toString()));
  const parsed: Message[] = [];
  socket.on('error', () => undefined);
  const send: RawSocket['send'] = (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  const messages = (): readonly Message[] => {
    for (const text of texts.slice(parsed.length)) parsed.push(JSON.parse(text) as Message);
    return parsed;
  };
  await until(() => isClosed || socket.readyState === WebSocket.OPEN);
  if (init !== undefined) {
    send({ type: 'connection_init', payload: { authorization: `Bearer ${init.token}` } });
    await until(() => isClosed || texts.some((text) => text.includes('connection_ack')));
  }
  return {
    socket,
    texts,
    messages,
    send,
    subscribe: (query, variables = {}, id = '1') => send({ id, type: 'subscribe', payload: { query, variables } }),
    results: (id = '1') => messages().flatMap((message) => (message.type === 'next' && message.id === id ? [message.payload as ReturnType<RawSocket['results']>[number]] : [])),
    closed,
    drop: () => socket.terminate(),
  };
};
