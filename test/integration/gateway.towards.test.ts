import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { OperationTypeNode } from 'graphql';
import { createDataSource } from '../../gateway/dataSource.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { connectHttp } from '../../subgraphs/shared/peer.ts';
import { startTestGateway } from '../support/gateway.ts';
import { type HttpDouble, type HttpMood, startHttpDouble } from '../support/httpDouble.ts';
import { createFeedDouble, subgraphDouble, testKeys } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';
import { until } from '../support/until.ts';

const [ana, budi, company] = [testId(1), testId(2), testId(3)];
const logger = createLogger({ name: 'gateway', level: 'silent' });
const issuer = await testIssuer();
const feed = createFeedDouble();

const user = (id: string) => ({ id, fullName: `Person ${id}` });
const contact = (id: string) => ({ id, name: `Contact ${id}`, owner: { id: ana }, assignee: { id: ana }, teamOwners: [{ id: 't1' }, { id: 't2' }] });
let moved = 0;
const teamsResolvers = {
  Query: {
    team: (_: unknown, { id }: { id: string }) => ({ id, name: id === 'long' ? 'x'.repeat(300_000) : `Team ${id}` }),
  },
  Mutation: {
    renameTeam: () => {
      moved += 1;
      return { team: { id: 't1', name: 'Renamed' } };
    },
  },
  Team: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `Team ${id}` }) },
  User: { __resolveReference: ({ id }: { id: string }) => user(id) },
};
const contactsResolvers = {
  Query: { contact: (_: unknown, { id }: { id: string }) => contact(id), contacts: () => ({ nodes: ['c1', 'c2', 'c3'].map(contact) }) },
};

/** What the gateway's clock is ahead, in ms, so that a pause of the breaker passes at once. */
let aheadMs = 0;
const now = (): number => Date.now() + aheadMs;
/** Long enough for an answer on a busy machine. */
const deadlineMs = 2_500;
const breakerPauseMs = 1_000;

let teams: HttpDouble;
let contacts: HttpDouble;
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let [person, other]: string[] = [];
const peers: ReturnType<typeof connectHttp>[] = [];

const peerOf = (audience: 'teams' | 'contacts', { url }: HttpDouble) => {
  const peer = connectHttp({ caller: 'gateway', audience, keys: testKeys, now }, url);
  peers.push(peer);
  return peer;
};

beforeAll(async () => {
  teams = await startHttpDouble(await subgraphDouble('teams', teamsResolvers, feed));
  contacts = await startHttpDouble(await subgraphDouble('contacts', contactsResolvers));
  gateway = await startTestGateway({ teams: peerOf('teams', teams), contacts: peerOf('contacts', contacts), authenticate: issuer.authenticate, deadlineMs, now });
  person = await issuer.mint({ sub: ana, company_sso_id: company });
  other = await issuer.mint({ sub: budi, company_sso_id: company });
  // the first answer of a process takes longest
  await gateway.ask(team, person);
});
afterAll(async () => {
  feed.release();
  teams.release();
  await gateway.close();
  await Promise.all(peers.map((peer) => peer.close()));
  feed.release();
  await Promise.all([teams.close(), contacts.close()]);
});
afterEach(() => {
  teams.setMood('well');
  contacts.setMood('well');
});

const team = '{ team(id: "t1") { name } }';
const unavailable = { code: 'DEPENDENCY_UNAVAILABLE', status: 503 };
const rename = 'mutation { renameTeam(input: { id: "t1", name: "Renamed" }) { team { name } } }';
const isAnswered = { status: 200, data: { team: { name: 'Team t1' } } };

/** Calls of `graphql` that arrived at teams during some work. */
const arrived = async (work: () => Promise<unknown>): Promise<number> => {
  const before = teams.seen.length;
  await work();
  return teams.seen.length - before;
};

const metric = async (name: string, labels: Readonly<Record<string, string>>): Promise<number> => {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const line = text.split('\n').find((each) => each.startsWith(`${name}{`) && wanted.every((label) => each.includes(label)));
  return Number(line?.split(' ').at(-1) ?? 0);
};

