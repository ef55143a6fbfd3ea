import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient, type FormattedExecutionResult } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { CallClaims } from '../../subgraphs/shared/calls.ts';
import { toGraphQLError } from '../../subgraphs/shared/edge.ts';
import { forbidden, unauthenticated } from '../../subgraphs/shared/errors.ts';
import { startTestGateway } from '../support/gateway.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';

const company = testId(2);
const admin = testId(1);
const roles = new Map([[admin, 'ADMIN'], [testId(3), 'AGENT'], [testId(4), 'OWNER']]);
const feed = createFeedDouble();
const issuer = await testIssuer();
const viewers: CallClaims['viewer'][] = [];
let gateway: Awaited<ReturnType<typeof startTestGateway>>;

const teamsResolvers = {
  Query: {
    me: (_: unknown, __: unknown, { viewer }: CallClaims) => {
      const role = viewer?.kind === 'person' ? roles.get(viewer.userId) : undefined;
      if (viewer?.kind !== 'person' || role === undefined) throw toGraphQLError(unauthenticated('Not active.'));
      return { role, company: { id: viewer.companyId, name: 'Acme' } };
    },
  },
  Team: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `Team ${id}`, ancestors: [{ id: 'root', name: 'Root' }] }) },
};
const contactsResolvers = {
  Team: {
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    contacts: (_: unknown, __: unknown, { viewer }: CallClaims) => {
      viewers.push(viewer);
      if (viewer?.kind !== 'person') throw toGraphQLError(forbidden('Contacts are for people.'));
      return { nodes: [{ id: 'c1', name: 'Contact c1' }] };
    },
  },
};

let published = 0;
const publish = (app: 'chat' | 'crm', companyId = company): string => {
  published += 1;
  const eventId = testId(1_000 + published);
  const payload = { team_name: `${app} ${String(published)}`, app, app_identifier_id: String(published), parent_id: null };
  feed.publish({ eventId, type: 'TEAM_MIGRATED', companyId, aggregateId: testId(5_000 + published), occurredAt: '2026-07-01T03:00:00.000Z', payload });
  return eventId;
};

beforeAll(async () => {
  const teams = await subgraphDouble('teams', teamsResolvers, feed);
  const contacts = await subgraphDouble('contacts', contactsResolvers);
  gateway = await startTestGateway({ teams, contacts, authenticate: issuer.authenticate, deadlineMs: 2_000, sockets: { maxQueued: 50 } });
});
afterAll(async () => {
  await gateway.close();
  feed.release();
});

const person = (sub = admin) => issuer.mint({ sub, company_sso_id: company });
const service = (scope: string) => issuer.mint({ sub: 'squad', scope });
const plain = 'subscription S($app: App, $companySsoId: ID, $after: ID) { teamMigrated(app: $app, companySsoId: $companySsoId, after: $after) { eventId teamName } }';

const listen = (token: string, query: string, variables: Record<string, unknown> = {}, url = gateway.socketUrl) => {
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: { authorization: `Bearer ${token}` } });
  const results = client.iterate<{ teamMigrated: Record<string, unknown> | null }>({ query, variables });
  const next = async (): Promise<FormattedExecutionResult<{ teamMigrated: Record<string, unknown> | null }>> => {
    const result = await results.next();
    if (result.done === true) throw new Error('the subscription is complete');
    return result.value as FormattedExecutionResult<{ teamMigrated: Record<string, unknown> | null }>;
  };
  return { next, results, close: () => client.dispose() };
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
// A subscription has no acknowledgement, so events are published until the first one comes through.
const firstOf = async <T>(waiting: Promise<T>, publishOne: () => unknown): Promise<T> => {
  for (;;) {
    publishOne();
    const result = await Promise.race([waiting, pause(100)]);
    if (result !== undefined) return result as T;
  }
};
const refusal = (token: string, query: string, variables?: Record<string, unknown>) => listen(token, query, variables).results.next().then(
  () => undefined,
  (error: unknown) => (error as readonly { message: string; extensions: Record<string, unknown> }[])[0],
);

