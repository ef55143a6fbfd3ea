import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestGateway } from '../support/gateway.ts';
import { type RawSocket, rawSocket } from '../support/rawSocket.ts';
import { type RudeClient, rudeClient, upgradeOf } from '../support/rudeClient.ts';
import { type Running, startProcess } from '../support/severalProcess.ts';
import { createFeedDouble, subgraphDouble, testKeys } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';
import { until } from '../support/until.ts';

const [ana, company] = [testId(1), testId(2)];
const feed = createFeedDouble();
const issuer = await testIssuer();
const plain = 'subscription { teamMigrated { eventId } }';
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let rude: RudeClient[] = [];
let sockets: RawSocket[] = [];
/** How far the gateway's clock is ahead: what it knows of a right is old then. */
let ahead = 0;
let judging: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  const teams = await subgraphDouble('teams', { Query: { me: () => judging.then(() => ({ role: 'ADMIN', company: { id: company, name: 'Acme' } })) } }, feed);
  gateway = await startTestGateway({ teams, contacts: await subgraphDouble('contacts', {}), authenticate: issuer.authenticate, now: () => Date.now() + ahead });
});
afterEach(async () => {
  for (const each of rude) each.socket.destroy();
  for (const each of sockets) each.drop();
  await Promise.all(sockets.map(({ closed }) => closed));
  [rude, sockets] = [[], []];
});
afterAll(async () => {
  feed.release();
  await gateway.close();
  feed.release();
});

const squad = () => issuer.mint({ sub: 'squad', scope: 'teams:migrate:chat' });
const open = async (token: string): Promise<RawSocket> => {
  const socket = await rawSocket(gateway.socketUrl, { token });
  sockets.push(socket);
  return socket;
};

let published = 0;
const publish = (): string => {
  published += 1;
  const eventId = testId(1_000 + published);
  const payload = { team_name: 'Team', app: 'chat', app_identifier_id: String(published), parent_id: null };
  feed.publish({ eventId, type: 'TEAM_MIGRATED', companyId: company, aggregateId: testId(5_000 + published), occurredAt: '2026-07-01T03:00:00.000Z', payload });
  return eventId;
};
// nothing says that a subscription is open, so events are published until one comes through
const untilFollowing = (holds: () => boolean) => until(async () => {
  publish();
  await new Promise((resolve) => setTimeout(resolve, 20));
  return holds();
});

const refused: readonly (readonly [what: string, request: string, status: number])[] = [
  ['the path //', upgradeOf('//'), 404],
  ['the path http://', upgradeOf('http://'), 404],
  ['a URL with a bad port', upgradeOf('http://a:99999/graphql'), 404],
  ['a URL with a host', upgradeOf('http://localhost/graphql'), 404],
  ['another path', upgradeOf('/other?graphql'), 404],
  ['a path of 15,000 characters', upgradeOf(`/${'a/'.repeat(7_500)}`), 404],
  ['the origin of another page', upgradeOf('/graphql', { origin: 'https://elsewhere.example' }), 403],
  ['an origin that is none', upgradeOf('/graphql', { origin: '//' }), 403],
  ['HTTP/2, as Java wishes for it', upgradeOf('/graphql', { upgrade: 'h2c', connection: 'Upgrade, HTTP2-Settings', 'http2-settings': 'AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA' }), 400],
  ['POST', upgradeOf('/graphql', {}, 'POST'), 405],
  ['no key', upgradeOf('/graphql', { 'sec-websocket-key': undefined }), 400],
  ['another version', upgradeOf('/graphql', { 'sec-websocket-version': '12' }), 400],
  ['a bad list of protocols', upgradeOf('/graphql', { 'sec-websocket-protocol': ',' }), 400],
];

