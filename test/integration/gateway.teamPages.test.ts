import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Authenticator } from '../../gateway/auth.ts';
import { buildGateway, type Gateway, type GatewayDeps } from '../../gateway/service.ts';
import { destination } from '../../gateway/teamPages.ts';
import { unavailable } from '../../subgraphs/shared/errors.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { connectInProcess, type Endpoint } from '../../subgraphs/shared/peer.ts';
import { migrationOn, plantCompany, serviceWith, startTestTeams, type TestCompany, testKeys, type TestTeams } from '../support/teams.ts';
import { testIssuer } from '../support/tokens.ts';

const signIn = 'https://sso.example.test/sign-in?app=one-team';
const dashboard = 'https://app.example.test/dashboard';
const legacy = 'https://crm.example.test/teams?tab=all';
const page = 'https://app.example.test/teams';
const cookie = 'sso_session';
const oldPath = '/qontakcrm/team';
const newPath = '/launchpad/team';

const issuer = await testIssuer();
const opened: Gateway[] = [];
let teams: TestTeams;
let acme: TestCompany;
let url: string;
/** Without TEAM_PAGE_URL and without a cookie. */
let plainUrl: string;
let answersTeams = true;

/** A gateway on a free port over the teams subgraph of this test. */
const start = async (teamPages: GatewayDeps['teamPages'], authenticate: Authenticator = issuer.authenticate, rates?: GatewayDeps['rates']): Promise<string> => {
  const logger = createLogger({ name: 'gateway', level: 'silent' });
  const peer = (audience: 'teams' | 'contacts', endpoint: Endpoint) => connectInProcess({ caller: 'gateway', audience, keys: testKeys, now: Date.now }, endpoint);
  const whenUp: Endpoint = (...call) => (answersTeams || call[0] !== 'graphql' ? teams.part.endpoint(...call) : new Promise(() => undefined));
  const gateway = await buildGateway({
    teams: peer('teams', whenUp),
    contacts: peer('contacts', () => Promise.reject(new Error('contacts is not asked'))),
    authenticate, logger, teamPages, rates,
    metrics: createMetrics('gateway', logger),
    now: Date.now,
    newId: randomUUID,
    random: Math.random,
    unready: () => Promise.resolve([]),
    production: true,
    introspection: false,
  });
  opened.push(gateway);
  return (await gateway.listen({ host: '127.0.0.1', port: 0 })).url;
};

const places = { signIn: new URL(signIn), dashboard: new URL(dashboard), legacy: new URL(legacy) };

beforeAll(async () => {
  teams = await startTestTeams();
  url = await start({ ...places, page: new URL(page), sessionCookie: cookie });
  plainUrl = await start(places);
});
afterAll(async () => {
  await Promise.all(opened.map((gateway) => gateway.close()));
  await teams.close();
});
beforeEach(async () => {
  acme = await plantCompany(teams.database, { people: { Olga: 'OWNER', Ani: 'ADMIN', Siti: 'SUPERVISOR', Rara: 'AGENT' }, teams: ['General'], flags: migrationOn });
});

const tokenOf = (name: string, options?: { expiresIn: number }): Promise<string> => issuer.mint({ sub: acme.people[name] ?? '', company_sso_id: acme.id }, options);
const bearer = async (name: string): Promise<Record<string, string>> => ({ authorization: `Bearer ${await tokenOf(name)}` });

type Led = Readonly<{ status: number; to: string | null; headers: Headers; text: string }>;
const get = async (path: string, headers: Record<string, string> = {}, method = 'GET', at = url): Promise<Led> => {
  const answer = await fetch(`${at}${path}`, { headers, method, redirect: 'manual' });
  return { status: answer.status, to: answer.headers.get('location'), headers: answer.headers, text: await answer.text() };
};
/** Where both addresses lead somebody. */
const both = async (headers: Record<string, string>): Promise<readonly (string | null)[]> => {
  const led = [await get(oldPath, headers), await get(newPath, headers)];
  expect(led.map(({ status, text }) => [status, text])).toEqual([[307, ''], [307, '']]);
  return led.map(({ to }) => to);
};

