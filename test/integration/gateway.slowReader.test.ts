import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { createOutlet, createTurns, mostUnread } from '../../gateway/outlet.ts';
import { startTestGateway } from '../support/gateway.ts';
import { rawSocket } from '../support/rawSocket.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';
import { until } from '../support/until.ts';

const longMs = 300_000;

describe('over a gateway', () => {
  const feed = createFeedDouble();
  let gateway: Awaited<ReturnType<typeof startTestGateway>>;
  let token = '';
  beforeAll(async () => {
    const issuer = await testIssuer();
    token = await issuer.mint({ sub: 'squad', scope: 'teams:migrate:chat' });
    const teams = await subgraphDouble('teams', {}, feed);
    gateway = await startTestGateway({ teams, contacts: await subgraphDouble('contacts', {}), authenticate: issuer.authenticate, sockets: { maxQueued: 50, keepAliveMs: longMs } });
  });
  afterAll(async () => {
    await gateway.close();
    feed.release();
  });

  let published = 0;
  const publish = (): string => {
    published += 1;
    const eventId = testId(1_000 + published);
    const payload = { team_name: 'x'.repeat(20_000), app: 'chat', app_identifier_id: String(published), parent_id: null };
    feed.publish({ eventId, type: 'TEAM_MIGRATED', companyId: testId(2), aggregateId: testId(500_000 + published), occurredAt: '2026-07-01T03:00:00.000Z', payload });
    return eventId;
  };

  test('HOSTILE 54: one that does not read its socket holds up nobody, and gets every event once and in order when it reads again', async () => {
    const after = publish();
    const [slow, quick] = [await rawSocket(gateway.socketUrl, { token }), await rawSocket(gateway.socketUrl, { token })];
    slow.socket.pause();
    const query = 'subscription ($after: ID) { teamMigrated(after: $after) { eventId teamName } }';
    for (const socket of [slow, quick]) socket.subscribe(query, { after });
    // 30 MB: more than the operating system takes for a client that does not read
    const expected: string[] = [];
    for (let n = 0; n < 1_500; n += 1) {
      expected.push(publish());
      if (n % 100 === 0) await until(() => quick.texts.length >= n);
    }
    const idsOf = (socket: typeof slow): readonly unknown[] => socket.results().map(({ data }) => (data?.['teamMigrated'] as { eventId: string }).eventId);
    await until(() => quick.texts.length === 1 + expected.length);
    expect(slow.texts).toHaveLength(1);
    slow.socket.resume();
    await until(() => slow.texts.length === 1 + expected.length);
    expect(idsOf(slow)).toEqual(expected);
    expect(idsOf(quick)).toEqual(expected);
    for (const socket of [slow, quick]) socket.drop();
  }, 60_000);

  test('one that keeps sending and never reads what it is answered is cut off', async () => {
    const { socket, send, closed, drop } = await rawSocket(gateway.socketUrl, { token });
    socket.pause();
    const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(100_000) } });
    const sending = setInterval(() => {
      if (socket.bufferedAmount < 1_000_000) for (let n = 0; n < 20; n += 1) send(ping);
    }, 5);
    expect((await closed).code).toBe(1006);
    clearInterval(sending);
    drop();
  });
});

test('100 subscriptions of a socket that is not read keep about 1 MiB waiting together, not one text each; read again, all of them go on in order', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[WebSocket, IncomingMessage]>;
  const client = await rawSocket(`ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`, undefined, { protocol: null });
  const [socket, request] = await accepted;
  client.socket.pause();
  const outlet = createOutlet(socket, request.socket, createTurns());
  const filler = 'x'.repeat(64 * 1_024);
  let sent = 0;
  let most = 0;
  const subscription = async (name: number): Promise<void> => {
    for (let n = 0; n < 5; n += 1) {
      await outlet.send(`${String(name)} ${String(n)} ${filler}`);
      sent += 1;
      most = Math.max(most, socket.bufferedAmount);
    }
  };
  const all = Promise.all(Array.from({ length: 100 }, (_, name) => subscription(name)));
  // what the operating system takes is taken; then nothing moves
  let before = -1;
  await until(async () => {
    const isStill = sent === before && socket.bufferedAmount > 0;
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return isStill;
  });
  expect(sent).toBeLessThan(500);
  expect(socket.bufferedAmount).toBeGreaterThan(0);
  expect(Math.max(most, socket.bufferedAmount)).toBeLessThanOrEqual(mostUnread + filler.length + 100);
  client.socket.resume();
  await all;
  await until(() => client.texts.length === 500);
  for (let name = 0; name < 100; name += 1) {
    const mine = client.texts.map((text) => text.slice(0, 6).split(' ')).filter(([of]) => of === String(name));
    expect(mine.map(([, n]) => n)).toEqual(['0', '1', '2', '3', '4']);
  }
  client.drop();
  const gone = once(server, 'close');
  server.close();
  await gone;
});
