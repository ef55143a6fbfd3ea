import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** The way out of a socket. */
export type Outlet = Readonly<{
  /**
   * Sends a text. While more than `mostUnread` bytes wait for the client to read them it waits, and the promise resolves when the text is on its way or the socket is closed; else there is
   * nothing to wait for.
   */
  send(text: string): Promise<void> | undefined;
  /** The same without waiting, for what answers a client's own message. Resolves when the operating system has taken it. */
  tell(text: string): Promise<void>;
  /** Characters told that the operating system has not taken: much of it has a client that keeps sending and never reads. */
  untaken(): number;
}>;

/** Bytes that wait for a client to read them before anything further is put behind them. */
export const mostUnread = 1_048_576;

/** Holds back what a socket is given until this turn of the event loop is through, so that several events behind one another are one call of the operating system. */
export type Turns = Readonly<{ hold(socket: Socket): void }>;

export const createTurns = (): Turns => {
  let held = new Set<Socket>();
  const release = (): void => {
    const all = held;
    held = new Set();
    for (const socket of all) socket.uncork();
  };
  return {
    hold: (socket) => {
      if (held.has(socket)) return;
      // runs when no promise is left to go on
      if (held.size === 0) process.nextTick(release);
      held.add(socket);
      socket.cork();
    },
  };
};

/** No character takes more bytes, and no frame has a longer head. */
const mostBytesOf = (text: string): number => text.length * 3 + 16;

/** Makes the way out of a WebSocket; `below` is the connection that carries it. */
export const createOutlet = (socket: WebSocket, below: Socket, turns: Turns): Outlet => {
  // each text behind which others may have to wait says when it is gone
  let gone = Promise.resolve();
  let untaken = 0;
  const isOpen = (): boolean => socket.readyState === socket.OPEN;
  const putAndTell = (text: string): Promise<void> => {
    // what cannot be sent is the end of the socket, of which it hears elsewhere
    gone = new Promise((resolve) => (isOpen() ? socket.send(text, () => resolve()) : resolve()));
    return gone;
  };
  const put = (text: string): void => {
    turns.hold(below);
    if (socket.bufferedAmount + mostBytesOf(text) > mostUnread) void putAndTell(text);
    else if (isOpen()) socket.send(text);
  };
  const putLater = async (text: string): Promise<void> => {
    while (socket.bufferedAmount > mostUnread && isOpen()) {
      await gone;
      await new Promise((resolve) => setImmediate(resolve));
    }
    put(text);
  };
  return {
    send: (text) => {
      if (socket.bufferedAmount > mostUnread) return putLater(text);
      put(text);
      return undefined;
    },
    tell: async (text) => {
      untaken += text.length;
      await putAndTell(text);
      untaken -= text.length;
    },
    untaken: () => untaken,
  };
};
