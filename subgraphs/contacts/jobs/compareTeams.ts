import { askTeams } from '../../shared/askTeams.ts';
import type { Peer } from '../../shared/peer.ts';
import type { CompanyTeams } from '../store/companyTeams.ts';
import type { ScopeWrites } from '../store/scopeWrites.ts';
import type { TreeStore } from '../store/trees.ts';

export type CompareDeps = Readonly<{
  teams: Peer;
  trees: Pick<TreeStore, 'rebuild' | 'replace' | 'allReplaced' | 'reinstate'>;
  companyTeams: CompanyTeams;
  scope: Pick<ScopeWrites, 'mend'>;
  now: () => number;
  newId: () => string;
}>;

/** Team ids of one question. */
const atOnce = 1_000;
const answerMs = 10_000;

/**
 * Makes up for events that were missed: all team ids on contacts, and all that something took the place of, are compared with what teams
 * says stands for them, contacts of deleted teams are mended, and all tokens are made anew in the background; until then lists read team
 * owners. @throws PeerUnavailable
 */
export const compareTeams = async ({ teams, trees, companyTeams, scope, now, newId }: CompareDeps, hold: () => Promise<boolean>): Promise<void> => {
  const holdOn = async (): Promise<void> => {
    if (!(await hold())) throw new Error('comparing with teams is another process’s by now');
  };
  const replaced = await trees.allReplaced();
  for (const companyId of new Set([...(await companyTeams.companies()), ...replaced.keys()])) {
    // stored tokens count for nothing from here on, whatever versions they carry: those may be of another log
    await trees.rebuild(companyId);
    const owners = new Set(await companyTeams.teamIds(companyId, hold));
    const teamIds = [...new Set([...owners, ...(replaced.get(companyId) ?? [])])];
    const gone: string[] = [];
    for (let at = 0; at < teamIds.length; at += atOnce) {
      const asking = { viewer: null, deadline: now() + answerMs, correlationId: newId() };
      const { treeVersion, standing } = await askTeams(teams, 'standing', { companyId, teamIds: teamIds.slice(at, at + atOnce) }, asking);
      for (const [id, to] of Object.entries(standing)) {
        if (to === id) await trees.reinstate(companyId, id);
        else await trees.replace({ _id: id, company_sso_id: companyId, to, version: treeVersion });
        if (to !== id && owners.has(id)) gone.push(id);
      }
      await holdOn();
    }
    // when all that is kept is right: chains go through it
    for (const teamId of gone) await scope.mend(companyId, { teamId }, hold);
    await holdOn();
  }
};
