import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest } from '../../gateway/manifest.ts';
import { type GraphQLReply, startTestGateway } from '../support/gateway.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { firstAnswer } from '../support/subscribing.ts';
import { testId, testIssuer } from '../support/tokens.ts';

const issuer = await testIssuer();
const feed = createFeedDouble();
const folder = mkdtempSync(join(tmpdir(), 'one-team-manifest-'));
type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;
let open: TestGateway;
let closed: TestGateway;
let person: string;
let parts: Parameters<typeof startTestGateway>[0];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** A text that no other test sends. */
const fresh = (): string => `query Fresh { me { role } } # ${randomUUID()}`;
const persisted = (sha256Hash: unknown, version: unknown = 1) => ({ persistedQuery: { version, sha256Hash } });
const post = (gateway: TestGateway, body: object, token = person): Promise<GraphQLReply> => gateway.send(JSON.stringify(body), { authorization: `Bearer ${token}` });

/** Events come one after another while a subscription waits for its first. */
const published = async (meanwhile: () => Promise<void>): Promise<void> => {
  const payload = { team_name: 'T', app: 'chat', app_identifier_id: '1', parent_id: null };
  const publish = () => feed.publish({ eventId: randomUUID(), type: 'TEAM_MIGRATED', companyId: testId(2), aggregateId: testId(7), occurredAt: '2026-07-01T03:00:00.000Z', payload });
  const timer = setInterval(publish, 50);
  try {
    await meanwhile();
  } finally {
    clearInterval(timer);
  }
};

const listed = {
  me: { id: 'me-1', name: 'Me', type: 'query', body: 'query Me { me { role } }' },
  page: { id: sha256('page'), name: 'Page', type: 'query', body: 'query Page($first: Int) { teams(first: $first) { nodes { id children(first: $first) { nodes { children(first: 5) { nodes { id } } } } } } }' },
  events: { id: 'events', name: 'Events', type: 'subscription', body: 'subscription Events { teamMigrated { teamId } }' },
} as const;
const manifest = (operations: readonly unknown[], head: object = {}): string => {
  const path = join(folder, `${randomUUID()}.json`);
  writeFileSync(path, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations, ...head }));
  return path;
};

beforeAll(async () => {
  const teams = await subgraphDouble('teams', { Query: { me: () => ({ role: 'ADMIN', company: { id: testId(2) } }), teams: () => ({ nodes: [{ id: 't' }] }) }, Team: { children: () => ({ nodes: [] }) } }, feed);
  parts = { teams, contacts: await subgraphDouble('contacts', { Query: {} }), authenticate: issuer.authenticate };
  open = await startTestGateway(parts);
  closed = await startTestGateway({ ...parts, manifest: manifest(Object.values(listed)) });
  person = await issuer.mint({ sub: testId(1), company_sso_id: testId(2) });
});
afterAll(async () => {
  feed.release();
  await Promise.all([open.close(), closed.close()]);
  rmSync(folder, { recursive: true });
});

