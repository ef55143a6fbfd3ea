import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, validate } from 'graphql';
import { supergraphSdl } from '../../gateway/supergraph.ts';
import { Supergraph } from '@apollo/federation-internals';
import { jobQuery, pushMutation } from '../../scripts/cli/api.ts';
import { triggerMutation } from '../../scripts/cli/trigger.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import type { Part } from '../../subgraphs/shared/process.ts';
import { append } from '../../subgraphs/teams/events/append.ts';
import { startPublisher } from '../../subgraphs/teams/events/publisher.ts';
import { MessagesRefused } from '../../subgraphs/teams/events/publisherOutlet.ts';
import { buildTeams } from '../../subgraphs/teams/service.ts';
import { startTestGateway } from '../support/gateway.ts';
import { addCompany, chat } from '../support/migration.ts';
import { emptyPostgres, freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { subgraphDouble, testKeys } from '../support/subgraphDouble.ts';
import { testIssuer } from '../support/tokens.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const issuer = await testIssuer();
const folder = mkdtempSync(join(tmpdir(), 'one-team-cli-'));
let db: TestDatabase;
let company: string;
let teams: Part;
let gateway: Awaited<ReturnType<typeof startTestGateway>>;

beforeAll(async () => {
  db = await freshDatabase();
  company = await addCompany(db.database);
  teams = await buildTeams({ databaseUrl: db.url, poolSize: 8, keys: testKeys, cursorSecrets: testKeys, kafka: null, logger, metrics: createMetrics('teams', logger), now: Date.now, newId: randomUUID });
  gateway = await startTestGateway({ teams: teams.endpoint, contacts: await subgraphDouble('contacts', {}), authenticate: issuer.authenticate });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await teams.close();
  await db.close();
  rmSync(folder, { recursive: true });
}, 30_000);

type Ended = Readonly<{ code: number | null; out: string; err: string }>;

/** The CLI as an operator starts it; the settings of this process are not seen by it. */
const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): { child: ChildProcess; ended: Promise<Ended> } => {
  const { DATABASE_URL: _database, ONE_TEAM_TOKEN: _token, ONE_TEAM_URL: _url, NODE_OPTIONS: _options, ...inherited } = process.env;
  const child = spawn(process.execPath, ['scripts/run.mjs', 'scripts/cli.ts', ...args], { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))) };
};
const cli = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> => start(args, env).ended;
const json = ({ out }: Ended): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;

const squad = async (url = `${gateway.url}/graphql`) => ({ ONE_TEAM_URL: url, ONE_TEAM_TOKEN: await issuer.mint({ sub: chat.id, scope: 'teams:migrate:chat' }) });
const csv = (name: string, rows: readonly string[], header = 'companySsoId,name,appIdentifierId,parentAppIdentifierId'): string => {
  const path = join(folder, `${name}.csv`);
  writeFileSync(path, `${[header, ...rows].join('\n')}\n`);
  return path;
};

