import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createCursors } from '../../subgraphs/shared/cursor.ts';
import { createMigrationLoaders } from '../../subgraphs/teams/migrationLoaders.ts';
import { triggerTeamMigration } from '../../subgraphs/teams/commands/triggerTeamMigration.ts';
import { companyProgress, migrationProgress } from '../../subgraphs/teams/queries/migrationProgress.ts';
import { migrationRuns, runCompanies, squadsOf } from '../../subgraphs/teams/queries/migrationRuns.ts';
import type { Context } from '../../subgraphs/teams/context.ts';
import type { PrismaClient } from '../../subgraphs/teams/store/generated/client.ts';
import type { Database } from '../../subgraphs/teams/store/database.ts';
import type { MigrationJobRow } from '../../subgraphs/teams/store/migrationJobs.ts';
import { migrationStates } from '../../subgraphs/teams/store/migrationProgress.ts';
import { addCompany, chat, commandsOf, crm, good, item, outcomesOf, pushOf } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { personOf, plantCompany, serviceWith, startTestTeams, type TestTeams } from '../support/teams.ts';

const engineer = serviceWith('teams:trigger');
let teams: TestTeams;
/** A database that nothing works on by itself: what is pushed stays unfinished until a test works it. */
let quiet: TestDatabase;
beforeAll(async () => {
  teams = await startTestTeams();
  quiet = await freshDatabase();
}, 60_000);
afterAll(async () => {
  await teams.close();
  await quiet.close();
});

/** What this file reads of answers. */
const ask = async <Data>(text: string, variables: object = {}, viewer = engineer): Promise<Data> => {
  const { data, full } = await teams.ask(viewer, text, variables as Readonly<Record<string, unknown>>);
  if (full.length > 0) throw new Error(JSON.stringify(full));
  return data as unknown as Data;
};
type CompanyState = Readonly<{ companySsoId: string; state: string; completedApps: readonly string[]; openFailures: number; invitationCoverage: number | null }>;
type Progress = Readonly<{
  enabledCompanies: number;
  completeCompanies: number;
  completeShare: number;
  failureRate: number;
  invitationCoverage: number | null;
  companies: Readonly<{ totalCount: number; nodes: readonly CompanyState[]; pageInfo: { hasNextPage: boolean; endCursor: string } }>;
}>;
const progressText = `query ($state: MigrationState, $first: Int, $after: String) { migrationProgress {
  enabledCompanies completeCompanies completeShare failureRate invitationCoverage
  companies(state: $state, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    nodes { companySsoId state completedApps openFailures invitationCoverage } } } }`;
const progress = async (variables: object = { first: 100 }): Promise<Progress> => (await ask<{ migrationProgress: Progress }>(progressText, variables)).migrationProgress;
const cursors = createCursors(['a secret of cursors for tests, long enough']);
/** How far a company of the quiet database is. */
const stateOf = async (companyId: string) => {
  const { nodes } = good(await companyProgress({ reader: quiet.database.prisma, viewer: engineer, cursors }, null, { first: 100 }));
  return nodes.find((node) => node.companyId === companyId);
};
const invite = async (companyId: string, teamCount: number): Promise<void> => {
  const userId = randomUUID();
  const { prisma } = teams.database;
  await prisma.user.create({ data: { id: userId, companyId, email: `${userId}@example.test`, fullName: 'A', nameKey: 'a', role: 'AGENT' } });
  await prisma.invitation.create({ data: { id: randomUUID(), companyId, userId, invitedBy: userId, teamCount } });
};
/** A push to a database whose job is worked by hand. */
const pushTo = async (database: Database, app: 'chat' | 'crm', items: Parameters<typeof pushOf>[0], rest: Parameters<typeof pushOf>[1] = {}) => {
  const commands = commandsOf(database);
  const job = good(await commands.migrateTeams(app === 'chat' ? chat : crm, pushOf(items, { app, ...rest })));
  return { job, work: () => commands.work(job.id), cancel: () => commands.cancelJob(app === 'chat' ? chat : crm, job.id) };
};
type Pushing = (...push: [app: 'chat' | 'crm', items: Parameters<typeof pushOf>[0], rest?: Parameters<typeof pushOf>[1]]) => Promise<MigrationJobRow>;
const workedIn = (database: () => Database): Pushing => async (...push) => {
  const { job, work } = await pushTo(database(), ...push);
  await work();
  return job;
};
const pushed = workedIn(() => teams.database);

