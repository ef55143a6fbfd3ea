import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '../../subgraphs/shared/metrics.ts';
import { isRefused } from '../../subgraphs/shared/errors.ts';
import type { GivenCompany } from '../../subgraphs/teams/domain/newCompany.ts';
import { createCompany } from '../../subgraphs/teams/commands/createCompany.ts';
import { retryGeneralTeams, tryGeneralTeam } from '../../subgraphs/teams/commands/generalTeam.ts';
import { redriveDeadLetter } from '../../subgraphs/teams/commands/redriveDeadLetter.ts';
import { receiveCompanyMessage, takeCompanyEvent } from '../../subgraphs/teams/commands/takeCompanyEvent.ts';
import { companyCreated, countsOf, depsOf, founder, givenCompany, refuseRows } from '../support/companies.ts';
import { good, silent } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTestTeams } from '../support/teams.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.close());

const one = { companies: 1, owners: 1, general: 1, teams: 1, created: 1 };
const without = { ...one, general: 0, teams: 0, created: 0 };
const create = (deps: Parameters<typeof createCompany>[0], company: GivenCompany, idempotencyKey: string | null = null) =>
  createCompany(deps, founder, { ...company, idempotencyKey });
const makeDue = (companyId: string) => db.database.prisma.$executeRaw`UPDATE general_team_tries SET next_try_at = clock_timestamp() WHERE company_id = ${companyId}::uuid`;
/** What was recorded of one company: others of this file may be due at the same time. */
const told = (recorded: readonly DomainEvent[], companyId: string): readonly DomainEvent[] => recorded.filter((event) => 'cid' in event && event.cid === companyId);
/** What the background of a process does once the next try is due. */
const retry = async (deps: Parameters<typeof createCompany>[0], companyId: string): Promise<void> => {
  await makeDue(companyId);
  await retryGeneralTeams(deps);
};

