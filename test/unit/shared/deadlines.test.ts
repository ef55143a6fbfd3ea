import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createTeamsOfRequest } from '../../../subgraphs/contacts/teamsClient.ts';
import { type CallClaims, signCall, type SigningKeys } from '../../../subgraphs/shared/calls.ts';
import { createLogger } from '../../../subgraphs/shared/logger.ts';
import { createEndpoint, type PeerCall } from '../../../subgraphs/shared/peer.ts';
import { callHandler } from '../../../subgraphs/shared/process.ts';
import { allow } from '../../../subgraphs/shared/shield.ts';
import { createSubgraphHandler } from '../../../subgraphs/shared/subgraph.ts';

const typeDefs = parse('type Query { slow: Thing } type Thing { next: Thing name: String } type Mutation { first: Boolean second: Boolean }');
const logger = createLogger({ name: 'test', level: 'silent' });

/** A subgraph whose clock stands still but for what its resolvers do to it. */
const setUp = async () => {
  const clock = { at: 1_000_000 };
  const begun: string[] = [];
  const step = (name: string, ms: number) => () => {
    begun.push(name);
    clock.at += ms;
    return Promise.resolve({});
  };
  const rules = { Query: { slow: allow, _service: allow }, Mutation: { first: allow, second: allow }, Thing: { next: allow } };
  const handler = await createSubgraphHandler({
    typeDefs,
    resolvers: {
      Query: { slow: step('slow', 600) },
      Thing: { next: step('next', 600), name: () => 'name' },
      Mutation: { first: () => step('first', 1_500)().then(() => true), second: () => step('second', 0)().then(() => true) },
    },
    gates: { rules, covered: { Thing: ['name'] } },
    contextOf: () => ({}),
    logger,
    now: () => clock.at,
  });
  const ask = async (query: string) => (await handler({ deadline: 1_001_000, correlationId: 'one', viewer: null } as CallClaims, { query })).body;
  return { ask, begun };
};

describe('a deadline that is passed down', () => {
  test('a subgraph begins nothing more of a query once it has passed', async () => {
    const { ask, begun } = await setUp();
    const answer = await ask('{ slow { next { next { next { name } } } } }');
    expect(begun).toEqual(['slow', 'next']);
    expect(answer).toMatchObject({ errors: [{ path: ['slow', 'next', 'next'], extensions: { code: 'DEPENDENCY_UNAVAILABLE', status: 503 } }] });
  });

  test('nor the next field of a mutation', async () => {
    const { ask, begun } = await setUp();
    const answer = await ask('mutation { first second }');
    expect(begun).toEqual(['first']);
    expect(answer).toMatchObject({ data: { first: true, second: null }, errors: [{ path: ['second'], extensions: { code: 'DEPENDENCY_UNAVAILABLE' } }] });
  });

  test("contacts' own question to teams gets what is left, and 2 s at most", async () => {
    const calls: PeerCall[] = [];
    const teams = {
      call: (call: PeerCall) => {
        calls.push(call);
        return Promise.resolve({ status: 200, body: { teamIds: [] } });
      },
      close: () => Promise.resolve(),
    };
    for (const left of [300, 9_000]) {
      const asking = { viewer: null, deadline: 1_000_000 + left, correlationId: 'x' };
      await createTeamsOfRequest({ teams, known: { answered: () => undefined }, now: () => 1_000_000, asking }).userTeams('c', 'u');
    }
    expect(calls.map(({ deadline }) => deadline - 1_000_000)).toEqual([300, 2_000]);
  });

  test('and a call whose caller has hung up is not begun', async () => {
    const begun: string[] = [];
    const calls = callHandler((operation) => {
      begun.push(operation);
      return Promise.resolve({ status: 200, body: {} });
    });
    const call = async (isGone: boolean) => (await calls({ method: 'POST', path: '/internal/graphql', search: '', headers: {}, body: '{}', isGone: () => isGone }))?.status;
    expect([await call(true), begun, await call(false), begun]).toEqual([503, ['graphql'], 200, ['graphql']]);
    expect(begun).toHaveLength(1);
  });

  test('counts by the clock of who is asked: what was left when the call was signed', async () => {
    const keys: SigningKeys = ['test-key-of-at-least-thirty-two-characters'];
    const clock = { at: 1_000_000 };
    const seen: number[] = [];
    const handle = (claims: CallClaims) => {
      seen.push(claims.deadline - clock.at);
      return Promise.resolve({ status: 200, body: {} });
    };
    const endpoint = createEndpoint('teams', { graphql: handle }, keys, () => clock.at);
    const call = (left: number, skew: number) => {
      const at = clock.at + skew;
      return endpoint('graphql', '{}', signCall(keys, { caller: 'gateway', audience: 'teams', operation: 'graphql', viewer: null, deadline: at + left, correlationId: 'x', body: '{}' }, at));
    };
    expect([(await call(500, 0)).status, (await call(500, -3_000)).status, (await call(500, 3_000)).status]).toEqual([200, 200, 200]);
    expect(seen).toEqual([500, 500, 500]);
    expect((await call(0, 0)).status).toBe(503);
    expect(seen).toHaveLength(3);
  });
});
