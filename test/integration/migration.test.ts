import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { PushedItem } from '../../subgraphs/teams/domain/migrationItem.ts';
import { Interrupted, type WorkStep } from '../../subgraphs/teams/jobs/workMigrationJob.ts';
import { holdJob, takeJob } from '../../subgraphs/teams/store/migrationJobs.ts';
import { addCompany, chat, commandsOf, crm, good, item, outcomesOf, pushOf } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
}, 60_000);
afterAll(() => db.close());

const teamsOf = (companyId: string) => db.database.prisma.team.findMany({ where: { companyId }, orderBy: { nameKey: 'asc' } });
const eventsOf = (companyId: string) => db.database.prisma.event.findMany({ where: { companyId }, orderBy: { written: 'asc' } });
const jobOf = (id: string) => db.database.prisma.migrationJob.findUniqueOrThrow({ where: { id } });
const push = async (items: readonly PushedItem[], rest: Parameters<typeof pushOf>[1] = {}) => {
  const commands = commandsOf(db.database);
  const job = good(await commands.migrateTeams(rest.app === 'crm' ? crm : chat, pushOf(items, rest)));
  return { ...commands, job };
};
const pushed = async (items: readonly PushedItem[], rest: Parameters<typeof pushOf>[1] = {}) => {
  const { job, work, recorded } = await push(items, rest);
  await work(job.id);
  return { job: await jobOf(job.id), recorded, outcomes: await outcomesOf(db.database, job.id) };
};

