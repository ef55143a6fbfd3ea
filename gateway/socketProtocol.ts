import { CloseCode, makeServer, type ServerOptions } from 'graphql-ws';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../subgraphs/shared/logger.ts';
import { closeSocket } from './closeSocket.ts';
import { takeInTurn } from './messageTurns.ts';
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

/** Characters of messages that a socket may hold at once: of those that wait, and of the subscriptions that are open. */
const mostHeld = 4_194_304;
/** What a message takes beside its text, about. */
const besides = 512;
const policyViolation = 1008;

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
    answerPings(socket);
    const stopPinging = keepAlive(socket, keepAliveMs);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => outlet.tell(text),
        close: (code, reason = '') => closeSocket(socket, code, reason),
        onMessage: (take) => {
          const taken = takeInTurn(async (text) => {
            try {
              await take(text);
            } catch (error) {
              fail(socket, error, logger);
            }
          });
          let held = 0;
          socket.on('message', (data: RawData) => {
            // behind our own word of closing nothing is read
            if (socket.readyState !== socket.OPEN) return;
            heard();
            // all of them are buffers, as nothing else was asked of ws
            const text = Buffer.isBuffer(data) ? data.toString() : '';
            const size = text.length + besides;
            held += size;
            if (held > mostHeld) {
              closeSocket(socket, policyViolation, `At most ${String(mostHeld)} characters of messages are held at once`);
              return;
            }
            void taken(text).then(() => (held -= size));
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

/** Only the newest of those that came while an answer waits is answered, as RFC 6455 (5.5.3) allows: answers that nobody reads do not pile up. */
const answerPings = (socket: WebSocket): void => {
  let isAnswering = false;
  let next: Buffer | undefined;
  const answer = (data: Buffer): void => {
    isAnswering = true;
    socket.pong(data, false, () => {
      isAnswering = false;
      if (next !== undefined && socket.readyState === socket.OPEN) answer(next);
      next = undefined;
    });
  };
  socket.on('ping', (data) => {
    if (isAnswering) next = data;
    else if (socket.readyState === socket.OPEN) answer(data);
  });
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
