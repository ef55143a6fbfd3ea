import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CallClaims } from '../../subgraphs/shared/calls.ts';
import { startTestGateway } from '../support/gateway.ts';
import { type RawSocket, rawSocket } from '../support/rawSocket.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';
import { until } from '../support/until.ts';

const company = testId(2);
const feed = createFeedDouble();
const issuer = await testIssuer();
/** Teams whose names were asked for, in order, and what holds back the answers. */
const named: string[] = [];
let hold: ((team: string) => Promise<void>) | undefined;
/** How far the gateway's clock is ahead, in milliseconds. */
let aheadMs = 0;
let parts: Pick<Parameters<typeof startTestGateway>[0], 'teams' | 'contacts' | 'authenticate' | 'sockets'>;
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let opened: RawSocket[] = [];

beforeAll(async () => {
  const teams = await subgraphDouble('teams', {
    Query: { me: (_: unknown, __: unknown, { viewer }: CallClaims) => ({ role: 'ADMIN', company: { id: viewer?.kind === 'person' ? viewer.companyId : '', name: 'Acme' } }) },
    Team: {
      __resolveReference: async ({ id }: { id: string }) => {
        named.push(id);
        await hold?.(id);
        return { id, name: `Team ${id}` };
      },
    },
  }, feed);
  const contacts = await subgraphDouble('contacts', {});
  parts = { teams, contacts, authenticate: issuer.authenticate, sockets: { keepAliveMs: 300_000 } };
  gateway = await startTestGateway({ ...parts, now: () => Date.now() + aheadMs });
});
afterAll(async () => {
  await gateway.close();
  feed.release();
});

let published = 0;
const teamOf = (place: number): string => testId(5_000 + place);
const publish = (app: 'chat' | 'crm' = 'chat'): string => {
  published += 1;
  const eventId = testId(1_000 + published);
  const payload = { team_name: `Team ${String(published)}`, app, app_identifier_id: String(published), parent_id: null };
  feed.publish({ eventId, type: 'TEAM_MIGRATED', companyId: company, aggregateId: teamOf(published), occurredAt: '2026-07-01T03:00:00.000Z', payload });
  return eventId;
};
const squad = (sub = 'squad', scope = 'teams:migrate:chat') => issuer.mint({ sub, scope });
const plain = 'subscription ($after: ID) { teamMigrated(after: $after) { eventId } }';
const withName = 'subscription ($after: ID) { teamMigrated(after: $after) { eventId team { name } } }';
const open = async (token: string, url = gateway.socketUrl): Promise<RawSocket> => {
  const socket = await rawSocket(url, { token });
  opened.push(socket);
  return socket;
};
const eventsOf = (socket: RawSocket, id?: string): readonly unknown[] => socket.results(id).map(({ data }) => (data?.['teamMigrated'] as { eventId: string }).eventId);
const done = async (): Promise<void> => {
  for (const each of opened) each.drop();
  await Promise.all(opened.map(({ closed }) => closed));
  opened = [];
};

