import type { WebSocket } from 'ws';

/** The way out of a socket. */
export type Outlet = Readonly<{
  /**
   * Sends a text and resolves when the operating system has taken it, or the socket is closed. While a client does not read, this waits: each subscription
   * has at most one text on its way, and all of a socket together not much more than `mostUnread` bytes.
   */
  send(text: string): Promise<void>;
  /** The same without waiting, for what answers a client's own message. */
  tell(text: string): Promise<void>;
  /** Characters told that the operating system has not taken: much of it has a client that keeps sending and never reads. */
  untaken(): number;
}>;

/** Bytes that wait for a client to read them before anything further is put behind them. */
export const mostUnread = 1_048_576;

export const createOutlet = (socket: WebSocket): Outlet => {
  let newest = Promise.resolve();
  const put = (text: string): Promise<void> => {
    newest = new Promise((resolve) => {
      if (socket.readyState !== socket.OPEN) resolve();
      // what cannot be sent is the end of the socket, of which it hears elsewhere
      else socket.send(text, () => resolve());
    });
    return newest;
  };
  let untaken = 0;
  return {
    tell: async (text) => {
      untaken += text.length;
      await put(text);
      untaken -= text.length;
    },
    untaken: () => untaken,
    send: async (text) => {
      while (socket.bufferedAmount > mostUnread && socket.readyState === socket.OPEN) await newest;
      await put(text);
    },
  };
};