describe('a push', () => {
  test('answers at once with a PENDING job, and is worked into teams below their parents, with their prefix and source', async () => {
    const company = await addCompany(db.database);
    const { job, work } = await push([item(company, '2', { name: 'Support', parentAppIdentifierId: '1' }), item(company, '1', { name: 'Care' })]);
    expect(job).toMatchObject({ status: 'PENDING', total: 2 });
    await work(job.id);
    expect(await jobOf(job.id)).toMatchObject({ status: 'COMPLETED', created: 2, skipped: 0, failed: 0, attempt: 1 });
    const [care, support] = await teamsOf(company);
    expect(care).toMatchObject({ name: 'Chat - Care', sourceIdentifier: 'Chat', referenceId: '1', parentId: null });
    expect(support).toMatchObject({ name: 'Chat - Support', referenceId: '2', parentId: care?.id });
  });

  test('leaves exactly one TEAM_MIGRATED event for each team, in the order they were created', async () => {
    const company = await addCompany(db.database);
    const { recorded } = await pushed([item(company, 'b', { parentAppIdentifierId: 'a' }), item(company, 'a'), item(company, 'c')], { app: 'crm' });
    const teams = await teamsOf(company);
    const events = await eventsOf(company);
    expect(events.map(({ aggregateId }) => aggregateId).sort()).toEqual(teams.map(({ id }) => id).sort());
    const a = teams.find(({ referenceId }) => referenceId === 'a');
    const b = events.find(({ payload }) => (payload as { app_identifier_id: string }).app_identifier_id === 'b');
    expect(b).toMatchObject({
      eventType: 'TEAM_MIGRATED',
      app: 'crm',
      isPublic: true,
      payload: { team_name: 'CRM - Team b', app: 'crm', app_identifier_id: 'b', source_identifier: 'CRM', company_sso_id: company, parent_id: a?.id, members: [], created_by_sso_id: '' },
    });
    expect(recorded.filter(({ event }) => event === 'team_migrated')).toHaveLength(3);
  });

  test('that is repeated creates nothing and answers the existing teams, whatever their name and parent are now', async () => {
    const company = await addCompany(db.database);
    await pushed([item(company, 'a'), item(company, 'b')]);
    const before = await teamsOf(company);
    const { job, outcomes } = await pushed([item(company, 'a', { name: 'New' }), item(company, 'b', { parentAppIdentifierId: 'a' })]);
    expect(outcomes).toEqual(['SKIPPED', 'SKIPPED']);
    expect(await teamsOf(company)).toEqual(before);
    expect(await eventsOf(company)).toHaveLength(2);
    const items = await db.database.prisma.migrationItem.findMany({ where: { jobId: job.id }, orderBy: { index: 'asc' } });
    expect(items.map(({ teamId }) => teamId)).toEqual(before.map(({ id }) => id));
  });

  test('HOSTILE 40: sent 20 times at once creates each team once', async () => {
    const company = await addCompany(db.database);
    const items = Array.from({ length: 50 }, (_, n) => item(company, String(n), { parentAppIdentifierId: n === 0 ? null : String(Math.floor(n / 3)) }));
    const jobs = await Promise.all(Array.from({ length: 20 }, () => push(items.toSorted(() => Math.random() - 0.5))));
    await Promise.all(jobs.map(({ job, work }) => work(job.id)));
    expect(await teamsOf(company)).toHaveLength(50);
    expect(await eventsOf(company)).toHaveLength(50);
    const counts = await Promise.all(jobs.map(({ job }) => jobOf(job.id)));
    expect(counts.reduce((sum, { created }) => sum + created, 0)).toBe(50);
    expect(counts.every(({ status, created, skipped }) => status === 'COMPLETED' && created + skipped === 50)).toBe(true);
  });

  test('HOSTILE 22, HOSTILE 44: keeps 994 good items of 1,000 among which are a blank name, NUL, lone surrogate, 100,000 characters, bad and unknown companies', async () => {
    const company = await addCompany(db.database);
    const bad = [
      item(company, 'bad0', { name: ' ' }),
      item(company, 'bad1', { name: 'a\u0000b' }),
      item(company, 'bad2', { name: 'a\ud800b' }),
      item(company, 'bad3', { name: 'x'.repeat(100_000) }),
      item('no-uuid', 'bad4'),
      item(randomUUID(), 'bad5'),
    ];
    const goods = Array.from({ length: 994 }, (_, n) => item(company, String(n)));
    const { job, outcomes, recorded } = await pushed([...bad, ...goods, item(company, '7')]);
    expect(outcomes.slice(0, 6)).toEqual(['FAILED INVALID_NAME', 'FAILED INVALID_NAME', 'FAILED INVALID_NAME', 'FAILED INVALID_NAME', 'FAILED COMPANY_UNKNOWN', 'FAILED COMPANY_UNKNOWN']);
    expect(job).toMatchObject({ status: 'COMPLETED_WITH_FAILURES', total: 1_001, created: 994, skipped: 1, failed: 6 });
    expect(recorded.filter(({ event }) => event === 'team_migration_failed')).toHaveLength(6);
  });

  test('keeps the rest when one item of a company that is off or not active fails', async () => {
    const [on, off, inactive] = [await addCompany(db.database), await addCompany(db.database, { enabled: false }), await addCompany(db.database, { isActive: false })];
    const { outcomes } = await pushed([item(off, 'a'), item(inactive, 'a'), item(on, 'a')]);
    expect(outcomes).toEqual(['FAILED FLAG_OFF', 'FAILED COMPANY_UNKNOWN', 'CREATED']);
  });

  test('finds parents of an earlier push, and their depth counts', async () => {
    const company = await addCompany(db.database);
    await pushed(Array.from({ length: 32 }, (_, n) => item(company, String(n), { parentAppIdentifierId: n === 0 ? null : String(n - 1) })));
    const { outcomes } = await pushed([item(company, 'x', { parentAppIdentifierId: '31' }), item(company, 'y', { parentAppIdentifierId: '30' }), item(company, 'z', { parentAppIdentifierId: 'x' })]);
    expect(outcomes).toEqual(['FAILED DEPTH_EXCEEDED', 'CREATED', 'FAILED PARENT_UNKNOWN']);
  });

  test('leaves deleted teams deleted; as parents they stand for where their children went', async () => {
    const company = await addCompany(db.database);
    await pushed([item(company, 'heir')]);
    const [heir] = await teamsOf(company);
    await db.database.prisma.teamTombstone.createMany({
      data: [
        { companyId: company, sourceIdentifier: 'Chat', referenceId: 'gone', standsFor: heir?.id ?? null },
        { companyId: company, sourceIdentifier: 'Chat', referenceId: 'gone root', standsFor: null },
      ],
    });
    const { outcomes } = await pushed([item(company, 'gone'), item(company, 'b', { parentAppIdentifierId: 'gone' }), item(company, 'c', { parentAppIdentifierId: 'gone root' })]);
    expect(outcomes).toEqual(['SKIPPED DELETED', 'CREATED', 'CREATED']);
    const parentOf = new Map((await teamsOf(company)).map(({ referenceId, parentId }) => [referenceId, parentId]));
    expect(parentOf).toEqual(new Map([['heir', null], ['b', heir?.id], ['c', null]]));
  });

  test('of equal ids and names in Chat and CRM makes two teams', async () => {
    const company = await addCompany(db.database);
    await pushed([item(company, '1', { name: 'Sales' })]);
    await pushed([item(company, '1', { name: 'Sales' })], { app: 'crm' });
    expect((await teamsOf(company)).map(({ name }) => name)).toEqual(['Chat - Sales', 'CRM - Sales']);
  });

  test('as a dry run tells what would be and touches nothing else', async () => {
    const company = await addCompany(db.database);
    const { job, outcomes } = await pushed([item(company, 'b', { parentAppIdentifierId: 'a' }), item(company, 'a'), item(company, 'c', { name: '' })], { dryRun: true, completes: [company] });
    expect(outcomes).toEqual(['CREATED', 'CREATED', 'FAILED INVALID_NAME']);
    expect(job).toMatchObject({ dryRun: true, runId: null, created: 2, failed: 1 });
    expect([await teamsOf(company), await eventsOf(company)]).toEqual([[], []]);
    expect(await db.database.prisma.migrationFailure.count({ where: { companyId: company } })).toBe(0);
    expect(await db.database.prisma.migrationJobComplete.findMany({ where: { jobId: job.id } })).toMatchObject([{ status: 'VOID' }]);
    expect(await db.database.prisma.migrationCompletion.count({ where: { companyId: company } })).toBe(0);
  });

  test('HOSTILE 37: of 10,000 items in one chain of parents that come later is accepted and worked whole', async () => {
    const company = await addCompany(db.database);
    const items = Array.from({ length: 10_000 }, (_, n) => item(company, String(n), { parentAppIdentifierId: n % 32 === 31 ? null : String(n + 1) }));
    const { job, work } = await push(items);
    await work(job.id, { budgetMs: 60_000 });
    expect(await jobOf(job.id)).toMatchObject({ status: 'COMPLETED_WITH_FAILURES', created: 9_984, failed: 16 });
    expect(await eventsOf(company)).toHaveLength(9_984);
  }, 60_000);
});

