import type { ScopeRewrite } from '../store/scopeRewrite.ts';
import type { ScopeWrites } from '../store/scopeWrites.ts';
import type { TreeStore } from '../store/trees.ts';
import type { ClaimedChange } from '../store/treeWork.ts';

export type TreeChangeDeps = Readonly<{
  trees: Pick<TreeStore, 'raise'>;
  rewrite: Pick<ScopeRewrite, 'stale'>;
  scope: Pick<ScopeWrites, 'mend'>;
  /** The database's time in ms. */
  time: () => Promise<number>;
  /** The longest time that a write of a contact may take from asking teams to being stored, in ms. */
  longestWriteMs: number;
}>;

/**
 * One attempt to make stored tokens follow a move or deletion of a team, which stays open until nothing is found to do, twice, with the
 * longest time of a write in between: a write that had asked before the change is found by the second look. @throws PeerUnavailable
 */
export const followTreeChange = async ({ trees, rewrite, scope, time, longestWriteMs }: TreeChangeDeps, claimed: ClaimedChange): Promise<void> => {
  const { company_sso_id: companyId, team_id: teamId, version, kind, clean_at: cleanAt } = claimed.change;
  const goOn = async (): Promise<boolean> => claimed.hold(await time());
  for (let found = Infinity; found > 0; ) {
    found = 0;
    if (kind === 'deleted') found += await scope.mend(companyId, { teamId }, goOn);
    found += await rewrite.stale(companyId, teamId, version, goOn);
    if (!(await goOn())) return;
  }
  const now = await time();
  if (cleanAt === null || now < cleanAt.getTime() + longestWriteMs) {
    await claimed.clean(cleanAt?.getTime() ?? now, (cleanAt?.getTime() ?? now) + longestWriteMs);
    return;
  }
  if (await claimed.close()) await trees.raise(companyId);
};