describe('a wish for a WebSocket that is refused', () => {
  let running: Running;
  beforeAll(async () => {
    // nobody gets as far as asking one of these
    const nowhere = 'http://127.0.0.1:9/';
    running = await startProcess('gateway/main.ts', {
      NODE_ENV: 'development', INTERNAL_SIGNING_KEYS: testKeys[0], TEAMS_URL: nowhere, CONTACTS_URL: nowhere, SSO_ISSUER: 'test', SSO_AUDIENCE: 'test', SSO_JWKS_URL: nowhere,
    });
  }, 60_000);
  afterAll(() => running.kill());

  const origin = (): string => new URL(running.url).origin;
  const client = async (): Promise<RudeClient> => {
    const made = await rudeClient(origin());
    rude.push(made);
    return made;
  };
  const isAlive = async (): Promise<void> => expect((await fetch(`${origin()}/health/live`)).status).toBe(200);
  /** More than the operating system keeps for a client that does not read. */
  const largeAnswer = 'GET /graphiql/graphiql.js HTTP/1.1\r\nhost: a\r\n\r\n';

  test.each(refused)('%s: the answer says so, and a client that breaks off ends nothing but its own connection', async (_what, request, status) => {
    const [late, hasty] = [await client(), await client()];
    late.send(request);
    expect(await late.until('\r\n\r\n')).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
    late.socket.resetAndDestroy();
    hasty.socket.write(request, () => hasty.socket.resetAndDestroy());
    await isAlive();
  });

  test('clients that read nothing, or never close, hold nothing: the process ends with 0 on SIGTERM', async () => {
    for (const [, request] of refused) {
      const halfOpen = await client();
      halfOpen.send(request);
      await halfOpen.ended();
    }
    for (const request of [upgradeOf('//'), upgradeOf('/graphql', { 'sec-websocket-version': '12' })]) {
      const silent = await client();
      silent.socket.once('data', () => silent.socket.pause());
      silent.send(largeAnswer);
      await silent.until('HTTP/1.1 200');
      silent.send(request);
    }
    await isAlive();
    process.kill(running.pid, 'SIGTERM');
    expect(await running.ended).toBe(0);
    expect(rude.every(({ socket }) => socket.writable)).toBe(true);
  });
});

describe('messages of a socket', () => {
  test.each([
    ['operationName', { id: '1', payload: { query: 'subscription complete { teamMigrated { eventId } }', operationName: 'complete' } }],
    ['a variable', { id: '1', payload: { query: plain, variables: { type: 'complete' } } }],
    ['the id', { id: 'complete', payload: { query: plain } }],
  ])('"complete" as %s stops nothing: what comes behind is answered, and the subscription can be ended', async (_where, message) => {
    const socket = await open(await squad());
    socket.send({ type: 'subscribe', ...message });
    await untilFollowing(() => socket.results(message.id).length > 0);
    socket.send({ type: 'ping' });
    await until(() => socket.messages().some(({ type }) => type === 'pong'));
    socket.send({ type: 'complete', id: message.id });
    socket.subscribe(plain, {}, 'next');
    await untilFollowing(() => socket.results('next').length > 0);
    const had = socket.results(message.id).length;
    await untilFollowing(() => socket.results('next').length > 3);
    expect(socket.results(message.id)).toHaveLength(had);
  });

  test('an id that is ended and taken again while it is still judged is one subscription: each event comes once', async () => {
    const socket = await open(await issuer.mint({ sub: ana, company_sso_id: company }));
    ahead += 2_000;
    let judge = (): void => undefined;
    judging = new Promise<void>((resolve) => (judge = resolve));
    for (let n = 0; n < 10; n += 1) {
      socket.subscribe(plain);
      socket.send({ type: 'complete', id: '1' });
    }
    socket.subscribe(plain);
    // behind the others on their way
    socket.send({ type: 'ping' });
    await until(() => socket.messages().some(({ type }) => type === 'pong'));
    judge();
    await untilFollowing(() => socket.results().length > 3);
    const ids = socket.results().map(({ data }) => (data?.['teamMigrated'] as { eventId: string }).eventId);
    expect(ids).toHaveLength(new Set(ids).size);
  });

  test('1008: more than 4 MiB of messages that wait, or whose subscriptions are open; what comes behind is not read', async () => {
    const socket = await open(await squad());
    for (let n = 0; n < 4; n += 1) socket.subscribe(plain, { unknown: 'x'.repeat(1_000_000) }, String(n));
    await untilFollowing(() => [0, 1, 2, 3].every((n) => socket.results(String(n)).length > 0));
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
    socket.subscribe(plain, { unknown: 'x'.repeat(1_000_000) }, '4');
    socket.send('{');
    expect(await socket.closed).toEqual({ code: 1008, reason: 'At most 4194304 characters of messages are held at once' });
  });

  test('4409, however long the id that is taken', async () => {
    for (const id of ['x'.repeat(128), 'é'.repeat(128), '😀'.repeat(64), '\ud800'.repeat(100)]) {
      const socket = await open(await squad());
      socket.subscribe(plain, {}, id);
      socket.subscribe(plain, {}, id);
      const { code, reason } = await socket.closed;
      expect([code, reason.slice(0, 15)]).toEqual([4409, 'Subscriber for ']);
    }
  });

  test('pings that a client sends without reading are answered by the newest, and end nothing', async () => {
    const socket = await open(await squad());
    let pongs = 0;
    let last = '';
    socket.socket.on('pong', (data) => [pongs, last] = [pongs + 1, String(data)]);
    for (let n = 0; n < 2_000; n += 1) socket.socket.ping(String(n));
    await until(() => last === '1999');
    expect(pongs).toBeLessThan(2_000);
    socket.send({ type: 'ping' });
    await until(() => socket.messages().some(({ type }) => type === 'pong'));
  });
});
