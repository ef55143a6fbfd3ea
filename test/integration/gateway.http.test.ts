import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { toGraphQLError } from '../../subgraphs/shared/edge.ts';
import { badInput, conflict, forbidden, notFound, Refusal } from '../../subgraphs/shared/errors.ts';
import type { CallClaims } from '../../subgraphs/shared/calls.ts';
import type { Endpoint } from '../../subgraphs/shared/peer.ts';
import { startTestGateway } from '../support/gateway.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';

const ana = testId(1);
const company = testId(2);
const team = (id: string) => ({ id, name: `Team ${id}`, path: [], parent: null });
const seen: CallClaims[] = [];
let asked = 0;
/** What hangs is missing after it, in milliseconds; anything else has its answer long before, also on a busy machine. */
const deadlineMs = 5_000;
let hang: 'teams' | 'contacts' | undefined;

const refuse = (refusal: Refusal) => (): never => {
  throw toGraphQLError(refusal);
};
const feed = createFeedDouble();
const teamsResolvers = {
  Query: {
    me: (_: unknown, __: unknown, claims: CallClaims) => {
      seen.push(claims);
      asked += 1;
      return { id: ana, role: 'ADMIN', company: { id: company, name: 'Acme' } };
    },
    team: (_: unknown, { id }: { id: string }) => (id === 'gone' ? refuse(notFound('No such team.'))() : team(id)),
    user: refuse(badInput('id', 'Bad id.', { en: 'Bad', id: 'Buruk' })),
    companyTree: () => {
      throw new Error('connection string postgres://secret');
    },
    teams: refuse(forbidden('Needs TEAMS_MANAGE.')),
    auditLog: refuse(new Refusal('UNPROCESSABLE', 'Not these.', { ids: ['a', 'b'] })),
  },
  Mutation: { moveTeam: refuse(conflict('An old version.')), migrateTeams: (_: unknown, { input }: { input: { items: unknown[] } }) => ({ job: { id: ana, total: input.items.length } }) },
  Team: { __resolveReference: ({ id }: { id: string }) => (id === 'gone' ? null : team(id)) },
};
const contact = (id: string) => ({ id, name: `Contact ${id}`, teamOwners: [{ id: 't1' }, { id: 'gone' }] });
const contactsResolvers = {
  Query: { contact: (_: unknown, { id }: { id: string }) => contact(id) },
  Team: { __resolveReference: ({ id }: { id: string }) => ({ id }), contacts: () => ({ nodes: [contact('c1')] }) },
};

const issuer = await testIssuer();
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let person: string;
let squad: string;

const hanging =
  (name: typeof hang, endpoint: Endpoint): Endpoint =>
  (operation, body, token) =>
    hang === name && operation === 'graphql' ? new Promise(() => undefined) : endpoint(operation, body, token);

beforeAll(async () => {
  const teams = hanging('teams', await subgraphDouble('teams', teamsResolvers, feed));
  const contacts = hanging('contacts', await subgraphDouble('contacts', contactsResolvers));
  gateway = await startTestGateway({ teams, contacts, authenticate: issuer.authenticate, deadlineMs, sandboxToken: 'demo-token' }, 4_000_000);
  person = await issuer.mint({ sub: ana, company_sso_id: company });
  squad = await issuer.mint({ sub: 'chat', scope: 'teams:migrate:chat' });
});
afterAll(async () => {
  feed.release();
  await gateway.close();
  feed.release();
});

