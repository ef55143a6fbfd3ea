import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { CallClaims } from '../../subgraphs/shared/calls.ts';
import { toGraphQLError } from '../../subgraphs/shared/edge.ts';
import { unauthenticated } from '../../subgraphs/shared/errors.ts';
import { startTestGateway } from '../support/gateway.ts';
import { type Message, type RawSocket, rawSocket } from '../support/rawSocket.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';
import { until } from '../support/until.ts';

const company = testId(2);
const roles = new Map([[testId(1), 'ADMIN'], [testId(3), 'OWNER'], [testId(4), 'AGENT']]);
const feed = createFeedDouble();
const issuer = await testIssuer();
const plain = 'subscription { teamMigrated { eventId } }';
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let opened: RawSocket[] = [];

const meOf = (_: unknown, __: unknown, { viewer }: CallClaims) => {
  const role = viewer?.kind === 'person' ? roles.get(viewer.userId) : undefined;
  if (viewer?.kind !== 'person' || role === undefined) throw toGraphQLError(unauthenticated('Not active.'));
  return { role, company: { id: viewer.companyId, name: 'Acme' } };
};

beforeAll(async () => {
  const teams = await subgraphDouble('teams', { Query: { me: meOf } }, feed);
  const sockets = { initWithinMs: 500, keepAliveMs: 300_000, sockets: 3, socketSubscriptions: 100, subscriptions: 150 };
  gateway = await startTestGateway({ teams, contacts: await subgraphDouble('contacts', {}), authenticate: issuer.authenticate, sockets });
});
afterEach(async () => {
  for (const each of opened) each.drop();
  await Promise.all(opened.map(({ closed }) => closed));
  opened = [];
});
afterAll(async () => {
  await gateway.close();
  feed.release();
});

