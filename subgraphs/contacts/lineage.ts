import { askTeams } from '../shared/askTeams.ts';
import { type Peer, PeerUnavailable } from '../shared/peer.ts';

/** Ancestors of teams, root first, and the tree version that they were read at. */
export type Lineage = Readonly<{ treeVersion: number; ancestorsOf: (teamId: string) => readonly string[] }>;

/** Asks for the ancestors of teams of one company; null when teams does not answer within `waitMs`. */
export type LineageOf = (companyId: string, teamIds: readonly string[], waitMs: number) => Promise<Lineage | null>;

export type LineageOptions = Readonly<{ teams: Peer; now: () => number; newId: () => string }>;

/** Teams that are not the company's, or not any more, have no ancestors: nobody sees a contact by them but their own members. */
export const createLineageOf =
  ({ teams, now, newId }: LineageOptions): LineageOf =>
  async (companyId, teamIds, waitMs) => {
    try {
      const asking = { viewer: null, deadline: now() + waitMs, correlationId: newId() };
      const { treeVersion, ancestors } = await askTeams(teams, 'ancestors', { companyId, teamIds: [...new Set(teamIds)] }, asking);
      return { treeVersion, ancestorsOf: (id) => (Object.hasOwn(ancestors, id) ? (ancestors[id] ?? []) : []) };
    } catch (error) {
      if (error instanceof PeerUnavailable) return null;
      throw error;
    }
  };
