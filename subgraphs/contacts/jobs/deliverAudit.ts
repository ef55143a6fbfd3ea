import { askTeams } from '../../shared/askTeams.ts';
import { type Peer, PeerUnavailable } from '../../shared/peer.ts';
import type { ClaimedEntries } from '../store/auditOutbox.ts';

export type DeliverDeps = Readonly<{ teams: Peer; now: () => number; newId: () => string }>;

/** Longest wait for an acknowledgement; well below the lease. */
const answerMs = 5_000;
/** Entries of one call. */
const atOnce = 500;

/** One attempt to deliver a record's audit entries to teams, which stores each once by its id (SPEC §3.5). What is not acknowledged stays. */
export const deliverAudit = async ({ teams, now, newId }: DeliverDeps, claimed: ClaimedEntries): Promise<void> => {
  try {
    const asking = { viewer: null, deadline: now() + answerMs, correlationId: newId() };
    const { acknowledged } = await askTeams(teams, 'audit', { entries: claimed.entries.slice(0, atOnce) }, asking);
    await claimed.acknowledge(acknowledged);
  } catch (error) {
    if (!(error instanceof PeerUnavailable)) throw error;
    await claimed.postpone();
  }
};