const setFlag = async (flag: string, value: boolean | null): Promise<void> => {
  const { errors } = await teams.ask(serviceWith('flags:write'), 'mutation ($input: SetFlagInput!) { setFlag(input: $input) { flags { flag } } }', { input: { flag, value, companySsoId: acme.id } });
  expect(errors).toEqual([]);
};
const setTeamsManage = async (level: string, whose: object): Promise<void> => {
  const mutation = 'mutation ($input: SetPermissionLevelInput!) { setPermissionLevel(input: $input) { settings { actions { action } } } }';
  const { errors } = await teams.ask(acme.person('Olga'), mutation, { input: { action: 'TEAMS_MANAGE', level, ...whose } });
  expect(errors).toEqual([]);
};

describe('OTM-S03: team management under its new address', () => {
  test('AC-1: with both flags on, /launchpad/team leads who manages teams to the page, its query along', async () => {
    for (const name of ['Olga', 'Ani']) expect(await get(newPath, await bearer(name))).toMatchObject({ status: 307, to: page });
    expect((await get(`${newPath}?team=4&tab=members%20only`, await bearer('Ani'))).to).toBe(`${page}?team=4&tab=members+only`);
    expect((await get(`${newPath}/`, await bearer('Ani'))).to).toBe(page);
  });

  test('AC-1: without another server for it, the page is whatever this gateway has there, for nobody else', async () => {
    expect((await get(newPath, await bearer('Ani'), 'GET', plainUrl)).status).toBe(404);
    expect((await get(newPath, await bearer('Rara'), 'GET', plainUrl)).to).toBe(dashboard);
    expect((await get(newPath, {}, 'GET', plainUrl)).to).toBe(signIn);
  });

  test('AC-2: with both flags on, /qontakcrm/team leads there by 307, its query along', async () => {
    expect(await get(oldPath, await bearer('Ani'))).toMatchObject({ status: 307, to: newPath });
    expect((await get(`${oldPath}?team=4&name=a%26b`, await bearer('Ani'))).to).toBe(`${newPath}?team=4&name=a%26b`);
  });

  test('old addresses stay as they were while the flags are not both on: the legacy page, its own query and that of the address; /launchpad/team leads to the dashboard', async () => {
    const headers = await bearer('Ani');
    for (const [unified, migration] of [[false, true], [true, false], [null, null]] as const) {
      await setFlag('UNIFIED_APP', unified);
      await setFlag('ONE_TEAM_MIGRATION_ENABLED', migration);
      expect(await both(headers)).toEqual([legacy, dashboard]);
    }
    expect((await get(`${oldPath}?page=2&tab=none`, headers)).to).toBe(`${legacy}&page=2`);
    await setFlag('UNIFIED_APP', true);
    await setFlag('ONE_TEAM_MIGRATION_ENABLED', true);
    expect(await both(headers)).toEqual([newPath, page]);
  });

  test('CAN: who was given team management; CANNOT: who was not, or had it taken away. They are led to the dashboard, without the query', async () => {
    expect(await both(await bearer('Siti'))).toEqual([dashboard, dashboard]);
    expect(await both(await bearer('Rara'))).toEqual([dashboard, dashboard]);
    expect((await get(`${oldPath}?team=4`, await bearer('Rara'))).to).toBe(dashboard);
    await setTeamsManage('EVERYTHING', { role: 'SUPERVISOR' });
    await setTeamsManage('DISABLED', { userId: acme.people['Ani'] });
    expect(await both(await bearer('Siti'))).toEqual([newPath, page]);
    expect(await both(await bearer('Ani'))).toEqual([dashboard, dashboard]);
    await setFlag('UNIFIED_APP', false);
    expect(await both(await bearer('Ani'))).toEqual([dashboard, dashboard]);
  });

  test('a service manages no teams', async () => {
    const token = await issuer.mint({ sub: 'chat', scope: 'teams:migrate:chat' });
    expect(await both({ authorization: `Bearer ${token}` })).toEqual([dashboard, dashboard]);
  });

  test('Unauthorized: who is not signed in, signed in badly, or no longer active is led to sign-in, without the query', async () => {
    const expired = await tokenOf('Ani', { expiresIn: -60 });
    const foreign = await (await testIssuer()).mint({ sub: acme.people['Ani'] ?? '', company_sso_id: acme.id });
    for (const headers of [{}, { authorization: 'Bearer x.y.z' }, { authorization: `Bearer ${expired}` }, { authorization: `Bearer ${foreign}` }, { cookie: `${cookie}=${expired}` }]) {
      expect(await both(headers)).toEqual([signIn, signIn]);
    }
    expect((await get(`${newPath}?next=https://evil.example`)).to).toBe(signIn);
    const headers = await bearer('Ani');
    expect((await teams.ask(acme.person('Olga'), 'mutation ($id: ID!) { deactivateUser(input: { userId: $id }) { user { id } } }', { id: acme.people['Ani'] })).errors).toEqual([]);
    expect(await both(headers)).toEqual([signIn, signIn]);
  });
});