describe('a call whose connection breaks', () => {
  test('a query is answered by one second try, signed anew', async () => {
    const retried = await metric('one_team_call_retries_total', { party: 'teams', outcome: 'answered' });
    teams.setMood((place) => (place === 0 ? 'reset' : 'well'));
    const reply = { told: {} as unknown };
    expect(await arrived(async () => (reply.told = await gateway.ask(team, person)))).toBe(2);
    expect(reply.told).toMatchObject(isAnswered);
    const [first, second] = teams.seen.slice(-2);
    expect(second?.query).toBe(first?.query);
    expect(second?.token).not.toBe(first?.token);
    expect(await metric('one_team_call_retries_total', { party: 'teams', outcome: 'answered' })).toBe(retried + 1);
  });

  test('a mutation is sent once and answered DEPENDENCY_UNAVAILABLE, which says that it may have been made', async () => {
    teams.setMood('reset');
    const before = moved;
    expect(await arrived(async () => {
      const reply = await gateway.ask(rename, person);
      expect(reply.errors).toMatchObject([{ path: ['renameTeam'], extensions: unavailable, message: expect.stringContaining('read again before you repeat it') }]);
    })).toBe(1);
    expect(moved).toBe(before + 1);
  });

  test('503 of what stands in between is tried again for a query, 500 is not, and a mutation never', async () => {
    for (const [status, query, times] of [[502, team, 2], [503, team, 2], [504, team, 2], [500, team, 1], [503, rename, 1]] as const) {
      teams.setMood({ status, text: 'down' });
      expect([status, await arrived(async () => expect((await gateway.ask(query, person)).errors?.[0]?.extensions).toMatchObject(unavailable))]).toEqual([status, times]);
      teams.setMood('well');
      await gateway.ask(team, person);
    }
  });

  test('that flaps, every second call, costs no query its answer', async () => {
    teams.setMood((place) => (place % 2 === 0 ? 'reset' : 'well'));
    for (let n = 0; n < 4; n += 1) expect(await gateway.ask(team, person)).toMatchObject(isAnswered);
  });

  test('an answer of 300 kB that is cut in the middle is asked for again, and a coded error when that is cut too', async () => {
    const long = '{ team(id: "long") { name } }';
    teams.setMood((place) => (place === 0 ? 'cut' : 'well'));
    const reply = await gateway.ask(long, person);
    expect((reply.data?.['team'] as { name: string }).name).toHaveLength(300_000);
    teams.setMood('cut');
    expect(await arrived(async () => expect((await gateway.ask(long, person)).errors).toMatchObject([{ path: ['team'], extensions: unavailable }]))).toBe(2);
  });
});

describe('an answer that is none', () => {
  const answers: readonly (readonly [string, HttpMood])[] = [
    ['no JSON', { status: 200, text: '{"data":{"team":' }],
    ['HTML with 200', { status: 200, type: 'text/html', text: '<html><body>Welcome</body></html>' }],
    ['an empty body', { status: 200, text: '' }],
    ...['"hello"', '[]', 'null', '{}', '{"data":7}', '{"data":null}', '{"errors":"no"}', '{"data":{},"errors":[7]}'].map((text) => [text, { status: 200, text }] as const),
  ];

  test.each(answers)('%s is a coded error at each field, and not asked for again', async (_, mood) => {
    teams.setMood(mood);
    expect(await arrived(async () => {
      const reply = await gateway.ask(team, person);
      expect(reply).toMatchObject({ data: { team: null }, errors: [{ path: ['team'], extensions: unavailable }] });
      expect(JSON.stringify(reply)).not.toMatch(/html|Unexpected|hello/);
    })).toBe(1);
    teams.setMood('well');
    expect(await gateway.ask(team, person)).toMatchObject(isAnswered);
  });
});

describe('a subgraph that hangs', () => {
  test('costs each request its deadline, then the breaker opens, refuses at once, lets one call try, and closes', async () => {
    teams.setMood('hang');
    const first = await Promise.all(Array.from({ length: 10 }, () => gateway.ask(team, person)));
    for (const reply of first) expect(reply).toMatchObject({ errors: [{ path: ['team'], extensions: unavailable }] });
    expect(await metric('one_team_breaker_state', { party: 'teams' })).toBe(2);
    const refusing = async () => {
      for (let n = 0; n < 20; n += 1) expect((await gateway.ask(team, person)).errors?.[0]?.extensions).toMatchObject(unavailable);
    };
    expect(await arrived(refusing)).toBe(0);
    // what does not need it is answered
    expect(await gateway.ask('{ contact(id: "c1") { name } }', person)).toMatchObject({ status: 200, data: { contact: { name: 'Contact c1' } } });

    aheadMs += breakerPauseMs;
    expect(await metric('one_team_breaker_state', { party: 'teams' })).toBe(1);
    const before = teams.seen.length;
    const trying = gateway.ask(team, person);
    await until(() => teams.seen.length > before);
    expect(await arrived(refusing)).toBe(0);
    teams.setMood('well');
    teams.release();
    await trying;
    aheadMs += breakerPauseMs;
    await until(async () => (await gateway.ask(team, person)).errors === undefined);
    expect(await metric('one_team_breaker_state', { party: 'teams' })).toBe(0);
    expect(await gateway.ask(team, person)).toMatchObject(isAnswered);
  });

  test('a deadline that has passed sends nothing', async () => {
    const source = createDataSource('teams', peerOf('teams', teams), logger);
    const viewer = { kind: 'person', userId: ana, companyId: company, platform: 'web' } as const;
    const fetch = { service: 'teams', query: '{ team(id: "t1") { name } }', kind: OperationTypeNode.QUERY, body: '{"query":"{ team(id: \\"t1\\") { name } }"}', entities: null };
    const asked = async () => expect(await source(fetch, { viewer, correlationId: 'x', deadline: now() })).toMatchObject({ data: null, errors: [{ path: ['team'], extensions: unavailable }] });
    expect(await arrived(asked)).toBe(0);
  });
});

