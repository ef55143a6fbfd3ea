import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectHttp } from '../../../subgraphs/shared/peer.ts';
import { until } from '../../support/until.ts';

test('200 questions that wait for news hold up no other call to the same party: they have connections of their own', async () => {
  const waiting = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/internal/graphql') response.end('{"data":{}}');
    else waiting.add(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  const peer = connectHttp({ caller: 'gateway', audience: 'teams', keys: ['test-key-of-at-least-thirty-two-characters'], now: Date.now }, url);
  const call = (operation: 'jobProgress' | 'graphql') => peer.call({ operation, body: {}, viewer: null, deadline: Date.now() + 30_000, correlationId: 'x' });
  const polls = Array.from({ length: 200 }, () => call('jobProgress').catch(() => 'closed'));
  await until(() => waiting.size >= 64);
  expect((await call('graphql')).status).toBe(200);
  expect(waiting.size).toBe(64);
  await peer.close();
  expect(new Set(await Promise.all(polls))).toEqual(new Set(['closed']));
  server.closeAllConnections();
  server.close();
});