describe('what deliveries ask of subgraphs', () => {
  test('is asked at most twice for each event, however slow the answers are', async () => {
    const after = publish();
    const first = published + 1;
    const expected = Array.from({ length: 9 }, () => publish());
    const waiting = new Map<string, () => void>();
    hold = (team) => new Promise((resolve) => waiting.set(team, resolve));
    named.length = 0;
    const one = await open(await squad());
    one.subscribe(withName, { after });
    await until(() => waiting.size === 9);
    for (let place = 0; place < 3; place += 1) {
      aheadMs += 1_200;
      waiting.get(teamOf(first + place))?.();
      await until(() => eventsOf(one).length === place + 1);
    }
    hold = undefined;
    for (const answer of waiting.values()) answer();
    await until(() => eventsOf(one).length === 9);
    expect(eventsOf(one)).toEqual(expected);
    const times = expected.map((_, place) => named.filter((team) => team === teamOf(first + place)).length);
    expect(Math.max(...times)).toBeLessThanOrEqual(2);
    aheadMs = 0;
    await done();
  });

  test('waits while the requests of the subscriber are used up, without an error; its events alone, and other services, go on', async () => {
    const rated = await startTestGateway({ ...parts, rates: { person: 10, company: 10, service: 10 } });
    const [busy, other] = [await open(await squad('busy'), rated.socketUrl), await open(await squad('other'), rated.socketUrl)];
    const after = publish();
    busy.subscribe(withName, { after }, 'named');
    busy.subscribe(plain, { after }, 'plain');
    other.subscribe(plain, { after });
    const expected = Array.from({ length: 30 }, () => publish());
    await until(() => [eventsOf(busy, 'plain'), eventsOf(other)].every((events) => events.length === 30));
    await until(() => eventsOf(busy, 'named').length > 0);
    expected.push(publish());
    await until(() => eventsOf(busy, 'plain').length === 31);
    // two requests opened its subscriptions: at most eight were for events
    const got = eventsOf(busy, 'named');
    expect(got.length).toBeLessThanOrEqual(8);
    expect(got).toEqual(expected.slice(0, got.length));
    expect(busy.messages().filter(({ type }) => type === 'error' || type === 'complete')).toEqual([]);
    // another service that sees the same and has requests left does not wait with it
    other.subscribe(withName, { after: expected[19] }, 'named');
    await until(() => eventsOf(other, 'named').length > 2);
    expect(eventsOf(other, 'named').slice(0, 3)).toEqual(expected.slice(20, 23));
    await done();
    await rated.close();
  });
});

describe('what is read again from the log', () => {
  test('is only what the subscriber may see, at most four pages at once for one service; then each has its events, once and in order', async () => {
    const after = publish('crm');
    const expected = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? publish('crm') : publish('chat'))).filter((_, n) => n % 2 === 0);
    const held: (() => void)[] = [];
    const readers: unknown[] = [];
    feed.onReplay((reader) => {
      readers.push(reader);
      return new Promise((resolve) => held.push(resolve));
    });
    const token = await squad('crm', 'teams:migrate:crm');
    const one = await open(token);
    for (let n = 0; n < 10; n += 1) one.subscribe(plain, { after }, String(n));
    await until(() => held.length === 4);
    const other = await open(await squad('chat'));
    other.subscribe(plain, { after: testId(1_001) });
    await until(() => held.length === 5);
    expect(readers.filter((reader) => (reader as { app?: string }).app === 'crm')).toHaveLength(4);
    feed.onReplay(undefined);
    for (const answer of held) answer();
    await until(() => Array.from({ length: 10 }, (_, n) => eventsOf(one, String(n))).every((events) => events.length === expected.length));
    for (let n = 0; n < 10; n += 1) expect(eventsOf(one, String(n))).toEqual(expected);
    await done();
  });
});

describe('what is asked of the feed', () => {
  test('is one question that waits, whoever has come: 50 subscribers, some of them with after', async () => {
    const after = publish();
    const missed = Array.from({ length: 3 }, () => publish());
    const sockets = await Promise.all(Array.from({ length: 50 }, async (_, n) => {
      const socket = await open(await squad(`squad-${String(n % 7)}`));
      socket.subscribe(plain, n % 2 === 0 ? {} : { after });
      return socket;
    }));
    await until(() => sockets.every((socket, n) => n % 2 === 0 || eventsOf(socket).length >= missed.length));
    await until(() => {
      publish();
      return sockets.every((socket) => eventsOf(socket).length > missed.length);
    });
    const last = publish();
    await until(() => sockets.every((socket) => eventsOf(socket).at(-1) === last));
    await until(() => feed.waitingFor('outside') > 0);
    expect(feed.waitingFor('outside')).toBe(1);
    await done();
  });
});
