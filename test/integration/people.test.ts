import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Viewer } from '../../subgraphs/shared/viewer.ts';
import { isRefused } from '../../subgraphs/shared/errors.ts';
import { deactivateUser, setUserRole } from '../../subgraphs/teams/commands/changePerson.ts';
import type { CommandDeps } from '../../subgraphs/teams/commands/commandDeps.ts';
import { inviteUser } from '../../subgraphs/teams/commands/inviteUser.ts';
import { barrier } from '../support/barrier.ts';
import { depsOf } from '../support/companies.ts';
import { realTest } from '../support/realTest.ts';
import { migrationOn, plantCompany, serviceWith, startTestTeams, type TestCompany, type TestTeams } from '../support/teams.ts';

let teams: TestTeams;
let acme: TestCompany;
let other: TestCompany;
/** Flags off. */
let plain: TestCompany;

const people = { Olga: 'OWNER', Oki: 'OWNER', Ani: 'ADMIN', Siti: 'SUPERVISOR', Rara: 'AGENT' } as const;
const planned = ['General', 'Sales : Rara', 'Sub < Sales', 'Chat - Support'];
beforeAll(async () => {
  teams = await startTestTeams();
  acme = await plantCompany(teams.database, { people, teams: planned, flags: migrationOn });
  other = await plantCompany(teams.database, { people, teams: planned, flags: migrationOn });
  plain = await plantCompany(teams.database, { people, teams: planned });
});
afterAll(() => teams.close());

const id = (company: TestCompany, name: string): string => company.teams[name] ?? company.people[name] ?? 'none';
const mutation = `mutation ($input: InviteUserInput!) { inviteUser(input: $input) { role user { id fullName email phone nik staffLevel isActive role } teams { id name } } }`;
type Input = Readonly<Record<string, unknown>>;
const email = () => `p${randomUUID()}@example.test`;
const inputOf = (company: TestCompany, rest: Input = {}) => ({ email: email(), fullName: 'Budi', roleId: 'AGENT', teamIds: [id(company, 'General')], ...rest });
const invite = (viewer: Viewer, input: Input) => teams.ask(viewer, mutation, { input });
type Payload = Readonly<{ role: string; user: Readonly<{ id: string } & Record<string, unknown>>; teams: readonly Readonly<{ id: string; name: string }>[] }>;
const invited = async (viewer: Viewer, input: Input): Promise<Payload> => {
  const { data, errors } = await invite(viewer, input);
  expect(errors).toEqual([]);
  return (data as unknown as { inviteUser: Payload }).inviteUser;
};
const everything = async (companyId: string): Promise<readonly number[]> => {
  const { user, teamUser, invitation, event, auditEntry, idempotencyKey } = teams.database.prisma;
  return Promise.all([user.count({ where: { companyId } }), teamUser.count({ where: { companyId } }), invitation.count({ where: { companyId } }), event.count({ where: { companyId } }), auditEntry.count({ where: { companyId } }), idempotencyKey.count({ where: { companyId } })]);
};
const eventsAfter = async (companyId: string, written: bigint) =>
  (await teams.database.prisma.event.findMany({ where: { companyId, written: { gt: written } }, orderBy: { written: 'asc' } })).map(({ eventType, aggregateId, payload }) => ({ eventType, aggregateId, payload }));
const lastWritten = async (): Promise<bigint> => (await teams.database.prisma.event.aggregate({ _max: { written: true } }))._max.written ?? 0n;
const auditOf = async (companyId: string, subjectId: string) =>
  (await teams.database.prisma.auditEntry.findMany({ where: { companyId, subjectId } })).map(({ kind, actorId, before, after }) => ({ kind, actorId, before, after }));