describe('a push is refused whole', () => {
  const commands = () => commandsOf(db.database);
  const refused = async (viewer: typeof chat | Readonly<{ kind: 'person'; userId: string; companyId: string; platform: 'web' }>, rest: Partial<ReturnType<typeof pushOf>>) => {
    const result = await commands().migrateTeams(viewer, pushOf([item(randomUUID(), 'a')], rest));
    return 'code' in result ? [result.code, result.details.field] : result;
  };

  test('for the other app, and for people', async () => {
    expect(await refused(chat, { app: 'crm' })).toEqual(['FORBIDDEN', undefined]);
    expect(await refused(crm, { app: 'chat' })).toEqual(['FORBIDDEN', undefined]);
    expect(await refused({ kind: 'person', userId: randomUUID(), companyId: randomUUID(), platform: 'web' }, {})).toEqual(['FORBIDDEN', undefined]);
  });

  test('HOSTILE 42, HOSTILE 43: when it is empty without completes, or has more than 10,000 items', async () => {
    expect(await refused(chat, { items: [] })).toEqual(['BAD_USER_INPUT', 'input.items']);
    expect(await refused(chat, { items: Array.from({ length: 10_001 }, () => item(null, null)) })).toEqual(['BATCH_TOO_LARGE', 'input.items']);
    expect(await refused(chat, { items: [], completes: [randomUUID()] })).toMatchObject({ status: 'PENDING', total: 0 });
  });

  test('when its run is unknown or of another app', async () => {
    const other = good(await commands().migrateTeams(crm, pushOf([item(randomUUID(), 'a')], { app: 'crm' })));
    for (const runId of ['nonsense', randomUUID(), other.runId]) expect(await refused(chat, { runId })).toEqual(['BAD_USER_INPUT', 'input.runId']);
  });

  test('HOSTILE 41: when its key is blank, or was sent with another payload', async () => {
    expect(await refused(chat, { idempotencyKey: ' ' })).toEqual(['BAD_USER_INPUT', 'input.idempotencyKey']);
    const idempotencyKey = randomUUID();
    const items = [item(randomUUID(), 'a')];
    const jobs = await Promise.all(Array.from({ length: 5 }, () => commands().migrateTeams(chat, pushOf(items, { idempotencyKey }))));
    expect(new Set(jobs.map((job) => good(job).id)).size).toBe(1);
    expect(await refused(chat, { idempotencyKey, items: [...items, item(null, 'b')] })).toEqual(['CONFLICT', undefined]);
    expect(await commands().migrateTeams({ ...chat, id: 'another' }, pushOf(items, { idempotencyKey }))).toMatchObject({ caller: 'another' });
  });
});

