import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { flags as allFlags, offeredLevels, permissionActions } from '../../subgraphs/shared/access/permissions.ts';
import type { Viewer } from '../../subgraphs/shared/viewer.ts';
import { migrationOn, plantCompany, serviceWith, startTestTeams, type TestCompany, type TestTeams } from '../support/teams.ts';

let teams: TestTeams;
let acme: TestCompany;
let other: TestCompany;

const people = { Olga: 'OWNER', Ani: 'ADMIN', Siti: 'SUPERVISOR', Rara: 'AGENT' } as const;
beforeAll(async () => {
  teams = await startTestTeams();
  acme = await plantCompany(teams.database, { people, teams: ['General', 'Sales : Rara'], flags: migrationOn });
  other = await plantCompany(teams.database, { people, teams: [] });
});
afterAll(() => teams.close());

const id = (company: TestCompany, name: string): string => company.people[name] ?? 'none';
const auditOf = async (companyId: string, kind: string) =>
  (await teams.database.prisma.auditEntry.findMany({ where: { companyId, kind }, orderBy: { occurredAt: 'asc' } })).map(({ subjectId, actorId, actorService, before, after }) => ({ subjectId, by: actorId ?? actorService, before, after }));
const accessEvents = async (companyId: string) => (await teams.database.prisma.event.findMany({ where: { companyId, eventType: 'ACCESS_CHANGED' }, orderBy: { written: 'asc' } })).map(({ payload }) => payload);