describe('OTM-S01: an invitation', () => {
  test('AC-1: the team menu is shown and required to who may invite with both flags on, also with zero teams', async () => {
    const query = '{ teamMenuVisibility { isVisible isTeamRequired } }';
    const empty = await plantCompany(teams.database, { people, teams: [], flags: migrationOn });
    const seen = async (company: TestCompany, name: string) => (await teams.ask(company.person(name), query)).data.teamMenuVisibility;
    for (const name of ['Olga', 'Ani']) {
      expect(await seen(acme, name)).toEqual({ isVisible: true, isTeamRequired: true });
      expect(await seen(empty, name)).toEqual({ isVisible: true, isTeamRequired: true });
      expect(await seen(plain, name)).toEqual({ isVisible: true, isTeamRequired: false });
    }
    for (const name of ['Siti', 'Rara']) expect(await seen(acme, name)).toEqual({ isVisible: false, isTeamRequired: false });
  });

  test('AC-2: makes an active person with role and teams, stored with source Launchpad, told by events and audit', async () => {
    const [before, address] = [await lastWritten(), email()];
    const input = inputOf(acme, { email: address.toUpperCase(), phone: '0812', nik: 'N1', staffLevel: 'Senior', teamIds: [id(acme, 'Sales'), id(acme, 'Chat - Support'), id(acme, 'Sales')] });
    const { role, user, teams: theirs } = await invited(acme.person('Ani'), input);
    expect({ role, user }).toEqual({
      role: 'AGENT',
      user: { id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/), fullName: 'Budi', email: address, phone: '0812', nik: 'N1', staffLevel: 'Senior', isActive: true, role: 'AGENT' },
    });
    expect(theirs.map(({ name }) => name)).toEqual(['Chat - Support', 'Sales']);
    expect(await teams.database.prisma.invitation.findMany({ where: { userId: user.id } })).toMatchObject([{ invitedBy: id(acme, 'Ani'), teamCount: 2, sourceIdentifier: 'Launchpad', companyId: acme.id }]);
    const changed = (name: string, members: readonly string[]) => ({
      eventType: 'TEAM_MEMBERS_CHANGED',
      aggregateId: id(acme, name),
      payload: { team_name: name, company_sso_id: acme.id, members: [...members].sort(), created_by_sso_id: id(acme, 'Ani'), parent_id: null, tree_version: 0, added_user_ids: [user.id], removed_user_ids: [] },
    });
    const events = await eventsAfter(acme.id, before);
    expect(events.slice(0, 2)).toEqual([changed('Sales', [id(acme, 'Rara'), user.id]), changed('Chat - Support', [user.id])].sort((a, b) => (a.aggregateId < b.aggregateId ? -1 : 1)));
    expect(events.slice(2)).toEqual([{ eventType: 'ACCESS_CHANGED', aggregateId: acme.id, payload: { company_sso_id: acme.id, user_id: user.id, is_active: true } }]);
    const audit = await auditOf(acme.id, user.id);
    expect(audit).toContainEqual({ kind: 'PERSON', actorId: id(acme, 'Ani'), before: null, after: { role: 'AGENT', isActive: true } });
    for (const name of ['Sales', 'Chat - Support']) expect(audit).toContainEqual({ kind: 'MEMBERSHIP', actorId: id(acme, 'Ani'), before: null, after: { teamId: id(acme, name) } });
    expect(audit).toHaveLength(3);
    expect((await teams.ask({ kind: 'person', userId: user.id, companyId: acme.id, platform: 'web' }, '{ me { teams { name } } }')).data.me.teams).toEqual([{ name: 'Chat - Support' }, { name: 'Sales' }]);
  });

  test('AC-2, OTM-S02 AC-2: a new company offers its General team, and inviting into it works', async () => {
    const [companySsoId, ownerSsoId] = [randomUUID(), randomUUID()];
    const create = 'mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { company { id name plan treeVersion } } }';
    const created = await teams.ask(serviceWith('companies:write'), create, { input: { companySsoId, name: 'New', plan: 'STARTER', ownerSsoId, ownerEmail: 'o@example.test', ownerFullName: 'Owner' } });
    expect(created.data).toEqual({ createCompany: { company: { id: companySsoId, name: 'New', plan: 'STARTER', treeVersion: 0 } } });
    const owner: Viewer = { kind: 'person', userId: ownerSsoId, companyId: companySsoId, platform: 'web' };
    const { data } = await teams.ask(owner, '{ teams { nodes { id name source referenceId isDefault parent { id } members { totalCount } } totalCount } }');
    const [general] = data.teams.nodes as unknown as readonly { id: string }[];
    expect(data.teams).toEqual({ totalCount: 1, nodes: [{ id: general?.id, name: 'General', source: 'LAUNCHPAD', referenceId: null, isDefault: true, parent: null, members: { totalCount: 0 } }] });
    expect((await invited(owner, inputOf(acme, { teamIds: [general?.id] }))).teams.map(({ name }) => name)).toEqual(['General']);
  });

  test.each([['no teams', { teamIds: [] }], ['no list of teams', { teamIds: undefined }]])('ERR-1: with %s is refused in both languages while both flags are on, and writes nothing', async (_what, part) => {
    const before = await everything(acme.id);
    const { full } = await invite(acme.person('Ani'), inputOf(acme, { ...part, idempotencyKey: randomUUID() }));
    expect(full).toMatchObject([
      {
        message: 'Please select a team to continue',
        extensions: { code: 'BAD_USER_INPUT', status: 400, field: 'input.teamIds', messages: { en: 'Please select a team to continue', id: 'Silakan pilih tim untuk melanjutkan' } },
      },
    ]);
    expect(await everything(acme.id)).toEqual(before);
  });

  test('ERR-1: is recorded as invitation_rejected_no_team, and one with teams as user_invited_with_team for each', async () => {
    const { deps, recorded } = depsOf(teams.database);
    const given = { email: email(), fullName: 'Budi', phone: null, nik: null, roleId: 'AGENT', staffLevel: null, idempotencyKey: null };
    await inviteUser(deps, acme.person('Ani'), { ...given, teamIds: [] });
    await inviteUser(deps, acme.person('Ani'), { ...given, teamIds: [id(acme, 'Sales'), id(acme, 'Chat - Support')] });
    await inviteUser(deps, acme.person('Ani'), { ...given, teamIds: [id(acme, 'Sales')] });
    const withTeam = (name: string) => ({ event: 'user_invited_with_team', cid: acme.id, team_id: id(acme, name), source_identifier: 'Launchpad' });
    expect(recorded[0]).toEqual({ event: 'invitation_rejected_no_team', cid: acme.id, admin_id: id(acme, 'Ani') });
    expect(recorded.slice(1)).toEqual(expect.arrayContaining([withTeam('Sales'), withTeam('Chat - Support')]));
    expect(recorded).toHaveLength(3);
  });

  test('Permission model: is FORBIDDEN to others before anything else is looked at, also a role that was lost a moment ago', async () => {
    const bad = { email: '', fullName: '', roleId: 'KING', teamIds: [id(other, 'Sales')] };
    for (const viewer of [acme.person('Siti'), acme.person('Rara'), serviceWith('companies:write')]) {
      const { full } = await invite(viewer, bad);
      expect(full).toMatchObject([{ extensions: { code: 'FORBIDDEN', status: 403 } }]);
      expect(full[0]?.extensions['messages']).toBeUndefined();
    }
    const { deps } = depsOf(teams.database);
    expect(await inviteUser(deps, acme.person('Siti'), { ...bad, phone: null, nik: null, staffLevel: null, idempotencyKey: null })).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('names only teams that are there: a foreign, an unknown, a malformed and a hidden one are the same Invalid request', async () => {
    const answers: unknown[] = [];
    for (const teamId of [id(other, 'Sales'), randomUUID(), 'nonsense', id(acme, 'Sales').toUpperCase(), '\u0000', '']) {
      answers.push((await invite(acme.person('Ani'), inputOf(acme, { teamIds: [id(acme, 'General'), teamId] }))).full);
    }
    answers.push((await invite(plain.person('Ani'), inputOf(plain, { teamIds: [id(plain, 'Chat - Support')] }))).full);
    const same = [{ message: 'Invalid request', path: ['inviteUser'], extensions: { code: 'BAD_USER_INPUT', status: 400, field: 'input.teamIds', messages: { en: 'Invalid request', id: 'Permintaan tidak valid' } } }];
    expect(answers.map((answer) => JSON.parse(JSON.stringify(answer)) as unknown)).toMatchObject(answers.map(() => same));
  });

  test('NEG-1: with the flags off teams are optional, and people without a team are never forced', async () => {
    const { user, teams: theirs } = await invited(plain.person('Ani'), inputOf(plain, { teamIds: undefined }));
    expect(theirs).toEqual([]);
    await teams.database.prisma.companyFlag.createMany({ data: Object.entries(migrationOn).map(([flag, value]) => ({ companyId: plain.id, flag, value })) });
    const set = 'mutation ($input: SetUserRoleInput!) { setUserRole(input: $input) { user { role teams { id } } } }';
    expect((await teams.ask(plain.person('Ani'), set, { input: { userId: user.id, role: 'SUPERVISOR' } })).data).toEqual({ setUserRole: { user: { role: 'SUPERVISOR', teams: [] } } });
    expect((await teams.ask({ kind: 'person', userId: user.id, companyId: plain.id, platform: 'web' }, '{ me { role teams { id } } }')).errors).toEqual([]);
    await teams.database.prisma.companyFlag.deleteMany({ where: { companyId: plain.id } });
  });

  test('of an email that an active person has is CONFLICT and says so, ignoring case; another company may have it', async () => {
    const address = email();
    await invited(acme.person('Ani'), inputOf(acme, { email: address }));
    const before = await everything(acme.id);
    const { full } = await invite(acme.person('Olga'), inputOf(acme, { email: address.toUpperCase() }));
    expect(full).toMatchObject([{ extensions: { code: 'CONFLICT', field: 'input.email', messages: { en: 'This email is already in use in your company' } } }]);
    expect(await everything(acme.id)).toEqual(before);
    await invited(other.person('Ani'), inputOf(other, { email: address }));
  });

  test('of one email twenty times at once makes one person', async () => {
    const address = email();
    const results = await Promise.all(Array.from({ length: 20 }, () => invite(acme.person('Ani'), inputOf(acme, { email: address }))));
    expect(results.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
    expect(results.filter(({ errors }) => errors[0] === 'CONFLICT inviteUser')).toHaveLength(19);
    expect(await teams.database.prisma.user.count({ where: { companyId: acme.id, email: address } })).toBe(1);
  });

  test('of someone who was deactivated makes the same person active, with its role and teams instead of the earlier ones', async () => {
    const address = email();
    const first = await invited(acme.person('Ani'), inputOf(acme, { email: address, teamIds: [id(acme, 'Sales'), id(acme, 'Sub')] }));
    await teams.ask(acme.person('Ani'), 'mutation ($id: ID!) { deactivateUser(input: { userId: $id }) { user { id } } }', { id: first.user.id });
    const before = await lastWritten();
    const again = await invited(acme.person('Ani'), inputOf(acme, { email: address, fullName: 'Budi B.', roleId: 'SUPERVISOR', teamIds: [id(acme, 'Sub'), id(acme, 'General')] }));
    expect(again.user).toMatchObject({ id: first.user.id, fullName: 'Budi B.', isActive: true, role: 'SUPERVISOR' });
    expect(again.teams.map(({ name }) => name)).toEqual(['General', 'Sub']);
    const told = (await eventsAfter(acme.id, before)).map(({ eventType, aggregateId, payload }) => [eventType, aggregateId, (payload as Record<string, unknown>)['added_user_ids'], (payload as Record<string, unknown>)['removed_user_ids']]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['TEAM_MEMBERS_CHANGED', id(acme, 'General'), [first.user.id], []],
        ['TEAM_MEMBERS_CHANGED', id(acme, 'Sales'), [], [first.user.id]],
        ['ACCESS_CHANGED', acme.id, undefined, undefined],
      ]),
    );
    expect(told).toHaveLength(3);
    expect(await auditOf(acme.id, first.user.id)).toContainEqual({ kind: 'PERSON', actorId: id(acme, 'Ani'), before: { role: 'AGENT', isActive: false }, after: { role: 'SUPERVISOR', isActive: true } });
  });

  test('with a key is made once, also twenty times at once; another payload is CONFLICT; a repeat is judged anew', async () => {
    const input = inputOf(acme, { idempotencyKey: randomUUID(), teamIds: [id(acme, 'Sales')] });
    const results = await Promise.all(Array.from({ length: 20 }, () => invited(acme.person('Ani'), input)));
    expect(new Set(results.map(({ user }) => user.id)).size).toBe(1);
    expect((await invite(acme.person('Ani'), { ...input, fullName: 'Other' })).errors).toEqual(['CONFLICT inviteUser']);
    expect((await invite(acme.person('Siti'), input)).errors).toEqual(['FORBIDDEN inviteUser']);
    // another caller's key is another key
    expect((await invite(acme.person('Olga'), input)).errors).toEqual(['CONFLICT inviteUser']);
    await teams.database.prisma.user.update({ where: { id: results[0]?.user.id ?? '' }, data: { fullName: 'Renamed' } });
    expect((await invited(acme.person('Ani'), input)).user['fullName']).toBe('Renamed');
  });

  test('of an OWNER is for OWNERs only, and so is making a former OWNER active again', async () => {
    expect((await invite(acme.person('Ani'), inputOf(acme, { roleId: 'OWNER' }))).errors).toEqual(['FORBIDDEN inviteUser']);
    const address = email();
    const { user } = await invited(acme.person('Olga'), inputOf(acme, { roleId: 'OWNER', email: address }));
    await teams.ask(acme.person('Olga'), 'mutation ($id: ID!) { deactivateUser(input: { userId: $id }) { user { id } } }', { id: user.id });
    expect((await invite(acme.person('Ani'), inputOf(acme, { email: address }))).errors).toEqual(['FORBIDDEN inviteUser']);
  });

  test('is whole or not at all: when its last write fails, nothing of it is there', async () => {
    const before = await everything(acme.id);
    await teams.database.prisma.$executeRawUnsafe(`ALTER TABLE audit_entries ADD CONSTRAINT broken CHECK (kind <> 'MEMBERSHIP') NOT VALID`);
    const { full } = await invite(acme.person('Ani'), inputOf(acme, { idempotencyKey: randomUUID() }));
    await teams.database.prisma.$executeRawUnsafe('ALTER TABLE audit_entries DROP CONSTRAINT broken');
    expect(full).toHaveLength(1);
    expect(await everything(acme.id)).toEqual(before);
  });

  test.each([
    ['a role that is none', { roleId: 'agent' }, 'input.roleId'],
    ['a role id that is a UUID', { roleId: randomUUID() }, 'input.roleId'],
    ['an empty email', { email: '' }, 'input.email'],
    ['an email without @', { email: 'budi' }, 'input.email'],
    ['an email with NUL', { email: 'a\u0000@b' }, 'input.email'],
    ['an email of 255 characters', { email: `${'a'.repeat(245)}@b.example` }, 'input.email'],
    ['an empty name', { fullName: '' }, 'input.fullName'],
    ['a name of invisible characters', { fullName: '\u200b\u2060' }, 'input.fullName'],
    ['a name with NUL', { fullName: 'a\u0000' }, 'input.fullName'],
    ['a name with a lone surrogate', { fullName: '\udfff' }, 'input.fullName'],
    ['a name of 10⁵ characters', { fullName: 'x'.repeat(100_000) }, 'input.fullName'],
    ['a phone with NUL', { phone: '\u0000' }, 'input.phone'],
    ['a nik with a lone surrogate', { nik: '\ud83d' }, 'input.nik'],
    ['a staff level that is too long', { staffLevel: 'x'.repeat(256) }, 'input.staffLevel'],
    ['an empty idempotency key', { idempotencyKey: '' }, 'input.idempotencyKey'],
    ['1,001 teams', { teamIds: Array.from({ length: 1_001 }, () => randomUUID()) }, 'input.teamIds'],
  ])('with %s is refused, naming the place', async (_what, part, field) => {
    const before = await everything(acme.id);
    const { full } = await invite(acme.person('Ani'), inputOf(acme, part));
    expect(full).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
    expect(full[0]?.message.length).toBeLessThan(300);
    expect(await everything(acme.id)).toEqual(before);
  });

  test('HOSTILE 23: has names in any script, and an email in another form of the same characters is the same', async () => {
    const address = `jose\u0301${randomUUID()}@example.test`;
    const { user } = await invited(acme.person('Ani'), inputOf(acme, { email: address, fullName: 'יוסף 👩‍👩‍👧', phone: ' ' }));
    expect(user).toMatchObject({ fullName: 'יוסף 👩‍👩‍👧', email: address.normalize('NFC'), phone: null });
    expect((await invite(acme.person('Ani'), inputOf(acme, { email: address.normalize('NFC') }))).errors).toEqual(['CONFLICT inviteUser']);
  });
});

