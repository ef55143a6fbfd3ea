import { type Peer, PeerUnavailable } from '../shared/peer.ts';
import type { TeamsApi } from '../shared/teamsApi.ts';
import type { Viewer } from '../shared/viewer.ts';
import type { KnownPeople } from './knownPeople.ts';

/** What each question to teams carries besides its body. */
export type Asking = Readonly<{
  viewer: Viewer | null;
  /** Milliseconds since 1970. */
  deadline: number;
  correlationId: string;
}>;

type Question = 'access' | 'userTeams' | 'people' | 'ancestors' | 'descendants' | 'teams' | 'companies' | 'levels' | 'coverage' | 'audit' | 'standing' | 'feed';

/** Asks teams one question. @throws PeerUnavailable when it is not answered in time, or with another status than 200. */
export const askTeams = async <Operation extends Question>(
  teams: Peer,
  operation: Operation,
  body: TeamsApi[Operation]['request'],
  asking: Asking,
): Promise<TeamsApi[Operation]['reply']> => {
  const reply = await teams.call({ operation, body, ...asking });
  if (reply.status !== 200) throw new PeerUnavailable(`teams answered ${operation} with status ${String(reply.status)}`);
  return reply.body as TeamsApi[Operation]['reply'];
};

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
  const ask = <Operation extends Question>(operation: Operation, body: TeamsApi[Operation]['request']): Promise<TeamsApi[Operation]['reply']> =>
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