describe('what is sent', () => {
  test('goes over connections that are kept', async () => {
    for (let n = 0; n < 5; n += 1) await gateway.ask(team, person);
    const before = teams.connections();
    for (let n = 0; n < 20; n += 1) expect(await gateway.ask(team, person)).toMatchObject(isAnswered);
    expect(teams.connections()).toBe(before);
  });

  test('asks for an entity once, however often it stands on the page', async () => {
    const ask = async () => {
      const reply = await gateway.ask('{ contacts(first: 3) { nodes { teamOwners { name } } } }', person);
      expect(reply.data).toMatchObject({ contacts: { nodes: Array.from({ length: 3 }, () => ({ teamOwners: [{ name: 'Team t1' }, { name: 'Team t2' }] })) } });
    };
    expect(await arrived(ask)).toBe(1);
    expect(teams.seen.at(-1)?.variables['representations']).toEqual([{ __typename: 'Team', id: 't1' }, { __typename: 'Team', id: 't2' }]);
  });

  test.each(['', 'query Page '])('shares equal fetches of one request (%s)', async (name) => {
    const query = `${name}{ contact(id: "c1") { owner { fullName } assignee { fullName } } }`;
    const ask = async () => {
      const reply = await gateway.ask(query, person);
      expect(reply).toMatchObject({ status: 200, data: { contact: { owner: { fullName: `Person ${ana}` }, assignee: { fullName: `Person ${ana}` } } } });
    };
    expect(await arrived(ask)).toBe(1);
  });

  test('shares nothing between requests, and so nothing between viewers', async () => {
    teams.setMood('hang');
    const before = teams.seen.length;
    const asked = [person, other, person].map((token) => gateway.ask(team, token));
    await until(() => teams.seen.length === before + 3);
    teams.setMood('well');
    teams.release();
    for (const reply of await Promise.all(asked)) expect(reply).toMatchObject(isAnswered);
    const viewers = teams.seen.slice(before).map(({ claims }) => claims.viewer?.kind === 'person' && claims.viewer.userId);
    expect(viewers.toSorted()).toEqual([ana, ana, budi]);
  });

  test('is counted by party, operation and outcome', async () => {
    for (const outcome of ['answered', 'connection', 'busy', 'faulty', 'unreadable', 'late', 'left_alone']) {
      expect([outcome, (await metric('one_team_call_seconds_count', { party: 'teams', operation: 'graphql', outcome })) > 0]).toEqual([outcome, true]);
    }
  });
});

describe('calls in one process', () => {
  test('are signed and verified as over HTTP: one that signs with another key is answered nothing', async () => {
    const endpoint = await subgraphDouble('teams', teamsResolvers, feed);
    const seen: (string | undefined)[] = [];
    const strict = await startTestGateway({
      teams: (operation, body, token) => {
        if (operation === 'graphql') seen.push(token);
        return endpoint(operation, body, seen.length === 1 ? token : token?.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')));
      },
      contacts: await subgraphDouble('contacts', contactsResolvers),
      authenticate: issuer.authenticate,
    });
    expect(await strict.ask(team, person)).toMatchObject(isAnswered);
    expect(await strict.ask(team, person)).toMatchObject({ errors: [{ extensions: unavailable }] });
    expect(seen.every((token) => token !== undefined && token.split('.').length === 2)).toBe(true);
    feed.release();
    await strict.close();
    feed.release();
  });
});
