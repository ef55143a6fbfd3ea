import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CallClaims } from '../../subgraphs/shared/calls.ts';
import { toGraphQLError } from '../../subgraphs/shared/edge.ts';
import { forbidden } from '../../subgraphs/shared/errors.ts';
import type { Endpoint } from '../../subgraphs/shared/peer.ts';
import { startTestGateway } from '../support/gateway.ts';
import { type RawSocket, rawSocket } from '../support/rawSocket.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';
import { until } from '../support/until.ts';

const company = testId(2);
const feed = createFeedDouble();
const issuer = await testIssuer();
/** Bodies of the questions to subgraphs, whoever asked. */
const asked: string[] = [];
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let opened: RawSocket[] = [];

const counted = (endpoint: Endpoint): Endpoint => (operation, body, token) => {
  if (operation === 'graphql') asked.push(body);
  return endpoint(operation, body, token);
};
const who = ({ viewer }: CallClaims): string => (viewer?.kind === 'person' ? viewer.userId : (viewer?.scopes.join(' ') ?? ''));

beforeAll(async () => {
  const teams = await subgraphDouble('teams', {
    Query: { me: (_: unknown, __: unknown, { viewer }: CallClaims) => ({ role: 'ADMIN', company: { id: viewer?.kind === 'person' ? viewer.companyId : '', name: 'Acme' } }) },
    Team: { __resolveReference: ({ id }: { id: string }, claims: CallClaims) => ({ id, name: `Seen by ${who(claims)}` }) },
  }, feed);
  const contacts = await subgraphDouble('contacts', {
    Team: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      contacts: (_: unknown, { first }: { first: number }, claims: CallClaims) => {
        if (claims.viewer?.kind !== 'person') throw toGraphQLError(forbidden('Contacts are for people.'));
        return { nodes: Array.from({ length: first }, (_each, n) => ({ id: `c${String(n)}`, name: `Of ${who(claims)}` })) };
      },
    },
  });
  gateway = await startTestGateway({ teams: counted(teams), contacts: counted(contacts), authenticate: issuer.authenticate, sockets: { keepAliveMs: 60_000 } });
});
afterAll(async () => {
  await gateway.close();
  feed.release();
});

let published = 0;
let newest = '';
const publish = (app: 'chat' | 'crm' = 'chat'): string => {
  published += 1;
  const eventId = testId(1_000 + published);
  const payload = { team_name: `Team ${String(published)}`, app, app_identifier_id: String(published), parent_id: null };
  feed.publish({ eventId, type: 'TEAM_MIGRATED', companyId: company, aggregateId: testId(5_000 + published), occurredAt: '2026-07-01T03:00:00.000Z', payload });
  newest = eventId;
  return eventId;
};
const squad = (sub: string, scope = 'teams:migrate:chat') => issuer.mint({ sub, scope });
const person = (sub: string) => issuer.mint({ sub, company_sso_id: company });

/** Subscribes each on a socket of its own and waits until all of them follow. */
const follow = async (tokens: readonly string[], queryOf: (index: number) => string, variables: Record<string, unknown> = {}): Promise<readonly RawSocket[]> => {
  const sockets = await Promise.all(tokens.map((token) => rawSocket(gateway.socketUrl, { token })));
  opened.push(...sockets);
  sockets.forEach((socket, index) => socket.subscribe(queryOf(index), variables));
  await until(async () => {
    publish();
    await new Promise((resolve) => setTimeout(resolve, 20));
    return sockets.every(({ texts }) => texts.length > 1);
  });
  await until(() => sockets.every((socket) => has(socket, newest)));
  return sockets;
};
const has = ({ texts }: RawSocket, eventId: string): boolean => texts.at(-1)?.includes(eventId) === true;
/** One event, until everybody has it; answers with what was asked of subgraphs meanwhile, without the questions about rights. */
const costOf = async (sockets: readonly RawSocket[]): Promise<readonly string[]> => {
  await until(() => sockets.every((socket) => has(socket, newest)));
  const before = asked.length;
  const eventId = publish();
  await until(() => sockets.every((socket) => has(socket, eventId)));
  return asked.slice(before).filter((body) => !body.includes('GatewaySubscriber'));
};
const done = async (): Promise<void> => {
  for (const each of opened) each.drop();
  await Promise.all(opened.map(({ closed }) => closed));
  opened = [];
};