describe('after a crash', () => {
  const steps: readonly WorkStep[] = ['taken', 'held', 'planned', 'applied', 'counted', 'committed', 'finishing', 'finished'];
  test.each(steps.flatMap((step) => [1, 2].map((time) => [step, time] as const)))('at step %s, time %i, the job goes on without loss or repetition', async (step, time) => {
    const company = await addCompany(db.database);
    const items = Array.from({ length: 25 }, (_, n) => item(company, String(n), { parentAppIdentifierId: n === 24 ? null : String(n + 1) }));
    const { job, work } = await push([...items, item(company, 'bad', { name: '' })], { completes: [company] });
    let times = 0;
    const checkpoint = (at: WorkStep): void => {
      if (at === step && (times += 1) === time) throw new Interrupted();
    };
    await work(job.id, { checkpoint, chunkLength: 10 }).catch((error: unknown) => expect(error).toBeInstanceOf(Interrupted));
    await work(job.id, { chunkLength: 10 });
    expect(await jobOf(job.id)).toMatchObject({ status: 'COMPLETED_WITH_FAILURES', created: 25, skipped: 0, failed: 1 });
    expect(await teamsOf(company)).toHaveLength(25);
    expect(await eventsOf(company)).toHaveLength(25);
    expect(await db.database.prisma.migrationRunCompany.findMany({ where: { runId: job.runId ?? '' } })).toMatchObject([{ companyRef: company, created: 25, skipped: 0, failed: 1 }]);
  });

  test('two workers on one job have one effect', async () => {
    const company = await addCompany(db.database);
    const { job, work } = await push(Array.from({ length: 40 }, (_, n) => item(company, String(n))));
    await Promise.all([work(job.id, { chunkLength: 7 }), work(job.id, { chunkLength: 7 })]);
    expect(await jobOf(job.id)).toMatchObject({ status: 'COMPLETED', created: 40, skipped: 0 });
    expect(await eventsOf(company)).toHaveLength(40);
  });

  test('the writes of an attempt that was overtaken are refused', async () => {
    const company = await addCompany(db.database);
    const { job, work } = await push([item(company, 'a'), item(company, 'b')]);
    let overtaken = false;
    const checkpoint = async (at: WorkStep): Promise<void> => {
      if (at !== 'committed' || overtaken) return;
      overtaken = true;
      await db.database.transaction((tx) => takeJob(tx, job.id, new Date()));
    };
    expect(await work(job.id, { checkpoint, chunkLength: 1 })).toBe(false);
    expect(await jobOf(job.id)).toMatchObject({ status: 'RUNNING', created: 1, attempt: 2 });
    expect(await teamsOf(company)).toHaveLength(1);
    await work(job.id);
    expect(await jobOf(job.id)).toMatchObject({ status: 'COMPLETED', created: 2, attempt: 3 });
    expect(await eventsOf(company)).toHaveLength(2);
  });

  test('a stale attempt does not hold the job', async () => {
    const company = await addCompany(db.database);
    const { job } = await push([item(company, 'a')]);
    const take = () => db.database.transaction((tx) => takeJob(tx, job.id, new Date()));
    const [first, second] = [await take(), await take()];
    expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
    expect(await db.database.transaction((tx) => holdJob(tx, job.id, 1))).toBe(false);
    expect(await db.database.transaction((tx) => holdJob(tx, job.id, 2))).toBe(true);
  });

  test('one item that cannot be stored by a fault of ours becomes INTERNAL, and the rest goes on', async () => {
    const company = await addCompany(db.database);
    await db.database.prisma.$executeRawUnsafe(`CREATE OR REPLACE FUNCTION refuse_poison() RETURNS trigger AS $$ BEGIN IF NEW.reference_id = 'poison' THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql`);
    await db.database.prisma.$executeRawUnsafe('CREATE TRIGGER poison BEFORE INSERT ON teams FOR EACH ROW EXECUTE FUNCTION refuse_poison()');
    const items = Array.from({ length: 40 }, (_, n) => item(company, n === 23 ? 'poison' : String(n)));
    const { job, outcomes } = await pushed(items);
    await db.database.prisma.$executeRawUnsafe('DROP TRIGGER poison ON teams');
    expect(outcomes[23]).toBe('FAILED INTERNAL');
    expect(job).toMatchObject({ status: 'COMPLETED_WITH_FAILURES', created: 39, failed: 1 });
    expect((await pushed(items)).job).toMatchObject({ status: 'COMPLETED', created: 1, skipped: 39 });
  });
});

