import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestGateway } from '../support/gateway.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { openedWith } from '../support/subscribing.ts';
import { testId, testIssuer } from '../support/tokens.ts';

const issuer = await testIssuer();
const feed = createFeedDouble();
const console_ = 'https://console.example';
const sandbox = 'https://studio.apollographql.com';
type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;
let listed: TestGateway;
let development: TestGateway;
let production: TestGateway;
let person: string;

beforeAll(async () => {
  const teams = await subgraphDouble('teams', { Query: { me: () => ({ role: 'ADMIN' }) } }, feed);
  const parts = { teams, contacts: await subgraphDouble('contacts', { Query: {} }), authenticate: issuer.authenticate };
  listed = await startTestGateway({ ...parts, cors: { origins: [console_], loopback: false } });
  development = await startTestGateway(parts);
  production = await startTestGateway({ ...parts, production: true, introspection: false });
  person = await issuer.mint({ sub: testId(1), company_sso_id: testId(2) });
});
afterAll(async () => {
  feed.release();
  await Promise.all([listed, development, production].map((gateway) => gateway.close()));
});

const preflight = (gateway: TestGateway, origin: string) =>
  fetch(`${gateway.url}/graphql`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,x-forged' } });
const asks = (gateway: TestGateway, origin: string) => gateway.send('{"query":"{ me { role } }"}', { origin, authorization: `Bearer ${person}` });
const corsOf = (headers: Headers): string[] => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

describe('pages of other origins (CORS)', () => {
  test('of the list are told which methods and headers they may send, for a while, and never with credentials', async () => {
    const answer = await preflight(listed, console_);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(console_);
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST');
    const headers = answer.headers.get('access-control-allow-headers')?.split(', ');
    expect(headers).toEqual(expect.arrayContaining(['authorization', 'content-type', 'x-platform', 'x-correlation-id', 'apollo-require-preflight']));
    expect(headers).not.toContain('x-forged');
    expect(answer.headers.get('access-control-max-age')).toBe('7200');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('vary')).toBe('origin');
  });

  test('of the list may read answers, refusals too', async () => {
    const reply = await asks(listed, console_);
    expect(reply).toMatchObject({ status: 200, data: { me: { role: 'ADMIN' } } });
    expect(reply.headers.get('access-control-allow-origin')).toBe(console_);
    expect(reply.headers.get('access-control-expose-headers')).toBe('x-correlation-id, retry-after');
    expect(reply.headers.get('vary')).toBe('origin');
    const refused = await listed.send('{', { origin: console_ });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([400, console_]);
  });

  test.each(['https://evil.example', 'https://console.example.evil.example', 'http://console.example', 'https://console.example:444', 'null', 'http://localhost:3000'])('%s is foreign: nothing by which its page could read an answer', async (origin) => {
    const answer = await preflight(listed, origin);
    expect([answer.status, corsOf(answer.headers), answer.headers.get('vary')]).toEqual([403, [], 'origin']);
    const reply = await asks(listed, origin);
    expect([corsOf(reply.headers), reply.headers.get('vary')]).toEqual([[], 'origin']);
  });

  test('without a list: Sandbox and loopback outside production, nobody in it', async () => {
    for (const origin of [sandbox, 'https://sandbox.embed.apollographql.com', 'http://localhost:3000', 'http://127.0.0.1:5173', 'http://[::1]:8080']) {
      expect((await preflight(development, origin)).status).toBe(204);
      expect((await asks(development, origin)).headers.get('access-control-allow-origin')).toBe(origin);
      expect((await preflight(production, origin)).status).toBe(403);
      expect(corsOf((await asks(production, origin)).headers)).toEqual([]);
    }
    for (const origin of ['http://localhost.evil.example', 'http://127.0.0.1.evil.example:80', 'https://evil.example']) expect((await preflight(development, origin)).status).toBe(403);
  });

  test('an OPTIONS that is no such question is 405 as ever', async () => {
    expect((await fetch(`${listed.url}/graphql`, { method: 'OPTIONS' })).status).toBe(405);
  });
});

describe('WebSockets of pages of other origins', () => {
  test('are refused with 403 before they open; of the list, of its own host, and without an origin they open', async () => {
    expect(await openedWith(listed.socketUrl, 'https://evil.example')).toBe(403);
    expect(await openedWith(listed.socketUrl, 'null')).toBe(403);
    expect(await openedWith(listed.socketUrl, console_)).toBe('open');
    expect(await openedWith(listed.socketUrl, listed.url)).toBe('open');
    expect(await openedWith(listed.socketUrl, undefined)).toBe('open');
    expect(await openedWith(production.socketUrl, sandbox)).toBe(403);
    expect(await openedWith(development.socketUrl, sandbox)).toBe('open');
  });
});
