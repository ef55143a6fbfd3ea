import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as timer } from 'node:timers/promises';
import { bodyTooLarge, statusOf } from './errors.ts';
import type { Logger } from './logger.ts';

/** A request before its body is read. */
export type HttpHead = Readonly<{
  method: string;
  /** Path without query, `/graphql`. */
  path: string;
  /** Query with its `?`, or empty. */
  search: string;
  headers: IncomingMessage['headers'];
}>;

/** A request whose body has been read. */
export type HttpRequest = HttpHead & Readonly<{
  body: string;
  /** How many bytes its body might have had, when it has more: then none of it is here. Said to a handler where `mayBeLarge` is given. */
  maxBodyBytes?: number;
  /** Whether the client has hung up, so that nobody reads an answer. */
  isGone: () => boolean;
}>;

export type HttpReply = Readonly<{ status: number; headers?: Readonly<Record<string, string>>; body: string }>;

/** Answers a request; undefined: no such path (404). */
export type HttpHandler = (request: HttpRequest) => Promise<HttpReply | undefined>;

export type ListenOptions = Readonly<{
  host: string;
  /** 0: a free one. */
  port: number;
  handler: HttpHandler;
  logger: Logger;
  /** Largest body in bytes; a larger one is 413. */
  maxBodyBytes: number;
  /**
   * Who may send a body of more than `freeBodyBytes`; asked when that much of it is here. The handler is then told of a body that is too large, and answers it
   * itself. Default: everybody may, and the handler is not told.
   */
  mayBeLarge?: (head: HttpHead) => Promise<boolean>;
  /** A connection over which nothing has moved for so long is dropped, milliseconds; longer than any answer takes. Default 75,000. */
  quietMs?: number | undefined;
}>;

/** Bytes of a body that are read whoever sends it, 64 KiB. */
export const freeBodyBytes = 65_536;

/**
 * A listening server. `drain` says that it is about to stop: every answer from then on asks its client to come back over another connection.
 * `close` drains, stops accepting, lets answers in progress finish for up to 20 s since the drain, of which `spentMs` are over, and resolves.
 */
export type Listening = Readonly<{ url: string; port: number; server: Server; drain(): void; isDraining(): boolean; close(spentMs?: number): Promise<void> }>;

/** The port that was asked for is taken. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  readonly port: number;
  constructor(port: number) {
    super(`Port ${String(port)} is taken.`);
    this.port = port;
  }
}

const graceMs = 20_000;
/** A request may be on its way over a connection that looks idle here: closing it at once would drop its answer. */
const lastCallMs = 100;

const waits = { keepAliveTimeout: 65_000, requestTimeout: 60_000 };

/**
 * HTTP lets a server ignore a wish for another protocol, as Java's client has with each first request (`h2c`). Node does so for what this answers false to, from 24.9
 * on (and 22.21); before that it hands over every such request, and whoever listens for them has to refuse it.
 */
const upgradesOf = (server: () => Server) => ({
  shouldUpgradeCallback: ({ headers }: IncomingMessage): boolean => isForWebSocket(headers) && server().listenerCount('upgrade') > 0,
});

/** Whether a request that wants another protocol wants a WebSocket. */
export const isForWebSocket = ({ upgrade }: IncomingMessage['headers']): boolean => upgrade?.toLowerCase() === 'websocket';

/** Starts an HTTP server. @throws PortTaken */
export const listen = async (options: ListenOptions): Promise<Listening> => {
  let draining = false;
  const drain = (): void => void (draining = true);
  const server: Server = createServer({ ...waits, ...upgradesOf(() => server) }, (request, response) => {
    const reply = (answer: HttpReply): void => send(response, answer, draining);
    serve(options, request, response, reply).catch((error: unknown) => {
      options.logger.error({ err: error }, 'request failed');
      reply(json(500, { errors: [{ message: 'Internal error.', extensions: { code: 'INTERNAL', status: 500 } }] }));
    });
  });
  // an answer that nobody reads is held no longer; a WebSocket has its own word for who is gone
  server.timeout = options.quietMs ?? 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new PortTaken(options.port) : error));
    server.listen(options.port, options.host, resolve);
  });
  // such as a connection that breaks before it is accepted
  server.on('error', (error) => options.logger.error({ err: error }, 'the server failed to take a connection'));
  const { port } = server.address() as AddressInfo;
  const close = async (spentMs = 0): Promise<void> => {
    drain();
    if (await hasConnections(server)) await timer(lastCallMs);
    // right after those who knocked were let in: whoever still stands at the door when it closes is cut off
    await new Promise((resolve) => setImmediate(resolve));
    await closeServer(server, Math.max(0, graceMs - spentMs));
  };
  return { url: `http://${options.host}:${String(port)}`, port, server, drain, isDraining: () => draining, close };
};

/** A JSON reply. */
export const json = (status: number, value: unknown): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});

const serve = async (options: ListenOptions, request: IncomingMessage, response: ServerResponse, reply: (answer: HttpReply) => void): Promise<void> => {
  const [path = '/', search = ''] = (request.url ?? '/').split(/(?=\?)/, 2);
  const head: HttpHead = { method: request.method ?? 'GET', path, search, headers: request.headers };
  const body = await readBody(request, head, options);
  const isGone = (): boolean => request.socket.destroyed;
  if (typeof body === 'number') {
    response.setHeader('connection', 'close');
    // the sender may still be sending: what comes is thrown away for a while, so that it reads the refusal
    response.once('finish', () => setTimeout(() => request.destroy(), 2_000).unref());
    reply((options.mayBeLarge && (await options.handler({ ...head, body: '', maxBodyBytes: body, isGone }))) ?? json(413, { errors: [tooLarge(body)] }));
    return;
  }
  const answer = await options.handler({ ...head, body, isGone });
  reply(answer ?? json(404, { errors: [{ message: `No such path: ${path}`, extensions: { code: 'NOT_FOUND', status: 404 } }] }));
};

const send = (response: ServerResponse, { status, headers, body }: HttpReply, isLast: boolean): void => {
  if (response.headersSent) return;
  if (isLast) response.setHeader('connection', 'close');
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
};

const tooLarge = (max: number): object => {
  const { message, code, details } = bodyTooLarge(max);
  return { message, extensions: { code, status: statusOf[code], ...details } };
};

/** The body, or how many bytes it might have, as soon as it has more; the rest is thrown away unread, so that the refusal gets through. */
const readBody = (request: IncomingMessage, head: HttpHead, { maxBodyBytes, mayBeLarge }: ListenOptions): Promise<string | number> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let limit = mayBeLarge === undefined ? maxBodyBytes : Math.min(freeBodyBytes, maxBodyBytes);
    let isAsked = limit === maxBodyBytes;
    const refuse = (): void => {
      chunks.length = 0;
      resolve(limit);
    };
    const ask = async (): Promise<void> => {
      isAsked = true;
      request.pause();
      if ((await mayBeLarge?.(head)) === true) limit = maxBodyBytes;
      if (length > limit) refuse();
      request.resume();
    };
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit || !isAsked) chunks.push(chunk);
      if (length <= limit) return;
      if (isAsked) refuse();
      else ask().catch(reject);
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
  });

const hasConnections = (server: Server): Promise<boolean> =>
  new Promise((resolve) => server.getConnections((error, count) => resolve(error !== null || count > 0)));

const closeServer = (server: Server, waitMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), waitMs);
    // A connection whose answer was in progress stays open for the next request; it is idle once the answer is out.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