describe('queries over both subgraphs', () => {
  test('join what each knows', async () => {
    const reply = await gateway.ask('{ team(id: "t1") { name contacts(first: 3) { nodes { name } } } }', person);
    expect(reply).toMatchObject({ status: 200, data: { team: { name: 'Team t1', contacts: { nodes: [{ name: 'Contact c1' }] } } } });
    expect(reply.errors).toBeUndefined();
  });

  test('carry the signed viewer, the correlation id and the deadline', async () => {
    const reply = await gateway.send('{"query":"{ me { role } }"}', { authorization: `Bearer ${person}`, 'x-platform': 'mobile', 'x-correlation-id': 'abc-1' });
    expect(reply.headers.get('x-correlation-id')).toBe('abc-1');
    const call = seen.at(-1);
    expect(call).toMatchObject({ caller: 'gateway', correlationId: 'abc-1', viewer: { kind: 'person', userId: ana, companyId: company, platform: 'mobile' } });
    expect(call?.deadline).toBeLessThanOrEqual(Date.now() + deadlineMs);
  });

  test('a correlation id that is no token is replaced', async () => {
    const reply = await gateway.send('{"query":"{ me { role } }"}', { authorization: `Bearer ${person}`, 'x-correlation-id': 'a b"c' });
    expect(reply.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a deleted team costs one item and is NOT_FOUND at its place', async () => {
    const reply = await gateway.ask('{ contact(id: "c1") { name teamOwners { name } } }', person);
    expect(reply).toMatchObject({ status: 200, data: { contact: { name: 'Contact c1', teamOwners: [{ name: 'Team t1' }, null] } } });
    expect(reply.errors).toMatchObject([{ path: ['contact', 'teamOwners', 1], extensions: { code: 'NOT_FOUND', status: 404 } }]);
  });
});

describe('errors (SPEC §6)', () => {
  test.each([
    ['{ user(id: "x") { id } team(id: "t1") { id } }', 200, { code: 'BAD_USER_INPUT', status: 400, field: 'id', messages: { en: 'Bad', id: 'Buruk' } }],
    ['{ teams { nodes { id } } }', 403, { code: 'FORBIDDEN', status: 403 }],
    ['{ auditLog { nodes { id } } }', 422, { code: 'UNPROCESSABLE', status: 422, ids: ['a', 'b'] }],
    ['{ companyTree { __typename } }', 500, { code: 'INTERNAL', status: 500 }],
    ['mutation { moveTeam(input: { id: "t1" }) { team { id } } }', 409, { code: 'CONFLICT', status: 409 }],
    ['mutation { migrateTeams(input: { app: CHAT, items: [] }) { job { id } } }', 403, { code: 'FORBIDDEN', status: 403 }],
    ['{ nonsense }', 400, { code: 'BAD_USER_INPUT', status: 400 }],
    ['{ me ', 400, { code: 'BAD_USER_INPUT', status: 400 }],
    ['subscription { teamMigrated { teamId } }', 400, { code: 'BAD_USER_INPUT', status: 400 }],
    ['query A { me { role } } query B { me { role } }', 400, { code: 'BAD_USER_INPUT', status: 400 }],
  ])('%s answers %i', async (query, status, extensions) => {
    const reply = await gateway.ask(query, person);
    expect(reply.errors?.[0]?.extensions).toMatchObject(extensions);
    expect(reply.status).toBe(status);
    expect(JSON.stringify(reply.errors)).not.toMatch(/secret|serviceName|stacktrace|_entities|node_modules/);
  });

  test('a root field that is null by its own answer keeps the rest, with 200', async () => {
    const reply = await gateway.ask('{ a: team(id: "gone") { id } b: team(id: "t1") { id } }', person);
    expect(reply).toMatchObject({ status: 200, data: { a: null, b: { id: 't1' } }, errors: [{ path: ['a'], extensions: { code: 'NOT_FOUND' } }] });
  });

  test('no token or a bad one is 401 with one coded error, for introspection with a bad token too', async () => {
    expect(await gateway.ask('{ me { role } }')).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED', status: 401 } }] });
    expect(await gateway.ask('{ me { role } }', 'a.b.c')).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  test('wrong variables are BAD_USER_INPUT', async () => {
    const reply = await gateway.ask('query Q($id: ID!) { team(id: $id) { id } }', person, { id: { $ne: null } });
    expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT', status: 400 } }] });
  });
});

describe('a subgraph that hangs', () => {
  test('costs only its own fields, at the deadline', async () => {
    hang = 'contacts';
    const reply = await gateway.ask('{ team(id: "t1") { name contacts(first: 3) { nodes { name } } } }', person);
    hang = undefined;
    expect(reply).toMatchObject({ status: 200, data: { team: { name: 'Team t1', contacts: null } } });
    expect(reply.errors).toMatchObject([{ path: ['team', 'contacts'], extensions: { code: 'DEPENDENCY_UNAVAILABLE', status: 503 } }]);
  });

  test('is 503 where nothing is left', async () => {
    hang = 'teams';
    const reply = await gateway.ask('{ me { role } }', person);
    hang = undefined;
    expect(reply).toMatchObject({ status: 503, errors: [{ path: ['me'], extensions: { code: 'DEPENDENCY_UNAVAILABLE', status: 503 } }] });
  });
});

describe('hostile requests', () => {
  const badInputAnswer = (status: number) => ({ status, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  const auth = (): Record<string, string> => ({ authorization: `Bearer ${person}` });

  test('text/plain, another charset, and a form are 415', async () => {
    for (const type of ['text/plain', 'application/json; charset=utf-7', 'application/x-www-form-urlencoded']) {
      expect(await gateway.send('{"query":"{ me { role } }"}', { ...auth(), 'content-type': type })).toMatchObject(badInputAnswer(415));
    }
    expect(await gateway.send('x', { ...auth(), 'content-encoding': 'gzip' })).toMatchObject(badInputAnswer(415));
  });

  test('bad JSON, an array batch, no query and an empty body are 400', async () => {
    for (const body of ['{', '[{"query":"{ me { role } }"}]', '{}', '', '7', '{"query":7}', '{"query":"{ me { role } }","variables":[1]}']) {
      expect(await gateway.send(body, auth())).toMatchObject(badInputAnswer(400));
    }
  });

  test('GET asks queries only with a header that a form cannot send, and never mutates', async () => {
    const get = (query: string, headers: Record<string, string>) => fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, { headers: { ...auth(), ...headers } });
    expect((await get('{ me { role } }', {})).status).toBe(400);
    expect((await get('{ me { role } }', { 'apollo-require-preflight': '1' })).status).toBe(200);
    const mutation = await get('mutation { deleteTeam(input: { id: "t" }) { teamId } }', { 'apollo-require-preflight': '1' });
    expect(mutation.status).toBe(405);
    expect(await mutation.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect((await fetch(`${gateway.url}/graphql`, { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(405);
  });

  test('10,000 items fit, and a body over the limit is 413', async () => {
    const items = Array.from({ length: 10_000 }, (_, index) => ({ companySsoId: company, name: `Division ${String(index)}`, appIdentifierId: String(index) }));
    const query = 'mutation M($items: [MigrateTeamItem]!) { migrateTeams(input: { app: CHAT, items: $items }) { job { total } } }';
    expect(await gateway.ask(query, squad, { items })).toMatchObject({ status: 200, data: { migrateTeams: { job: { total: 10_000 } } } });
    expect(await gateway.send(JSON.stringify({ query: ' '.repeat(4_000_001) }), auth())).toMatchObject({ status: 413, errors: [{ extensions: { code: 'BATCH_TOO_LARGE' } }] });
  });

  test('the alias __proto__ and JSON keys of that name are plain names', async () => {
    const reply = await gateway.ask('{ __proto__: me { __proto__: role constructor: role } }', person);
    expect(JSON.stringify(reply.data)).toBe(`{"__proto__":{"__proto__":"ADMIN","constructor":"ADMIN"}}`);
    expect(await gateway.send('{"query":"{ me { role } }","__proto__":{"admin":true},"variables":{"__proto__":{"x":1}}}', auth())).toMatchObject({ status: 200 });
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  test('a forbidden operation reaches no subgraph', async () => {
    const before = asked;
    expect((await gateway.ask('{ me { role } flags { flag } }', person)).status).toBe(403);
    expect(asked).toBe(before);
  });
});

describe('what else is served', () => {
  test('Sandbox for browsers, with the demo token in its headers', async () => {
    const page = await fetch(`${gateway.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('Bearer demo-token');
  });

  test('introspection while it is on, without a token', async () => {
    expect(await gateway.ask('{ __schema { queryType { name } } }')).toMatchObject({ status: 200, data: { __schema: { queryType: { name: 'Query' } } } });
  });

  test('health, metrics, and 404 for the rest', async () => {
    for (const [path, status] of [['/health/live', 200], ['/health/ready', 200], ['/metrics', 200], ['/graphqls', 404]] as const) {
      const answer = await fetch(`${gateway.url}${path}`);
      await answer.text();
      expect(answer.status).toBe(status);
    }
  });

  test('HOSTILE 13, HOSTILE 14: in production neither Sandbox nor introspection nor names of the schema', async () => {
    const teams = await subgraphDouble('teams', teamsResolvers, feed);
    const contacts = await subgraphDouble('contacts', contactsResolvers);
    const closed = await startTestGateway({ teams, contacts, authenticate: issuer.authenticate, production: true, introspection: false });
    expect((await fetch(`${closed.url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(400);
    expect((await closed.ask('{ __schema { queryType { name } } }', person)).status).toBe(400);
    const typo = await closed.ask('{ mee { id } }', person);
    expect(JSON.stringify(typo.errors)).not.toContain('Did you mean');
    await closed.close();
  });
});
