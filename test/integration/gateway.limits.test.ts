import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { operationLimits } from '../../gateway/limits.ts';
import { startTestGateway } from '../support/gateway.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';

const issuer = await testIssuer();
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let person: string;
let asked = 0;
/** Long texts count as many requests; how many there may be is tested elsewhere. */
const many = 1_000_000;

beforeAll(async () => {
  const me = () => {
    asked += 1;
    return { id: testId(1), role: 'ADMIN', company: { id: testId(2) } };
  };
  const team = { id: 't', name: 'Team' };
  const teams = await subgraphDouble('teams', { Query: { me, team: () => team }, Mutation: { renameTeam: () => ({ team }) }, Team: { parent: () => team, children: () => ({ nodes: [team] }) } }, createFeedDouble());
  gateway = await startTestGateway({ teams, contacts: await subgraphDouble('contacts', { Query: {} }), authenticate: issuer.authenticate, rates: { person: many, company: many, service: many } });
  person = await issuer.mint({ sub: testId(1), company_sso_id: testId(2) });
});
afterAll(() => gateway.close());

const nested = (levels: number): string => (levels === 1 ? '{ id }' : `{ parent ${nested(levels - 1)} }`);
const children = (levels: number): string => (levels === 0 ? 'id' : `children(first: 1) { nodes { ${children(levels - 1)} } }`);
const deep = (levels: number): string => (levels === 0 ? children(6) : `parent { ${deep(levels - 1)} }`);
const times = (count: number, text: (n: number) => string): string => Array.from({ length: count }, (_, n) => text(n)).join(' ');
const chain = (levels: number): string => `{ team(id: "t") { ...F0 } } ${times(levels - 1, (n) => `fragment F${String(n)} on Team { ...F${String(n + 1)} }`)} fragment F${String(levels - 1)} on Team { id }`;
const explosion = (levels: number): string =>
  `{ team(id: "t") { ...F0 } } ${times(levels, (n) => `fragment F${String(n)} on Team { ...F${String(n + 1)} parent { ...F${String(n + 1)} } }`)} fragment F${String(levels)} on Team { id }`;