describe('OTM-S03: who follows a link sends a cookie', () => {
  test('the configured one signs in as the header does; a header that is there counts alone', async () => {
    const token = await tokenOf('Ani');
    expect(await both({ cookie: `theme=dark; ${cookie}=${token}; x=1` })).toEqual([newPath, page]);
    expect(await both({ cookie: `${cookie}=${token}`, ...(await bearer('Rara')) })).toEqual([dashboard, dashboard]);
    expect(await both({ cookie: `${cookie}=${token}`, authorization: 'Bearer x.y.z' })).toEqual([signIn, signIn]);
  });

  test('another cookie, a part of its name, and two of that name that differ do not', async () => {
    const [ani, rara] = [await tokenOf('Ani'), await tokenOf('Rara')];
    for (const text of [`session=${ani}`, `x${cookie}=${ani}`, `${cookie}x=${ani}`, `${cookie}=${ani}; ${cookie}=${rara}`, `${cookie}=`, cookie]) {
      expect(await both({ cookie: text })).toEqual([signIn, signIn]);
    }
    expect(await both({ cookie: `${cookie}=${ani}; ${cookie}=${ani}` })).toEqual([newPath, page]);
    expect((await get(oldPath, { cookie: `${cookie}=${ani}` }, 'GET', plainUrl)).to).toBe(signIn);
  });

  test('it never runs an operation: /graphql takes no cookie, by POST as by GET', async () => {
    const headers = { cookie: `${cookie}=${await tokenOf('Ani')}`, 'content-type': 'application/json', 'apollo-require-preflight': '1' };
    const post = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: '{ me { role } }' }) });
    expect([post.status, await post.json()]).toMatchObject([401, { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
    expect((await get(`/graphql?query=${encodeURIComponent('{ me { role } }')}`, headers)).status).toBe(401);
  });
});

