import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { startTestGateway } from '../support/gateway.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';

const issuer = await testIssuer();
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let token: string;

beforeAll(async () => {
  const subgraphs = { teams: await subgraphDouble('teams', { Query: {} }, createFeedDouble()), contacts: await subgraphDouble('contacts', { Query: {} }) };
  gateway = await startTestGateway({ ...subgraphs, authenticate: issuer.authenticate });
  token = await issuer.mint({ sub: testId(1), company_sso_id: testId(2) });
});
afterAll(() => gateway.close());

const signedIn = (url: string, { headers, ...init }: RequestInit = {}): Promise<Response> => fetch(url, { ...init, headers: { ...(headers as Record<string, string>), authorization: `Bearer ${token}` } });
/** As a client asks by GET that knows how: with a header that no form can send. */
const preflighted = (url: string, init: RequestInit = {}): Promise<Response> => signedIn(url, { ...init, headers: { 'apollo-require-preflight': 'true', ...(init.headers as Record<string, string>) } });

/** What the gateway does otherwise than the protocol recommends, and why. */
const justified: Readonly<Record<string, string>> = {
  '572B': 'SPEC §6: the status follows the error where there is no data, whatever the client accepts, so that proxies and monitors see it.',
  FDE2: 'SPEC §6, the same.',
  '7B9B': 'SPEC §6, the same.',
};

const outcome = async (fetchFn: typeof signedIn): Promise<readonly Readonly<{ id: string; name: string; status: string }>[]> => {
  const audits = serverAudits({ url: `${gateway.url}/graphql`, fetchFn });
  expect(audits.length).toBeGreaterThan(50);
  const results = await Promise.all(audits.map(async ({ id, name, fn }) => ({ id, name, status: (await fn()).status })));
  return results.filter(({ status }) => status !== 'ok');
};

test('the graphql-http audit finds no error, and no warning but the justified ones', async () => {
  const found = await outcome(preflighted);
  expect(found.filter(({ status }) => status === 'error')).toEqual([]);
  expect(found.map(({ id }) => id).sort()).toEqual(Object.keys(justified).sort());
});

test('a GET that a form could send is refused (CSRF), which the protocol leaves open', async () => {
  const found = (await outcome(signedIn)).filter(({ id }) => justified[id] === undefined);
  expect(found.filter(({ status }) => status !== 'notice')).toEqual([]);
  expect(found.map(({ id }) => id).sort()).toEqual(['5A70', '6A70', 'D6D5']);
});