describe('OTM-S02: a new company', () => {
  test('AC-1: has a default team General without members, parent and reference, of source Launchpad, whatever the flags, and its first OWNER', async () => {
    const { deps, recorded } = depsOf(db.database);
    const company = givenCompany();
    expect(good(await create(deps, company))).toEqual({ id: company.id, name: 'Acme', plan: 'growth', isActive: true, treeVersion: 0 });
    const [team] = await db.database.prisma.team.findMany({ where: { companyId: company.id }, include: { members: true } });
    expect(team).toMatchObject({ name: 'General', nameKey: 'general', parentId: null, sourceIdentifier: 'Launchpad', referenceId: null, isDefault: true, members: [], version: 1 });
    expect(await db.database.prisma.user.findUnique({ where: { id: company.ownerId } })).toMatchObject({ role: 'OWNER', isActive: true, email: company.ownerEmail.toLowerCase(), companyId: company.id });
    expect(told(recorded, company.id)).toEqual([{ event: 'general_team_created', cid: company.id, team_id: team?.id }]);
    expect(await countsOf(db.database, company.id)).toEqual(one);
    const events = await db.database.prisma.event.findMany({ where: { companyId: company.id }, orderBy: { written: 'asc' } });
    expect(events.map(({ eventType, payload }) => [eventType, payload])).toEqual([
      ['ACCESS_CHANGED', { company_sso_id: company.id, user_id: company.ownerId, is_active: true }],
      ['TEAM_CREATED', { team_name: 'General', company_sso_id: company.id, members: [], created_by_sso_id: '', parent_id: null, tree_version: 0 }],
    ]);
    const audit = await db.database.prisma.auditEntry.findMany({ where: { companyId: company.id } });
    expect(audit.map(({ kind, actorService }) => `${kind} ${actorService ?? '-'}`).sort()).toEqual(['PERSON billing', 'PLAN billing', 'TEAM -']);
    expect(await db.database.prisma.generalTeamTries.count({ where: { companyId: company.id } })).toBe(0);
  });

  test('ERR-1: stays when its General team fails; each failed try is recorded and made again in the background', async () => {
    const { deps, recorded } = depsOf(db.database);
    const company = givenCompany();
    const mend = await refuseRows(db.database, 'teams', `NEW.company_id = '${company.id}'`, 2);
    expect(good(await create(deps, company)).id).toBe(company.id);
    expect(await countsOf(db.database, company.id)).toEqual(without);
    await db.database.prisma.$executeRaw`UPDATE general_team_tries SET next_try_at = clock_timestamp() + interval '1 hour' WHERE company_id = ${company.id}::uuid`;
    await retryGeneralTeams(deps);
    expect(told(recorded, company.id)).toHaveLength(1); // not due yet
    await retry(deps, company.id);
    await retry(deps, company.id);
    expect(await countsOf(db.database, company.id)).toEqual(one);
    const failed = (attempt: number) => ({ event: 'general_team_create_failed', cid: company.id, attempt, reason: 'P0001' });
    expect(told(recorded, company.id)).toEqual([failed(1), failed(2), { event: 'general_team_created', cid: company.id, team_id: expect.any(String) }]);
    await mend();
  });

  test('ERR-1: pauses between tries double, by the clock of the database', async () => {
    // a thousand times as long as in life, so that a slow machine does not count
    const { deps } = depsOf(db.database, { generalTeamPauseMs: 1_000_000, now: () => 0 });
    const company = givenCompany();
    const mend = await refuseRows(db.database, 'teams', `NEW.company_id = '${company.id}'`);
    const pauses: number[] = [];
    const look = async () => {
      const [row] = await db.database.prisma.$queryRaw<{ s: number }[]>`
        SELECT round(extract(epoch FROM next_try_at - clock_timestamp()) / 1000)::int AS s FROM general_team_tries WHERE company_id = ${company.id}::uuid`;
      pauses.push(row?.s ?? -1);
    };
    await create(deps, company);
    await look();
    for (const _ of [1, 2]) {
      await retry(deps, company.id);
      await look();
    }
    expect(pauses).toEqual([1, 2, 4]);
    await mend();
  });

  test('ERR-1: after three tries in the background it is a dead letter and told as exhausted, once; redriven, it is made', async () => {
    const { deps, recorded } = depsOf(db.database);
    const company = givenCompany();
    const mend = await refuseRows(db.database, 'teams', `NEW.company_id = '${company.id}'`);
    await create(deps, company);
    for (const _ of [1, 2, 3, 4, 5]) await retry(deps, company.id);
    expect(told(recorded, company.id).map(({ event }) => event)).toEqual([...Array<string>(4).fill('general_team_create_failed'), 'general_team_create_exhausted']);
    const letter = await db.database.prisma.deadLetter.findFirstOrThrow({ where: { companyId: company.id } });
    expect(letter).toMatchObject({ kind: 'general_team', reference: company.id, error: 'P0001', tries: 4, redrivenAt: null });
    expect(await countsOf(db.database, company.id)).toEqual(without);
    await mend();
    expect(await redriveDeadLetter(deps, letter.id)).toBe('made');
    expect(await countsOf(db.database, company.id)).toEqual(one);
    expect(await redriveDeadLetter(deps, letter.id)).toMatchObject({ code: 'CONFLICT' });
    expect(await redriveDeadLetter(deps, 'x')).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('ERR-1: a try that was taken over meanwhile and fails late counts for nothing', async () => {
    const { deps, recorded } = depsOf(db.database);
    const company = givenCompany();
    const mend = await refuseRows(db.database, 'teams', `NEW.company_id = '${company.id}'`);
    await create(deps, company);
    const late = { companyId: company.id, attempts: 1 };
    expect([await tryGeneralTeam(deps, late), await tryGeneralTeam(deps, late)]).toEqual(['failed', 'there']);
    expect(told(recorded, company.id)).toHaveLength(2);
    expect(await db.database.prisma.generalTeamTries.findUnique({ where: { companyId: company.id } })).toMatchObject({ attempts: 2 });
    await mend();
  });

  test('ERR-1: a process that dies before its first try leaves it to the background of another', async () => {
    const { deps } = depsOf(db.database);
    const company = givenCompany();
    const dying = { ...deps, database: { ...deps.database, transaction: ((work) => (ended ? Promise.reject(new Error('dead')) : deps.database.transaction(work).finally(() => (ended = true)))) as typeof deps.database.transaction } };
    let ended = false;
    await create(dying, company);
    expect(await countsOf(db.database, company.id)).toEqual(without);
    await retry(deps, company.id);
    expect(await countsOf(db.database, company.id)).toEqual(one);
  });

  test('ERR-1: the background of a running process makes the General team that failed', async () => {
    const teams = await startTestTeams();
    const company = givenCompany();
    await refuseRows(teams.database, 'teams', `NEW.company_id = '${company.id}'`, 1);
    const query = 'mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { company { id } } }';
    const input = { companySsoId: company.id, name: company.name, plan: 'GROWTH', ownerSsoId: company.ownerId, ownerEmail: company.ownerEmail, ownerFullName: company.ownerFullName };
    expect((await teams.ask(founder, query, { input })).errors).toEqual([]);
    expect(await countsOf(teams.database, company.id)).toEqual(without);
    for (const limit = Date.now() + 20_000; Date.now() < limit && (await countsOf(teams.database, company.id)).general === 0; ) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await countsOf(teams.database, company.id)).toEqual(one);
    await teams.close();
  }, 30_000);

  test('never has two General teams, also when the creation and retries of several processes race', async () => {
    const { deps, recorded } = depsOf(db.database);
    const company = givenCompany();
    const mend = await refuseRows(db.database, 'teams', `NEW.company_id = '${company.id}'`, 1);
    await create(deps, company);
    await makeDue(company.id);
    await Promise.all([1, 2, 3, 4].flatMap(() => [retryGeneralTeams(deps), tryGeneralTeam(deps, { companyId: company.id, attempts: 1 })]));
    expect(await countsOf(db.database, company.id)).toEqual(one);
    expect(told(recorded, company.id).filter(({ event }) => event === 'general_team_created')).toHaveLength(1);
    await mend();
  });

  test('is one of two at once with the same id; the other is CONFLICT, unless it has the same idempotency key', async () => {
    const { deps } = depsOf(db.database);
    const [plain, keyed] = [givenCompany(), givenCompany()];
    const both = await Promise.all([create(deps, plain), create(deps, plain)]);
    expect(both.map((result) => (isRefused(result) ? result.code : 'new')).sort()).toEqual(['CONFLICT', 'new']);
    const same = await Promise.all([create(deps, keyed, 'k'), create(deps, keyed, 'k')]);
    expect(same.map((result) => good(result).id)).toEqual([keyed.id, keyed.id]);
    expect(await create(deps, { ...keyed, name: 'Other' }, 'k')).toMatchObject({ code: 'CONFLICT' });
    expect(await create(deps, keyed, 'other key')).toMatchObject({ code: 'CONFLICT' });
    expect(await countsOf(db.database, keyed.id)).toEqual(one);
  });

  test('is not made with the OWNER of another company, and nothing of it is kept', async () => {
    const { deps } = depsOf(db.database);
    const [first, second] = [givenCompany(), givenCompany()];
    good(await create(deps, first));
    expect(await create(deps, { ...second, ownerId: first.ownerId })).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('input.ownerSsoId') });
    expect(await countsOf(db.database, second.id)).toEqual({ companies: 0, owners: 0, general: 0, teams: 0, created: 0 });
  });

  test.each([
    ['an id in upper case', { id: 'A0000000-0000-4000-8000-000000000001' }, 'input.companySsoId'],
    ['an id that is none', { id: '7' }, 'input.companySsoId'],
    ['a blank name', { name: ' \u200b ' }, 'input.name'],
    ['a name with NUL', { name: 'a\u0000b' }, 'input.name'],
    ['a name with a lone surrogate', { name: '\ud800' }, 'input.name'],
    ['a name of 10⁵ characters', { name: 'x'.repeat(100_000) }, 'input.name'],
    ['a plan that is none', { plan: 'gold' }, 'input.plan'],
    ['an owner id that is none', { ownerId: "' OR 1=1" }, 'input.ownerSsoId'],
    ['an email without @', { ownerEmail: 'olga' }, 'input.ownerEmail'],
    ['an email with a zero-width character', { ownerEmail: 'ol\u200bga@example.test' }, 'input.ownerEmail'],
    ['an empty owner name', { ownerFullName: '' }, 'input.ownerFullName'],
  ])('is refused with %s, naming the place', async (_what, part, field) => {
    const { deps } = depsOf(db.database);
    const before = await db.database.prisma.company.count();
    expect(await create(deps, { ...givenCompany(), ...part })).toMatchObject({ code: 'BAD_USER_INPUT', details: { field } });
    expect(await db.database.prisma.company.count()).toBe(before);
  });
});

