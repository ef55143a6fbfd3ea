import { type Asking, askTeams } from '../shared/askTeams.ts';
import type { Peer } from '../shared/peer.ts';
import type { TeamsApi } from '../shared/teamsApi.ts';
import type { KnownPeople } from './knownPeople.ts';

/** What commands and loaders ask teams about one company, within one request. */
export type TeamsOfRequest = Readonly<{
  /** The teams that a person is a member of; null when they are no active person of the company. */
  userTeams(companyId: string, userId: string): Promise<readonly string[] | null>;
  /** Which of some people are active in the company. */
  activePeople(companyId: string, userIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Whether there is such a company, and it is active. */
  isCompany(companyId: string): Promise<boolean>;
  /** The access of a company's active people with their expanded teams, by id. */
  levels(companyId: string, after: string | null, limit: number): Promise<TeamsApi['levels']['reply']>;
  /** All teams below one, without itself. */
  descendants(companyId: string, teamId: string): Promise<readonly string[]>;
  /** Ancestors by team, root first, without the team itself. */
  ancestors(companyId: string, teamIds: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>>;
}>;

/** Longest wait for one answer that a write needs; the request's own deadline may be nearer. */
const answerMs = 2_000;

export type TeamsOfRequestOptions = Readonly<{
  teams: Peer;
  /** Learns from the answers who is active. */
  known: Pick<KnownPeople, 'answered'>;
  now: () => number;
  asking: Asking;
}>;

/** Binds the questions to one request. @throws PeerUnavailable */
export const createTeamsOfRequest = ({ teams, known, now, asking }: TeamsOfRequestOptions): TeamsOfRequest => {
  const ask = <Operation extends keyof TeamsApi>(operation: Operation, body: TeamsApi[Operation]['request']): Promise<TeamsApi[Operation]['reply']> =>
    askTeams(teams, operation, body, { ...asking, deadline: Math.min(asking.deadline, now() + answerMs) });
  return {
    userTeams: async (companyId, userId) => {
      const askedAt = now();
      const { teamIds } = await ask('userTeams', { companyId, userId });
      known.answered(companyId, userId, teamIds !== null, askedAt);
      return teamIds;
    },
    activePeople: async (companyId, userIds) => {
      if (userIds.length === 0) return new Set();
      const askedAt = now();
      const active = new Set((await ask('people', { companyId, userIds })).active);
      for (const id of userIds) known.answered(companyId, id, active.has(id), askedAt);
      return active;
    },
    isCompany: async (companyId) => (await ask('companies', { ids: [companyId] })).companies.some(({ id, isActive }) => id === companyId && isActive),
    levels: (companyId, after, limit) => ask('levels', { companyId, after, limit }),
    descendants: async (companyId, teamId) => (await ask('descendants', { companyId, teamId })).teamIds,
    ancestors: async (companyId, teamIds) => (await ask('ancestors', { companyId, teamIds })).ancestors,
  };
};
