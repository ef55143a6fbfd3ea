import { askTeams } from '../../shared/askTeams.ts';
import type { RecordEvent } from '../../shared/metrics.ts';
import { type Peer, PeerUnavailable } from '../../shared/peer.ts';
import type { AuditRecord } from '../../shared/teamsApi.ts';
import { isSameSet } from '../domain/teamOwners.ts';
import type { ClaimedDerivation } from '../store/derivations.ts';

export type DeriveDeps = Readonly<{ teams: Peer; record: RecordEvent; now: () => number; newId: () => string }>;

/** Longest wait for the new owner's teams; well below the lease. */
const answerMs = 2_000;

/**
 * One attempt to derive team owners from all of the new owner's teams (SPEC §3.2, TEAM-S18). Written once, and only if no later owner
 * change came; a person who is gone ends the attempts, and the contact stays pending.
 */
export const deriveTeamOwners = async ({ teams, record, now, newId }: DeriveDeps, claimed: ClaimedDerivation): Promise<void> => {
  const { contact, ownerId } = claimed;
  const { companyId } = contact;
  const found = await teamsOf(teams, companyId, ownerId, { viewer: null, deadline: now() + answerMs, correlationId: claimed.id });
  if (found === 'not to be had') return claimed.postpone();
  if (found === null) return claimed.stop();
  const ids = [...new Set(found)];
  const entry: AuditRecord = {
    id: newId(),
    companyId,
    kind: 'TEAM_OWNER',
    occurredAt: new Date(now()).toISOString(),
    ...claimed.actor,
    subjectId: contact.id,
    before: { teamOwnerIds: contact.teamOwnerIds },
    after: { teamOwnerIds: ids },
  };
  if (!(await claimed.derive(ids, isSameSet(ids, contact.teamOwnerIds) ? [] : [entry]))) return claimed.again();
  record({ event: 'cdp_team_owner_set', company_sso_id: companyId, contact_id: contact.id, team_owner_count: ids.length, source: 'owner_change' });
};

const teamsOf = async (teams: Peer, companyId: string, userId: string, asking: Parameters<typeof askTeams>[3]): Promise<readonly string[] | null | 'not to be had'> => {
  try {
    return (await askTeams(teams, 'userTeams', { companyId, userId }, asking)).teamIds;
  } catch (error) {
    if (error instanceof PeerUnavailable) return 'not to be had';
    throw error;
  }
};