describe('a job', () => {
  test('is cancelled by its squad alone: what was worked stays, the rest is CANCELLED, completes are VOID', async () => {
    const company = await addCompany(db.database);
    const { job, work, cancelJob } = await push(Array.from({ length: 30 }, (_, n) => item(company, String(n))), { completes: [company] });
    let chunks = 0;
    await work(job.id, {
      chunkLength: 10,
      checkpoint: async (at) => {
        if (at === 'committed' && (chunks += 1) === 2) {
          expect(await cancelJob({ ...chat, id: 'another' }, job.id)).toMatchObject({ code: 'NOT_FOUND' });
          expect(await cancelJob(crm, job.id)).toMatchObject({ code: 'NOT_FOUND' });
          good(await cancelJob(chat, job.id));
        }
      },
    });
    expect(await jobOf(job.id)).toMatchObject({ status: 'CANCELLED', created: 20, cancelled: 10 });
    expect(await teamsOf(company)).toHaveLength(20);
    expect(await db.database.prisma.migrationJobComplete.findMany({ where: { jobId: job.id } })).toMatchObject([{ status: 'VOID' }]);
    expect(await cancelJob(chat, job.id)).toMatchObject({ code: 'CONFLICT' });
  });

  test('puts completes into effect when it ends, and closes failures that its run did not push again', async () => {
    const [company, off] = [await addCompany(db.database), await addCompany(db.database, { enabled: false })];
    const failures = async () => (await db.database.prisma.migrationFailure.findMany({ where: { companyId: company } })).map(({ appIdentifierId }) => appIdentifierId).sort();
    await pushed([item(company, 'a', { name: '' }), item(company, 'b', { parentAppIdentifierId: 'nobody' }), item(company, 'c', { name: '' }), item(null, 'd')]);
    expect(await failures()).toEqual(['a', 'b', 'c']);
    await pushed([item(company, 'a')]);
    expect(await failures()).toEqual(['b', 'c']);
    const unknown = randomUUID();
    const { job } = await pushed([item(company, 'c', { name: '' })], { completes: [company, off, unknown, 'nonsense', company] });
    expect(await failures()).toEqual(['c']);
    const completes = await db.database.prisma.migrationJobComplete.findMany({ where: { jobId: job.id } });
    expect(Object.fromEntries(completes.map(({ companyRef, status }) => [companyRef, status]))).toEqual({ [company]: 'EFFECTIVE', [off]: 'NOT_ENABLED', [unknown]: 'UNKNOWN', nonsense: 'UNKNOWN' });
    expect(await db.database.prisma.migrationCompletion.findMany({ where: { companyId: company } })).toMatchObject([{ app: 'chat', runId: job.runId }]);
  });

  test('is readable by the squad that pushed it and with teams:trigger, its results paged and filtered', async () => {
    const company = await addCompany(db.database);
    const { job, work, ...commands } = await push([...Array.from({ length: 5 }, (_, n) => item(company, String(n))), item(company, 'x', { name: '' })]);
    await work(job.id);
    const trigger = { ...chat, id: 'engineer', scopes: ['teams:trigger'] } as const;
    expect(good(await commands.readJob(trigger, job.id)).id).toBe(job.id);
    expect(good(await commands.readJob(chat, job.id)).id).toBe(job.id);
    expect(await commands.readJob({ ...chat, id: 'another' }, job.id)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await commands.readJob({ kind: 'person', userId: randomUUID(), companyId: company, platform: 'web' }, job.id)).toMatchObject({ code: 'FORBIDDEN' });
    const first = good(await commands.results(chat, { jobId: job.id, outcome: null, page: { first: 4 } }));
    expect([first.nodes.map(({ index }) => index), first.pageInfo.hasNextPage, await first.totalCount()]).toEqual([[0, 1, 2, 3], true, 6]);
    const second = good(await commands.results(chat, { jobId: job.id, outcome: null, page: { first: 4, after: first.pageInfo.endCursor } }));
    expect([second.nodes.map(({ index }) => index), second.pageInfo.hasNextPage]).toEqual([[4, 5], false]);
    expect(await commands.results(trigger, { jobId: job.id, outcome: null, page: { after: first.pageInfo.endCursor } })).toMatchObject({ code: 'BAD_USER_INPUT' });
    const failed = good(await commands.results(chat, { jobId: job.id, outcome: 'FAILED', page: {} }));
    expect(failed.nodes.map(({ index }) => index)).toEqual([5]);
  });
});