describe('delivery', () => {
  test('answers fields of the event and of both subgraphs, for an admin of the company', async () => {
    const query = 'subscription { teamMigrated { teamName app team { ancestors { name } contacts(first: 3) { nodes { name } } } } }';
    const admins = listen(await person(), query);
    const result = await firstOf(admins.next(), () => [publish('crm', testId(9)), publish('chat')]);
    const team = { ancestors: [{ name: 'Root' }], contacts: { nodes: [{ name: 'Contact c1' }] } };
    expect(result).toEqual({ data: { teamMigrated: { teamName: expect.stringMatching(/^chat /), app: 'CHAT', team } } });
    expect(viewers.at(-1)).toMatchObject({ kind: 'person', userId: admin, companyId: company });
    await admins.close();
  });

  test('gives a squad its own app, and null with FORBIDDEN for what is not its to see', async () => {
    const query = 'subscription { teamMigrated { eventId team { name contacts(first: 3) { nodes { name } } } } }';
    const squad = listen(await service('teams:migrate:chat'), query);
    const own: string[] = [];
    const result = await firstOf(squad.next(), () => [publish('crm'), own.push(publish('chat'))]);
    expect(result.data?.teamMigrated).toMatchObject({ eventId: expect.stringMatching(new RegExp(own.join('|'))), team: { contacts: null } });
    expect(result.errors).toMatchObject([{ path: ['teamMigrated', 'team', 'contacts'], extensions: { code: 'FORBIDDEN', status: 403 } }]);
    await squad.close();
  });

  test('with after: everything since, then live, without gap or duplicate, while events keep coming', async () => {
    const first = publish('crm');
    const expected = Array.from({ length: 30 }, () => publish('crm'));
    const squad = listen(await service('teams:migrate:crm'), plain, { after: first });
    const got: unknown[] = [];
    for (let count = 0; count < 60; count += 1) {
      if (count % 2 === 0) expected.push(publish('crm'));
      got.push((await squad.next()).data?.teamMigrated?.['eventId']);
    }
    expect(got).toEqual(expected);
    await squad.close();
  });

  test('HOSTILE 54: a subscriber that reads slowly falls back to the log and misses nothing, in order', async () => {
    const squad = listen(await service('teams:migrate:crm'), plain);
    const got = [(await firstOf(squad.next(), () => publish('crm'))).data?.teamMigrated?.['eventId']];
    const expected = Array.from({ length: 400 }, () => publish('crm'));
    while (got.at(-1) !== expected.at(-1)) got.push((await squad.next()).data?.teamMigrated?.['eventId']);
    expect(got.slice(-400)).toEqual(expected);
    await squad.close();
  });

  test('ends with FORBIDDEN once the right is lost, before the event is shown', async () => {
    const owner = listen(await person(testId(4)), plain);
    await firstOf(owner.next(), () => publish('chat'));
    roles.set(testId(4), 'AGENT');
    await pause(1_050);
    publish('chat');
    // those published meanwhile may have been waiting
    let result = await owner.next();
    while (result.errors === undefined) result = await owner.next();
    expect(result).toMatchObject({ data: null, errors: [{ extensions: { code: 'FORBIDDEN', status: 403 } }] });
    expect((await owner.results.next()).done).toBe(true);
    await owner.close();
  });
});

