import { afterAll, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { demoCompanies, demoPersonId } from '../../embedded/demo/data.ts';
import type { Given } from '../support/hostile/given.ts';
import { askOverSocket, closeOfSocket, openSocket } from '../support/hostile/socket.ts';

const [ours] = demoCompanies;
const plain = 'subscription { teamMigrated { eventId teamName } }';
const subscribe = (id: string, query = plain): object => ({ id, type: 'subscribe', payload: { query } });

/** Sockets as no good client uses them. The person nita loses her rights here. */
export const sockets = (given: Given): void => {
  let pushes = 0;
  const pushOne = async (name: string): Promise<void> => {
    pushes += 1;
    const item = { companySsoId: ours.id, name, appIdentifierId: `socket-${String(pushes)}` };
    await given().world.ask('chat', 'mutation ($item: MigrateTeamItem!) { migrateTeam(input: { app: CHAT, item: $item }) { outcome } }', { item });
  };
  const setRole = (role: string) => given().world.ask('olivia', 'mutation ($userId: ID!, $role: Role!) { setUserRole(input: { userId: $userId, role: $role }) { user { id } } }', { userId: demoPersonId('nita'), role });

  afterAll(() => given().world.isAlive());

  test.each([
    ['chat', 'an unknown field', 'subscription { teamDeleted { teamId } }', 'BAD_USER_INPUT'],
    ['chat', 'the name of its type', 'subscription { __typename }', 'BAD_USER_INPUT'],
    ['chat', 'the schema', 'subscription { __schema { queryType { name } } }', 'BAD_USER_INPUT'],
    ['chat', 'two fields', 'subscription { a: teamMigrated { eventId } b: teamMigrated { eventId } }', 'BAD_USER_INPUT'],
    ['chat', 'two fields through fragments', 'subscription { ...A ...B } fragment A on Subscription { a: teamMigrated { eventId } } fragment B on Subscription { migrationJobProgress(id: "x") { total } }', 'BAD_USER_INPUT'],
    ['bayu', 'a query', '{ me { role } }', 'BAD_USER_INPUT'],
    ['bayu', 'a mutation', 'mutation { deactivateUser(input: { userId: "x" }) { user { id } } }', 'BAD_USER_INPUT'],
    ['sync', 'what its scope does not cover', plain, 'FORBIDDEN'],
    ['sync', 'the same through a fragment', 'subscription { ...A } fragment A on Subscription { teamMigrated { eventId } }', 'FORBIDDEN'],
    ['nita', 'what is for admins', plain, 'FORBIDDEN'],
    ['bayu', 'what is for squads', 'subscription { migrationJobProgress(id: "x") { total } }', 'FORBIDDEN'],
    ['bayu', 'another company', 'subscription { teamMigrated(companySsoId: "00000000-0000-4000-8000-000000000001") { eventId } }', 'FORBIDDEN'],
  ] as const)('HOSTILE 52: a subscription of %s to %s is refused', async (who, _what, query, code) => {
    expect(new Set((await askOverSocket(given().world, who, query)).codes)).toEqual(new Set([code]));
  });

  test('HOSTILE 53: a socket past the expiry of its token is closed with 4403', async () => {
    const { world } = given();
    const token = await world.mint({ sub: 'chat-squad', scope: 'teams:migrate:chat' }, { expiresIn: 2 });
    expect((await closeOfSocket(world, { authorization: `Bearer ${token}` }, subscribe('1'))).code).toBe(4403);
  });

  test('HOSTILE 53: a subscriber whose role is taken away sees no event from a second after it, and ends with FORBIDDEN', async () => {
    const { world } = given();
    await setRole('ADMIN');
    const socket = await openSocket(world, 'nita');
    socket.send(subscribe('1'));
    // a subscription has no acknowledgement: events are made until the first comes through
    for (let n = 0; !socket.received('"type":"next"'); n += 1) await Promise.all([pushOne(`Before ${String(n)}`), pause(50)]);
    await setRole('AGENT');
    await pause(1_050);
    await pushOne('Afterwards');
    expect(await socket.until('FORBIDDEN')).not.toContain('Afterwards');
    socket.close();
  });

  test('HOSTILE 53: the sockets of a person who is deactivated are closed with 4403, and the token is refused', async () => {
    const { world } = given();
    await setRole('ADMIN');
    const socket = await openSocket(world, 'nita');
    socket.send(subscribe('1'));
    await world.ask('olivia', 'mutation ($userId: ID!) { deactivateUser(input: { userId: $userId }) { user { id } } }', { userId: demoPersonId('nita') });
    expect((await socket.closed).code).toBe(4403);
    expect((await world.ask('nita', '{ me { role } }')).codes).toEqual(['UNAUTHENTICATED']);
  });

  test('HOSTILE 54: of 1,000 subscriptions on one socket no more than 100 are carried, and others are answered meanwhile', async () => {
    const { world } = given();
    const socket = await openSocket(world, 'chat');
    for (let n = 0; n < 1_000; n += 1) socket.send(subscribe(String(n)));
    const isClosed = socket.closed.then(({ code }) => {
      throw new Error(`the socket closed with ${String(code)}`);
    });
    await Promise.race([isClosed, socket.untilCount('RATE_LIMITED', 900)]);
    await world.isAlive();
    const idsOf = (type: string): readonly string[] => socket.messages().flatMap((message) => (message.includes(`"type":"${type}"`) ? [(JSON.parse(message) as { id: string }).id] : []));
    for (let n = 0; new Set(idsOf('next')).size < 100; n += 1) await Promise.race([isClosed, Promise.all([pushOne(`Many ${String(n)}`), pause(50)])]);
    expect([new Set(idsOf('next')).size, idsOf('error').length, new Set([...idsOf('next'), ...idsOf('error')]).size]).toEqual([100, 900, 1_000]);
    socket.close();
  });

  test('HOSTILE 55: a subscription id that is taken closes the socket with 4409', async () => {
    const { world } = given();
    expect((await closeOfSocket(world, { authorization: `Bearer ${await world.token('chat')}` }, subscribe('1'), subscribe('1'))).code).toBe(4409);
  });

  test.each([['no JSON', '{'], ['no object', '7'], ['no type', {}], ['an unknown type', { type: 'nonsense' }], ['no payload', { id: '1', type: 'subscribe' }], ['a payload without a query', { id: '1', type: 'subscribe', payload: {} }], ['an id that is no text', { id: { $ne: null }, type: 'subscribe', payload: { query: plain } }], ['__proto__ as type', '{"type":"__proto__"}']] as const)(
    'a message that is %s closes the socket with 4400',
    async (_what, message) => {
      const { world } = given();
      expect((await closeOfSocket(world, { authorization: `Bearer ${await world.token('chat')}` }, message)).code).toBe(4400);
    },
  );
};
