import type { FeedEntry } from '../../shared/teamsApi.ts';
import type { TreeStore } from '../store/trees.ts';

/**
 * Stores the work that an event of teams leaves for contacts: a move or a deletion of a team opens a change, and what takes a deleted
 * team's place is kept before that, so that whoever writes team owners finds the one or is found by the other. Repeating it does nothing.
 */
export const storeTreeEvent = async (trees: Pick<TreeStore, 'open' | 'replace'>, entry: FeedEntry): Promise<boolean> => {
  const { eventId: _id, companyId: company_sso_id, aggregateId: team_id, payload } = entry;
  const version = payload['tree_version'];
  if (entry.type === 'TEAM_DELETED') {
    // null is a word of its own: its contacts become Unassigned, which everybody sees. Nothing else may be taken for it
    const to = payload['contacts_to'];
    if (typeof version !== 'number' || (to !== null && typeof to !== 'string')) throw new Error(`event ${_id}: a TEAM_DELETED must have tree_version and contacts_to`);
    await trees.replace({ _id: team_id, company_sso_id, to, version });
    await trees.open({ _id, company_sso_id, team_id, version, kind: 'deleted' });
    return true;
  }
  if (entry.type !== 'TEAM_UPDATED' || !('previous_parent_id' in payload)) return false;
  if (typeof version !== 'number') throw new Error(`event ${_id}: a TEAM_UPDATED that moves a team must have tree_version`);
  await trees.open({ _id, company_sso_id, team_id, version, kind: 'moved' });
  return true;
};