describe('TEAM-S01: levels', () => {
  type Setting = Readonly<{ action: string; level?: string | null; role?: string | null; userId?: string | null }>;
  const mutation = `mutation ($input: SetPermissionLevelInput!) { setPermissionLevel(input: $input) { settings {
    actions { action offered roles { role level isDefault } } users { nodes { user { id } action level } } } } }`;
  const set = (viewer: Viewer, input: Setting) => teams.ask(viewer, mutation, { input });
  type Settings = Readonly<{ actions: readonly Readonly<{ action: string; offered: readonly string[]; roles: readonly Readonly<{ role: string; level: string; isDefault: boolean }>[] }>[]; users: Readonly<{ nodes: readonly unknown[] }> }>;
  const settings = async (company: TestCompany): Promise<Settings> => {
    const query = '{ permissionSettings { actions { action offered roles { role level isDefault } } users(first: 100) { nodes { user { id } action level } } } }';
    return (await teams.ask(company.person('Olga'), query)).data.permissionSettings as unknown as Settings;
  };
  const levelOf = async (company: TestCompany, action: string, role: string) =>
    (await settings(company)).actions.find((each) => each.action === action)?.roles.find((each) => each.role === role);
  const mine = async (company: TestCompany, name: string, action: string) =>
    (await teams.ask(company.person(name), '{ me { permissions { action level } } }')).data.me.permissions.find((each) => each.action === action) as unknown as { level: string };

  const scoped = permissionActions.filter((action) => (offeredLevels[action] as readonly string[]).includes('team')).map((action) => action.toUpperCase());

  test('AC-1: each of the four customer and the three notes actions offers Owned Only, Team Only and All Access', async () => {
    expect(scoped).toEqual([
      'CUSTOMERS_CUSTOMERS_VIEW', 'CUSTOMERS_CUSTOMERS_MANAGE', 'CUSTOMERS_CUSTOMERS_DELETE', 'CUSTOMERS_CUSTOMERS_SEARCHASSOC',
      'CUSTOMERS_CUSTOMERNOTES_VIEW', 'CUSTOMERS_CUSTOMERNOTES_MANAGE', 'CUSTOMERS_CUSTOMERNOTES_DELETE',
    ]);
    for (const { action, offered } of (await settings(acme)).actions) {
      if (scoped.includes(action)) expect(offered).toEqual(['EVERYTHING', 'TEAM', 'OWN', 'DISABLED']);
    }
  });

  test.each(scoped)('AC-2, AC-3: %s set to TEAM and then to OWN shows so on reload, and counts for the next request of that role', async (action) => {
    for (const level of ['TEAM', 'OWN', 'EVERYTHING', 'DISABLED']) {
      expect((await set(acme.person('Ani'), { action, level, role: 'AGENT' })).errors).toEqual([]);
      expect(await levelOf(acme, action, 'AGENT')).toEqual({ role: 'AGENT', level, isDefault: false });
      expect((await mine(acme, 'Rara', action)).level).toBe(level);
    }
    expect((await set(acme.person('Ani'), { action, level: null, role: 'AGENT' })).errors).toEqual([]);
    expect(await levelOf(acme, action, 'AGENT')).toEqual({ role: 'AGENT', level: 'OWN', isDefault: true });
  });

  test('AC-4: what an action does not offer is refused, naming what it does, and the level before stays', async () => {
    const refused = permissionActions.flatMap((action) =>
      (['disabled', 'own', 'team', 'everything'] as const).filter((level) => !(offeredLevels[action] as readonly string[]).includes(level)).map((level) => [action.toUpperCase(), level.toUpperCase()] as const),
    );
    expect(refused).toEqual([
      ['CUSTOMERS_CUSTOMERS_PROFILEVIEW', 'TEAM'], ['CUSTOMERS_CUSTOMERS_PROFILEMANAGE', 'TEAM'],
      ['CUSTOMERS_CUSTOMERNOTES_ADD', 'OWN'], ['CUSTOMERS_CUSTOMERNOTES_ADD', 'TEAM'], ['TEAMS_MANAGE', 'OWN'], ['TEAMS_MANAGE', 'TEAM'],
    ]);
    const before = await settings(acme);
    for (const [action, level] of refused) {
      for (const holder of [{ role: 'AGENT' }, { userId: id(acme, 'Rara') }]) {
        const { full } = await set(acme.person('Olga'), { action, level, ...holder });
        expect(full).toMatchObject([{ message: expect.stringContaining(`${action} does not offer`), extensions: { code: 'BAD_USER_INPUT', field: 'input.level' } }]);
      }
    }
    expect(await settings(acme)).toEqual(before);
  });

  test("a person's level wins over their role's, and null goes back to it", async () => {
    const action = 'CUSTOMERS_CUSTOMERS_VIEW';
    await set(acme.person('Ani'), { action, level: 'TEAM', role: 'AGENT' });
    await set(acme.person('Ani'), { action, level: 'EVERYTHING', userId: id(acme, 'Rara') });
    expect((await mine(acme, 'Rara', action)).level).toBe('EVERYTHING');
    expect((await settings(acme)).users.nodes).toEqual([{ user: { id: id(acme, 'Rara') }, action, level: 'EVERYTHING' }]);
    await set(acme.person('Ani'), { action, level: null, userId: id(acme, 'Rara') });
    expect((await mine(acme, 'Rara', action)).level).toBe('TEAM');
  });

  test('ERR-1: when the level cannot be stored, the one before stays', async () => {
    const action = 'CUSTOMERS_CUSTOMERS_DELETE';
    await set(acme.person('Ani'), { action, level: 'OWN', role: 'AGENT' });
    await teams.database.prisma.$executeRawUnsafe(`ALTER TABLE audit_entries ADD CONSTRAINT broken CHECK (kind <> 'LEVEL') NOT VALID`);
    const { full } = await set(acme.person('Ani'), { action, level: 'TEAM', role: 'AGENT' });
    await teams.database.prisma.$executeRawUnsafe('ALTER TABLE audit_entries DROP CONSTRAINT broken');
    expect(full).toHaveLength(1);
    expect(await levelOf(acme, action, 'AGENT')).toEqual({ role: 'AGENT', level: 'OWN', isDefault: false });
  });

  test('Permission model: SUPERVISOR, AGENT and services neither read nor set them', async () => {
    for (const viewer of [acme.person('Siti'), acme.person('Rara'), serviceWith('flags:write')]) {
      expect((await teams.ask(viewer, '{ permissionSettings { actions { action } } }')).errors).toEqual(['FORBIDDEN permissionSettings']);
      expect((await set(viewer, { action: 'TEAMS_MANAGE', level: 'EVERYTHING', role: 'AGENT' })).errors).toEqual(['FORBIDDEN setPermissionLevel']);
    }
  });

  test('is told by event and audit, once: a level that is set already changes nothing', async () => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    const action = 'CUSTOMERS_CUSTOMERS_VIEW';
    for (const _ of [1, 2]) await set(company.person('Ani'), { action, level: 'TEAM', role: 'AGENT' });
    await set(company.person('Ani'), { action, level: 'DISABLED', userId: id(company, 'Rara') });
    const stored = action.toLowerCase();
    expect(await auditOf(company.id, 'LEVEL')).toEqual([
      { subjectId: 'AGENT', by: id(company, 'Ani'), before: { action: stored, level: null }, after: { action: stored, level: 'team' } },
      { subjectId: id(company, 'Rara'), by: id(company, 'Ani'), before: { action: stored, level: null }, after: { action: stored, level: 'disabled' } },
    ]);
    expect(await accessEvents(company.id)).toEqual([
      { company_sso_id: company.id, user_id: null, is_active: null },
      { company_sso_id: company.id, user_id: id(company, 'Rara'), is_active: true },
    ]);
  });

  test('is for exactly one of a role and a person of the company', async () => {
    const level = { action: 'TEAMS_MANAGE', level: 'EVERYTHING' };
    for (const holder of [{}, { role: 'AGENT', userId: id(acme, 'Rara') }, { role: null, userId: null }]) {
      expect((await set(acme.person('Ani'), { ...level, ...holder })).full).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'input.role' } }]);
    }
    for (const userId of [id(other, 'Rara'), randomUUID(), 'x', '\u0000', id(acme, 'Rara').toUpperCase()]) {
      expect((await set(acme.person('Ani'), { ...level, userId })).errors).toEqual(['NOT_FOUND setPermissionLevel']);
    }
    expect(await teams.database.prisma.userLevel.count({ where: { userId: id(other, 'Rara') } })).toBe(0);
    expect((await set(acme.person('Ani'), { action: 'NO_SUCH_ACTION', level: 'OWN', role: 'AGENT' })).full[0]?.message).toContain('NO_SUCH_ACTION');
  });
});

