import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { CallClaims } from '../../subgraphs/shared/calls.ts';
import { startTestGateway } from '../support/gateway.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { firstAnswer } from '../support/subscribing.ts';
import { testId, testIssuer } from '../support/tokens.ts';

const issuer = await testIssuer();
const company = testId(900);
const feed = createFeedDouble();
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let usual: typeof gateway;
let asked = 0;

beforeAll(async () => {
  const me = (_: unknown, __: unknown, { viewer }: CallClaims) => {
    asked += 1;
    return { role: 'ADMIN', company: { id: viewer?.kind === 'person' ? viewer.companyId : null } };
  };
  const migrateTeams = (_: unknown, { input }: { input: { items: unknown[] } }) => ({ job: { id: testId(1), total: input.items.length } });
  const teams = await subgraphDouble('teams', { Query: { me, teams: () => ({ nodes: [] }) }, Mutation: { migrateTeams } }, feed);
  const parts = { teams, contacts: await subgraphDouble('contacts', { Query: {} }), authenticate: issuer.authenticate };
  gateway = await startTestGateway({ ...parts, rates: { person: 5, company: 12, service: 4 } });
  usual = await startTestGateway(parts);
});
afterAll(async () => {
  feed.release();
  await Promise.all([gateway.close(), usual.close()]);
});

let people = 0;
/** The token of somebody who has not asked yet, in a company of their own unless said otherwise. */
const someone = (companyId = testId(10_000 + people)): Promise<string> => issuer.mint({ sub: testId((people += 1)), company_sso_id: companyId });
const query = '{ me { role } }';
const statuses = async (token: string, times: number): Promise<number[]> => {
  const seen: number[] = [];
  for (let n = 0; n < times; n += 1) seen.push((await gateway.ask(query, token)).status);
  return seen;
};

describe('requests a minute (SPEC §4)', () => {
  test('a person who asks more often is 429 with the limit, what it is and when to come back, and nothing is asked of a subgraph', async () => {
    const token = await someone();
    expect(await statuses(token, 5)).toEqual([200, 200, 200, 200, 200]);
    const before = asked;
    const reply = await gateway.ask(query, token);
    expect(reply).toMatchObject({ status: 429, errors: [{ extensions: { code: 'RATE_LIMITED', status: 429, limit: { name: 'requests per person', max: 5, windowSeconds: 60 }, messages: { id: expect.any(String) } } }] });
    const seconds = Number(reply.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(reply.errors?.[0]?.extensions['retryAfterSeconds']).toBe(seconds);
    expect(asked).toBe(before);
    expect(await statuses(await someone(), 1)).toEqual([200]);
  });

  test('what is no GraphQL counts too, so that it cannot be sent without end', async () => {
    const token = await someone();
    for (let n = 0; n < 5; n += 1) expect((await gateway.ask(`{ nonsense${String(n)} }`, token)).status).toBe(400);
    expect((await gateway.ask('{ nonsense }', token)).status).toBe(429);
  });

  test('a text that is new here counts once for each started 200 characters, and once when it was answered before', async () => {
    const text = `${query} # new`.padEnd(600);
    const token = await someone();
    expect((await gateway.ask(text, token)).status).toBe(200);
    expect(await statuses(token, 3)).toEqual([200, 200, 429]);
    const other = await someone();
    for (let n = 0; n < 5; n += 1) expect((await gateway.ask(text, other)).status).toBe(200);
    expect(await statuses(other, 1)).toEqual([429]);
    expect(await gateway.ask(text.padEnd(1_001), await someone())).toMatchObject({ status: 429, errors: [{ extensions: { code: 'RATE_LIMITED', limit: { name: 'requests per person', max: 5 } } }] });
  });

  test('so it does when it is no good, and over WebSocket', async () => {
    const token = await someone();
    expect((await gateway.ask(`{ nonsense } # ${'x'.repeat(700)}`, token)).status).toBe(400);
    expect(await statuses(token, 2)).toEqual([200, 429]);
    expect(await firstAnswer(gateway.socketUrl, await someone(), { query: `subscription { nonsense } # ${'x'.repeat(1_200)}` })).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    const long = `subscription { nonsense } # ${'x'.repeat(900)}`;
    const other = await someone();
    expect(await firstAnswer(gateway.socketUrl, other, { query: long })).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(await firstAnswer(gateway.socketUrl, other, { query: long })).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  });

  test('a text that is to be remembered under its hash counts nine times more, so that nobody fills what others use', async () => {
    const text = '{ me { company { id } } }';
    const body = JSON.stringify({ query: text, extensions: { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(text).digest('hex') } } });
    const send = (token: string) => gateway.send(body, { authorization: `Bearer ${token}` });
    expect(await send(await someone())).toMatchObject({ status: 429, errors: [{ extensions: { limit: { name: 'requests per person' } } }] });
    expect((await gateway.ask(text, await someone())).status).toBe(200);
    // known by now: it costs nothing to remember it
    expect((await send(await someone())).status).toBe(200);
  });

  test('a company, over all of its people', async () => {
    const companyId = testId(901);
    const tokens = [await someone(companyId), await someone(companyId), await someone(companyId)] as const;
    expect(await statuses(tokens[0], 6)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await statuses(tokens[1], 5)).toEqual([200, 200, 200, 200, 200]);
    expect(await statuses(tokens[2], 2)).toEqual([200, 200]);
    expect(await gateway.ask(query, tokens[2])).toMatchObject({ status: 429, errors: [{ extensions: { limit: { name: 'requests per company', max: 12, windowSeconds: 60 } } }] });
    expect(await statuses(await someone(), 1)).toEqual([200]);
  });

  test('a service, by its own name', async () => {
    const [chat, other] = [await issuer.mint({ sub: 'chat', scope: 'flags:write' }), await issuer.mint({ sub: 'other', scope: 'flags:write' })];
    expect(await statuses(chat, 4)).toEqual([403, 403, 403, 403]);
    expect(await gateway.ask(query, chat)).toMatchObject({ status: 429, errors: [{ extensions: { limit: { name: 'requests per service', max: 4 } } }] });
    expect(await statuses(other, 1)).toEqual([403]);
  });

  test('a costly operation counts as several', async () => {
    const token = await someone();
    expect((await gateway.ask('{ teams(first: 100) { nodes { children(first: 70) { nodes { id } } } } }', token)).status).toBe(200);
    expect(await statuses(token, 3)).toEqual([200, 200, 429]);
  });

  test('opening a subscription counts like a request', async () => {
    const token = await someone();
    expect(await statuses(token, 5)).toHaveLength(5);
    const errors = await firstAnswer(gateway.socketUrl, token, { query: 'subscription { teamMigrated { teamId } }' });
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', limit: { name: 'requests per person', max: 5, windowSeconds: 60 }, retryAfterSeconds: expect.any(Number) } }]);
  });

  test('of a squad, as they stand, admit 20 pushes at once and 300 one after another', async () => {
    const squad = await issuer.mint({ sub: 'chat', scope: 'teams:migrate:chat' });
    const push = 'mutation ($items: [MigrateTeamItem]!) { migrateTeams(input: { app: CHAT, items: $items }) { job { total } } }';
    const items = [{ companySsoId: company, name: 'Support', appIdentifierId: '1' }];
    const atOnce = await Promise.all(Array.from({ length: 20 }, () => usual.ask(push, squad, { items })));
    expect(new Set(atOnce.map(({ status }) => status))).toEqual(new Set([200]));
    for (let n = 0; n < 300; n += 1) expect((await usual.ask(push, squad, { items })).status).toBe(200);
  });
});