describe('automatic persisted queries', () => {
  test('an unknown hash is PERSISTED_QUERY_NOT_FOUND with 200; sent with its text it is answered, and from then on by the hash alone', async () => {
    const query = fresh();
    const extensions = persisted(sha256(query));
    const unknown = await post(open, { extensions });
    expect(unknown).toMatchObject({ status: 200, errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
    expect(unknown).not.toHaveProperty('data');
    expect(await post(open, { query, extensions })).toMatchObject({ status: 200, data: { me: { role: 'ADMIN' } } });
    expect(await post(open, { extensions })).toMatchObject({ status: 200, data: { me: { role: 'ADMIN' } } });
    expect(await post(open, { query: '', extensions })).toMatchObject({ status: 200, data: { me: { role: 'ADMIN' } } });
  });

  test('by GET as well', async () => {
    const query = fresh();
    await post(open, { query, extensions: persisted(sha256(query)) });
    const search = new URLSearchParams({ extensions: JSON.stringify(persisted(sha256(query))) });
    const answer = await fetch(`${open.url}/graphql?${search.toString()}`, { headers: { authorization: `Bearer ${person}`, 'apollo-require-preflight': '1' } });
    expect([answer.status, await answer.json()]).toEqual([200, { data: { me: { role: 'ADMIN' } } }]);
  });

  test('over WebSocket as well', async () => {
    const query = 'subscription Persisted { teamMigrated { teamId } }';
    const extensions = persisted(sha256(query));
    expect(await firstAnswer(open.socketUrl, person, { query: '', extensions })).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }]);
    await published(async () => {
      for (const text of [query, '']) expect(await firstAnswer(open.socketUrl, person, { query: text, extensions })).toMatchObject({ data: { teamMigrated: { teamId: testId(7) } } });
    });
  });

  test('a hash that is not of the text that came with it is refused, and nothing is kept under it', async () => {
    const query = fresh();
    const wrong = sha256(`${query} `);
    expect(await post(open, { query, extensions: persisted(wrong) })).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT', field: 'extensions.persistedQuery.sha256Hash' } }] });
    expect(await post(open, { extensions: persisted(wrong) })).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
  });

  test.each([[sha256('x').toUpperCase(), 1], ['abc', 1], [7, 1], [undefined, 1], [sha256('x'), 2], [sha256('x'), '1']])('a hash %p of version %p is BAD_USER_INPUT', async (hash, version) => {
    expect(await post(open, { extensions: persisted(hash, version) })).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test.each([
    ['is not valid', (query: string) => query.replace('role', 'nonsense'), 400],
    ['may not be asked', () => `{ flags { flag } } # ${randomUUID()}`, 403],
    ['costs too much', () => `{ teams(first: 100) { nodes { children(first: 100) { nodes { children(first: 5) { nodes { id } } } } } } } # ${randomUUID()}`, 400],
  ])('what %s is not remembered', async (_what, of, status) => {
    const query = of(fresh());
    const extensions = persisted(sha256(query));
    expect((await post(open, { query, extensions })).status).toBe(status);
    expect(await post(open, { extensions })).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
  });

  test('what somebody sends who is not signed in is answered where it may be, and not remembered', async () => {
    const query = `{ __schema { queryType { name } } } # ${randomUUID()}`;
    const extensions = persisted(sha256(query));
    expect(await open.send(JSON.stringify({ query, extensions }))).toMatchObject({ status: 200, data: { __schema: { queryType: { name: 'Query' } } } });
    expect(await post(open, { extensions })).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
    expect(await post(open, { query, extensions })).toMatchObject({ status: 200 });
    expect(await open.send(JSON.stringify({ extensions }))).toMatchObject({ status: 200, data: { __schema: { queryType: { name: 'Query' } } } });
  });

  test('a request without text and hash is BAD_USER_INPUT', async () => {
    for (const body of [{}, { extensions: {} }, { extensions: { persistedQuery: 'x' } }]) expect(await post(open, body)).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });
});

const notListed = { status: 403, errors: [{ extensions: { code: 'QUERY_NOT_IN_SAFELIST', status: 403 } }] };

describe('a list of the only operations (OPERATIONS_MANIFEST)', () => {
  test('they are answered by id, by exactly their text, or by both', async () => {
    const { id, body: query } = listed.me;
    for (const body of [{ extensions: persisted(id) }, { query }, { query, extensions: persisted(id) }]) {
      expect(await post(closed, body)).toMatchObject({ status: 200, data: { me: { role: 'ADMIN' } } });
    }
    expect(await post(closed, { extensions: persisted(listed.page.id), variables: { first: 1 } })).toMatchObject({ status: 200, data: { teams: { nodes: [{ id: 't' }] } } });
  });

  test('everything else is refused: another text, another id, an id with another text, and what a hash would register', async () => {
    const query = fresh();
    for (const body of [{ query }, { query: `${listed.me.body} ` }, { extensions: persisted('me-2') }, { query: listed.page.body, extensions: persisted(listed.me.id) }, { query, extensions: persisted(sha256(query)) }, { query: '{ __schema { queryType { name } } }' }]) {
      expect(await post(closed, body)).toMatchObject(notListed);
    }
    expect(await post(closed, { extensions: persisted(sha256(query)) })).toMatchObject(notListed);
  });

  test('limits hold for them as for any other', async () => {
    expect(await post(closed, { extensions: persisted(listed.page.id), variables: { first: 100 } })).toMatchObject({ status: 400, errors: [{ extensions: { limit: { name: 'cost' } } }] });
  });

  test('over WebSocket the same', async () => {
    expect(await firstAnswer(closed.socketUrl, person, { query: 'subscription { teamMigrated { teamName } }' })).toMatchObject([{ extensions: { code: 'QUERY_NOT_IN_SAFELIST' } }]);
    await published(async () => {
      for (const payload of [{ query: listed.events.body }, { query: '', extensions: persisted(listed.events.id) }]) {
        expect(await firstAnswer(closed.socketUrl, person, payload)).toMatchObject({ data: { teamMigrated: { teamId: testId(7) } } });
      }
    });
  });
});

describe('a list that has faults', () => {

  test('keeps the gateway from starting, and every fault is named with the file and the operation', async () => {
    const { me } = listed;
    const path = manifest([
      me,
      { ...me, id: 'typo', body: 'query Me { mee { role } }' },
      { ...me, id: 'syntax', body: 'query Me { me {' },
      { ...me, id: 'other name', name: 'You' },
      { ...me, id: 'kind', type: 'mutation' },
      { ...me, id: 'two', body: 'query Me { me { role } } query You { me { role } }' },
      { ...me, id: 'deep', body: `query Me { team(id: "t") { ${'parent { '.repeat(7)} id ${'} '.repeat(7)} } }` },
      { ...me, id: 'dear', body: 'query Me { teams(first: 100) { nodes { children(first: 100) { nodes { children(first: 5) { nodes { id } } } } } } }' },
      { ...me, body: 'query Me { me { role company { id } } }' },
    ]);
    const starting = startTestGateway({ ...parts, manifest: path });
    await expect(starting).rejects.toThrow(`OPERATIONS_MANIFEST ${path} has faults:`);
    const { message } = (await starting.catch((error: unknown) => error)) as Error;
    const lines = message.split('\n').slice(1);
    expect(lines.map((line) => line.trim())).toEqual([
      'operations.0 ("Me", id "me-1"): its id is that of another operation after it',
      expect.stringMatching(/^operations\.1 \("Me", id "typo"\): .*mee/),
      expect.stringMatching(/^operations\.2 \("Me", id "syntax"\): Syntax Error/),
      'operations.3 ("You", id "other name"): its body has no operation of this name',
      'operations.4 ("Me", id "kind"): its body is a query, not a mutation',
      'operations.5 ("Me", id "two"): its body has more than one operation',
      expect.stringMatching(/^operations\.6 \("Me", id "deep"\): .*Team\.parent inside itself: 7 times/),
      expect.stringMatching(/^operations\.7 \("Me", id "dear"\): .*costs 70201 and may cost 25000/),
    ]);
  });

  test.each([
    ['another format', () => manifest([], { format: 'other' }), 'format must be "apollo-persisted-query-manifest"'],
    ['another version', () => manifest([], { version: 2 }), 'version must be 1'],
    ['no list', () => manifest([], { operations: null }), 'operations must be a list'],
    ['an operation without a body', () => manifest([{ ...listed.me, body: undefined }]), 'operations.0.body must be a text'],
    ['no JSON', () => { const path = manifest([]); writeFileSync(path, '{'); return path; }, 'it is not JSON'],
    ['no file', () => join(folder, 'none.json'), 'it cannot be read'],
  ])('%s', (_what, path, fault) => {
    expect(() => readManifest(path())).toThrow(fault);
  });
});
