import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { PushedItem } from '../../subgraphs/teams/domain/migrationItem.ts';
import { addCompany, chat, commandsOf, crm, good, item, pushOf } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
}, 60_000);
afterAll(() => db.close());

const pushed = async (app: 'chat' | 'crm', items: readonly PushedItem[]) => {
  const { migrateTeams, work, recorded } = commandsOf(db.database);
  const job = good(await migrateTeams(app === 'chat' ? chat : crm, pushOf(items, { app })));
  await work(job.id);
  const results = await db.database.prisma.migrationItem.findMany({ where: { jobId: job.id }, orderBy: { index: 'asc' } });
  return { recorded, results: results.map(({ outcome, reason, teamId }) => ({ outcome, reason, teamId })) };
};
const teamsOf = (companyId: string) => db.database.prisma.team.findMany({ where: { companyId }, orderBy: { nameKey: 'asc' } });
const eventsOf = (companyId: string) => db.database.prisma.event.findMany({ where: { companyId }, orderBy: { written: 'asc' } });

describe('a squad pushes its legacy teams', () => {
  test.each([
    ['AC-1', 'chat', 'Chat', 'Support'],
    ['AC-2', 'crm', 'CRM', 'Sales'],
  ] as const)('OTM-S05 %s: %s pushes one; it exists under its prefix with source and reference id, and one TEAM_MIGRATED carries both ids', async (_ac, app, source, name) => {
    const company = await addCompany(db.database);
    const { results, recorded } = await pushed(app, [item(company, '4821', { name })]);
    const [team] = await teamsOf(company);
    expect(team).toMatchObject({ name: `${source} - ${name}`, sourceIdentifier: source, referenceId: '4821', parentId: null });
    expect(results).toEqual([{ outcome: 'CREATED', reason: null, teamId: team?.id }]);
    const events = await eventsOf(company);
    expect(events).toMatchObject([{ eventType: 'TEAM_MIGRATED', aggregateType: 'team', aggregateId: team?.id, app, isPublic: true }]);
    expect(events[0]?.payload).toEqual({
      team_name: `${source} - ${name}`, app, app_identifier_id: '4821', source_identifier: source, company_sso_id: company, parent_id: null, members: [], created_by_sso_id: '',
    });
    expect(recorded).toEqual([
      { event: 'team_migrated', cid: company, team_id: team?.id, source_identifier: source, app, app_identifier_id: '4821', team_name: `${source} - ${name}` },
    ]);
  });

  test('OTM-S05 AC-3: the same create replayed, in a batch and alone, makes no duplicate, answers the team that is there, and tells nobody again', async () => {
    const company = await addCompany(db.database);
    const first = await pushed('chat', [item(company, 'a')]);
    const again = await pushed('chat', [item(company, 'a'), item(company, 'a', { name: 'Another' })]);
    const alone = good(await commandsOf(db.database).migrateTeam(chat, { app: 'chat', item: item(company, 'a'), runId: null }));
    const teamId = first.results[0]?.teamId;
    expect([...again.results, alone]).toMatchObject(Array.from({ length: 3 }, () => ({ outcome: 'SKIPPED', reason: null, teamId })));
    expect([(await teamsOf(company)).length, (await eventsOf(company)).length, again.recorded]).toEqual([1, 1, []]);
  });

  test('OTM-S05 ERR-1: what fails for a company is recorded item by item with cid, source and reason, and everything else is created', async () => {
    const [company, off] = [await addCompany(db.database), await addCompany(db.database, { enabled: false })];
    const unknown = randomUUID();
    const { results, recorded } = await pushed('crm', [
      item(off, 'a'), item(unknown, 'b'), item(null, 'c'), item(company, 'd', { name: ' ' }), item(company, 'e', { parentAppIdentifierId: 'nobody' }),
      item(company, 'x', { parentAppIdentifierId: 'y' }), item(company, 'y', { parentAppIdentifierId: 'x' }), item(company, 'z'),
    ]);
    const reasons = ['FLAG_OFF', 'COMPANY_UNKNOWN', 'COMPANY_UNKNOWN', 'INVALID_NAME', 'PARENT_UNKNOWN', 'PARENT_CYCLE', 'PARENT_CYCLE', null];
    expect(results.map(({ reason }) => reason)).toEqual(reasons);
    expect((await teamsOf(company)).map(({ name }) => name)).toEqual(['CRM - Team z']);
    const failed = recorded.filter(({ event }) => event === 'team_migration_failed');
    const by = (a: object, b: object): number => JSON.stringify(a).localeCompare(JSON.stringify(b));
    const cids = [off, unknown, null, company, company, company, company];
    expect(failed.toSorted(by)).toEqual(cids.map((cid, at) => ({ event: 'team_migration_failed', cid, source: 'CRM', reason: reasons[at] })).toSorted(by));
    expect(recorded.filter(({ event }) => event === 'team_migrated')).toHaveLength(1);
  });

  test('OTM-S05: end users cannot push nor trigger; a squad pushes its own app alone', async () => {
    const company = await addCompany(db.database);
    const commands = commandsOf(db.database);
    const person = { kind: 'person', userId: randomUUID(), companyId: company, platform: 'web' } as const;
    for (const [viewer, app] of [[person, 'chat'], [person, 'crm'], [chat, 'crm'], [crm, 'chat']] as const) {
      expect(await commands.migrateTeams(viewer, pushOf([item(company, 'a')], { app }))).toMatchObject({ code: 'FORBIDDEN' });
      expect(await commands.migrateTeam(viewer, { app, item: item(company, 'a'), runId: null })).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await teamsOf(company)).toEqual([]);
  });
});