describe('one resolution for all who ask and see the same', () => {
  const names = '{ eventId team { name } }';

  test('50 equal subscribers of one app, different services among them, cost one fetch for an event, and get the same bytes', async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, n) => squad(`squad-${String(n % 5)}`)));
    const sockets = await follow(tokens, (n) => `subscription ${n % 2 === 0 ? '' : ' '}{ teamMigrated ${names} }`);
    expect(await costOf(sockets)).toHaveLength(1);
    expect(new Set(sockets.map(({ texts }) => texts.at(-1))).size).toBe(1);
    expect(sockets[0]?.results().at(-1)).toMatchObject({ data: { teamMigrated: { team: { name: 'Seen by teams:migrate:chat' } } } });
    await done();
  });

  test('what an event costs grows with distinct selections: 5 among 50 subscribers are 5 fetches', async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, () => squad('squad')));
    const sockets = await follow(tokens, (n) => `subscription { teamMigrated { eventId team { ${'abcde'.charAt(n % 5)}: name } } }`);
    expect(await costOf(sockets)).toHaveLength(5);
    await done();
  });

  test('fields of the event alone cost no fetch, for squads and people alike', async () => {
    const tokens = await Promise.all([squad('one'), squad('two'), person(testId(1)), person(testId(3))]);
    const sockets = await follow(tokens, () => 'subscription { teamMigrated { eventId teamName team { id } } }');
    expect(await costOf(sockets)).toEqual([]);
    await done();
  });

  test('a person shares with nobody else: two of their sockets are one fetch, another person is another, and each sees their own', async () => {
    const query = 'subscription ($first: Int) { teamMigrated { eventId team { contacts(first: $first) { nodes { name } } } } }';
    const tokens = await Promise.all([person(testId(1)), person(testId(1)), person(testId(3))]);
    const sockets = await follow(tokens, () => query, { first: 1 });
    expect(await costOf(sockets)).toHaveLength(2);
    const seen = sockets.map((socket) => socket.results().at(-1)?.data);
    const of = (id: string) => ({ teamMigrated: { team: { contacts: { nodes: [{ name: `Of ${id}` }] } } } });
    expect(seen).toMatchObject([of(testId(1)), of(testId(1)), of(testId(3))]);
    await done();
  });

  test('services with other scopes, and people, do not get what a squad sees', async () => {
    const both = 'teams:migrate:chat teams:migrate:crm';
    const tokens = await Promise.all([squad('one'), squad('one', both), person(testId(1))]);
    const sockets = await follow(tokens, () => `subscription { teamMigrated ${names} }`);
    expect(await costOf(sockets)).toHaveLength(3);
    const seen = sockets.map((socket) => (socket.results().at(-1)?.data?.['teamMigrated'] as { team: { name: string } }).team.name);
    expect(seen).toEqual(['Seen by teams:migrate:chat', `Seen by ${both}`, `Seen by ${testId(1)}`]);
    await done();
  });

  test('those who came back with after share with those who stayed, and other variables of a field do not', async () => {
    const query = 'subscription ($after: ID, $first: Int) { teamMigrated(after: $after) { eventId team { contacts(first: $first) { nodes { id } } } } }';
    const token = await person(testId(1));
    const after = publish();
    const [stayed] = await follow([token], () => query, { first: 1 });
    const [back] = await follow([token], () => query, { first: 1, after });
    const [other] = await follow([token], () => query, { first: 2 });
    if (stayed === undefined || back === undefined || other === undefined) throw new Error('no socket');
    expect(await costOf([stayed, back, other])).toHaveLength(2);
    expect(other.texts.at(-1)).toContain('c1');
    expect(back.texts.at(-1)).not.toContain('c1');
    await done();
  });
});
