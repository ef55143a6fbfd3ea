import type { WebSocket } from 'ws';

/** Bytes of a reason that fit into the frame of a close (RFC 6455, 5.5). */
const mostReasonBytes = 123;

/** Closes a socket; a reason that is too long is cut between two of its characters, and repeats what a client sent no further than that. */
export const closeSocket = (socket: WebSocket, code: number | undefined, reason: string): void => socket.close(code, cut(reason));

const cut = (reason: string): string => {
  let bytes = 0;
  let fitting = '';
  for (const character of reason) {
    bytes += Buffer.byteLength(character);
    if (bytes > mostReasonBytes) break;
    fitting += character;
  }
  return fitting;
};
