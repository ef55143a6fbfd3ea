import { CloseCode, makeServer, type ServerOptions } from 'graphql-ws';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../subgraphs/shared/logger.ts';
import { createOutlet, createTurns, mostUnread, type Outlet } from './outlet.ts';

/** What belongs to one socket. */
export type SocketExtra = Readonly<{ socket: WebSocket; outlet: Outlet }>;

export type SocketProtocolOptions = Readonly<{
  handlers: Omit<ServerOptions<Record<string, unknown>, SocketExtra>, 'connectionInitWaitTimeout'>;
  /** A socket that has not sent `connection_init` by then is closed with 4408, milliseconds. */
  initWithinMs: number;
  /** How often a client is pinged; one that has not answered by the next ping is gone, milliseconds. */
  keepAliveMs: number;
  logger: Logger;
}>;

/**
 * Speaks `graphql-transport-ws` on each socket of a server, by graphql-ws. A message that is none is answered with 4400, a dead peer is dropped, and so is one that
 * keeps sending without ever reading what it is answered.
 */
export const speakProtocol = (server: WebSocketServer, options: SocketProtocolOptions): void => {
  const { handlers, initWithinMs, keepAliveMs, logger } = options;
  const protocol = makeServer<Record<string, unknown>, SocketExtra>({ ...handlers, connectionInitWaitTimeout: initWithinMs });
  server.on('error', (error) => logger.error({ err: error }, 'the server of WebSockets failed'));
  const turns = createTurns();
  server.on('connection', (socket, request) => {
    const outlet = createOutlet(socket, request.socket, turns);
    // a frame that breaks RFC 6455 or is too large: ws closes the socket with its code
    socket.on('error', (error) => logger.debug({ err: error }, 'a WebSocket broke off'));
    const heard = (): void => {
      if (outlet.untaken() > mostUnread) socket.terminate();
    };
    const stopPinging = keepAlive(socket, keepAliveMs);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => outlet.tell(text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) => {
          const taken = async (text: string): Promise<void> => {
            heard();
            await freed;
            try {
              await take(text);
            } catch (error) {
              fail(socket, error, logger);
            }
          };
          // graphql-ws frees an id some turns after its `complete`: a subscription that takes it again at once would be ended with the one before
          let freed: Promise<void> | undefined;
          socket.on('message', (data: RawData) => {
            // all of them are buffers, as nothing else was asked of ws
            const text = Buffer.isBuffer(data) ? data.toString() : '';
            const work = taken(text);
            if (text.includes('"complete"')) freed = work.then(() => new Promise((resolve) => setImmediate(resolve)));
          });
        },
      },
      { socket, outlet },
    );
    socket.once('close', (code, reason) => {
      stopPinging();
      closed(code, String(reason)).catch((error: unknown) => logger.error({ err: error }, 'clearing up after a WebSocket failed'));
    });
  });
};

/** Messages that only a server may send are what graphql-ws has no other word for. */
const fail = (socket: WebSocket, error: unknown, logger: Logger): void => {
  if (error instanceof Error && error.message.startsWith('Unexpected message of type')) {
    socket.close(CloseCode.BadRequest, 'Invalid message received');
    return;
  }
  logger.error({ err: error }, 'a message over WebSocket could not be handled');
  socket.close(CloseCode.InternalServerError, 'Internal server error');
};

const keepAlive = (socket: WebSocket, everyMs: number): (() => void) => {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const ping = (): void => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  };
  // behind what has arrived: a pong that waits to be read while this process is busy counts
  const pinging = setInterval(() => setImmediate(ping), everyMs);
  return () => clearInterval(pinging);
};
