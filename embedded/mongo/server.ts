import { createServer, type Socket } from 'node:net';
import { dispatch } from './commands/dispatch.ts';
import { serveConnection } from './connection.ts';
import { createCatalog } from './store/catalog.ts';
import { createCursors } from './store/cursors.ts';
import { removeExpired } from './store/expiry.ts';

/** Where the server listens. */
export interface MongoServerOptions {
  /** Default 127.0.0.1. The server asks nobody for a password, so it should not listen anywhere else. */
  readonly host?: string;
  /** Default 0: a free port is chosen. */
  readonly port?: number;
}

/** A running server. */
export interface MongoServer {
  readonly port: number;
  /** For `new MongoClient(url)`. */
  readonly url: string;
  /** Closes every connection and forgets all data. Closing again does nothing. */
  close(): Promise<void>;
}

/** How often documents past their TTL are removed; mongod's interval. */
const EXPIRY_MS = 60_000;

/**
 * Starts a server that speaks MongoDB's wire protocol, for evaluation, development and tests, with all data in memory.
 * It presents itself as a standalone mongod 6.0: sessions are accepted, transactions refused with code 263.
 * Commands run one after the other on the calling thread; `startMongoThread` gives it one of its own.
 * @throws the system's error, such as EADDRINUSE, when it cannot listen
 */
export const startMongoServer = async (options: MongoServerOptions = {}): Promise<MongoServer> => {
  const host = options.host ?? '127.0.0.1';
  const context = { catalog: createCatalog(), cursors: createCursors(Date.now), now: () => new Date() };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(socket, (command) => dispatch(command, context));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`listening on ${host} gave no port`);
  // Accepting can fail too, for want of file handles; that is the one client's loss.
  server.on('error', () => undefined);
  const expiry = setInterval(() => removeExpired(context.catalog, context.now()), EXPIRY_MS).unref();
  let closed: Promise<void> | undefined;
  return {
    port: address.port,
    url: `mongodb://${host.includes(':') ? `[${host}]` : host}:${address.port}/?directConnection=true`,
    close: () =>
      (closed ??= new Promise((resolve) => {
        clearInterval(expiry);
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      })),
  };
};