describe('a push of one team', () => {
  test('creates it at once with its event and counts to its run; a repeat is SKIPPED, a bad one FAILED', async () => {
    const company = await addCompany(db.database);
    const { migrateTeam } = commandsOf(db.database);
    const { job } = await pushed([item(company, 'a')]);
    const one = (rest: Partial<PushedItem> = {}) => migrateTeam(chat, { app: 'chat', item: item(company, 'b', { parentAppIdentifierId: 'a', ...rest }), runId: job.runId });
    const created = good(await one());
    expect(created).toMatchObject({ outcome: 'CREATED', reason: null });
    expect(good(await one())).toMatchObject({ outcome: 'SKIPPED', teamId: created.teamId });
    expect(good(await one({ name: '', appIdentifierId: 'c' }))).toMatchObject({ outcome: 'FAILED', reason: 'INVALID_NAME', teamId: null, message: expect.stringMatching(/^input\.item\.name is ""/) });
    expect(good(await one({ appIdentifierId: 'd', parentAppIdentifierId: 'items[0]' })).message).toMatch(/^input\.item\.parentAppIdentifierId is "items\[0\]"/);
    expect(await eventsOf(company)).toHaveLength(2);
    expect(await db.database.prisma.migrationRunCompany.findMany({ where: { runId: job.runId ?? '' } })).toMatchObject([{ created: 2, skipped: 1, failed: 2 }]);
    expect(await migrateTeam(crm, { app: 'chat', item: item(company, 'z'), runId: null })).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('at once from many sides creates one', async () => {
    const company = await addCompany(db.database);
    const { migrateTeam } = commandsOf(db.database);
    const results = await Promise.all(Array.from({ length: 10 }, () => migrateTeam(chat, { app: 'chat', item: item(company, 'a'), runId: null })));
    expect(results.map((result) => good(result).outcome).sort()).toEqual(['CREATED', ...Array.from({ length: 9 }, () => 'SKIPPED')]);
    expect(new Set(results.map((result) => good(result).teamId)).size).toBe(1);
  });
});