describe('OTM-S03: nothing of a request says where to', () => {
  const hostile = [
    '?url=https://evil.example', '?next=//evil.example', '?//evil.example', '?@evil.example', '?%0d%0alocation:%20https://evil.example', '?\\evil.example', '?x=%00', '?tab=https://evil.example',
  ];

  test('not its query', async () => {
    const headers = await bearer('Ani');
    const known = [new URL(legacy), new URL(page), new URL(dashboard), new URL(newPath, url)].map(({ origin, pathname }) => origin + pathname);
    for (const flag of [true, false]) {
      await setFlag('UNIFIED_APP', flag);
      for (const path of [oldPath, newPath].flatMap((each) => hostile.map((search) => `${each}${search}`))) {
        const { status, to } = await get(path, headers);
        const { origin, pathname } = new URL(to ?? '', url);
        expect({ path, status, isKnown: known.includes(origin + pathname) }).toEqual({ path, status: 307, isKnown: true });
      }
    }
  });

  test('not its Host, nor what a proxy would say of it', async () => {
    const headers = { ...(await bearer('Ani')), 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-original-url': '//evil.example', referer: 'https://evil.example' };
    expect(await both(headers)).toEqual([newPath, page]);
  });

  test('nothing below the two addresses, and no other spelling of them, is answered', async () => {
    for (const path of [`${oldPath}/12`, `${newPath}//evil.example`, `/${oldPath}`, `${newPath}/..`, oldPath.toUpperCase(), `${newPath}%2f`, '/qontakcrm', '/launchpad']) {
      expect([path, (await get(path, await bearer('Ani'))).status]).toEqual([path, 404]);
    }
  });
});

describe('OTM-S03: besides', () => {
  test('an answer is nobody\'s to keep, says by what it differs, and carries the correlation id', async () => {
    const { headers } = await get(oldPath, { ...(await bearer('Ani')), 'x-correlation-id': 'abc-1' });
    expect(Object.fromEntries(headers)).toMatchObject({ 'cache-control': 'no-store', vary: 'authorization, cookie', 'x-correlation-id': 'abc-1' });
    expect((await get(oldPath)).headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('HEAD is answered as GET is, anything else with 405', async () => {
    expect(await get(oldPath, await bearer('Ani'), 'HEAD')).toMatchObject({ status: 307, to: newPath });
    const post = await get(oldPath, await bearer('Ani'), 'POST');
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('while teams does not answer, or the keys of the SSO cannot be had, nobody is led anywhere: 503 with the words of the page, after 2 s at most', async () => {
    const headers = await bearer('Ani');
    const away = { status: 503, to: null };
    answersTeams = false;
    const answers = await Promise.all([get(oldPath, headers), get(newPath, headers), get(oldPath)]).finally(() => (answersTeams = true));
    expect(answers).toMatchObject([away, away, { status: 307, to: signIn }]);
    expect(JSON.parse(answers[0].text)).toMatchObject({ errors: [{ message: 'Could not load teams. Try again.', extensions: { code: 'DEPENDENCY_UNAVAILABLE', status: 503 } }] });
    const keyless = await start(places, () => Promise.resolve(unavailable('The signing keys of the SSO could not be fetched.')));
    expect(await get(oldPath, headers, 'GET', keyless)).toMatchObject(away);
  });

  test('they count as any request of a person: past the rate 429, with when to come back, and teams is not asked', async () => {
    const rated = await start({ ...places, page: new URL(page) }, issuer.authenticate, { person: 2, company: 100, service: 100 });
    const headers = await bearer('Ani');
    for (const path of [oldPath, newPath]) expect((await get(path, headers, 'GET', rated)).status).toBe(307);
    answersTeams = false;
    const refused = await get(oldPath, headers, 'GET', rated).finally(() => (answersTeams = true));
    expect(JSON.parse(refused.text)).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED', status: 429, limit: { name: 'requests per person', max: 2, windowSeconds: 60 } } }] });
    expect([refused.status, refused.to, Number(refused.headers.get('retry-after'))]).toEqual([429, null, expect.any(Number)]);
    expect((await get(oldPath, await bearer('Olga'), 'GET', rated)).status).toBe(307);
    expect((await get(oldPath, {}, 'GET', rated)).to).toBe(signIn);
  });

  test('a gateway that was not told where to lead people answers neither address', async () => {
    const untold = await start(undefined);
    for (const path of [oldPath, newPath]) expect((await get(path, await bearer('Ani'), 'GET', untold)).status).toBe(404);
  });

  test('the rule as a whole', () => {
    const led = (managesTeams: boolean, isEnabled: boolean) => ([oldPath, newPath] as const).map((path) => destination(path, { managesTeams, isEnabled }));
    expect([led(true, true), led(true, false), led(false, true), led(false, false)]).toEqual([['new', 'page'], ['legacy', 'dashboard'], ['dashboard', 'dashboard'], ['dashboard', 'dashboard']]);
  });
});
