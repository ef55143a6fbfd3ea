import type { MongoServerOptions } from './server.ts';

/** What the worker thread tells the thread that started it; the only thing it is told is to close. */
export type ThreadMessage =
  | { readonly kind: 'listening'; readonly port: number; readonly url: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'closed' };

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** The options as they arrive in the worker; what has the wrong type counts as left out. */
export const readThreadOptions = (data: unknown): MongoServerOptions => {
  const [host, port] = [field(data, 'host'), field(data, 'port')];
  return { ...(typeof host === 'string' && { host }), ...(typeof port === 'number' && { port }) };
};

/** @throws Error for anything that is not a ThreadMessage */
export const readThreadMessage = (data: unknown): ThreadMessage => {
  const [kind, port, url, message] = ['kind', 'port', 'url', 'message'].map((name) => field(data, name));
  if (kind === 'closed') return { kind };
  if (kind === 'listening' && typeof port === 'number' && typeof url === 'string') return { kind, port, url };
  if (kind === 'failed' && typeof message === 'string') return { kind, message };
  throw new Error(`an unknown message from the MongoDB thread: ${JSON.stringify(data)}`);
};