describe('flags', () => {
  const flagger = serviceWith('flags:write');
  const mutation = 'mutation ($input: SetFlagInput!) { setFlag(input: $input) { flags { flag value companyValue globalDefault } } }';
  const set = (input: object, viewer: Viewer = flagger) => teams.ask(viewer, mutation, { input });
  const stateOf = async (flag: string, companySsoId: string | null) => {
    const { data } = await teams.ask(flagger, 'query ($id: ID) { flags(companySsoId: $id) { flag value companyValue globalDefault } }', { id: companySsoId });
    const { flag: _, ...state } = (data.flags as unknown as readonly { flag: string }[]).find((each) => each.flag === flag) ?? { flag };
    return state;
  };
  const report = (companyId: string, contacts: number, covered: number, daysAgo = 0) =>
    teams.call('coverage', { reports: [{ companyId, contacts, covered, countedAt: new Date(Date.now() - daysAgo * 86_400_000).toISOString() }] });
  const teamFlag = 'CDP_TEAM_PERMISSION_ENABLED';
  const on = (company: TestCompany, rest: object = {}) => set({ flag: teamFlag, companySsoId: company.id, value: true, ...rest });

  test('a value of the company wins over the global default, and null goes back to it; the next request sees it', async () => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    const flag = 'UNIFIED_APP';
    const seen = async () => ((await teams.ask(company.person('Rara'), '{ me { flags { flag value } } }')).data.me.flags as unknown as readonly { flag: string; value: boolean }[]).find((each) => each.flag === flag)?.value;
    expect((await set({ flag, value: true })).errors).toEqual([]);
    expect(await seen()).toBe(true);
    await set({ flag, companySsoId: company.id, value: false });
    expect([await seen(), await stateOf(flag, company.id)]).toEqual([false, { value: false, companyValue: false, globalDefault: true }]);
    await set({ flag, companySsoId: company.id, value: null });
    expect([await seen(), await stateOf(flag, company.id)]).toEqual([true, { value: true, companyValue: null, globalDefault: true }]);
    await set({ flag, value: null });
    expect([await seen(), await stateOf(flag, null)]).toEqual([false, { value: false, companyValue: null, globalDefault: null }]);
    const by = flagger.kind === 'service' ? flagger.id : '';
    const entry = (before: object, after: object) => ({ subjectId: 'unified_app', by, before, after });
    expect(await auditOf(company.id, 'FLAG')).toEqual([
      entry({ globalDefault: null }, { globalDefault: true }),
      entry({ value: null }, { value: false }),
      entry({ value: false }, { value: null }),
      entry({ globalDefault: true }, { globalDefault: null }),
    ]);
    expect(await accessEvents(company.id)).toEqual(Array(4).fill({ company_sso_id: company.id, user_id: null, is_active: null }));
  });

  test('a global default does not touch companies with a value of their own', async () => {
    const company = await plantCompany(teams.database, { people, teams: [], flags: { one_team_migration_enabled: false } });
    await set({ flag: 'ONE_TEAM_MIGRATION_ENABLED', value: true });
    await set({ flag: 'ONE_TEAM_MIGRATION_ENABLED', value: null });
    expect(await auditOf(company.id, 'FLAG')).toEqual([]);
    expect(await accessEvents(company.id)).toEqual([]);
  });

  test('cdp_team_permission_enabled has no global default', async () => {
    for (const value of [true, false, null]) expect((await set({ flag: teamFlag, value })).full).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'input.companySsoId' } }]);
  });

  test('cdp_team_permission_enabled is refused on starter, forced or not, and a change of plan changes no flag', async () => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    const plan = (to: string) => teams.ask(serviceWith('companies:write'), 'mutation ($input: UpdateCompanyInput!) { updateCompany(input: $input) { company { plan } } }', { input: { companySsoId: company.id, plan: to } });
    await plan('STARTER');
    await report(company.id, 10, 10);
    for (const rest of [{}, { force: true, reason: 'a pilot' }]) expect((await on(company, rest)).full).toMatchObject([{ message: expect.stringContaining('STARTER'), extensions: { code: 'CONFLICT' } }]);
    await plan('ENTERPRISE');
    expect((await on(company)).errors).toEqual([]);
    await plan('STARTER');
    expect(await stateOf(teamFlag, company.id)).toEqual({ value: true, companyValue: true, globalDefault: null });
    expect(await auditOf(company.id, 'PLAN')).toMatchObject([{ before: { plan: 'growth' }, after: { plan: 'starter' } }, { after: { plan: 'enterprise' } }, { after: { plan: 'starter' } }]);
  });

  test.each<[string, [number, number, number] | null, string]>([
    ['no report', null, 'no coverage report'],
    ['a report that is older than 7 days', [100, 100, 7.01], 'older than 7 days'],
    ['coverage below 95 %', [1_000, 949, 0], '949 of 1000'],
  ])('cdp_team_permission_enabled stays off with %s, unless forced with a reason, which is recorded', async (_what, counted, because) => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    if (counted !== null) await report(company.id, ...counted);
    expect((await on(company)).full).toMatchObject([{ message: expect.stringContaining(because), extensions: { code: 'CONFLICT' } }]);
    expect((await on(company, { force: true })).full).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'input.reason' } }]);
    expect((await on(company, { force: true, reason: ' ' })).full).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'input.reason' } }]);
    expect((await on(company, { reason: 'not forced' })).errors).toEqual(['CONFLICT setFlag']);
    expect(await stateOf(teamFlag, company.id)).toMatchObject({ value: false, companyValue: null });
    expect((await on(company, { force: true, reason: 'a pilot' })).errors).toEqual([]);
    expect(await auditOf(company.id, 'FLAG')).toMatchObject([{ before: { value: null }, after: { value: true, forced: true, reason: 'a pilot' } }]);
  });

  test.each([['95 %', 1_000, 950, 0], ['no contacts', 0, 0, 0], ['a report of almost 7 days', 1, 1, 6.99]] as const)('cdp_team_permission_enabled goes on with %s', async (_what, contacts, covered, daysAgo) => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    await report(company.id, contacts, covered, daysAgo);
    expect((await on(company)).errors).toEqual([]);
  });

  test('the newest report counts, in whichever order they come; one from a clock that is ahead counts as of now', async () => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    await report(company.id, 100, 100, 1);
    await report(company.id, 100, 0, 2);
    expect((await on(company)).errors).toEqual([]);
    await report(company.id, 100, 0, -1);
    await report(company.id, 100, 50);
    expect(await teams.database.prisma.companyCoverage.findUnique({ where: { companyId: company.id } })).toMatchObject({ covered: 50 });
    await report(randomUUID(), 1, 1);
  });

  test('of a company that is unknown, and with no scope, are refused; unknown flags are no flags', async () => {
    for (const companySsoId of [randomUUID(), 'x', '', acme.id.toUpperCase(), '\u0000']) expect((await set({ flag: 'UNIFIED_APP', companySsoId, value: true })).errors).toEqual(['NOT_FOUND setFlag']);
    for (const viewer of [acme.person('Olga'), serviceWith('companies:write')]) expect((await set({ flag: 'UNIFIED_APP', companySsoId: acme.id, value: false }, viewer)).errors).toEqual(['FORBIDDEN setFlag']);
    expect((await set({ flag: 'NO_SUCH_FLAG', companySsoId: acme.id, value: true })).full[0]?.message).toContain('NO_SUCH_FLAG');
    expect(allFlags).toHaveLength(4);
  });

  test('publish_team_events on again releases what was withheld, in order, without another event', async () => {
    const company = await plantCompany(teams.database, { people, teams: ['General'], flags: migrationOn });
    const flag = { flag: 'PUBLISH_TEAM_EVENTS', companySsoId: company.id };
    await set({ ...flag, value: false });
    const push = (appIdentifierId: string) =>
      teams.ask(serviceWith('teams:migrate:chat'), 'mutation ($item: MigrateTeamItem!) { migrateTeam(input: { app: CHAT, item: $item }) { outcome } }', { item: { companySsoId: company.id, name: appIdentifierId, appIdentifierId } });
    await push('1');
    await push('2');
    const released = () => teams.database.prisma.event.findMany({ where: { companyId: company.id, outsidePosition: { not: null } }, orderBy: { outsidePosition: 'asc' } });
    const placed = () => teams.database.prisma.event.count({ where: { companyId: company.id, eventType: 'TEAM_MIGRATED', position: { not: null } } });
    while ((await placed()) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await released()).toEqual([]);
    await set({ ...flag, value: true });
    while ((await released()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await released()).map(({ payload }) => (payload as { app_identifier_id: string }).app_identifier_id)).toEqual(['1', '2']);
  });
});