const person = (sub: string) => issuer.mint({ sub, company_sso_id: company });
const squad = (sub = 'squad', expiresIn = 300) => issuer.mint({ sub, scope: 'teams:migrate:chat' }, { expiresIn });
const open = async (token?: string, options?: Parameters<typeof rawSocket>[2]): Promise<RawSocket> => {
  const socket = await rawSocket(gateway.socketUrl, token === undefined ? undefined : { token }, options);
  opened.push(socket);
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
const accessChanged = (userId: string): void =>
  feed.publish({
    eventId: testId(90_000 + published++), type: 'ACCESS_CHANGED', companyId: company, aggregateId: company, occurredAt: '2026-07-01T03:00:00.000Z',
    payload: { company_sso_id: company, user_id: userId, is_active: true },
  });
const refusedWith = ({ payload }: Message): unknown => (payload as readonly { extensions: unknown }[])[0]?.extensions;

describe('close codes of graphql-transport-ws', () => {
  test.each<[string, string | Message]>([
    ['what is not JSON', '{'],
    ['JSON that is no message', '[1]'],
    ['an unknown type', { type: 'start', id: '1' }],
    ['a subscription without a query', { type: 'subscribe', id: '1', payload: {} }],
    ['an id that is none', '{"type":"subscribe","id":7,"payload":{"query":"{a}"}}'],
    ['a message that only a server sends', { type: 'next', id: '1', payload: {} }],
    ['an id of more than 128 characters', { type: 'subscribe', id: 'x'.repeat(129), payload: { query: plain } }],
  ])('4400: %s', async (_name, message) => {
    const socket = await open(await squad());
    socket.send(message);
    expect((await socket.closed).code).toBe(4400);
  });

  test('4401: a subscription before the connection is acknowledged', async () => {
    const socket = await open();
    socket.subscribe(plain);
    expect((await socket.closed).code).toBe(4401);
  });

  test('4401: a subscription right behind connection_init, while it is judged', async () => {
    const socket = await open();
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${await squad()}` } });
    socket.subscribe(plain);
    expect((await socket.closed).code).toBe(4401);
  });

  test.each([
    ['no token', undefined],
    ['a bad token', 'a.b.c'],
    ['a person who is not active', testId(99)],
  ])('4403: %s', async (_name, who) => {
    const token = who === testId(99) ? await person(who) : who;
    const socket = await open();
    socket.send({ type: 'connection_init', ...(token !== undefined && { payload: { authorization: `Bearer ${token}` } }) });
    expect((await socket.closed).code).toBe(4403);
    expect(socket.texts).toEqual([]);
  });

  test('4403: a token that expires, with a subscription or without', async () => {
    const token = await squad('squad', 1);
    const [idle, busy] = [await open(token), await open(token)];
    busy.subscribe(plain);
    expect(await Promise.all([idle.closed, busy.closed])).toEqual([1, 2].map(() => ({ code: 4403, reason: 'The token has expired.' })));
  });

  test('4406: another subprotocol, or none', async () => {
    const socket = await open(undefined, { protocol: null });
    expect((await socket.closed).code).toBe(4406);
  });

  test('4408: no connection_init in time', async () => {
    const socket = await open();
    expect((await socket.closed).code).toBe(4408);
  });

  test('4409: an id that is taken; it is free again when the subscription is over', async () => {
    const socket = await open(await squad());
    socket.subscribe(plain);
    await untilFollowing(() => socket.results().length > 0);
    socket.send({ type: 'complete', id: '1' });
    const had = socket.results().length;
    socket.subscribe(plain);
    await untilFollowing(() => socket.results().length > had);
    socket.subscribe(plain);
    expect(await socket.closed).toEqual({ code: 4409, reason: 'Subscriber for 1 already exists' });
  });

  test('4429: a second connection_init', async () => {
    const socket = await open(await squad());
    socket.send({ type: 'connection_init' });
    expect((await socket.closed).code).toBe(4429);
  });
});

describe('how much may be open', () => {
  test('HOSTILE 54: 1,000 subscriptions on one socket: 100 are served, each other one is refused with RATE_LIMITED and the limit, and the socket goes on', async () => {
    const socket = await open(await squad('many'));
    for (let n = 0; n < 1_000; n += 1) socket.subscribe(plain, {}, String(n));
    await until(() => socket.texts.length >= 901);
    const errors = socket.messages().filter(({ type }) => type === 'error');
    expect(errors).toHaveLength(900);
    for (const error of errors) expect(refusedWith(error)).toEqual({ code: 'RATE_LIMITED', status: 429, limit: { name: 'socketSubscriptions', max: 100 } });
    await untilFollowing(() => new Set(socket.messages().filter(({ type }) => type === 'next').map(({ id }) => id)).size === 100);
    socket.send({ type: 'complete', id: '0' });
    socket.subscribe(plain, {}, 'one more');
    await untilFollowing(() => socket.results('one more').length > 0);
  });

  test('subscriptions of one service over its sockets are counted together, those of others are not', async () => {
    const [first, second, other] = [await open(await squad('one')), await open(await squad('one')), await open(await squad('another'))];
    for (let n = 0; n < 80; n += 1) for (const socket of [first, second, other]) socket.subscribe(plain, {}, String(n));
    const errorsOf = (socket: RawSocket): readonly Message[] => socket.messages().filter(({ type }) => type === 'error');
    const served = (socket: RawSocket): number => new Set(socket.messages().filter(({ type }) => type === 'next').map(({ id }) => id)).size;
    await untilFollowing(() => served(first) + served(second) === 150 && served(other) === 80);
    expect([...errorsOf(first), ...errorsOf(second)].map(refusedWith)).toEqual(Array.from({ length: 10 }, () => ({ code: 'RATE_LIMITED', status: 429, limit: { name: 'subscriptions', max: 150 } })));
    expect(errorsOf(other)).toEqual([]);
  });

  test.each([['person', () => person(testId(1))], ['service', () => squad('sockets')]])('one socket of a %s too many is closed with 1013 before it is acknowledged; when one closes, another may open', async (_kind, token) => {
    const three = [await open(await token()), await open(await token()), await open(await token())];
    const fourth = await open(await token());
    expect(await fourth.closed).toEqual({ code: 1013, reason: 'One person or service may have at most 3 sockets open.' });
    expect(fourth.texts).toEqual([]);
    three[0]?.drop();
    await until(async () => {
      const next = await open(await token());
      return next.texts.length === 1;
    });
  });

  test('a peer that answers no ping is cut off; one that does stays', async () => {
    const pinging = await startTestGateway({ teams: await subgraphDouble('teams', {}, feed), contacts: await subgraphDouble('contacts', {}), authenticate: issuer.authenticate, sockets: { keepAliveMs: 1_500 } });
    const init = { token: await squad() };
    const [dead, alive] = [await rawSocket(pinging.socketUrl, init, { autoPong: false }), await rawSocket(pinging.socketUrl, init)];
    let pings = 0;
    alive.socket.on('ping', () => (pings += 1));
    expect((await dead.closed).code).toBe(1006);
    await until(() => pings >= 2);
    alive.subscribe(plain);
    await untilFollowing(() => alive.results().length > 0);
    await pinging.close();
  });
});

describe('a right that is lost', () => {
  test('OWNER to AGENT ends teamMigrated at once, before another event, with FORBIDDEN; the socket and others stay', async () => {
    const [owner, admin] = [await open(await person(testId(3))), await open(await person(testId(1)))];
    for (const socket of [owner, admin]) socket.subscribe(plain);
    await untilFollowing(() => [owner, admin].every((socket) => socket.results().length > 0));
    await until(() => owner.results().length === admin.results().length);
    roles.set(testId(3), 'AGENT');
    accessChanged(testId(3));
    await until(() => owner.messages().at(-1)?.type === 'complete');
    expect(owner.results().at(-1)).toMatchObject({ data: null, errors: [{ extensions: { code: 'FORBIDDEN', status: 403 } }] });
    expect(owner.results()).toHaveLength(admin.results().length + 1);
    const had = admin.results().length;
    await untilFollowing(() => admin.results().length > had);
    owner.subscribe(plain, {}, '2');
    await until(() => owner.messages().at(-1)?.id === '2');
    expect(owner.messages().at(-1)).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(owner.socket.readyState).toBe(owner.socket.OPEN);
  });

  test('an AGENT opens a socket, and is refused the events', async () => {
    const agent = await open(await person(testId(4)));
    agent.subscribe(plain);
    await until(() => agent.texts.length === 2);
    expect(agent.messages().at(-1)).toMatchObject({ type: 'error', id: '1', payload: [{ extensions: { code: 'FORBIDDEN', status: 403 } }] });
  });
});
