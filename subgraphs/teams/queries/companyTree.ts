import { isRefused, type Refusal } from '../../shared/errors.ts';
import type { Context } from '../context.ts';
import { shownTree, type TreeNode } from '../domain/hierarchy.ts';
import type { TeamRow } from '../store/teams.ts';
import { findCompanyTeams } from '../store/tree.ts';
import { companyOf, shownTo } from './company.ts';

export type ShownCompanyTree = Readonly<{ treeVersion: number; nodes: readonly TreeNode<TeamRow>[] }>;

/** The whole tree of the viewer's company as it is shown, siblings by name. */
export const companyTree = async (context: Context): Promise<ShownCompanyTree | Refusal> => {
  const company = companyOf(context);
  if (isRefused(company)) return company;
  const access = await context.access();
  if (isRefused(access)) return access;
  const { treeVersion, teams } = await findCompanyTeams(context.reader, company);
  const all = shownTo(access) === 'all';
  return { treeVersion, nodes: shownTree(teams, ({ source }) => all || source === 'Launchpad') };
};