describe('updateCompany', () => {
  const mutation = 'mutation ($input: UpdateCompanyInput!) { updateCompany(input: $input) { company { id name plan } } }';
  const update = (input: object, viewer: Viewer = serviceWith('companies:write')) => teams.ask(viewer, mutation, { input });

  test('makes a company inactive: nobody signs in, everybody is told of; and active again', async () => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    expect((await update({ companySsoId: company.id, isActive: false })).errors).toEqual([]);
    for (const name of Object.keys(people)) expect((await teams.ask(company.person(name), '{ me { role } }')).errors).toEqual(['UNAUTHENTICATED me']);
    expect(await teams.call('people', { companyId: company.id, userIds: [id(company, 'Rara')] })).toEqual({ active: [] });
    expect(await accessEvents(company.id)).toEqual([{ company_sso_id: company.id, user_id: null, is_active: null }]);
    await update({ companySsoId: company.id, isActive: true });
    expect((await teams.ask(company.person('Rara'), '{ me { role } }')).errors).toEqual([]);
    expect(await auditOf(company.id, 'PLAN')).toMatchObject([{ before: { isActive: true }, after: { isActive: false } }, { before: { isActive: false }, after: { isActive: true } }]);
  });

  test('changes what is given and leaves the rest', async () => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    expect((await update({ companySsoId: company.id, name: 'Renamed' })).data).toEqual({ updateCompany: { company: { id: company.id, name: 'Renamed', plan: 'GROWTH' } } });
    expect((await update({ companySsoId: company.id })).data).toEqual({ updateCompany: { company: { id: company.id, name: 'Renamed', plan: 'GROWTH' } } });
    expect(await accessEvents(company.id)).toEqual([]);
  });

  test('is refused for an unknown company, a blank name, null, and without the scope', async () => {
    for (const companySsoId of [randomUUID(), 'x', other.id.toUpperCase()]) expect((await update({ companySsoId, name: 'x' })).errors).toEqual(['NOT_FOUND updateCompany']);
    for (const [part, field] of [[{ name: ' ' }, 'input.name'], [{ name: 'a\u0000' }, 'input.name'], [{ name: null }, 'input.name'], [{ plan: null }, 'input.plan'], [{ isActive: null }, 'input.isActive']] as const) {
      expect((await update({ companySsoId: acme.id, ...part })).full).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
    }
    for (const viewer of [acme.person('Olga'), serviceWith('flags:write')]) expect((await update({ companySsoId: acme.id, isActive: false }, viewer)).errors).toEqual(['FORBIDDEN updateCompany']);
  });
});