describe('OTM-S02: COMPANY_CREATED', () => {
  const receive = (deps: Parameters<typeof createCompany>[0], value: Buffer | string | null, reference = `t/0/${String(Math.random())}`) =>
    receiveCompanyMessage(deps, { reference, value: typeof value === 'string' ? Buffer.from(value) : value }, { logger: silent, pauseMs: 1 });
  const lettersOf = (reference: string) => db.database.prisma.deadLetter.findMany({ where: { reference } });

  test('delivered twice with a database error in between makes one company, one OWNER and one General team', async () => {
    const { deps } = depsOf(db.database);
    const company = givenCompany();
    const mends = [
      await refuseRows(db.database, 'users', `NEW.company_id = '${company.id}'`, 1),
      await refuseRows(db.database, 'teams', `NEW.company_id = '${company.id}'`, 1),
    ];
    const message = companyCreated(company);
    await receive(deps, message);
    expect(await countsOf(db.database, company.id)).toEqual(without);
    await receive(deps, message);
    await retry(deps, company.id);
    await receive(deps, message);
    expect(await countsOf(db.database, company.id)).toEqual(one);
    await Promise.all(mends.map((mend) => mend()));
  });

  test('delivered twenty times at once makes one', async () => {
    const { deps } = depsOf(db.database);
    const company = givenCompany();
    await Promise.all(Array.from({ length: 20 }, () => receive(deps, companyCreated(company))));
    expect(await countsOf(db.database, company.id)).toEqual(one);
  });

  test('of a company that was created by mutation changes nothing', async () => {
    const { deps } = depsOf(db.database);
    const company = givenCompany();
    good(await create(deps, company));
    expect(await takeCompanyEvent(deps, companyCreated({ ...company, name: 'Other' }))).toBe('known');
    expect(await db.database.prisma.company.findUnique({ where: { id: company.id } })).toMatchObject({ name: 'Acme' });
    expect(await countsOf(db.database, company.id)).toEqual(one);
  });

  test.each([
    ['no JSON', () => '{', 'the message: BAD_USER_INPUT'],
    ['no object', () => '7', 'the message: BAD_USER_INPUT'],
    ['no type', () => '{"event_id":"1"}', 'event_type: BAD_USER_INPUT'],
    ['another version', () => companyCreated(givenCompany(), { version: '2' }), 'version: BAD_USER_INPUT'],
    ['no payload', () => companyCreated(givenCompany(), { payload: null }), 'payload: BAD_USER_INPUT'],
    ['an id in upper case', () => companyCreated({ ...givenCompany(), id: 'A0000000-0000-4000-8000-000000000001' }), 'payload.company_sso_id: BAD_USER_INPUT'],
    ['a name with NUL', () => companyCreated({ ...givenCompany(), name: 'a\u0000' }), 'payload.name: BAD_USER_INPUT'],
    ['nothing in it', () => null, 'the message is empty'],
    ['1 MiB, as much as is taken', () => `"${'x'.repeat(1_048_574)}"`, 'the message: BAD_USER_INPUT'],
    ['a byte more than 1 MiB', () => `"${'x'.repeat(1_048_575)}"`, 'the message has 1048577 bytes; at most 1048576 are taken'],
    ['a NUL', () => '\u0000', 'the message: BAD_USER_INPUT'],
  ])('HOSTILE 57: with %s is parked, and says where it is wrong without what it says', async (what, message, error) => {
    const { deps } = depsOf(db.database);
    await receive(deps, message(), `malformed/${what}`);
    await receive(deps, message(), `malformed/${what}`);
    expect(await lettersOf(`malformed/${what}`)).toMatchObject([{ kind: 'company_event', error, tries: 1 }]);
  });

  test('that fails for good is parked after three tries, with its message, and can be redriven', async () => {
    const { deps } = depsOf(db.database);
    const company = givenCompany();
    const mend = await refuseRows(db.database, 'companies', `NEW.id = '${company.id}'`);
    await receive(deps, companyCreated(company), 'fails/0/1');
    const [letter] = await lettersOf('fails/0/1');
    expect(letter).toMatchObject({ error: 'P0001', tries: 3, content: expect.stringContaining(company.id), redrivenAt: null });
    await expect(redriveDeadLetter(deps, letter?.id ?? '')).rejects.toThrow();
    await mend();
    expect(await redriveDeadLetter(deps, letter?.id ?? '')).toBe('created');
    expect(await countsOf(db.database, company.id)).toEqual(one);
    expect((await lettersOf('fails/0/1'))[0]?.redrivenAt).not.toBeNull();
  });

  test('whose owner is of another company is parked; other types are passed over', async () => {
    const { deps } = depsOf(db.database);
    const [first, second] = [givenCompany(), givenCompany()];
    good(await create(deps, first));
    await receive(deps, companyCreated({ ...second, ownerId: first.ownerId }), 'owner/0/1');
    expect(await lettersOf('owner/0/1')).toMatchObject([{ error: 'the message: CONFLICT' }]);
    await receive(deps, '{"event_type":"COMPANY_RENAMED"}', 'other/0/1');
    expect(await lettersOf('other/0/1')).toEqual([]);
  });

  test('is not parked while Postgres cannot be asked: it is to be received again', async () => {
    const { deps } = depsOf(db.database);
    const outage = Object.assign(new Error('terminated'), { code: 'ECONNRESET' });
    const down = { ...deps, database: { ...deps.database, transaction: () => Promise.reject(outage) } };
    await expect(receive(down, companyCreated(givenCompany()), 'down/0/1')).rejects.toBe(outage);
    expect(await lettersOf('down/0/1')).toEqual([]);
  });
});