describe('the state of a company (OTM-S05)', () => {
  const pushed = workedIn(() => quiet.database);
  const pushAs = (...[app, items, rest]: Parameters<Pushing>) => pushTo(quiet.database, app, items, rest);

  test('a company goes from NOT_ENABLED over ENABLED and RUNNING to COMPLETE, when both apps are complete and no failure is open', async () => {
    const company = await addCompany(quiet.database, { enabled: false });
    expect(await stateOf(company)).toEqual({ companyId: company, state: 'NOT_ENABLED', completedApps: [], openFailures: 0, invitations: 0, withTeam: 0 });
    await quiet.database.prisma.companyFlag.updateMany({ where: { companyId: company }, data: { value: true } });
    expect(await stateOf(company)).toMatchObject({ state: 'ENABLED' });
    const first = await pushAs('chat', [item(company, 'a'), item(company, 'b', { name: '' })], { completes: [company] });
    expect(await stateOf(company)).toMatchObject({ state: 'RUNNING', completedApps: [] });
    await first.work();
    expect(await stateOf(company)).toMatchObject({ state: 'ENABLED', completedApps: ['chat'], openFailures: 1 });
    await pushed('crm', [], { completes: [company] });
    expect(await stateOf(company)).toMatchObject({ state: 'ENABLED', completedApps: ['chat', 'crm'], openFailures: 1 });
    await pushed('chat', [item(company, 'b')]);
    expect(await stateOf(company)).toMatchObject({ state: 'COMPLETE', openFailures: 0 });
    await quiet.database.prisma.companyFlag.updateMany({ where: { companyId: company, flag: 'unified_app' }, data: { value: false } });
    expect(await stateOf(company)).toMatchObject({ state: 'NOT_ENABLED' });
  });

  test('completes of a dry run or of a cancelled job has no effect, and a dry run makes no company RUNNING', async () => {
    const company = await addCompany(quiet.database);
    await pushed('crm', [], { completes: [company] });
    const dry = await pushAs('chat', [item(company, 'a')], { dryRun: true, completes: [company] });
    expect(await stateOf(company)).toMatchObject({ state: 'ENABLED' });
    await dry.work();
    const cancelled = await pushAs('chat', [item(company, 'a')], { completes: [company] });
    expect(await stateOf(company)).toMatchObject({ state: 'RUNNING' });
    good(await cancelled.cancel());
    expect(await stateOf(company)).toMatchObject({ state: 'ENABLED', completedApps: ['crm'] });
  });

  test('what a later run did not push again is closed by its completes; what another job of that run pushed and was cancelled stays open', async () => {
    const company = await addCompany(quiet.database);
    await pushed('chat', [item(company, 'gone', { name: '' }), item(company, 'waits', { name: '' })]);
    const second = await pushed('chat', [item(company, 'other')]);
    const waiting = await pushAs('chat', [item(company, 'waits')], { runId: second.runId });
    good(await waiting.cancel());
    await pushed('chat', [], { runId: second.runId, completes: [company] });
    expect(await quiet.database.prisma.migrationFailure.findMany({ where: { companyId: company } })).toMatchObject([{ appIdentifierId: 'waits' }]);
  });

  test('a failure is not closed by the completes of its own run or of an earlier one, nor by another app', async () => {
    const company = await addCompany(quiet.database);
    const earlier = await pushed('chat', [item(company, 'other')]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const run = await pushed('chat', [item(company, 'a', { name: '' })]);
    const open = () => quiet.database.prisma.migrationFailure.count({ where: { companyId: company } });
    await pushed('chat', [], { runId: run.runId, completes: [company] });
    await pushed('chat', [], { runId: earlier.runId, completes: [company] });
    await pushed('crm', [], { completes: [company] });
    expect(await open()).toBe(1);
    await pushed('chat', [], { completes: [company] });
    expect(await open()).toBe(0);
  });

  test('which of two runs is the later one is told by the database, whatever the clocks of the processes that opened them show', async () => {
    const company = await addCompany(quiet.database);
    const ahead = commandsOf(quiet.database, { now: () => Date.now() + 3_600_000 });
    const first = good(await triggerTeamMigration(ahead.deps, engineer, { apps: ['chat'], companySsoIds: [company] }));
    await pushed('chat', [item(company, 'a', { name: '' })], { runId: first.id });
    await ahead.migrateTeam(chat, { app: 'chat', item: item(company, 'b', { name: '' }), runId: null });
    const job = good(await ahead.migrateTeams(chat, pushOf([item(company, 'c', { name: '' })])));
    await ahead.work(job.id);
    expect(await stateOf(company)).toMatchObject({ openFailures: 3 });
    await pushed('chat', [], { completes: [company] });
    expect(await stateOf(company)).toMatchObject({ openFailures: 0 });
  });

  test('an item without a usable app id opens no failure, even one that reads like the fault of another field', async () => {
    const company = await addCompany(quiet.database);
    const nulled = 'x.parentAppIdentifierId \u0000';
    const job = await pushed('chat', [item(company, nulled), item(company, `.parentAppIdentifierId ${'x'.repeat(300)}`), item(company, 'good', { parentAppIdentifierId: '.appIdentifierId \u0000' })]);
    expect(job.total).toBe(3);
    expect(await outcomesOf(quiet.database, job.id)).toEqual(['FAILED INVALID_APP_IDENTIFIER', 'FAILED INVALID_APP_IDENTIFIER', 'FAILED INVALID_APP_IDENTIFIER']);
    expect(good(await commandsOf(quiet.database).migrateTeam(chat, { app: 'chat', item: item(company, nulled), runId: null })).outcome).toBe('FAILED');
    expect(await quiet.database.prisma.migrationFailure.findMany({ where: { companyId: company } })).toMatchObject([{ appIdentifierId: 'good', reason: 'INVALID_APP_IDENTIFIER' }]);
  });
});

describe('migrationProgress (OTM-S05)', () => {
  test('shares are of enabled companies, failures of all runs, and invitations with a team', async () => {
    const before = await progress();
    const [company, bare, off] = [await addCompany(teams.database), await addCompany(teams.database), await addCompany(teams.database, { enabled: false })];
    for (const [id, count] of [[company, 2], [company, 1], [company, 0], [off, 0]] as const) await invite(id, count);
    for (const app of ['chat', 'crm'] as const) await pushed(app, [item(company, 'a')], { completes: [company] });
    const after = await progress();
    expect(after.enabledCompanies).toBe(before.enabledCompanies + 2);
    expect(after.completeCompanies).toBe(before.completeCompanies + 1);
    expect(after.completeShare).toBeCloseTo(after.completeCompanies / after.enabledCompanies);
    expect(after.invitationCoverage).toBeCloseTo(2 / 3);
    const [{ attempted, failed } = { attempted: 0, failed: 0 }] = await teams.database.prisma.$queryRaw<{ attempted: number; failed: number }[]>`
      SELECT sum(created + skipped + failed)::int AS attempted, sum(failed)::int AS failed FROM migration_run_companies`;
    expect(after.failureRate).toBeCloseTo(failed / attempted);
    expect(after.companies.nodes.find(({ companySsoId }) => companySsoId === company)?.invitationCoverage).toBeCloseTo(2 / 3);
    expect(after.companies.nodes.find(({ companySsoId }) => companySsoId === bare)?.invitationCoverage).toBeNull();
    expect(after.companies.nodes.find(({ companySsoId }) => companySsoId === off)?.invitationCoverage).toBe(0);
  });

  test('companies are paged and filtered by state; inactive ones are left out, and a cursor fits its own list alone', async () => {
    await addCompany(teams.database, { isActive: false });
    const all = await progress({ first: 100 });
    expect(all.companies.totalCount).toBe(await teams.database.prisma.company.count({ where: { isActive: true } }));
    const found: string[] = [];
    for (let after: string | null = null; ; ) {
      const { companies }: Progress = await progress({ first: 2, after });
      found.push(...companies.nodes.map(({ companySsoId }) => companySsoId));
      if (!companies.pageInfo.hasNextPage) break;
      after = companies.pageInfo.endCursor;
    }
    expect(found).toEqual(all.companies.nodes.map(({ companySsoId }) => companySsoId));
    for (const state of migrationStates) {
      const { companies } = await progress({ first: 100, state });
      expect([companies.totalCount, companies.nodes]).toEqual([companies.nodes.length, all.companies.nodes.filter((node) => node.state === state)]);
    }
    const [firstPage] = [await progress({ first: 1 })];
    const { errors } = await teams.ask(engineer, progressText, { state: 'COMPLETE', after: firstPage.companies.pageInfo.endCursor });
    expect(errors).toEqual(['BAD_USER_INPUT migrationProgress companies']);
  });
});

describe('migration runs (OTM-S05)', () => {
  type Run = Readonly<{ id: string; triggered: boolean; totals: object; squads: readonly Readonly<{ app: string; totals: object; companies: { totalCount: number; pageInfo: { endCursor: string; hasNextPage: boolean }; nodes: readonly object[] } }>[] }>;
  const runText = `query ($id: ID!, $first: Int, $after: String) { migrationRun(id: $id) { id triggered totals { attempted created skipped failed failureRate }
    squads { app totals { attempted failed } companies(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { companySsoId trigger error totals { attempted created skipped failed failureRate } } } } } }`;
  const runOf = async (id: string | null, variables: object = {}): Promise<Run> => (await ask<{ migrationRun: Run }>(runText, { id, first: 100, ...variables })).migrationRun;

  test('a run shows attempted, created, skipped, failed and failure rate, per squad and company; a push without a run opens its own', async () => {
    const [one, other] = [await addCompany(teams.database), await addCompany(teams.database)].toSorted();
    const items = [item(one ?? '', 'a'), item(one ?? '', 'a'), item(other ?? '', 'b'), item('nonsense', 'c'), item(null, 'd')];
    const job = await pushed('chat', items);
    await pushed('chat', items.slice(0, 1), { runId: job.runId });
    const run = await runOf(job.runId);
    expect(run).toMatchObject({
      triggered: false,
      totals: { attempted: 6, created: 2, skipped: 2, failed: 2, failureRate: 2 / 6 },
      squads: [{ app: 'CHAT', totals: { attempted: 6, failed: 2 }, companies: { totalCount: 4 } }],
    });
    expect(new Set(run.squads[0]?.companies.nodes)).toEqual(
      new Set([
        { companySsoId: '', trigger: null, error: null, totals: { attempted: 1, created: 0, skipped: 0, failed: 1, failureRate: 1 } },
        { companySsoId: one, trigger: null, error: null, totals: { attempted: 3, created: 1, skipped: 2, failed: 0, failureRate: 0 } },
        { companySsoId: other, trigger: null, error: null, totals: { attempted: 1, created: 1, skipped: 0, failed: 0, failureRate: 0 } },
        { companySsoId: 'nonsense', trigger: null, error: null, totals: { attempted: 1, created: 0, skipped: 0, failed: 1, failureRate: 1 } },
      ]),
    );
    const first = (await runOf(job.runId, { first: 3 })).squads[0]?.companies;
    const second = (await runOf(job.runId, { first: 3, after: first?.pageInfo.endCursor })).squads[0]?.companies;
    expect([first?.pageInfo.hasNextPage, second?.pageInfo.hasNextPage]).toEqual([true, false]);
    expect([...(first?.nodes ?? []), ...(second?.nodes ?? [])]).toEqual(run.squads[0]?.companies.nodes);
  });

  test('a dry run counts to no run, and one that pushed nothing has a failure rate of 0', async () => {
    const company = await addCompany(teams.database);
    const job = await pushed('chat', [], { completes: [company] });
    const runs = await teams.database.prisma.migrationRun.count();
    await pushed('chat', [item(company, 'a', { name: '' })], { dryRun: true, runId: job.runId });
    await pushed('chat', [item(company, 'a', { name: '' })], { dryRun: true });
    expect(await teams.database.prisma.migrationRun.count()).toBe(runs);
    expect(await runOf(job.runId)).toMatchObject({ totals: { attempted: 0, failureRate: 0 }, squads: [{ companies: { totalCount: 0, nodes: [] } }] });
  });

  test('triggered over the wire, a squad without endpoint is FAILED with what to set; runs are listed newest first', async () => {
    const company = await addCompany(teams.database);
    const text = 'mutation ($input: TriggerTeamMigrationInput!) { triggerTeamMigration(input: $input) { run { id triggered squads { app companies { nodes { companySsoId trigger } } } } } }';
    const { run } = (await ask<{ triggerTeamMigration: { run: Run } }>(text, { input: { apps: ['CRM'], companySsoIds: [company] } })).triggerTeamMigration;
    expect(run).toMatchObject({ triggered: true, squads: [{ app: 'CRM', companies: { nodes: [{ companySsoId: company }] } }] });
    for (;;) {
      const [node] = (await runOf(run.id)).squads[0]?.companies.nodes ?? [];
      if (node !== undefined && 'trigger' in node && node.trigger === 'PENDING') continue;
      expect(node).toMatchObject({ trigger: 'FAILED', error: 'CRM has no trigger endpoint; set CRM_TRIGGER_URL and CRM_TRIGGER_TOKEN for teams.' });
      break;
    }
    type Runs = { migrationRuns: { totalCount: number; nodes: { id: string; createdAt: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } } };
    const list = 'query ($first: Int, $after: String) { migrationRuns(first: $first, after: $after) { totalCount nodes { id createdAt } pageInfo { endCursor hasNextPage } } }';
    const all = (await ask<Runs>(list, { first: 100 })).migrationRuns;
    expect([all.nodes[0]?.id, all.totalCount]).toEqual([run.id, all.nodes.length]);
    const half = (await ask<Runs>(list, { first: 2 })).migrationRuns;
    const rest = (await ask<Runs>(list, { first: 100, after: half.pageInfo.endCursor })).migrationRuns;
    expect([...half.nodes, ...rest.nodes]).toEqual(all.nodes);
  });

  test('a run that is unknown, or no id, is NOT_FOUND; people and squads are FORBIDDEN', async () => {
    const owner = await plantCompany(teams.database, { people: { Ani: 'OWNER' }, teams: [] });
    for (const id of [randomUUID(), 'nonsense', 'a\u0000']) expect((await teams.ask(engineer, runText, { id })).errors).toEqual(['NOT_FOUND migrationRun']);
    for (const viewer of [owner.person('Ani'), chat]) {
      expect((await teams.ask(viewer, '{ migrationRuns { totalCount } }')).errors).toEqual(['FORBIDDEN migrationRuns']);
      expect((await teams.ask(viewer, '{ migrationProgress { completeShare } }')).errors).toEqual(['FORBIDDEN migrationProgress']);
      expect((await teams.ask(viewer, 'mutation { triggerTeamMigration(input: { apps: [CHAT] }) { run { id } } }')).errors).toEqual(['FORBIDDEN triggerTeamMigration']);
    }
    expect((await teams.ask(personOf(randomUUID(), randomUUID()), '{ migrationRuns { totalCount } }')).errors).toEqual(['UNAUTHENTICATED migrationRuns']);
  });

  test('a job that the nightly clean-up has removed is NOT_FOUND, also when another subgraph refers to it', async () => {
    const company = await addCompany(teams.database);
    const job = await pushed('chat', [item(company, 'a')]);
    const entity = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on MigrationJob { status } } }';
    const representation = { r: [{ __typename: 'MigrationJob', id: job.id }] };
    expect((await ask<{ _entities: object[] }>(entity, representation, chat))._entities).toEqual([{ status: 'COMPLETED' }]);
    await teams.database.prisma.migrationJob.delete({ where: { id: job.id } });
    expect((await teams.ask(chat, 'query ($id: ID!) { migrationJob(id: $id) { status } }', { id: job.id })).errors).toEqual(['NOT_FOUND migrationJob']);
    expect((await ask<{ _entities: (object | null)[] }>(entity, representation, chat))._entities).toEqual([null]);
  });
});

