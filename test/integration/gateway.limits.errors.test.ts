import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Logger } from '../../subgraphs/shared/logger.ts';
import { startTestGateway } from '../support/gateway.ts';
import { createFeedDouble, subgraphDouble } from '../support/subgraphDouble.ts';
import { firstAnswer } from '../support/subscribing.ts';
import { testId, testIssuer } from '../support/tokens.ts';

const issuer = await testIssuer();
const feed = createFeedDouble();
const lines: Readonly<Record<string, unknown>>[] = [];
const note = (line: unknown): void => {
  if (typeof line === 'object' && line !== null) lines.push({ ...line });
};
const logger = { error: note, warn: note, info: note, debug: note } as unknown as Logger;
type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;
let development: TestGateway;
let production: TestGateway;
let person: string;

const broken = (): never => {
  throw new Error('connection string postgres://secret');
};

beforeAll(async () => {
  const me = () => ({ role: 'ADMIN', company: { id: testId(2) } });
  const teams = await subgraphDouble('teams', { Query: { me, companyTree: broken, team: broken }, Team: { __resolveReference: broken } }, feed);
  const parts = { teams, contacts: await subgraphDouble('contacts', { Query: {} }), authenticate: issuer.authenticate };
  development = await startTestGateway({ ...parts, logger });
  production = await startTestGateway({ ...parts, production: true, introspection: false });
  person = await issuer.mint({ sub: testId(1), company_sso_id: testId(2) });
});
afterAll(async () => {
  feed.release();
  await Promise.all([development.close(), production.close()]);
});

const logged = (correlationId: unknown): boolean => lines.some((line) => line['correlationId'] === correlationId);

describe('a masked error (INTERNAL)', () => {
  test('carries the correlation id that the answer and the log line have, the one sent or a new one', async () => {
    for (const sent of ['support-case-7', undefined]) {
      const headers = { authorization: `Bearer ${person}`, ...(sent !== undefined && { 'x-correlation-id': sent }) };
      const reply = await development.send('{"query":"{ companyTree { treeVersion } }"}', headers);
      const id = reply.headers.get('x-correlation-id');
      if (sent !== undefined) expect(id).toBe(sent);
      expect(reply).toMatchObject({ status: 500, errors: [{ message: 'Internal error.', extensions: { code: 'INTERNAL', status: 500, correlationId: id } }] });
      expect(logged(id)).toBe(true);
    }
  });

  test('at a place in an answer too, and other errors carry none', async () => {
    const reply = await development.ask('{ me { role } team(id: "t") { id } flags: user(id: "x") { id } }', person);
    expect(reply.status).toBe(200);
    expect(reply.errors?.every(({ extensions }) => extensions['correlationId'] === reply.headers.get('x-correlation-id'))).toBe(true);
    const wrong = await development.ask('{ nonsense }', person);
    expect(wrong.errors?.[0]?.extensions).not.toHaveProperty('correlationId');
  });

  test('over WebSocket too, under which it stands in the log', async () => {
    const publish = () => feed.publish({ eventId: randomUUID(), type: 'TEAM_MIGRATED', companyId: testId(2), aggregateId: testId(7), occurredAt: '2026-07-01T03:00:00.000Z', payload: { team_name: 'T', app: 'chat', app_identifier_id: '1', parent_id: null } });
    const timer = setInterval(publish, 50);
    try {
      const answer = await firstAnswer(development.socketUrl, person, { query: 'subscription { teamMigrated { team { name } } }' });
      expect(answer).toMatchObject({ data: { teamMigrated: { team: null } }, errors: [{ message: 'Internal error.', extensions: { code: 'INTERNAL', correlationId: expect.any(String) } }] });
      expect(JSON.stringify(answer)).not.toContain('secret');
      const { errors } = answer as { errors: { extensions: { correlationId: string } }[] };
      expect(logged(errors[0]?.extensions.correlationId)).toBe(true);
    } finally {
      clearInterval(timer);
    }
  });
});

describe('names of the schema', () => {
  const probe = '{ mee { id } }';
  const typo = 'query ($input: MoveTeamInput!) { me { role } a: team(id: $input) { idd } }';

  test('are suggested outside production, over HTTP and WebSocket', async () => {
    expect(JSON.stringify((await development.ask(probe, person)).errors)).toContain('Did you mean');
    expect(JSON.stringify(await firstAnswer(development.socketUrl, person, { query: 'subscription { teamMigratd { teamId } }' }))).toContain('Did you mean');
  });

  test('are not suggested in production: neither fields, nor arguments, types and values, over HTTP and WebSocket', async () => {
    const probes = [probe, typo, '{ team(idd: "t") { id } }', '{ team(id: "t") { ... on Teem { id } } }', '{ teams(sort: NAMEE) { nodes { id } } }', 'query ($a: Apps) { me { role } }'];
    for (const query of probes) {
      const reply = await production.ask(query, person);
      expect(reply.status).toBe(400);
      expect(JSON.stringify(reply.errors)).not.toContain('Did you mean');
    }
    const variables = await production.ask('query ($sort: TeamSort) { teams(sort: $sort) { nodes { id } } }', person, { sort: 'NAMEE' });
    expect(variables.status).toBe(400);
    expect(JSON.stringify(variables.errors)).not.toContain('Did you mean');
    expect(JSON.stringify(await firstAnswer(production.socketUrl, person, { query: 'subscription { teamMigratd { teamId } }' }))).not.toContain('Did you mean');
  });

  test('are not told by introspection where it is off, to anybody; where it is on, to everybody', async () => {
    for (const query of ['{ __schema { queryType { name } } }', '{ __type(name: "Team") { name } }', '{ me { role } __schema { types { name } } }', 'query { ...F } fragment F on Query { __schema { queryType { name } } }']) {
      const reply = await production.ask(query, person);
      expect(reply.status).toBe(400);
      expect(reply.data ?? null).toBeNull();
      expect((await production.ask(query)).status).toBe(401);
    }
    expect((await development.ask('{ __type(name: "Team") { name } }')).data).toEqual({ __type: { name: 'Team' } });
    expect((await production.ask('{ me { __typename role } }', person)).data).toEqual({ me: { __typename: 'Viewer', role: 'ADMIN' } });
  });

  test('are not told by circular introspection either, where it is on', async () => {
    const circular = '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }';
    expect(await development.ask(circular, person)).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });
});
