import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { type InputObjectTypeDefinitionNode, parse } from 'graphql';
import { randomUUID } from 'node:crypto';
import { migrationOn, plantCompany, serviceWith, startTestTeams, type TestCompany, type TestTeams } from '../support/teams.ts';
import { teamOf, treeOf } from '../support/tree.ts';

let teams: TestTeams;
let tree: ReturnType<typeof treeOf>;
let acme: TestCompany;

beforeAll(async () => {
  teams = await startTestTeams();
  tree = treeOf(teams);
  acme = await plantCompany(teams.database, { people: { Olga: 'OWNER' }, teams: ['Head'], flags: migrationOn });
});
afterAll(() => teams.close());

const olga = () => acme.person('Olga');
const stored = (id: string) => teams.database.prisma.team.findUniqueOrThrow({ where: { id }, select: { sourceIdentifier: true, referenceId: true } });
const push = async (app: 'CHAT' | 'CRM', item: object) => {
  const mutation = `mutation ($input: MigrateTeamInput!) { migrateTeam(input: $input) { outcome team { id name source referenceId } } }`;
  const { data, errors } = await teams.ask(serviceWith(app === 'CHAT' ? 'teams:migrate:chat' : 'teams:migrate:crm'), mutation, { input: { app, item: { companySsoId: acme.id, ...item } } });
  expect(errors).toEqual([]);
  return (data as unknown as { migrateTeam: { outcome: string; team: { id: string; name: string; source: string; referenceId: string } } }).migrateTeam;
};

describe('OTM-S04: track team source identifiers', () => {
  test('AC-1: a team created natively has source Launchpad and no reference id', async () => {
    const made = teamOf(await tree.create(olga(), { name: 'Native', memberIds: [acme.people['Olga']] }));
    expect(made).toMatchObject({ source: 'LAUNCHPAD', referenceId: null });
    expect(await stored(made.id)).toEqual({ sourceIdentifier: 'Launchpad', referenceId: null });
  });

  test('AC-2: a team migrated from Chat has source Chat and the division id as reference id', async () => {
    const { outcome, team } = await push('CHAT', { name: 'Support', appIdentifierId: '4821' });
    expect([outcome, team]).toEqual(['CREATED', { id: team.id, name: 'Chat - Support', source: 'CHAT', referenceId: '4821' }]);
    expect(await stored(team.id)).toEqual({ sourceIdentifier: 'Chat', referenceId: '4821' });
  });

  test('AC-3: a team migrated from CRM has source CRM and the team id as reference id', async () => {
    const { outcome, team } = await push('CRM', { name: 'Sales', appIdentifierId: '7' });
    expect([outcome, team]).toEqual(['CREATED', { id: team.id, name: 'CRM - Sales', source: 'CRM', referenceId: '7' }]);
    expect(await stored(team.id)).toEqual({ sourceIdentifier: 'CRM', referenceId: '7' });
  });

  test.each(['chat', 'CHAT', 'Crm', 'Other', ''])('AC-4: the database refuses source %j, of a new row and of one that is there', async (source) => {
    const { prisma } = teams.database;
    await expect(prisma.$executeRaw`
      INSERT INTO teams (id, company_id, name, name_key, source_identifier, reference_id) VALUES (${randomUUID()}::uuid, ${acme.id}::uuid, 'x', 'x', ${source}, '1')`).rejects.toThrow('chk_teams_source_identifier');
    await expect(prisma.$executeRaw`UPDATE teams SET source_identifier = ${source}, reference_id = '1' WHERE id = ${acme.teams['Head']}::uuid`).rejects.toThrow('chk_teams_source_identifier');
  });

  test('CANNOT: no input that people may send has a source or a reference id, and one that is sent all the same is refused', async () => {
    const squads = ['MigrateTeamItem', 'MigrateTeamInput', 'MigrateTeamsInput', 'TeamFilter'];
    const inputs = parse(readFileSync('schema/teams.graphql', 'utf8')).definitions.filter((node): node is InputObjectTypeDefinitionNode => node.kind === 'InputObjectTypeDefinition');
    expect(inputs.length).toBeGreaterThan(10);
    const fields = inputs.filter(({ name }) => !squads.includes(name.value)).flatMap(({ name, fields: of = [] }) => of.map((field) => `${name.value}.${field.name.value}`));
    expect(fields.filter((field) => /\.(source|sourceIdentifier|reference|referenceId|app|appIdentifierId|isMigrate)$/i.test(field))).toEqual([]);
    for (const extra of [{ source: 'CHAT' }, { referenceId: '1' }, { sourceIdentifier: 'Chat' }]) {
      const { full } = await tree.create(olga(), { name: 'x', memberIds: [acme.people['Olga']], ...extra });
      expect(full[0]?.extensions['code']).toBe('BAD_USER_INPUT');
      const renamed = await tree.rename(olga(), { id: acme.teams['Head'], name: 'x', ...extra });
      expect(renamed.full[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    }
  });

  test('CANNOT: renaming, moving and changing members leave source and reference id as they are, whatever the name looks like', async () => {
    const { team } = await push('CHAT', { name: 'Care', appIdentifierId: 'care' });
    for (const name of ['CRM - Care', 'Care']) teamOf(await tree.rename(olga(), { id: team.id, name }));
    teamOf(await tree.move(olga(), { id: team.id, parentId: acme.teams['Head'] }));
    teamOf(await tree.addMembers(olga(), { id: team.id, userIds: [acme.people['Olga']] }));
    expect(await stored(team.id)).toEqual({ sourceIdentifier: 'Chat', referenceId: 'care' });
    const native = teamOf(await tree.create(olga(), { name: 'Chat - Fake', memberIds: [acme.people['Olga']] }));
    expect(await stored(native.id)).toEqual({ sourceIdentifier: 'Launchpad', referenceId: null });
    expect((await push('CHAT', { name: 'Care', appIdentifierId: 'care' })).outcome).toBe('SKIPPED');
  });
});
