import { connect, type Socket } from 'node:net';
import { until } from './until.ts';

/** A connection that says what a test says, byte by byte, and does not close when the other side does. */
export type RudeClient = Readonly<{
  socket: Socket;
  send(text: string): void;
  /** What came, as soon as it holds this. */
  until(text: string): Promise<string>;
  /** The other side has ended it. */
  ended(): Promise<void>;
}>;

export const rudeClient = async (url: string): Promise<RudeClient> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let received = '';
  let isOver = false;
  socket.on('data', (data: Buffer) => (received += data.toString('latin1')));
  socket.on('error', () => (isOver = true)).on('end', () => (isOver = true)).on('close', () => (isOver = true));
  await until(() => isOver || !socket.connecting);
  return {
    socket,
    send: (text) => void socket.write(text),
    until: async (text) => {
      await until(() => received.includes(text));
      return received;
    },
    ended: () => until(() => isOver),
  };
};

/** A wish for a WebSocket; `headers` replace what a good one says. */
export const upgradeOf = (target: string, headers: Readonly<Record<string, string | undefined>> = {}, method = 'GET'): string => {
  const good: Readonly<Record<string, string | undefined>> = {
    host: 'localhost', connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': 'graphql-transport-ws',
  };
  const lines = Object.entries({ ...good, ...headers }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [`${method} ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n');
};