describe('statements (OTM-S05)', () => {
  test('progress with a page of companies, and a page of runs with totals and companies, cost as many for 100 as for one', async () => {
    const companies = await Promise.all(Array.from({ length: 12 }, () => addCompany(teams.database)));
    for (const company of companies) await pushed('chat', [item(company, 'a')]);
    let statements = 0;
    const reader = teams.database.prisma.$extends({
      query: {
        $allOperations: ({ args, query }) => {
          statements += 1;
          return query(args);
        },
      },
    }) as unknown as PrismaClient;
    const counted = async (work: (context: Parameters<typeof migrationRuns>[0]) => Promise<unknown>): Promise<number> => {
      statements = 0;
      const loaders = createMigrationLoaders(reader) as Context['loaders'];
      await work({ reader, viewer: engineer, cursors, loaders });
      return statements;
    };
    const progressOf = (first: number) =>
      counted(async (context) => {
        good(await migrationProgress(context));
        await good(await companyProgress(context, null, { first })).totalCount();
      });
    expect([await progressOf(1), await progressOf(100)]).toEqual([3, 3]);
    const runsOf = (first: number) =>
      counted(async (context) => {
        const { nodes } = good(await migrationRuns(context, { first }));
        await Promise.all(nodes.flatMap((run) => [context.loaders.squadTotals.load(run.id), ...squadsOf(run).map(async (squad) => good(await runCompanies(context, squad, {})).totalCount())]));
        expect(nodes.length).toBeGreaterThanOrEqual(Math.min(first, 12));
      });
    expect([await runsOf(1), await runsOf(100)]).toEqual([3, 3]);
  });
});