describe('npm run cli', () => {
  const names = ['migrate', 'push', 'trigger', 'job', 'dead-letters', 'clean-up', 'contacts'];

  test('--help names every command, and each --help its flags; without a command it says so and ends with 1', async () => {
    const [overview, none, ...each] = await Promise.all([cli(['--help']), cli([]), ...names.map((name) => cli([name, '--help']))]);
    expect([overview.code, none.code, ...each.map(({ code }) => code)]).toEqual([0, 1, ...names.map(() => 0)]);
    for (const [n, name] of names.entries()) {
      expect(overview.out).toContain(`  ${name}`);
      expect(each[n]?.out).toContain(`npm run cli -- ${name}`);
      expect(each[n]?.out).toContain('--json');
    }
  }, 60_000);

  test.each([
    ['an unknown command', ['pusch'], '"pusch" is no command; there are migrate, push, trigger, job, dead-letters, clean-up, contacts.'],
    ['an unknown flag', ['job', 'x', '--watsch'], '--watsch is not known to job; it takes --watch, --timeout, --url, --token, --json, --help.'],
    ['a flag without its value', ['push', 'x.csv', '--app'], '--app needs a value: --app chat|crm.'],
    ['a flag twice', ['push', 'x.csv', '--app', 'chat', '--app', 'crm'], '--app may be given once.'],
    ['another app', ['push', 'x.csv', '--app', 'fax'], '--app is "fax"; it must be chat or crm.'],
    ['too many items a call', ['push', 'x.csv', '--app', 'chat', '--batch', '10001'], '--batch is "10001"; it must be a whole number from 1 to 10000.'],
    ['no token', ['job', 'x'], 'There is no token.'],
    ['a URL that is none', ['job', 'x', '--token', 't', '--url', 'ftp://x'], '--url is "ftp://x"; it must be an http(s) URL'],
    ['a missing argument', ['job', '--token', 't'], 'job takes 1 argument, not 0'],
    ['no database', ['migrate'], 'There is no database. Set DATABASE_URL'],
    ['a database that is none', ['migrate', '--database', 'mysql://x'], 'must look like postgres://'],
    ['no file', ['push', '/nowhere.csv', '--app', 'chat', '--token', 't'], '/nowhere.csv cannot be read'],
    ['what dead letters cannot', ['dead-letters', 'eat'], 'dead-letters "eat" is not known; it is list or redrive.'],
    ['apps that are none', ['trigger', '--apps', 'chat,fax', '--token', 't'], '--apps is "chat,fax"; it must be chat, crm, or chat,crm.'],
    ['nobody there', ['job', randomUUID(), '--token', 't', '--url', 'http://127.0.0.1:9/graphql'], 'UNREACHABLE: http://127.0.0.1:9/graphql does not answer as a gateway.'],
    ['no Postgres there', ['dead-letters', '--database', 'postgres://u:p@127.0.0.1:9/x'], 'UNREACHABLE: The database at 127.0.0.1:9/x cannot be used'],
  ])('refuses %s and ends with 1', async (_what, args, message) => {
    const { code, out, err } = await cli(args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(message);
  }, 30_000);

  test('with --json a fault is one object with its code', async () => {
    const ended = await cli(['job', 'nothing', '--json'], await squad());
    expect(ended.code).toBe(1);
    expect(json(ended)).toMatchObject({ error: { code: 'NOT_FOUND', message: expect.stringContaining('nothing') } });
  }, 30_000);

  test('its documents are of the agreed schema', () => {
    const api = Supergraph.build(supergraphSdl(), { validateSupergraph: false }).apiSchema().toGraphQLJSSchema();
    for (const text of [jobQuery, pushMutation, triggerMutation]) expect(validate(api, parse(text))).toEqual([]);
  });
});

describe('npm run cli -- push', () => {
  test('pushes a file in batches in its order with a progress bar; the same again goes on with the same jobs', async () => {
    const rows = Array.from({ length: 25 }, (_, n) => `${company},"Team, ""${String(n)}""",big-${String(n)},${n === 0 ? '' : `big-${String(n - 1 - (n % 3))}`}`);
    const path = csv('batches', rows.map((row) => row.replace('big--1', '')));
    const first = await cli(['push', path, '--app', 'chat', '--batch', '10'], await squad());
    expect([first.code, first.err]).toEqual([0, expect.stringMatching(/push \[#+\] 100 % 25\/25\n$/)]);
    expect(first.out.trim().split('\n').map((line) => line.replace(/.*: COMPLETED, /, ''))).toEqual([
      '10 items: 10 created, 0 skipped, 0 failed, 0 cancelled', '10 items: 10 created, 0 skipped, 0 failed, 0 cancelled', '5 items: 5 created, 0 skipped, 0 failed, 0 cancelled',
    ]);
    const again = await cli(['push', path, '--app', 'chat', '--batch', '10', '--json'], await squad());
    expect(again.err).toBe('');
    expect(json(again)).toMatchObject({ app: 'chat', teams: 25, created: 25, skipped: 0, failed: 0, failures: [] });
    const other = await cli(['push', path, '--app', 'chat', '--json'], await squad());
    expect(json(other)).toMatchObject({ created: 0, skipped: 25, jobs: [{ total: 25 }] });
    expect(await db.database.prisma.team.findFirst({ where: { referenceId: 'big-7' } })).toMatchObject({ name: 'Chat - Team, "7"' });
  }, 60_000);

  test('ends with 2 and names the items that failed; a dry run writes nothing', async () => {
    const path = csv('failing', [`${company},Good,good,`, `${company},,bad,`, `nobody,Bad,worse,`]);
    const dry = await cli(['push', path, '--app', 'chat', '--dry-run', '--json'], await squad());
    expect([dry.code, json(dry)]).toEqual([2, expect.objectContaining({ created: 1, failed: 2 })]);
    expect(await db.database.prisma.team.count({ where: { referenceId: 'good' } })).toBe(0);
    const real = await cli(['push', path, '--app', 'chat', '--complete', company], await squad());
    expect(real.code).toBe(2);
    expect(real.out).toMatch(/team 2 .*INVALID_NAME/);
    expect(real.out).toMatch(/team 3 .*COMPANY_UNKNOWN/);
  }, 60_000);

  test('refuses a file of other columns, a broken one, one without teams, and says what the API refuses', async () => {
    const env = await squad();
    const of = async (path: string, app = 'chat'): Promise<string> => {
      const { code, err } = await cli(['push', path, '--app', app], env);
      expect(code).toBe(1);
      return err;
    };
    expect(await of(csv('columns', ['a,b'], 'company,name'))).toContain('its first line must name companySsoId,name,appIdentifierId,parentAppIdentifierId');
    expect(await of(csv('broken', ['"a,b,c,d']))).toContain('is no CSV');
    expect(await of(csv('empty', []))).toContain('has no teams');
    expect(await of(csv('crm', [`${company},A,a,`]), 'crm')).toContain('FORBIDDEN');
  }, 60_000);
});

describe('npm run cli -- job', () => {
  const jobOf = async (): Promise<string> => {
    const ended = await cli(['push', csv(`job-${randomUUID()}`, [`${company},A,${randomUUID()},`]), '--app', 'chat', '--json'], await squad());
    return ((json(ended)['jobs'] as { id: string }[])[0] ?? { id: '' }).id;
  };

  /** Makes a job one of 10 items that nobody works: its piece in the queue is not due. */
  const reopen = async (id: string): Promise<void> => {
    await db.database.prisma.$executeRaw`INSERT INTO pgboss.job (name, singleton_key, start_after) VALUES ('migrate-teams', ${id}, now() + interval '1 hour')`;
    await db.database.prisma.migrationJob.update({ where: { id }, data: { status: 'RUNNING', total: 10, finishedAt: null } });
  };

  test('shows a job, and --watch follows one to its end', async () => {
    const id = await jobOf();
    const shown = await cli(['job', id], await squad());
    expect([shown.code, shown.out]).toEqual([0, `job ${id} (CHAT): COMPLETED, 1 items: 1 created, 0 skipped, 0 failed, 0 cancelled\n`]);
    await reopen(id);
    const watching = start(['job', id, '--watch'], await squad());
    await new Promise<void>((resolve) => watching.child.stderr?.on('data', (data: Buffer) => data.toString().includes('10 % 1/10') && resolve()));
    await db.database.prisma.migrationJob.update({ where: { id }, data: { status: 'COMPLETED_WITH_FAILURES', failed: 9, finishedAt: new Date() } });
    const watched = await watching.ended;
    expect([watched.code, watched.err.trim().split('\n').at(-1)]).toEqual([2, 'job [########################] 100 % 10/10']);
  }, 60_000);

  test('--watch ends with 1 at its limit, and with 130 by Ctrl-C, without a stack', async () => {
    const id = await jobOf();
    await reopen(id);
    const late = await cli(['job', id, '--watch', '--timeout', '1', '--json'], await squad());
    expect([late.code, json(late)]).toEqual([1, { error: { code: 'TIMEOUT', message: expect.stringContaining('it goes on') } }]);
    const stopped = start(['job', id, '--watch'], await squad());
    await new Promise<void>((resolve) => stopped.child.stderr?.once('data', () => resolve()));
    stopped.child.kill('SIGINT');
    expect(await stopped.ended).toMatchObject({ code: 130, err: expect.stringMatching(/Stopped\..*\n$/) });
    await db.database.prisma.migrationJob.update({ where: { id }, data: { status: 'CANCELLED', finishedAt: new Date() } });
    expect((await cli(['job', id], await squad())).code).toBe(1);
  }, 60_000);
});

describe('npm run cli -- trigger', () => {
  test('sends the apps and companies, and shows what became of each', async () => {
    const asked: { query: string; variables: unknown }[] = [];
    const run = { id: 'run-1', createdAt: 'now', squads: [{ app: 'CHAT', companies: { totalCount: 1, nodes: [{ companySsoId: company, trigger: 'PENDING', error: null }] } }] };
    const server: Server = createServer((request, response) => {
      let body = '';
      request.on('data', (data: Buffer) => (body += data.toString()));
      request.on('end', () => {
        asked.push(JSON.parse(body) as (typeof asked)[number]);
        response.end(JSON.stringify({ data: { triggerTeamMigration: { run } } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const env = { ONE_TEAM_TOKEN: 't', ONE_TEAM_URL: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/graphql` };
    const ended = await cli(['trigger', '--apps', 'chat,crm', '--companies', company], env);
    expect([ended.code, ended.out]).toEqual([0, `run run-1\n  CHAT: 1 companies\n    ${company} PENDING\n`]);
    expect(asked).toEqual([{ query: triggerMutation, variables: { input: { apps: ['CHAT', 'CRM'], companySsoIds: [company] } } }]);
    await cli(['trigger', '--apps', 'crm'], env);
    expect(asked[1]?.variables).toEqual({ input: { apps: ['CRM'] } });
    server.close();
  }, 60_000);
});

describe('npm run cli -- migrate', () => {
  test('applies what is missing, once', async () => {
    const { url, close } = await emptyPostgres();
    const first = await cli(['migrate', '--json'], { DATABASE_URL: url });
    expect(first).toMatchObject({ code: 0, err: '' });
    expect((json(first)['applied'] as string[]).length).toBeGreaterThanOrEqual(3);
    expect(await cli(['migrate'], { DATABASE_URL: url })).toMatchObject({ code: 0, out: 'The database is up to date.\n' });
    await close();
  }, 60_000);
});

describe('npm run cli -- clean-up', () => {
  test('removes what is older than 30 days, and says so when it was done this night', async () => {
    // nobody else has the night here
    const own = await freshDatabase();
    const env = { DATABASE_URL: own.url };
    const key = { id: randomUUID(), caller: 'c', operation: 'o', key: 'old', payloadHash: 'h', resultId: randomUUID(), createdAt: new Date(Date.now() - 31 * 86_400_000) };
    await own.database.prisma.idempotencyKey.create({ data: key });
    const first = await cli(['clean-up', '--json'], env);
    expect([first.code, json(first)]).toEqual([0, { removed: { jobs: 0, keys: 1, events: 0 } }]);
    expect(await cli(['clean-up'], env)).toMatchObject({ code: 0, out: 'Nothing to do: it has been done this night, or another process is at it.\n' });
    await own.close();
  }, 60_000);
});

describe('npm run cli -- dead-letters', () => {
  test('works one of another kind again by its id', async () => {
    const env = { DATABASE_URL: db.url };
    const letter = { id: randomUUID(), kind: 'general_team', reference: company, companyId: company, error: 'Postgres was away', tries: 4 };
    await db.database.prisma.deadLetter.create({ data: letter });
    const ended = await cli(['dead-letters', 'redrive', letter.id, '--json'], env);
    expect([ended.code, json(ended)]).toEqual([0, { id: letter.id, outcome: 'made' }]);
    expect(await cli(['dead-letters', 'redrive', letter.id], env)).toMatchObject({ code: 1, err: expect.stringContaining('CONFLICT') });
    expect(await db.database.prisma.team.count({ where: { companyId: company, isDefault: true } })).toBe(1);
    await db.database.prisma.deadLetter.delete({ where: { id: letter.id } });
  }, 60_000);

  test('lists what is parked, and redrives it: 1 while it is refused, 0 when it is out', async () => {
    const env = { DATABASE_URL: db.url };
    expect(await cli(['dead-letters'], env)).toMatchObject({ code: 0, out: 'There are no dead letters.\n' });
    let refuses = true;
    const outlet = { send: () => (refuses ? Promise.reject(new MessagesRefused('MESSAGE_TOO_LARGE: too large')) : Promise.resolve()), close: () => Promise.resolve() };
    const publisher = startPublisher({ database: db.database, outlet, logger, record: () => undefined, holder: randomUUID(), now: Date.now, newId: randomUUID, pollMs: 20, retryMs: 1 });
    try {
      const eventId = randomUUID();
      const sick = await addCompany(db.database);
      const payload = { team_name: 'A', company_sso_id: sick, members: [], created_by_sso_id: '', parent_id: null, tree_version: 1 };
      await db.database.transaction((tx) => append(tx, [{ eventId, type: 'TEAM_CREATED', companyId: sick, aggregateId: randomUUID(), occurredAt: new Date(), payload }]));
      const letter = () => db.database.prisma.deadLetter.findFirst({ where: { reference: eventId } });
      for (const until = Date.now() + 10_000; (await letter()) === null && Date.now() < until; ) await new Promise((resolve) => setTimeout(resolve, 50));
      const listed = await cli(['dead-letters', 'list', '--kind', 'team_event'], env);
      expect(listed.out).toMatch(new RegExp(`team_event ${eventId} company ${sick} after 5 tries, parked: MESSAGE_TOO_LARGE`));
      const refused = await cli(['dead-letters', 'redrive', '--company', sick, '--json'], env);
      expect([refused.code, json(refused)]).toEqual([1, { companies: 1, out: 0, refused: 1, waiting: 0 }]);
      refuses = false;
      const redriven = await cli(['dead-letters', 'redrive', '--json'], env);
      expect(redriven.code).toBe(0);
      expect(json(redriven)).toMatchObject({ refused: 0, waiting: 0 });
      expect(await cli(['dead-letters', 'redrive'], env)).toMatchObject({ code: 0, out: 'No company is parked.\n' });
      const all = json(await cli(['dead-letters', '--all', '--json'], env))['deadLetters'] as { reference: string; redrivenAt: string | null }[];
      expect(all.find(({ reference }) => reference === eventId)?.redrivenAt).not.toBeNull();
    } finally {
      await publisher.close();
    }
  }, 60_000);
});
