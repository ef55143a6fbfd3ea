import { askTeams } from './askTeams.ts';
import { pause } from './pause.ts';
import type { Peer } from './peer.ts';
import type { FeedEntry, FeedPage, Sequence, TeamsApi } from './teamsApi.ts';

export type FeedPosition = Readonly<{ log: string; position: number }>;

export type FollowOptions = Readonly<{
  peer: Peer;
  sequence: Sequence;
  now: () => number;
  /** Ends the following. */
  signal: AbortSignal;
  /** Null: from the newest event on. */
  from: FeedPosition | null;
  /** Entries in order. The next ones are asked for when it has resolved. */
  onEntries: (entries: readonly FeedEntry[], at: FeedPosition) => void | Promise<void>;
  /**
   * Events may have been missed (another log, removed, or from before the place where who began at the newest has begun): throw caches away,
   * or compare. Following goes on at the newest.
   */
  onLost: () => void | Promise<void>;
  /** Teams could not be asked; it is asked again after a pause. Told once for each outage, not for every try. */
  onFault: (error: unknown) => void;
  correlationId: string;
}>;

/** Longest time that one question for entries waits at teams. */
export const feedWaitMs = 10_000;
const pauseMs = 250;

/**
 * Follows a sequence of events until the signal ends it: long polls by position, so that live and replay are one
 * mechanism and a lost connection costs nothing. Resolves when it has ended.
 */
export const followFeed = async (options: FollowOptions): Promise<void> => {
  let at = options.from;
  let isOut = false;
  while (!options.signal.aborted) {
    try {
      const page = await ask(options, at);
      if (page.lost || at === null) await options.onLost();
      at = { log: page.log, position: page.position };
      if (page.entries.length > 0) await options.onEntries(page.entries, at);
      isOut = false;
    } catch (error) {
      if (!isOut && !isAborted(options.signal)) options.onFault(error);
      isOut = true;
      await pause(pauseMs, options.signal);
    }
  }
};

const ask = async ({ peer, sequence, now, correlationId }: FollowOptions, after: FeedPosition | null): Promise<FeedPage> => {
  const body: TeamsApi['feed']['request'] = { sequence, after, limit: 500, waitMs: after === null ? 0 : feedWaitMs };
  const deadline = now() + feedWaitMs + 5_000;
  return askTeams(peer, 'feed', body, { viewer: null, deadline, correlationId });
};

const isAborted = (signal: AbortSignal): boolean => signal.aborted;