describe('refused before anything is delivered', () => {
  test.each([
    ['another app', 'chat', plain, { app: 'CRM' }, 'FORBIDDEN'],
    ['an event of another app as after', 'chat', plain, { after: testId(77) }, 'BAD_USER_INPUT'],
    ['a company id that is none', 'chat', plain, { companySsoId: 'X' }, 'BAD_USER_INPUT'],
    ['another company', 'admin', plain, { companySsoId: testId(9) }, 'FORBIDDEN'],
    ['a person who is neither OWNER nor ADMIN', 'agent', plain, {}, 'FORBIDDEN'],
    ['a service without the scope', 'flags', plain, {}, 'FORBIDDEN'],
    ['an unknown field', 'chat', 'subscription { teamMigrated { nonsense } }', {}, 'BAD_USER_INPUT'],
    ['bad syntax', 'chat', 'subscription {', {}, 'BAD_USER_INPUT'],
    ['two fields at once', 'chat', 'subscription { a: teamMigrated { teamId } b: teamMigrated { teamId } }', {}, 'BAD_USER_INPUT'],
    ['a query', 'admin', '{ me { role } }', {}, 'BAD_USER_INPUT'],
    ['a field that is skipped', 'chat', 'subscription { teamMigrated @skip(if: true) { teamId } }', {}, 'BAD_USER_INPUT'],
    ['a field that is included', 'chat', 'subscription { teamMigrated @include(if: true) { teamId } }', {}, 'BAD_USER_INPUT'],
    ['a field in a part that is skipped', 'chat', 'subscription { ... @skip(if: false) { teamMigrated { teamId } } }', {}, 'BAD_USER_INPUT'],
    ['a field in a fragment that is included', 'chat', 'subscription { ...F @include(if: true) } fragment F on Subscription { teamMigrated { teamId } }', {}, 'BAD_USER_INPUT'],
    ['a field that is skipped in a fragment', 'chat', 'subscription { ...F } fragment F on Subscription { teamMigrated @skip(if: false) { teamId } }', {}, 'BAD_USER_INPUT'],
    ['a wrong variable', 'chat', plain, { app: 'FAX' }, 'BAD_USER_INPUT'],
  ])('%s', async (_name, who, query, variables, code) => {
    const tokens = { chat: () => service('teams:migrate:chat'), flags: () => service('flags:write'), admin: () => person(), agent: () => person(testId(3)) };
    expect((await refusal(await tokens[who as keyof typeof tokens](), query, variables))?.extensions).toMatchObject({ code });
  });

  test('an after that cannot be had names the oldest event of that subscriber', async () => {
    publish('chat');
    const error = await refusal(await service('teams:migrate:chat'), plain, { after: testId(77) });
    expect(error?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after', oldestEventId: expect.stringMatching(/^0000/) });
  });
});

describe('the socket', () => {
  const closeOf = (params: Record<string, unknown> | undefined, keepFor?: string, url = gateway.socketUrl) =>
    new Promise<{ code: number; reason: string }>((resolve) => {
      const socket = new WebSocket(url, 'graphql-transport-ws');
      socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: params })));
      socket.on('message', (text: Buffer) => keepFor !== undefined && text.toString().includes('connection_ack') && socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: keepFor } })));
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });

  test('is closed with 4403 without a token or with a bad one, and says why', async () => {
    expect(await closeOf(undefined)).toMatchObject({ code: 4403, reason: expect.stringContaining('no token') });
    expect(await closeOf({ Authorization: 'Bearer a.b.c' })).toMatchObject({ code: 4403, reason: expect.stringContaining('JWT') });
  });

  test('is closed with 4403 for a person who is not active, before anything is subscribed to', async () => {
    expect(await closeOf({ authorization: `Bearer ${await person(testId(8))}` })).toEqual({ code: 4403, reason: 'This person is no longer active in this company.' });
  });

  test('is closed with 4401 for a subscription before signing in', async () => {
    const code = await new Promise((resolve) => {
      const socket = new WebSocket(gateway.socketUrl, 'graphql-transport-ws');
      socket.on('open', () => socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: plain } })));
      socket.on('close', resolve);
    });
    expect(code).toBe(4401);
  });

  test('HOSTILE 53: is closed with 4403 when the token expires', async () => {
    const token = await issuer.mint({ sub: 'squad', scope: 'teams:migrate:chat' }, { expiresIn: 1 });
    expect(await closeOf({ authorization: `Bearer ${token}` }, plain)).toEqual({ code: 4403, reason: 'The token has expired.' });
  });

  const changed = (userId: string | null, isActive: boolean | null, companyId = company): void =>
    feed.publish({
      eventId: testId(9_000 + published++), type: 'ACCESS_CHANGED', companyId, aggregateId: companyId, occurredAt: '2026-07-01T03:00:00.000Z',
      payload: { company_sso_id: companyId, user_id: userId, is_active: isActive },
    });

  test.each([['the person', testId(6)], ['everybody', null]])('is closed with 4403 when an event about %s comes and teams says that they are no longer active; others stay', async (_about, about) => {
    roles.set(testId(6), 'ADMIN').set(testId(7), 'ADMIN');
    const [gone, stays] = [listen(await person(testId(6)), plain), listen(await person(testId(7)), plain)];
    const closed = closeOf({ authorization: `Bearer ${await person(testId(6))}` }, plain);
    await Promise.all([gone, stays].map((each) => firstOf(each.next(), () => publish('chat'))));
    roles.delete(testId(6));
    changed(about, about === null ? null : false);
    expect(await closed).toEqual({ code: 4403, reason: 'This person is no longer active in this company.' });
    await expect((async () => { for (;;) if ((await gone.results.next()).done === true) return; })()).rejects.toMatchObject({ code: 4403 });
    expect(await closeOf({ authorization: `Bearer ${await person(testId(6))}` })).toEqual({ code: 4403, reason: 'This person is no longer active in this company.' });
    expect((await firstOf(stays.next(), () => publish('chat'))).errors).toBeUndefined();
    await stays.close();
  });

  test('stays open when an event was about another company, or teams says that the person is active', async () => {
    const admins = listen(await person(), plain);
    await firstOf(admins.next(), () => publish('chat'));
    roles.set(testId(6), 'ADMIN');
    const closed = closeOf({ authorization: `Bearer ${await person(testId(6))}` }, plain);
    const other = listen(await person(testId(6)), plain);
    await firstOf(other.next(), () => publish('chat'));
    changed(admin, false, testId(9));
    changed(admin, false);
    // questions are asked one after another: once the last one is answered, those before it are
    roles.delete(testId(6));
    changed(testId(6), false);
    expect((await closed).code).toBe(4403);
    expect((await firstOf(admins.next(), () => publish('chat'))).errors).toBeUndefined();
    await admins.close();
  });

  test('does not open on another path', async () => {
    const answer = await new Promise((resolve) => new WebSocket(gateway.socketUrl.replace('/graphql', '/other')).on('error', resolve));
    expect(String(answer)).toContain('404');
  });

  test('is closed with 1001 when the gateway closes, and answers in progress finish', async () => {
    const waiting: (() => void)[] = [];
    const slowly = () => new Promise((resolve) => waiting.push(() => resolve({ role: 'ADMIN', company: { id: company, name: 'Acme' } })));
    const teams = await subgraphDouble('teams', { Query: { me: slowly } }, feed);
    const closing = await startTestGateway({ teams, contacts: await subgraphDouble('contacts', {}), authenticate: issuer.authenticate });
    const closed = closeOf({ authorization: `Bearer ${await service('teams:migrate:chat')}` }, plain, closing.socketUrl);
    const answer = closing.ask('{ me { role } }', await person());
    while (waiting.length === 0) await pause(10);
    await pause(300);
    const done = closing.close();
    expect((await closed).code).toBe(1001);
    waiting[0]?.();
    expect(await answer).toMatchObject({ status: 200, data: { me: { role: 'ADMIN' } } });
    await done;
    feed.release();
  });
});
