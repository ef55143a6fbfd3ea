import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import type { Logger } from '../subgraphs/shared/logger.ts';
import { isForWebSocket } from '../subgraphs/shared/server.ts';
import type { Cors } from './cors.ts';

export type UpgradeOptions = Readonly<{
  /** Where sockets are opened; the query behind it says nothing. */
  path: string;
  cors: Pick<Cors, 'opens'>;
  server: WebSocketServer;
  logger: Logger;
}>;

/** A server of HTTP hands over the connection with the request, and listens to neither any more. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** How long a client may take to read that it is refused, in milliseconds. */
const readWithinMs = 2_000;

/**
 * Opens WebSockets on one path, and refuses every other wish for one. Whoever is refused holds nothing: a connection that was handed over is known to nobody else, so
 * that it is dropped here as soon as the answer is out, or after 2 s. A client that breaks off costs its own connection.
 */
export const openSockets = ({ path, cors, server, logger }: UpgradeOptions): UpgradeListener => {
  /** False: it is refused, here or by ws. */
  const opened = (request: IncomingMessage, socket: Duplex, head: Buffer): boolean => {
    if (!isForWebSocket(request.headers)) return refuse(socket, '400 Bad Request', onlyWebSockets);
    if ((request.url ?? '/').split('?', 1)[0] !== path) return refuse(socket, '404 Not Found');
    if (!cors.opens(request.headers)) return refuse(socket, '403 Forbidden');
    let isOpen = false;
    server.handleUpgrade(request, socket, head, (client) => {
      isOpen = true;
      server.emit('connection', client, request);
    });
    return isOpen;
  };
  return (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    try {
      if (!opened(request, socket, head)) dropLater(socket);
    } catch (error) {
      // nobody above would catch it: one request must not end the process
      logger.error({ err: error }, 'a WebSocket could not be opened');
      socket.destroy();
    }
  };
};

const onlyWebSockets = JSON.stringify({
  errors: [{ message: 'Connections are upgraded to websocket only: send this request without an upgrade (h2c is not served).', extensions: { code: 'BAD_USER_INPUT', status: 400 } }],
});

const refuse = (socket: Duplex, status: string, body = ''): false => {
  const head = [`HTTP/1.1 ${status}`, 'connection: close', ...(body === '' ? [] : ['content-type: application/json; charset=utf-8']), `content-length: ${String(Buffer.byteLength(body))}`];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  return false;
};

const dropLater = (socket: Duplex): void => {
  const drop = setTimeout(() => socket.destroy(), readWithinMs).unref();
  socket.once('close', () => clearTimeout(drop));
};
