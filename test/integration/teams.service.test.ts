import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { readTeamsConfig } from '../../subgraphs/teams/config.ts';
import { startTeams } from '../../subgraphs/teams/process.ts';
import { buildTeams } from '../../subgraphs/teams/service.ts';
import { emptyPostgres, freshDatabase } from '../support/postgres.ts';
import { migrationOn, plantCompany, serviceWith, startTestTeams, type TestCompany, testKeys, type TestTeams } from '../support/teams.ts';

let teams: TestTeams;
let acme: TestCompany;

beforeAll(async () => {
  teams = await startTestTeams();
  acme = await plantCompany(teams.database, { people: { Olga: 'OWNER', Rara: 'AGENT' }, teams: ['General'], flags: migrationOn });
});
afterAll(() => teams.close());

const chat = serviceWith('teams:migrate:chat');

describe('the teams subgraph', () => {
  test('works a push off in the background and shows what became of it', async () => {
    const item = (name: string, appIdentifierId: string, parentAppIdentifierId: string | null = null) => ({ companySsoId: acme.id, name, appIdentifierId, parentAppIdentifierId });
    const input = { app: 'CHAT', items: [item('Support', '2', '1'), item('Service', '1'), item(' ', '3'), item('Support', '2')] };
    const pushed = await teams.ask(chat, 'mutation ($input: MigrateTeamsInput!) { migrateTeams(input: $input) { job { id status total } } }', { input });
    expect(pushed.errors).toEqual([]);
    const { job } = (pushed.data as unknown as { migrateTeams: { job: { id: string; status: string; total: number } } }).migrateTeams;
    expect(job).toMatchObject({ status: 'PENDING', total: 4 });
    const query = 'query ($id: ID!) { migrationJob(id: $id) { status created skipped failed results { nodes { outcome reason team { name parent { name } source referenceId } } } } }';
    type Job = Readonly<{ status: string }>;
    let done: Job = { status: 'PENDING' };
    for (let tries = 0; tries < 100 && !done.status.startsWith('COMPLETED'); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { data, errors } = await teams.ask(chat, query, { id: job.id });
      expect(errors).toEqual([]);
      done = (data as unknown as { migrationJob: Job }).migrationJob;
    }
    const support = { name: 'Chat - Support', parent: { name: 'Chat - Service' }, source: 'CHAT', referenceId: '2' };
    expect(done).toEqual({
      status: 'COMPLETED_WITH_FAILURES',
      created: 2,
      skipped: 1,
      failed: 1,
      results: {
        nodes: [
          { outcome: 'CREATED', reason: null, team: support },
          { outcome: 'CREATED', reason: null, team: { name: 'Chat - Service', parent: null, source: 'CHAT', referenceId: '1' } },
          { outcome: 'FAILED', reason: 'INVALID_NAME', team: null },
          { outcome: 'SKIPPED', reason: null, team: support },
        ],
      },
    });
    for (const viewer of [acme.person('Olga'), serviceWith('flags:write')]) expect((await teams.ask(viewer, query, { id: job.id })).errors).toEqual(['FORBIDDEN migrationJob']);
    expect((await teams.ask(serviceWith('teams:migrate:crm'), query, { id: job.id })).errors).toEqual(['NOT_FOUND migrationJob']);
  });

  test('refuses a push of a person, and of another app', async () => {
    const push = 'mutation { migrateTeam(input: { app: CRM, item: { name: "x" } }) { outcome } }';
    for (const viewer of [acme.person('Olga'), chat, serviceWith('teams:trigger')]) expect((await teams.ask(viewer, push)).errors).toEqual(['FORBIDDEN migrateTeam']);
  });

  test.each([
    ['auditLog { totalCount }', 'auditLog', 'person'],
    ['migrationRuns { totalCount }', 'migrationRuns', 'trigger'],
    ['migrationRun(id: "x") { id }', 'migrationRun', 'trigger'],
    ['migrationProgress { completeShare }', 'migrationProgress', 'trigger'],
  ])('says that %s is agreed but not served yet', async (selection, field, who) => {
    const viewer = who === 'person' ? acme.person('Olga') : serviceWith('teams:trigger');
    expect((await teams.ask(viewer, `{ ${selection} }`)).errors).toEqual([`NOT_IMPLEMENTED ${field}`]);
    expect((await teams.ask(acme.person('Rara'), `{ ${selection} }`)).errors).toEqual([`FORBIDDEN ${field}`]);
  });

  test('is ready while Postgres answers', async () => {
    expect(await teams.part.unready()).toEqual([]);
  });

  test('does not start on a database without its migrations', async () => {
    const empty = await emptyPostgres();
    const logger = createLogger({ name: 'test', level: 'silent' });
    const common = { poolSize: 2, keys: testKeys, cursorSecrets: testKeys, kafka: null, logger, metrics: createMetrics('test', logger), now: Date.now, newId: randomUUID };
    await expect(buildTeams({ ...common, databaseUrl: empty.url })).rejects.toThrow(/lacks the migrations 20261120000000_first.*npm run migrate \(in the image: node dist\/scripts\/migrate\.js\)/);
    await empty.close();
  });

  test('is served over HTTP, for signed calls only', async () => {
    const { url, close } = await freshDatabase();
    const config = readTeamsConfig({ PORT: '0', LOG_LEVEL: 'silent', INTERNAL_SIGNING_KEYS: testKeys[0], DATABASE_URL: url, DATABASE_POOL: '2' });
    const running = await startTeams(config);
    expect(await (await fetch(`${running.url}/health/ready`)).json()).toMatchObject({ status: 'ready' });
    expect((await fetch(`${running.url}/internal/graphql`, { method: 'POST', body: '{"query":"{ __typename }"}' })).status).toBe(401);
    await running.close();
    await close();
  });
});
