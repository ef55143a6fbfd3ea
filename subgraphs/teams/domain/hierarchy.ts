import { groupBy } from './groups.ts';

/** Levels of a tree, by every way in; a root stands on level 0. Also what ends a walk if a tree were broken. */
export const maxLevels = 32;

/** What the tree needs to know of a team. */
export type TreeTeam = Readonly<{ id: string; parentId: string | null }>;

/** A team where it is shown. */
export type TreeNode<Team extends TreeTeam> = Readonly<{ team: Team; parentId: string | null; depth: number }>;

/**
 * The tree of a company as it is shown, depth first. A team below one that is not shown stands under its nearest shown
 * ancestor, or as a root (SPEC §2.1). Siblings keep the order of `teams`.
 */
export const shownTree = <Team extends TreeTeam>(teams: readonly Team[], isShown: (team: Team) => boolean): readonly TreeNode<Team>[] => {
  const byId = new Map(teams.map((team) => [team.id, team]));
  const shown = teams.filter(isShown);
  const standsUnder = (team: Team): string | null => {
    let parent = team.parentId === null ? undefined : byId.get(team.parentId);
    while (parent !== undefined && !isShown(parent)) parent = parent.parentId === null ? undefined : byId.get(parent.parentId);
    return parent?.id ?? null;
  };
  const childrenOf = groupBy(shown, standsUnder);
  const nodesBelow = (parentId: string | null, depth: number): readonly TreeNode<Team>[] =>
    (childrenOf.get(parentId) ?? []).flatMap((team) => [{ team, parentId, depth }, ...nodesBelow(team.id, depth + 1)]);
  return nodesBelow(null, 0);
};
