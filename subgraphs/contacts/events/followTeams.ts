import { followFeed } from '../../shared/feed.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Peer } from '../../shared/peer.ts';
import type { FeedEntry } from '../../shared/teamsApi.ts';
import type { AccessSource } from '../access.ts';
import type { KnownPeople } from '../knownPeople.ts';

export type FollowTeamsOptions = Readonly<{
  teams: Peer;
  access: Pick<AccessSource, 'forgetCompany' | 'forgetAll'>;
  known: Pick<KnownPeople, 'heard' | 'forgetAll'>;
  now: () => number;
  logger: Logger;
  correlationId: string;
}>;

/**
 * Shortens what is kept of viewers' access by what the internal feed says. Nobody's rights wait for it: without the
 * feed an access is still kept for a second only. Answers with what ends the following.
 */
export const followTeams = ({ teams, access, known, now, logger, correlationId }: FollowTeamsOptions): (() => void) => {
  const ending = new AbortController();
  const following = followFeed({
    peer: teams,
    sequence: 'internal',
    now,
    signal: ending.signal,
    from: null,
    onEntries: (entries) => {
      for (const entry of entries) {
        access.forgetCompany(entry.companyId, mayBeLevels(entry));
        const person = personOf(entry);
        if (person !== null) known.heard(entry.companyId, person.userId, person.isActive, now());
      }
    },
    onLost: () => {
      access.forgetAll();
      known.forgetAll(now());
    },
    onFault: (error) => logger.warn({ err: error }, 'the feed of teams cannot be followed'),
    correlationId,
  });
  following.catch((error: unknown) => logger.error({ err: error }, 'following the feed of teams ended'));
  return () => ending.abort();
};

/** TEAM_* events are about the tree and its members; all others may be about levels, roles, flags or people. */
const mayBeLevels = ({ type }: FeedEntry): boolean => !type.startsWith('TEAM_');

/** Whose standing the entry is about, and whether they are active by now. */
const personOf = ({ type, payload }: FeedEntry): Readonly<{ userId: string; isActive: boolean }> | null => {
  const { user_id: userId, is_active: isActive } = payload;
  return type === 'ACCESS_CHANGED' && typeof userId === 'string' && typeof isActive === 'boolean' ? { userId, isActive } : null;
};
