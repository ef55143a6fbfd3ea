import type { TreeDocument } from '../../subgraphs/contacts/store/treeDocuments.ts';
import type { Harness } from './contactsHarness.ts';
import type { TeamsDouble } from './teamsDouble.ts';
import { until } from './until.ts';

const change = (teams: TeamsDouble, companyId: string, parents: ReadonlyMap<string, string | null>): number => {
  const company = teams.companies.get(companyId);
  if (company === undefined) throw new Error(`the double has no company ${companyId}`);
  company.parents = parents;
  company.treeVersion = (company.treeVersion ?? 0) + 1;
  return company.treeVersion;
};

/** Moves a team, as teams does: the tree and its version at once, then the event. Answers with the version. */
export const moveTeam = (teams: TeamsDouble, companyId: string, team: string, parent: string | null, tell = true): number => {
  const parents = teams.companies.get(companyId)?.parents ?? new Map();
  const tree_version = change(teams, companyId, new Map([...parents, [team, parent]]));
  if (tell) teams.emit(companyId, 'TEAM_UPDATED', { company_sso_id: companyId, parent_id: parent, previous_parent_id: parents.get(team) ?? null, tree_version }, team);
  return tree_version;
};

/** Deletes a team: its children move up, its members are members no more, and `to` takes its place on contacts. */
export const deleteTeam = (teams: TeamsDouble, companyId: string, team: string, to: string | null, tell = true): number => {
  const company = teams.companies.get(companyId);
  const parents = company?.parents ?? new Map<string, string | null>();
  const above = parents.get(team) ?? null;
  const left = [...parents].filter(([id]) => id !== team).map(([id, parent]) => [id, parent === team ? above : parent] as const);
  const tree_version = change(teams, companyId, new Map(left));
  for (const person of company?.people.values() ?? []) person.teams = person.teams.filter((id) => id !== team);
  if (company !== undefined) company.replaced = new Map([...(company.replaced ?? []), [team, to]]);
  if (tell) {
    teams.emit(companyId, 'TEAM_DELETED', { company_sso_id: companyId, parent_id: above, contacts_to: to, tree_version }, team);
    for (const [id, parent] of parents) {
      if (parent === team) teams.emit(companyId, 'TEAM_UPDATED', { company_sso_id: companyId, parent_id: above, previous_parent_id: team, tree_version }, id);
    }
  }
  return tree_version;
};

/** Waits until all stored tokens of a company follow its tree at a version, and nothing is left to do. */
export const untilSettled = async ({ db }: Pick<Harness, 'db'>, companyId: string, version: number): Promise<void> => {
  await until(async () => {
    const tree = await db.collection<TreeDocument>('trees').findOne({ _id: companyId });
    const open = await db.collection('tree_changes').countDocuments({ company_sso_id: companyId });
    return (tree?.settled ?? -1) >= version && tree?.work === null && open === 0;
  }, 60_000);
};
