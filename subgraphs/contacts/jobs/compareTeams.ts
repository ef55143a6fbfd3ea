import { askTeams } from '../../shared/askTeams.ts';
import type { Peer } from '../../shared/peer.ts';
import type { CompanyTeams } from '../store/companyTeams.ts';
import type { ScopeWrites } from '../store/scopeWrites.ts';
import type { TreeStore } from '../store/trees.ts';

export type CompareDeps = Readonly<{
  teams: Peer;
  trees: Pick<TreeStore, 'rebuild' | 'replace'>;
  companyTeams: CompanyTeams;
  scope: Pick<ScopeWrites, 'mend'>;
  now: () => number;
  newId: () => string;
}>;

/** Team ids of one question. */
const atOnce = 1_000;
const answerMs = 10_000;

/**
 * Makes up for events that were missed: all team ids on contacts are compared with what teams says stands for them, contacts of deleted
 * teams are mended, and all tokens are made anew in the background; until then lists read team owners. @throws PeerUnavailable
 */
export const compareTeams = async ({ teams, trees, companyTeams, scope, now, newId }: CompareDeps, hold: () => Promise<boolean>): Promise<void> => {
  for (const companyId of await companyTeams.companies()) {
    // stored tokens count for nothing from here on, whatever versions they carry: those may be of another log
    await trees.rebuild(companyId);
    const teamIds = await companyTeams.teamIds(companyId, hold);
    for (let at = 0; at < teamIds.length; at += atOnce) {
      const asking = { viewer: null, deadline: now() + answerMs, correlationId: newId() };
      const { treeVersion, standing } = await askTeams(teams, 'standing', { companyId, teamIds: teamIds.slice(at, at + atOnce) }, asking);
      for (const [id, to] of Object.entries(standing)) {
        if (to === id) continue;
        await trees.replace({ _id: id, company_sso_id: companyId, to, version: treeVersion });
        await scope.mend(companyId, { teamId: id }, hold);
      }
      if (!(await hold())) throw new Error('comparing with teams is another process’s by now');
    }
    if (!(await hold())) throw new Error('comparing with teams is another process’s by now');
  }
};
