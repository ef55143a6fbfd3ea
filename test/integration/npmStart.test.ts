import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readEmbeddedConfig } from '../../embedded/config.ts';
import { demoCompanies } from '../../embedded/demo/data.ts';
import { type Started, startEntry } from '../support/entry.ts';

jest.setTimeout(60_000);

const devKey = 'k'.repeat(32);
const places = { SIGN_IN_URL: 'https://sso.example.test/', DASHBOARD_URL: 'https://app.example.test/dashboard', LEGACY_TEAM_URL: 'https://crm.example.test/teams' };

describe('npm start takes the variables of all three parts', () => {
  let system: Started;
  let url: string;

  beforeAll(async () => {
    system = await startEntry('embedded/main.ts', { ...places, PORT: '0', MAX_OPERATION_COST: '100', INTROSPECTION: 'false', CORS_ORIGINS: 'https://console.example.test' }, /^Ctrl-C stops it/);
    url = /Endpoint +(http\S+)\/graphql/.exec(system.said)?.[1] ?? '';
  });
  afterAll(() => system.stop());

  /** The token that it printed for a person or service. */
  const tokenOf = (key: string): string => new RegExp(`^ +${key}: .*\\n +(\\S+)`, 'm').exec(system.said)?.[1] ?? '';
  const led = async (path: string, key?: string): Promise<readonly [number, string | null]> => {
    const answer = await fetch(`${url}${path}`, { redirect: 'manual', headers: key === undefined ? {} : { authorization: `Bearer ${tokenOf(key)}` } });
    return [answer.status, answer.headers.get('location')];
  };
  const ask = (query: string, key = 'olivia', variables = {}) =>
    fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenOf(key)}`, origin: 'https://console.example.test' }, body: JSON.stringify({ query, variables }) });

  test('SIGN_IN_URL, DASHBOARD_URL and LEGACY_TEAM_URL: /launchpad/team and /qontakcrm/team lead there (OTM-S03)', async () => {
    expect(await led('/launchpad/team')).toEqual([307, places.SIGN_IN_URL]);
    expect(await led('/launchpad/team', 'nita')).toEqual([307, places.DASHBOARD_URL]);
    expect(await led('/qontakcrm/team', 'olivia')).toEqual([307, '/launchpad/team']);
    const off = await ask('mutation ($companySsoId: ID!) { setFlag(input: { flag: UNIFIED_APP, companySsoId: $companySsoId, value: false }) { __typename } }', 'engineer', { companySsoId: demoCompanies[1].id });
    expect(await off.json()).toEqual({ data: { setFlag: { __typename: 'FlagsPayload' } } });
    expect(await led('/qontakcrm/team', 'sinar-olivia')).toEqual([307, places.LEGACY_TEAM_URL]);
  });

  test('MAX_OPERATION_COST, INTROSPECTION and CORS_ORIGINS', async () => {
    const answer = await ask('{ contacts(first: 100) { nodes { name } } }');
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', limit: { name: 'cost', max: 100 } } }] });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://console.example.test');
    expect(await (await ask('{ __schema { queryType { name } } }')).json()).toMatchObject({ errors: [{ message: expect.stringContaining('introspection has been disabled') }, {}] });
    expect(await (await ask('{ me { role } }')).json()).toEqual({ data: { me: { role: 'OWNER' } } });
  });

  test('those of teams and contacts reach them; what it brings itself cannot be chosen', () => {
    const squad = { CHAT_TRIGGER_URL: 'http://127.0.0.1:9/push', CHAT_TRIGGER_TOKEN: 'a-token' };
    const config = readEmbeddedConfig(devKey, { ...squad, DATABASE_POOL: '3', TEAMS_URL: 'nowhere', SSO_ISSUER: 'https://another.example', DATABASE_URL: '' }, ['--port', '4100']);
    expect(config).toMatchObject({ port: 4_100, logLevel: 'warn', signingKey: devKey, databaseUrl: undefined, mongoUrl: undefined, poolSize: 3, phoneRegion: 'ID', kafka: null });
    expect(config.triggers).toMatchObject({ allowLoopback: true, squads: { chat: { url: new URL(squad.CHAT_TRIGGER_URL), token: 'a-token' }, crm: null } });
    expect(config.gateway).toMatchObject({ ssoIssuer: 'https://sso.one-team.example', rates: { person: 6_000 } });
  });

  test('all faults of all parts are told at once, each once, and no secret', () => {
    const wrong = { PORT: 'x', RATE_PER_PERSON: '0', SIGN_IN_URL: 'nowhere', DEFAULT_PHONE_REGION: 'XX', CHAT_TRIGGER_TOKEN: 'hunter2', DATABASE_URL: 'mysql://root:hunter2@db' };
    const said = messageOf(() => readEmbeddedConfig(devKey, wrong, []));
    const named = said.split('\n').slice(1).map((line) => /[A-Z_]+/.exec(line)?.[0]);
    const { CHAT_TRIGGER_TOKEN: _, ...faulty } = wrong;
    expect(named.toSorted()).toEqual([...Object.keys(faulty), 'CHAT_TRIGGER_URL', 'DASHBOARD_URL', 'LEGACY_TEAM_URL'].toSorted());
    expect(said).toMatch(/^The configuration of npm start has faults:\n/);
    expect(said).not.toContain('hunter2');
  });

  test('it does not start in production', () => {
    expect(messageOf(() => readEmbeddedConfig(devKey, { NODE_ENV: 'production' }, []))).toMatch(/^NODE_ENV is production/);
  });
});

const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return '';
};