describe('roles and activity', () => {
  const setRole = (viewer: Viewer, userId: string, role: string) => teams.ask(viewer, 'mutation ($input: SetUserRoleInput!) { setUserRole(input: $input) { user { id role } } }', { input: { userId, role } });
  const deactivate = (viewer: Viewer, userId: string) => teams.ask(viewer, 'mutation ($input: DeactivateUserInput!) { deactivateUser(input: $input) { user { id isActive } } }', { input: { userId } });

  test('setUserRole takes effect on the next request, and is told by event and audit', async () => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    const before = await lastWritten();
    expect((await setRole(company.person('Ani'), id(company, 'Rara'), 'ADMIN')).data).toEqual({ setUserRole: { user: { id: id(company, 'Rara'), role: 'ADMIN' } } });
    expect((await teams.ask(company.person('Rara'), '{ me { role } permissionSettings { actions { action } } }')).errors).toEqual([]);
    expect(await eventsAfter(company.id, before)).toMatchObject([{ eventType: 'ACCESS_CHANGED', payload: { user_id: id(company, 'Rara'), is_active: true } }]);
    expect(await auditOf(company.id, id(company, 'Rara'))).toEqual([{ kind: 'ROLE', actorId: id(company, 'Ani'), before: { role: 'AGENT' }, after: { role: 'ADMIN' } }]);
    await setRole(company.person('Ani'), id(company, 'Rara'), 'ADMIN');
    expect(await auditOf(company.id, id(company, 'Rara'))).toHaveLength(1);
  });

  test('deactivateUser refuses their token from then on; memberships stay', async () => {
    const company = await plantCompany(teams.database, { people, teams: planned });
    expect((await deactivate(company.person('Ani'), id(company, 'Rara'))).data).toEqual({ deactivateUser: { user: { id: id(company, 'Rara'), isActive: false } } });
    expect((await teams.ask(company.person('Rara'), '{ me { role } }')).errors).toEqual(['UNAUTHENTICATED me']);
    expect(await teams.call('people', { companyId: company.id, userIds: [id(company, 'Rara')] })).toEqual({ active: [] });
    expect(await teams.database.prisma.teamUser.count({ where: { userId: id(company, 'Rara') } })).toBe(1);
    expect(await auditOf(company.id, id(company, 'Rara'))).toEqual([{ kind: 'PERSON', actorId: id(company, 'Ani'), before: { isActive: true }, after: { isActive: false } }]);
    expect((await setRole(company.person('Ani'), id(company, 'Rara'), 'ADMIN')).errors).toEqual(['CONFLICT setUserRole']);
    expect((await deactivate(company.person('Ani'), id(company, 'Rara'))).errors).toEqual([]);
  });

  test('only an OWNER makes, unmakes or deactivates an OWNER', async () => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    const ani = company.person('Ani');
    expect((await setRole(ani, id(company, 'Rara'), 'OWNER')).errors).toEqual(['FORBIDDEN setUserRole']);
    expect((await setRole(ani, id(company, 'Oki'), 'AGENT')).errors).toEqual(['FORBIDDEN setUserRole']);
    expect((await deactivate(ani, id(company, 'Oki'))).errors).toEqual(['FORBIDDEN deactivateUser']);
    expect((await setRole(company.person('Olga'), id(company, 'Rara'), 'OWNER')).errors).toEqual([]);
    expect((await deactivate(company.person('Rara'), id(company, 'Oki'))).errors).toEqual([]);
  });

  test('what would leave no active OWNER is CONFLICT', async () => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    expect((await deactivate(company.person('Olga'), id(company, 'Oki'))).errors).toEqual([]);
    expect((await setRole(company.person('Olga'), id(company, 'Olga'), 'ADMIN')).errors).toEqual(['CONFLICT setUserRole']);
    expect((await deactivate(company.person('Olga'), id(company, 'Olga'))).errors).toEqual(['CONFLICT deactivateUser']);
    expect((await teams.ask(company.person('Olga'), '{ me { role } }')).data.me).toEqual({ role: 'OWNER' });
  });

  test.each([
    ['setUserRole', setRole] as const,
    ['deactivateUser', (viewer: Viewer, userId: string) => deactivate(viewer, userId)] as const,
  ])('of the last two OWNERs who resign by %s at the same time exactly one succeeds', async (field, resign) => {
    for (let round = 0; round < 5; round += 1) {
      const company = await plantCompany(teams.database, { people, teams: [] });
      const both = await Promise.all(['Olga', 'Oki'].map((name) => resign(company.person(name), id(company, name), 'AGENT')));
      expect(both.map(({ errors }) => errors[0] ?? 'done').sort()).toEqual([`CONFLICT ${field}`, 'done']);
      expect(await teams.database.prisma.user.count({ where: { companyId: company.id, role: 'OWNER', isActive: true } })).toBe(1);
    }
  });

  realTest.each([
    ['setUserRole', (deps: CommandDeps, viewer: Viewer, userId: string) => setUserRole(deps, viewer, { userId, role: 'AGENT' })] as const,
    ['deactivateUser', (deps: CommandDeps, viewer: Viewer, userId: string) => deactivateUser(deps, viewer, { userId })] as const,
  ])('of the last two OWNERs who resign by %s, both with their transactions open, exactly one succeeds (real servers)', async (_name, resign) => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    const meet = barrier(2);
    const { deps } = depsOf({
      ...teams.database,
      transaction: (work) =>
        teams.database.transaction(async (tx) => {
          await tx.$queryRaw`SELECT 1 AS begun`;
          await meet();
          return work(tx);
        }),
    });
    const both = await Promise.all(['Olga', 'Oki'].map((name) => resign(deps, company.person(name), id(company, name))));
    expect(both.map((result) => (isRefused(result) ? result.code : 'done')).sort()).toEqual(['CONFLICT', 'done']);
    expect(await teams.database.prisma.user.count({ where: { companyId: company.id, role: 'OWNER', isActive: true } })).toBe(1);
  });

  test('of two OWNERs who deactivate each other at the same time one is left', async () => {
    const company = await plantCompany(teams.database, { people, teams: [] });
    const [olga, oki] = await Promise.all([deactivate(company.person('Olga'), id(company, 'Oki')), deactivate(company.person('Oki'), id(company, 'Olga'))]);
    expect([...olga.errors, ...oki.errors]).toEqual(['UNAUTHENTICATED deactivateUser']);
    expect(await teams.database.prisma.user.count({ where: { companyId: company.id, role: 'OWNER', isActive: true } })).toBe(1);
  });

  test('people of other companies, unknown ones and ids that are none are NOT_FOUND alike', async () => {
    for (const userId of [id(other, 'Rara'), randomUUID(), 'x', id(acme, 'Rara').toUpperCase(), '\u0000', '', '7']) {
      expect((await setRole(acme.person('Ani'), userId, 'ADMIN')).errors).toEqual(['NOT_FOUND setUserRole']);
      expect((await deactivate(acme.person('Ani'), userId)).errors).toEqual(['NOT_FOUND deactivateUser']);
    }
    expect(await teams.database.prisma.user.findUnique({ where: { id: id(other, 'Rara') } })).toMatchObject({ role: 'AGENT', isActive: true });
  });

  test('are FORBIDDEN to change for SUPERVISOR, AGENT and services', async () => {
    for (const viewer of [acme.person('Siti'), acme.person('Rara'), serviceWith('flags:write')]) {
      expect((await setRole(viewer, id(acme, 'Rara'), 'ADMIN')).errors).toEqual(['FORBIDDEN setUserRole']);
      expect((await deactivate(viewer, id(acme, 'Rara'))).errors).toEqual(['FORBIDDEN deactivateUser']);
    }
  });
});
