import { levels, type Levels, permissionActions } from '../shared/access/permissions.ts';
import { askTeams } from '../shared/askTeams.ts';
import { type Refusal, unauthenticated, unavailable } from '../shared/errors.ts';
import { type Peer, PeerUnavailable } from '../shared/peer.ts';
import { createRecentlyUsed } from '../shared/recentlyUsed.ts';
import type { Access, Person } from '../shared/viewer.ts';
import { within } from '../shared/within.ts';
import type { KnownPeople } from './knownPeople.ts';

/** Longest wait for a viewer's access (SPEC §3.1). */
export const accessWaitMs = 500;
/**
 * How long an access is used, counted from when its question was sent. A quarter of the second that SPEC §2.5 allows is the gateway's, which shares an answer
 * among the subscribers who may see the same.
 */
export const accessKeptMs = 750;
/** How long the levels of a viewer are remembered for outages. */
export const lastKnownMs = 600_000;
const viewersKept = 10_000;

/** A viewer's access as it is now, or what is left when teams cannot be asked. */
export type AccessAnswer =
  | Readonly<{ kind: 'known'; access: Access }>
  | Readonly<{ kind: 'fallback'; levels: Levels; latencyMs: number }>;

export type AccessQuestion = Readonly<{
  person: Person;
  /** Expand the teams also when no level needs it. */
  withTeams: boolean;
  /** Of the request, milliseconds since 1970. */
  deadline: number;
  correlationId: string;
}>;

/** Where a viewer's access comes from, for all requests of a process. */
export type AccessSource = Readonly<{
  /** UNAUTHENTICATED when teams does not know the person as active; DEPENDENCY_UNAVAILABLE when nothing is known of them. */
  accessOf(question: AccessQuestion): Promise<AccessAnswer | Refusal>;
  /**
   * Something of the company changed: ask anew. When it may have been the levels, those learnt from questions sent before now count as
   * unknown, as no outage may bring back what was taken away. Clocks are not compared for that: teams' may differ from this process's.
   */
  forgetCompany(companyId: string, mayBeLevels: boolean): void;
  /** Changes may have been missed, of levels too. */
  forgetAll(): void;
  /** Viewers remembered, for tests of the bound. */
  size(): number;
}>;

type Asked = Readonly<{ companyId: string; at: number; access: Promise<Access | null> }>;
/** Levels are null for who was no active user. */
type LastKnown = Readonly<{ companyId: string; at: number; levels: Levels | null }>;

export type AccessSourceOptions = Readonly<{
  teams: Peer;
  now: () => number;
  limit?: number;
  /** Learns from the answers who is active. */
  known?: Pick<KnownPeople, 'answered'>;
}>;

/**
 * Asks teams for viewers' access (SPEC §3.1). An answer is kept for `accessKeptMs` at most, from when its question was
 * sent; questions at the same time share one; `limit` viewers are kept (10,000).
 */
export const createAccessSource = ({ teams, now, limit = viewersKept, known: people }: AccessSourceOptions): AccessSource => {
  const asked = createRecentlyUsed<Asked>(limit);
  const lastKnown = createRecentlyUsed<LastKnown>(limit);
  /** Questions on their way whose answers may be remembered for outages: none that was sent before a forgetting. */
  const remembered = new Set<Asked>();

  const ask = ({ person, withTeams, correlationId }: AccessQuestion, key: string): Asked => {
    const { companyId, userId } = person;
    const at = now();
    const asking = { viewer: person, deadline: at + accessWaitMs, correlationId };
    const access = askTeams(teams, 'access', { companyId, userId, withTeams }, asking).then(
      (reply) => {
        const answer = checked(reply.access, person);
        people?.answered(companyId, userId, answer !== null, at);
        const known = lastKnown.get(viewerKey(person));
        const isNewest = known === undefined || known.at <= at;
        // that someone is not active is remembered as well: an older answer that comes after it must not count
        if (remembered.has(entry) && isNewest) lastKnown.set(viewerKey(person), { companyId, at, levels: answer?.levels ?? null });
        return answer;
      },
    );
    const entry: Asked = { companyId, at, access };
    asked.set(key, entry);
    remembered.add(entry);
    void access
      .catch(() => {
        if (asked.get(key) === entry) asked.delete(key);
      })
      .finally(() => remembered.delete(entry));
    return entry;
  };

  const fresh = (key: string): Asked | undefined => {
    const entry = asked.get(key);
    return entry !== undefined && now() - entry.at < accessKeptMs && now() >= entry.at ? entry : undefined;
  };

  const fallback = (person: Person, since: number): AccessAnswer | Refusal => {
    const known = lastKnown.get(viewerKey(person));
    if (known === undefined || known.levels === null || now() - known.at >= lastKnownMs) {
      return unavailable('What you may see could not be looked up. Try again in a moment.');
    }
    return { kind: 'fallback', levels: known.levels, latencyMs: now() - since };
  };

  return {
    accessOf: async (question) => {
      const { person, withTeams, deadline } = question;
      const since = now();
      const [plain, expanded] = [viewerKey(person), `${viewerKey(person)} with teams`];
      const entry = fresh(expanded) ?? (withTeams ? undefined : fresh(plain)) ?? ask(question, withTeams ? expanded : plain);
      try {
        // a shared question is sent with a wait of its own; each of those who share it waits no longer than their own
        const waitMs = Math.max(Math.min(accessWaitMs, deadline - since), 0);
        const access = await within(waitMs, entry.access, () => new PeerUnavailable('teams did not answer access in time'));
        return access === null ? unauthenticated('You are not an active user of this company.') : { kind: 'known', access };
      } catch (error) {
        if (error instanceof PeerUnavailable) return fallback(person, since);
        throw error;
      }
    },
    forgetCompany: (companyId, mayBeLevels) => {
      asked.deleteWhere((entry) => entry.companyId === companyId);
      if (!mayBeLevels) return;
      lastKnown.deleteWhere((known) => known.companyId === companyId);
      for (const entry of remembered) if (entry.companyId === companyId) remembered.delete(entry);
    },
    forgetAll: () => {
      asked.deleteWhere(() => true);
      lastKnown.deleteWhere(() => true);
      remembered.clear();
    },
    size: () => Math.max(asked.size(), lastKnown.size()),
  };
};

const viewerKey = ({ companyId, userId }: Person): string => `${companyId} ${userId}`;

/** An answer about somebody else, or with a level that is none, must never become anyone's visibility. */
const checked = (access: Access | null, person: Person): Access | null => {
  if (access === null) return null;
  const good =
    access.companyId === person.companyId &&
    access.userId === person.userId &&
    permissionActions.every((action) => levels.includes(access.levels[action])) &&
    typeof access.flags.cdp_team_permission_enabled === 'boolean';
  if (!good) throw new PeerUnavailable('teams answered access with what is none of this viewer');
  return access;
};
