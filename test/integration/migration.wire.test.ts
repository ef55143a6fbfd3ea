import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { connectInProcess, type Peer } from '../../subgraphs/shared/peer.ts';
import type { Part } from '../../subgraphs/shared/process.ts';
import type { Viewer } from '../../subgraphs/shared/viewer.ts';
import { buildTeams } from '../../subgraphs/teams/service.ts';
import { addCompany, chat, crm, silent } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

const keys = ['a signing key of these tests, long enough'] as const;
let db: TestDatabase;
let part: Part;
let peer: Peer;
beforeAll(async () => {
  db = await freshDatabase();
  part = await buildTeams({
    databaseUrl: db.url,
    poolSize: 5,
    keys,
    cursorSecrets: keys,
    kafka: null,
    logger: silent,
    metrics: createMetrics('teams', silent),
    now: Date.now,
    newId: randomUUID,
  });
  peer = connectInProcess({ caller: 'gateway', audience: 'teams', keys, now: Date.now }, part.endpoint);
}, 60_000);
afterAll(async () => {
  await part.close();
  await db.close();
});

type Answer = Readonly<{ data?: Record<string, unknown> | null; errors?: readonly Readonly<{ extensions?: Record<string, unknown> }>[] }>;
const ask = async (viewer: Viewer, query: string, variables: object = {}): Promise<Answer> => {
  const reply = await peer.call({ operation: 'graphql', body: { query, variables }, viewer, deadline: Date.now() + 20_000, correlationId: 'test' });
  return reply.body as Answer;
};
const codeOf = ({ errors }: Answer): unknown => errors?.[0]?.extensions?.['code'];

const migrate = `mutation ($input: MigrateTeamsInput!) { migrateTeams(input: $input) { job { id app status total processed runId } } }`;
const read = `query ($id: ID!, $outcome: MigrationOutcome) { migrationJob(id: $id) {
  status processed created failed finishedAt completes { companySsoId status }
  results(outcome: $outcome) { totalCount nodes { index companySsoId appIdentifierId outcome reason message team { name path } } } } }`;
type Job = Readonly<{ id: string; status: string; finishedAt: string | null }>;
const ended = async (id: string): Promise<Answer> => {
  for (let n = 0; n < 200; n += 1) {
    const answer = await ask(chat, read, { id });
    if ((answer.data?.['migrationJob'] as Job).finishedAt !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the job did not end');
};

describe('the migration on the wire', () => {
  test('a squad pushes teams, sees what became of each, and reads their events', async () => {
    const company = await addCompany(db.database);
    const items = [
      { companySsoId: company, name: 'Tier 1', appIdentifierId: '2', parentAppIdentifierId: '1' },
      { companySsoId: company, name: 'Support', appIdentifierId: '1', memberIds: ['ignored', null] },
      { companySsoId: company, name: '\ud800', appIdentifierId: '3' },
      null,
    ];
    const pushed = await ask(chat, migrate, { input: { app: 'CHAT', items, completes: [company] } });
    expect(pushed).toMatchObject({ data: { migrateTeams: { job: { app: 'CHAT', status: 'PENDING', total: 4, processed: 0 } } } });
    const { id } = (pushed.data?.['migrateTeams'] as { job: Job }).job;
    expect(await ended(id)).toMatchObject({
      data: {
        migrationJob: {
          status: 'COMPLETED_WITH_FAILURES',
          processed: 4,
          created: 2,
          failed: 2,
          completes: [{ companySsoId: company, status: 'EFFECTIVE' }],
          results: {
            totalCount: 4,
            nodes: [
              { outcome: 'CREATED', reason: null, team: { name: 'Chat - Tier 1', path: ['Chat - Support', 'Chat - Tier 1'] } },
              { outcome: 'CREATED', team: { name: 'Chat - Support' } },
              { outcome: 'FAILED', reason: 'INVALID_NAME', team: null },
              { outcome: 'FAILED', reason: 'COMPANY_UNKNOWN', companySsoId: null },
            ],
          },
        },
      },
    });
    expect(await ask(chat, read, { id, outcome: 'FAILED' })).toMatchObject({ data: { migrationJob: { results: { totalCount: 2 } } } });
    const events = `{ teamEvents(app: CHAT) { hasMore nodes { eventId companySsoId app appIdentifierId teamName parentId team { name } } } }`;
    expect(await ask(chat, events)).toMatchObject({
      data: { teamEvents: { hasMore: false, nodes: [{ companySsoId: company, app: 'CHAT', appIdentifierId: '1', teamName: 'Chat - Support', parentId: null }, { team: { name: 'Chat - Tier 1' } }] } },
    });
    const entity = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on MigrationJob { status } } }`;
    const representation = { r: [{ __typename: 'MigrationJob', id }] };
    expect(await ask(chat, entity, representation)).toMatchObject({ data: { _entities: [{ status: 'COMPLETED_WITH_FAILURES' }] } });
    expect((await ask(crm, entity, representation)).data?.['_entities'] ?? [null]).toEqual([null]);
    expect(codeOf(await ask(crm, read, { id }))).toBe('NOT_FOUND');
    expect(codeOf(await ask(chat, 'mutation ($id: ID!) { cancelMigrationJob(id: $id) { job { id } } }', { id }))).toBe('CONFLICT');
  });

  test('one team is pushed at once; a FAILED item is a result', async () => {
    const company = await addCompany(db.database);
    const one = `mutation ($input: MigrateTeamInput!) { migrateTeam(input: $input) { outcome reason message team { name } } }`;
    const push = (name: string) => ask(crm, one, { input: { app: 'CRM', item: { companySsoId: company, name, appIdentifierId: '7' } } });
    expect(await push(' ')).toMatchObject({ data: { migrateTeam: { outcome: 'FAILED', reason: 'INVALID_NAME', team: null } } });
    expect(await push('Sales')).toMatchObject({ data: { migrateTeam: { outcome: 'CREATED', reason: null, message: null, team: { name: 'CRM - Sales' } } } });
    expect(await push('Sales')).toMatchObject({ data: { migrateTeam: { outcome: 'SKIPPED', team: { name: 'CRM - Sales' } } } });
  });

  test('people, the other squad and services without the scope are FORBIDDEN', async () => {
    const company = await addCompany(db.database);
    const person = randomUUID();
    await db.database.prisma.user.create({ data: { id: person, companyId: company, email: 'a@example.com', fullName: 'A', nameKey: 'a', role: 'OWNER' } });
    const input = { app: 'CHAT', items: [{ companySsoId: company, name: 'A', appIdentifierId: '1' }] };
    const viewers: readonly Viewer[] = [{ kind: 'person', userId: person, companyId: company, platform: 'web' }, crm, { ...chat, scopes: ['flags:write'] }];
    for (const viewer of viewers) expect(codeOf(await ask(viewer, migrate, { input }))).toBe('FORBIDDEN');
    expect(codeOf(await ask(chat, migrate, { input: { ...input, items: [] } }))).toBe('BAD_USER_INPUT');
    expect(codeOf(await ask(chat, migrate, { input: { ...input, items: Array.from({ length: 10_001 }, () => null) } }))).toBe('BATCH_TOO_LARGE');
  });
});
