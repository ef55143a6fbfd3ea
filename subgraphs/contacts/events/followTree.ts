import { askTeams } from '../../shared/askTeams.ts';
import { type Loop, startLoop } from '../../shared/loop.ts';
import type { Peer } from '../../shared/peer.ts';
import type { FeedPage, TeamsApi } from '../../shared/teamsApi.ts';
import type { ClaimedFollower, FollowerStore } from '../store/follower.ts';

export type FollowTreeOptions = Readonly<{
  teams: Peer;
  follower: FollowerStore;
  /** Stores the work of one event. */
  store: (entry: FeedPage['entries'][number]) => Promise<boolean>;
  /** Nothing that was stored from events counts any more. */
  unsettle: () => Promise<void>;
  /** Makes up for events that may have been missed. Called again from the start when the process died in it. */
  compare: (hold: () => Promise<boolean>) => Promise<void>;
  /** Work was stored. */
  wake: () => void;
  /** The database's time in ms. */
  time: () => Promise<number>;
  now: () => number;
  newId: () => string;
  pollMs: number;
  onFault: (error: unknown) => void;
}>;

/** Longest wait of one question at teams, well below the lease. */
const feedWaitMs = 8_000;

/**
 * Contacts' durable reading of teams' internal feed (SPEC §5): one of all its processes at a time, by one position, which moves only after
 * the work of an event is stored. Events that may have been missed are made up for before the next is read.
 */
export const followTree = (options: FollowTreeOptions): Loop => {
  const { teams, follower, store, unsettle, compare, wake, time, now, newId } = options;
  const ending = new AbortController();
  const ended = new Promise<null>((resolve) => ending.signal.addEventListener('abort', () => resolve(null), { once: true }));
  const ask = (after: TeamsApi['feed']['request']['after'], waitMs: number): Promise<FeedPage | null> => {
    const asking = { viewer: null, deadline: now() + waitMs + 5_000, correlationId: newId() };
    return Promise.race([askTeams(teams, 'feed', { sequence: 'internal', after, limit: 500, waitMs, durable: 'contacts' }, asking), ended]);
  };

  const follow = async (claimed: ClaimedFollower): Promise<void> => {
    let { log, position, comparing } = claimed.state;
    while (!ending.signal.aborted) {
      if (log !== null && comparing) {
        await compare(async () => !ending.signal.aborted && claimed.hold(await time()));
        comparing = false;
        if (!(await claimed.move({ log, position, comparing }, await time()))) return;
        wake();
      }
      const page = await ask(log === null ? null : { log, position }, log === null ? 0 : feedWaitMs);
      if (page === null) return;
      let stored = false;
      for (const entry of page.entries) stored = (await store(entry)) || stored;
      // without a position of this log what happened before is unknown: it is compared, from here on
      comparing = page.lost || page.log !== log;
      if (comparing) await unsettle();
      [log, position] = [page.log, page.position];
      if (!(await claimed.move({ log, position, comparing }, await time()))) return;
      if (stored) wake();
    }
  };

  const loop = startLoop({
    pass: async () => {
      const claimed = await follower.claim(await time());
      if (claimed === null) return false;
      try {
        await follow(claimed);
      } finally {
        await claimed.release();
      }
      return false;
    },
    pollMs: options.pollMs,
    onFault: options.onFault,
  });
  return {
    wake: loop.wake,
    close: () => {
      ending.abort();
      return loop.close();
    },
  };
};
