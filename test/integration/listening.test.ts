import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { type HttpHandler, listen, type Listening } from '../../subgraphs/shared/server.ts';
import { until } from '../support/until.ts';

const logged: string[] = [];
const logger = createLogger({ name: 'test', level: 'info', to: { write: (line) => void logged.push(line) } });
let listening: Listening;
let clients: Socket[] = [];

const start = async (handler: HttpHandler, quietMs?: number): Promise<void> => {
  listening = await listen({ host: '127.0.0.1', port: 0, logger, maxBodyBytes: 1_000, handler, quietMs });
};
const client = async (): Promise<Socket> => {
  const socket = connect({ host: '127.0.0.1', port: listening.port });
  socket.on('error', () => undefined);
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
};
const connections = () => new Promise<number>((resolve) => listening.server.getConnections((_, count) => resolve(count)));
const get = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

afterEach(async () => {
  for (const each of clients) each.destroy();
  clients = [];
  await listening.close();
});

test('an answer that nobody reads is let go, with its connection; a WebSocket on which nothing moves stays', async () => {
  await start(() => Promise.resolve({ status: 200, body: 'x'.repeat(30_000_000) }), 200);
  const sockets = new WebSocketServer({ noServer: true });
  listening.server.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, () => undefined));
  const quiet = new WebSocket(listening.url.replace('http', 'ws'));
  await once(quiet, 'open');
  const silent = await client();
  silent.pause();
  silent.write(get);
  await until(async () => (await connections()) === 2);
  await until(async () => (await connections()) === 1);
  expect(quiet.readyState).toBe(WebSocket.OPEN);
  quiet.terminate();
  await until(async () => (await connections()) === 0);
});

test('75 s without a byte are what a connection may have, more than any answer takes', async () => {
  await start(() => Promise.resolve({ status: 200, body: '' }));
  expect(listening.server.timeout).toBe(75_000);
});

test('a connection that cannot be taken is told of, each time, and ends nothing', async () => {
  await start(() => Promise.resolve({ status: 200, body: 'here' }));
  for (const code of ['ECONNABORTED', 'EMFILE']) listening.server.emit('error', new Error(`accept ${code}`));
  expect(logged.filter((line) => line.includes('failed to take a connection'))).toHaveLength(2);
  expect(await (await fetch(listening.url)).text()).toBe('here');
});

test('an answer in progress at the stop has what is left of 20 s: none when the delay took them', async () => {
  let isAsked = false;
  await start(() => {
    isAsked = true;
    return new Promise(() => undefined);
  });
  const waiting = await client();
  waiting.write(get);
  await until(() => isAsked);
  const dropped = once(waiting, 'close');
  await listening.close(20_000);
  await dropped;
}, 15_000);
