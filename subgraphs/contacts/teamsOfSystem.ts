import { type Asking, askTeams } from '../shared/askTeams.ts';
import { type Peer, PeerUnavailable } from '../shared/peer.ts';
import type { NamedTeam, TeamsApi } from '../shared/teamsApi.ts';

/** What background work asks teams, for nobody. @throws PeerUnavailable */
export type TeamsOfSystem = Readonly<{
  /** All teams of a company. */
  allTeams(companyId: string): Promise<readonly NamedTeam[]>;
  /** Ids of companies after one, in order; the last page has no more. */
  companiesAfter(companyId: string | null, limit: number): Promise<Readonly<{ ids: readonly string[]; hasMore: boolean }>>;
  reportCoverage(reports: TeamsApi['coverage']['request']['reports']): Promise<void>;
}>;

/** Longest wait for one answer. */
const answerMs = 10_000;
const pageSize = 1_000;

/** `signal` ends what is being asked, so that closing waits for no answer. */
export const createTeamsOfSystem = (teams: Peer, now: () => number, newId: () => string, signal: AbortSignal): TeamsOfSystem => {
  const asking = (): Asking => ({ viewer: null, deadline: now() + answerMs, correlationId: newId() });
  return {
    allTeams: async (companyId) => {
      const all: NamedTeam[] = [];
      for (;;) {
        const after = all.at(-1)?.id ?? null;
        const page = await unlessClosed(signal, askTeams(teams, 'teams', { companyId, after, limit: pageSize }, asking()));
        all.push(...page.teams);
        if (!page.hasMore || page.teams.length === 0) return all;
      }
    },
    companiesAfter: async (companyId, limit) => {
      const { companies, hasMore } = await unlessClosed(signal, askTeams(teams, 'companies', { after: companyId, limit }, asking()));
      return { ids: companies.map(({ id }) => id), hasMore: hasMore && companies.length > 0 };
    },
    reportCoverage: async (reports) => {
      if (reports.length > 0) await unlessClosed(signal, askTeams(teams, 'coverage', { reports }, asking()));
    },
  };
};

const unlessClosed = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const close = (): void => reject(new PeerUnavailable('teams is not asked any more: contacts is closing'));
    const forget = (): void => signal.removeEventListener('abort', close);
    signal.addEventListener('abort', close);
    if (signal.aborted) close();
    work.then(resolve, reject).finally(forget);
  });
