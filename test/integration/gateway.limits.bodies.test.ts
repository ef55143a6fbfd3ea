import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics, type Metrics } from '../../subgraphs/shared/metrics.ts';
import { startTestGateway } from '../support/gateway.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { testId, testIssuer } from '../support/tokens.ts';

const issuer = await testIssuer();
const feed = createFeedDouble();
const maxBodyBytes = 200_000;
const page = 'https://console.example';
type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;
let open: TestGateway;
let closed: TestGateway;
let metrics: Metrics;
let person: string;
let asked = 0;

beforeAll(async () => {
  const me = () => {
    asked += 1;
    return { role: 'ADMIN', company: { id: testId(2) } };
  };
  const teams = await subgraphDouble('teams', { Query: { me } }, feed);
  const parts = { teams, contacts: await subgraphDouble('contacts', { Query: {} }), authenticate: issuer.authenticate, cors: { origins: [page], loopback: false } };
  metrics = createMetrics('gateway', createLogger({ name: 'gateway', level: 'silent' }));
  open = await startTestGateway({ ...parts, metrics }, maxBodyBytes);
  closed = await startTestGateway({ ...parts, introspection: false }, maxBodyBytes);
  person = await issuer.mint({ sub: testId(1), company_sso_id: testId(2) });
});
afterAll(async () => {
  feed.release();
  await Promise.all([open.close(), closed.close()]);
});

type Answer = Readonly<{ status: number; headers: IncomingMessage['headers']; errors: readonly Readonly<{ extensions: Record<string, unknown> }>[] }>;
const json = { 'content-type': 'application/json' };
const signedIn = () => ({ authorization: `Bearer ${person}` });

/** Sends the beginning of a body that never ends, and answers with what comes back all the same. */
const begun = async (gateway: TestGateway, bytes: number, headers: Readonly<Record<string, string>>): Promise<Answer> => {
  const sending = request(`${gateway.url}/graphql`, { method: 'POST', headers: { ...json, ...headers } });
  sending.on('error', () => undefined);
  sending.write(' '.repeat(bytes));
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  sending.destroy();
  return { status: response.statusCode ?? 0, headers: response.headers, errors: (JSON.parse(text) as { errors: Answer['errors'] }).errors };
};

const tooLarge = { status: 413, errors: [{ extensions: { code: 'BATCH_TOO_LARGE', status: 413, limit: { name: 'bodyBytes', max: maxBodyBytes } } }] };
const notSignedIn = { status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED', status: 401 } }] };

describe('a body is listened to at length only of who is signed in', () => {
  test.each(['introspection on', 'introspection off'])('of 65,537 bytes, without a good token, it is 401 before the rest of it is here: %s', async (which) => {
    const gateway = which === 'introspection on' ? open : closed;
    for (const headers of [{}, { authorization: 'Bearer a.b.c' }, { 'content-length': String(maxBodyBytes) }]) expect(await begun(gateway, 65_537, headers)).toMatchObject(notSignedIn);
  });

  test('of 65,536 bytes it is read of anybody where the schema may be asked for', async () => {
    const schema = '{"query":"{ __schema { queryType { name } } }"}';
    expect(await open.send(schema.padEnd(65_536))).toMatchObject({ status: 200, data: { __schema: { queryType: { name: 'Query' } } } });
    expect(await open.send(schema.padEnd(65_537))).toMatchObject(notSignedIn);
  });

  test('where it may not, what somebody sends who is not signed in is not even taken apart', async () => {
    for (const body of ['{', '[]', '7', '{"query":7}']) {
      expect(await closed.send(body)).toMatchObject(notSignedIn);
      expect(await closed.send(body, signedIn())).toMatchObject({ status: 400 });
    }
  });

  test('with a good token it is read up to the limit, in one piece and in several', async () => {
    const body = '{"query":"{ me { role } }"}'.padEnd(maxBodyBytes);
    expect(await open.send(body, signedIn())).toMatchObject({ status: 200, data: { me: { role: 'ADMIN' } } });
    const sending = request(`${open.url}/graphql`, { method: 'POST', headers: { ...json, ...signedIn() } });
    for (let from = 0; from < body.length; from += 10_000) sending.write(body.slice(from, from + 10_000));
    sending.end();
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    expect(response.resume().statusCode).toBe(200);
  });

  test('paths that take no body read none at length', async () => {
    const answer = await fetch(`${open.url}/nowhere`, { method: 'POST', body: ' '.repeat(65_537), headers: signedIn() });
    expect([answer.status, await answer.json()]).toMatchObject([413, { errors: [{ extensions: { limit: { name: 'bodyBytes', max: 65_536 } } }] }]);
  });
});

describe('a body over the limit (HOSTILE 10)', () => {
  test('is 413 by the name of the limit, before the rest of it is here, and nothing is asked', async () => {
    const before = asked;
    expect(await begun(open, maxBodyBytes + 1, signedIn())).toMatchObject(tooLarge);
    expect(await open.send('{"query":"{ me { role } }"}'.padEnd(maxBodyBytes + 1), signedIn())).toMatchObject(tooLarge);
    expect(asked).toBe(before);
  });

  test('carries the correlation id, and the page that sent it may read the answer', async () => {
    const { headers } = await begun(open, maxBodyBytes + 1, { ...signedIn(), origin: page, 'x-correlation-id': 'large-1' });
    expect(headers).toMatchObject({ 'x-correlation-id': 'large-1', 'access-control-allow-origin': page, connection: 'close' });
  });

  test('is counted as any other answer', async () => {
    const counted = async (): Promise<number> => {
      const line = (await metrics.registry.metrics()).split('\n').find((each) => each.startsWith('one_team_operations_total') && each.includes('BATCH_TOO_LARGE'));
      return Number(line?.split(' ').at(-1) ?? 0);
    };
    const before = await counted();
    await begun(open, maxBodyBytes + 1, signedIn());
    expect(await counted()).toBe(before + 1);
  });
});