describe('what contacts asks about companies', () => {
  test('companies: by id, or all a page at a time; unknown ones are left out', async () => {
    const gone = await plantCompany(teams.database, { people, teams: [] });
    await teams.database.prisma.company.update({ where: { id: gone.id }, data: { isActive: false } });
    expect(await teams.call('companies', { ids: [gone.id, acme.id, randomUUID(), 'x'] })).toEqual({
      companies: [{ id: gone.id, isActive: false }, { id: acme.id, isActive: true }].sort((a, b) => (a.id < b.id ? -1 : 1)),
      hasMore: false,
    });
    const all: string[] = [];
    for (let after: string | null = null, hasMore = true; hasMore; after = all.at(-1) ?? null) {
      const page = (await teams.call('companies', { after, limit: 3 })) as { companies: readonly { id: string }[]; hasMore: boolean };
      all.push(...page.companies.map((company) => company.id));
      ({ hasMore } = page);
    }
    const stored = (await teams.database.prisma.company.findMany({ select: { id: true }, orderBy: { id: 'asc' } })).map((company) => company.id);
    expect(all).toEqual(stored);
  });

  test('levels: the access of all active people, as each of them is told it, a page at a time', async () => {
    const company = await plantCompany(teams.database, { people: { ...people, Zul: 'AGENT' }, teams: ['Head : Ani, Rara', 'Sub < Head : Siti', 'Low < Sub', 'Side : Rara'], flags: { cdp_team_permission_enabled: true } });
    await teams.database.prisma.user.update({ where: { id: id(company, 'Zul') }, data: { isActive: false } });
    await teams.database.prisma.roleLevel.create({ data: { companyId: company.id, role: 'AGENT', action: 'customers_customers_view', level: 'team' } });
    await teams.database.prisma.userLevel.create({ data: { companyId: company.id, userId: id(company, 'Siti'), action: 'customers_customers_view', level: 'everything' } });
    const found: unknown[] = [];
    for (let after: string | null = null, hasMore = true; hasMore; ) {
      const page = (await teams.call('levels', { companyId: company.id, after, limit: 3 })) as { people: readonly { userId: string }[]; hasMore: boolean };
      found.push(...page.people);
      after = page.people.at(-1)?.userId ?? null;
      ({ hasMore } = page);
    }
    const each = await Promise.all(
      ['Olga', 'Ani', 'Siti', 'Rara'].map((name) => id(company, name)).sort().map(async (userId) => ((await teams.call('access', { companyId: company.id, userId, withTeams: true })) as { access: unknown }).access),
    );
    expect(found).toEqual(each);
    expect(await teams.call('levels', { companyId: randomUUID(), after: null, limit: 3 })).toEqual({ people: [], hasMore: false });
    expect(await teams.call('levels', { companyId: 'x', after: null, limit: 3 })).toEqual({ people: [], hasMore: false });
  });
});
