import { nameKey } from '../../subgraphs/shared/text.ts';
import type { Database } from '../../subgraphs/teams/store/database.ts';
import { demoCompanies, type DemoCompany, demoPersonId, demoTeamId } from './data.ts';

const scopedActions = [
  'customers_customers_view',
  'customers_customers_manage',
  'customers_customers_delete',
  'customers_customers_searchassoc',
  'customers_customernotes_view',
  'customers_customernotes_manage',
  'customers_customernotes_delete',
];
const onFlags = ['unified_app', 'one_team_migration_enabled', 'cdp_team_permission_enabled'];

/** Puts the demo companies into an empty teams database; leaves a database that has companies alone. */
export const seedTeams = async (database: Database): Promise<boolean> => {
  if ((await database.prisma.company.count()) > 0) return false;
  await database.transaction(async (tx) => {
    await tx.company.createMany({ data: demoCompanies.map(({ id, name }) => ({ id, name, plan: 'growth' })) });
    await tx.user.createMany({ data: demoCompanies.flatMap(people) });
    // One level of the tree after the other: a parent has to be there first.
    await tx.team.createMany({ data: demoCompanies.flatMap((company) => teams(company, (parent) => parent === null)) });
    await tx.team.createMany({ data: demoCompanies.flatMap((company) => teams(company, (parent) => parent !== null)) });
    await tx.teamUser.createMany({ data: demoCompanies.flatMap(memberships) });
    await tx.companyFlag.createMany({
      data: demoCompanies.flatMap(({ id }) => onFlags.map((flag) => ({ companyId: id, flag, value: true }))),
    });
    await tx.roleLevel.createMany({
      data: demoCompanies.flatMap(({ id }) =>
        ['SUPERVISOR', 'AGENT'].flatMap((role) => scopedActions.map((action) => ({ companyId: id, role, action, level: 'team' }))),
      ),
    });
  });
  return true;
};

const people = (company: DemoCompany) =>
  company.people.map(({ key: person, fullName, role }) => ({
    id: demoPersonId(person),
    companyId: company.id,
    email: `${person}@${company.key}.example`,
    fullName,
    nameKey: nameKey(fullName),
    role,
  }));

const teams = (company: DemoCompany, wanted: (parent: string | null) => boolean) =>
  company.teams
    .filter(([, parent]) => wanted(parent))
    .map(([name, parent]) => ({
      id: demoTeamId(company, name),
      companyId: company.id,
      name,
      nameKey: nameKey(name),
      parentId: parent === null ? null : demoTeamId(company, parent),
      isDefault: name === 'General',
    }));

const memberships = (company: DemoCompany) =>
  company.people.flatMap((person) =>
    person.teams.map((team) => ({
      teamId: demoTeamId(company, team),
      userId: demoPersonId(person.key),
      companyId: company.id,
    })),
  );