describe('an operation that is too large is refused by the name of the limit, before anything is asked (HOSTILE 1–8)', () => {
  test.each([
    ['depth 50', 'depth', `{ team(id: "t") ${nested(50)} }`],
    ['a fragment explosion', 'selections', explosion(15)],
    ['51 fragments inside one another', 'fragments', chain(51)],
    ['1,200 fragments inside one another', 'fragments', chain(1_200)],
    ['1,000 aliases', 'aliases', `{ ${times(1_000, (n) => `a${String(n)}: me { role }`)} }`],
    ['the same mutation aliased 100 times', 'mutations', `mutation { ${times(100, (n) => `m${String(n)}: renameTeam(input: { id: "t", name: "n" }) { team { id } }`)} }`],
    ['10,000 directives', 'tokens', `{ me { role ${times(10_000, () => '@include(if: true)')} } }`],
    ['1,000 directives', 'directives', `{ me { role ${times(1_000, () => '@include(if: true)')} } }`],
    ['9,000 repeated fields', 'selections', `{ me { ${times(9_000, () => 'role')} } }`],
    ['a document of 99,000 tokens', 'tokens', `{ me { ${times(99_000, () => 'r')} } }`],
    ['66,000 pairs of brackets', 'tokens', '{a}'.repeat(66_000)],
    ['brackets that are nested too deep behind the last token that a document may have', 'tokens', `${'{a}'.repeat(3_334)}${'{'.repeat(101)}`],
    ['1,001 comments', 'comments', `${'#\n'.repeat(1_001)}{ me { role } }`],
    ['1,001 comments between brackets', 'comments', '{a#\n}'.repeat(1_001)],
    ['200,001 characters', 'characters', '{ me { role } }'.padEnd(200_001)],
    ['a text of 4,000,000 characters', 'characters', '{}'.repeat(2_000_000)],
  ] as const)('%s', async (_what, name, query) => {
    const before = asked;
    const reply = await gateway.ask(query, person);
    expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT', field: 'query', limit: { name, max: operationLimits[name] } } }] });
    expect(reply.errors?.[0]?.message).toContain(String(operationLimits[name]));
    expect(asked).toBe(before);
  });

  test('a text of 200,000 characters is answered, and variables do not count', async () => {
    expect(await gateway.ask('{ me { role } }'.padEnd(200_000), person, { unused: 'x'.repeat(300_000) })).toMatchObject({ status: 200, data: { me: { role: 'ADMIN' } } });
  });

  test('a text that is too long is refused before it is looked for by its hash', async () => {
    const body = { query: ' '.repeat(200_001), extensions: { persistedQuery: { version: 1, sha256Hash: 'not that of the text' } } };
    expect(await gateway.send(JSON.stringify(body), { authorization: `Bearer ${person}` })).toMatchObject({ status: 400, errors: [{ extensions: { field: 'query', limit: { name: 'characters', max: 200_000 } } }] });
  });

  test('one field 2,000 times in one place, which takes too long to validate, twice and without a trace in between', async () => {
    for (let n = 0; n < 2; n += 1) {
      const reply = await gateway.ask(`{ me { ${times(2_000, () => 'role')} } }`, person);
      expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT', field: 'query', limit: { name: 'comparisons', max: 500_000 } } }] });
      expect(reply.errors).toHaveLength(1);
    }
  });

  test('a list of more than 10,000 items in the variables, and an array of operations, by the name of their limit', async () => {
    const list = await gateway.ask('{ me { role } }', person, { ids: Array.from({ length: 10_001 }, () => 'a') });
    expect(list).toMatchObject({ status: 413, errors: [{ extensions: { code: 'BATCH_TOO_LARGE', field: 'variables.ids', limit: { name: 'listItems', max: 10_000 } } }] });
    const batch = await gateway.send('[{"query":"{ me { role } }"}]', { authorization: `Bearer ${person}` });
    expect(batch).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT', limit: { name: 'operations', max: 1 } } }] });
  });

  test('a fragment inside itself is refused by validation, and 500 repeated fields are answered', async () => {
    expect(await gateway.ask('{ team(id: "t") { ...F } } fragment F on Team { parent { ...F } }', person)).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(await gateway.ask(`{ me { ${times(500, () => 'role')} } }`, person)).toMatchObject({ status: 200, data: { me: { role: 'ADMIN' } } });
    expect(await gateway.ask(chain(50), person)).toMatchObject({ status: 200, data: { team: { id: 't' } } });
    // 20 levels, none of them more than 6 times inside itself
    expect(await gateway.ask(`{ team(id: "t") { ${deep(6)} } }`, person)).toMatchObject({ status: 200, data: { team: { parent: { parent: expect.anything() } } } });
  });

  test('a field 7 times inside itself, which 6 times is answered', async () => {
    expect(await gateway.ask(`{ team(id: "t") ${nested(7)} }`, person)).toMatchObject({ status: 200 });
    const before = asked;
    const reply = await gateway.ask(`{ me { role } team(id: "t") ${nested(8)} }`, person);
    expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT', field: 'query', limit: { name: 'recursion', max: 6, value: 7 } } }] });
    expect(asked).toBe(before);
  });

  test('more than it may cost, by its text or by the sizes in its variables; less of the same is answered', async () => {
    const query = 'query ($first: Int, $inner: Int) { me { role } team(id: "t") { children(first: $first) { nodes { id children(first: $inner) { nodes { children(first: 5) { nodes { id } } } } } } } }';
    const before = asked;
    const reply = await gateway.ask(query, person, { first: 100, inner: 100 });
    expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT', field: 'query', limit: { name: 'cost', max: 25_000, value: 70_203 } } }] });
    expect(reply.errors?.[0]?.message).toContain('team alone is 70202');
    const written = '{ me { role } team(id: "t") { children(first: 100) { nodes { id children(first: 100) { nodes { children(first: 5) { nodes { id } } } } } } } }';
    expect(await gateway.ask(written, person)).toMatchObject({ status: 400, errors: [{ extensions: { limit: { name: 'cost', value: 70_203 } } }] });
    expect(asked).toBe(before);
    expect(await gateway.ask(query, person, { first: 10, inner: 10 })).toMatchObject({ status: 200, data: { me: { role: 'ADMIN' } } });
  });

  test.each([
    ['characters', 200_000, 'subscription { teamMigrated { teamId } }'.padEnd(200_001)],
    ['comments', 1_000, `${'#\n'.repeat(1_001)}subscription { teamMigrated { teamId } }`],
    ['depth', 20, `subscription { teamMigrated { team ${nested(50)} } }`],
    ['recursion', 6, `subscription { teamMigrated { team ${nested(8)} } }`],
    ['cost', 25_000, 'subscription { teamMigrated { team { children(first: 100) { nodes { children(first: 100) { nodes { children(first: 5) { nodes { id } } } } } } } } }'],
  ])('over WebSocket by the same limits: %s', async (name, max, query) => {
    const client = createClient({ url: gateway.socketUrl, webSocketImpl: WebSocket, lazy: true, retryAttempts: 0, connectionParams: { authorization: `Bearer ${person}` } });
    const errors = await new Promise((resolve) => {
      client.subscribe({ query }, { next: () => undefined, error: resolve, complete: () => resolve('complete') });
    });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', limit: { name, max } } }]);
    await client.dispose();
  });
});
