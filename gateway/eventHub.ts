import { askTeams } from '../subgraphs/shared/askTeams.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import { type FeedPosition, followFeed } from '../subgraphs/shared/feed.ts';
import type { Peer } from '../subgraphs/shared/peer.ts';
import type { FeedEntry, FeedPage, OutsideReader, TeamsApi } from '../subgraphs/shared/teamsApi.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import { createSlots, type SlotLimits } from './slots.ts';
import { viewerKey } from './viewerKey.ts';

/** Takes events as they come; `lost` when some may have been missed, so that it has to start over. */
export type HubListener = Readonly<{
  entries(entries: readonly FeedEntry[]): void;
  lost(): void;
  /** Events that it has been handed and not taken yet. */
  waiting?: () => number;
}>;

/** The outside sequence of events, followed once for the whole process and fanned out. */
export type EventHub = Readonly<{
  /** Where the live part stands; waits for the first word of teams. @throws PeerUnavailable at the deadline. */
  position(deadline: number): Promise<FeedPosition>;
  /** Hands on every event after the live part's place. Undefined: the live part is ahead of `at`, or of another log; read up to it first. */
  attach(at: FeedPosition, listener: HubListener): (() => void) | undefined;
  /**
   * Events after a place that a reader may see. A few are read at once for a viewer and for all; others wait until it is their turn. `over`: the signal ended the wait.
   * @throws PeerUnavailable
   */
  replay(after: FeedPosition, replaying: Replaying): Promise<FeedPage | 'over'>;
  /** Where someone who has seen an event goes on. */
  locate(eventId: string, reader: OutsideReader, deadline: number): Promise<TeamsApi['locate']['reply']>;
  /** For each listener, the events that wait for it. */
  waiting(): readonly number[];
  /** Stops following; listeners hear nothing more. */
  close(): void;
}>;

/** Whom events are read for, and how long teams may take once it is asked, in milliseconds. */
export type Replaying = Readonly<{ viewer: Viewer; reader: OutsideReader; deadlineMs: number; signal: AbortSignal }>;

/** How many pages are read at once, of one viewer and in all: one page is a query for up to 500 events. */
export const replayLimits: SlotLimits = { each: 4, all: 16 };

export type EventHubOptions = Readonly<{ teams: Peer; now: () => number; newId: () => string; logger: Logger }>;

const askEveryMs = 250;
const firstWordMs = 5_000;

/** Starts following the outside sequence from its newest event (SPEC §5). */
export const createEventHub = ({ teams, now, newId, logger }: EventHubOptions): EventHub => {
  const closing = new AbortController();
  const listeners = new Set<HubListener>();
  const correlationId = newId();
  let live: FeedPosition | null = null;

  const ask = <Operation extends 'feed' | 'locate'>(operation: Operation, body: TeamsApi[Operation]['request'], deadline: number): Promise<TeamsApi[Operation]['reply']> =>
    askTeams(teams, operation, body, { viewer: null, deadline, correlationId });
  const replays = createSlots(replayLimits);
  const where = (deadline: number): Promise<FeedPage> => ask('feed', { sequence: 'outside', after: null, limit: 1, waitMs: 0 }, deadline);
  // An outage is one line, not one for every try.
  let down = false;
  const onFault = (error: unknown): void => {
    if (!down) logger.warn({ err: error }, 'the event feed of teams is unavailable; it is asked again until it answers');
    down = true;
  };

  const follow = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      live = await newest(where, now, onFault, closing.signal);
      if (live === null) return;
      down = false;
      const lost = new AbortController();
      await followFeed({
        peer: teams,
        sequence: 'outside',
        now,
        signal: AbortSignal.any([closing.signal, lost.signal]),
        from: live,
        correlationId,
        onFault,
        onEntries: (entries, at) => {
          if (closing.signal.aborted || lost.signal.aborted) return;
          live = at;
          down = false;
          for (const listener of listeners) listener.entries(entries);
        },
        onLost: () => {
          live = null;
          for (const listener of listeners) listener.lost();
          listeners.clear();
          lost.abort();
        },
      });
    }
  };
  follow().catch((error: unknown) => logger.error({ err: error }, 'following the event feed ended'));

  return {
    position: async (deadline) => {
      while (live === null && now() < deadline && !closing.signal.aborted) await pause(50);
      return live ?? where(deadline);
    },
    attach: (at, listener) => {
      if (live?.log !== at.log || live.position > at.position) return undefined;
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    replay: (after, { viewer, reader, deadlineMs, signal }) =>
      replays.run(viewerKey(viewer), () => ask('feed', { sequence: 'outside', after, limit: 500, waitMs: 0, reader }, now() + deadlineMs), signal),
    locate: (eventId, reader, deadline) => ask('locate', { eventId, reader }, deadline),
    waiting: () => [...listeners].map((listener) => listener.waiting?.() ?? 0),
    close: () => {
      closing.abort();
      listeners.clear();
    },
  };
};

const newest = async (
  where: (deadline: number) => Promise<FeedPage>,
  now: () => number,
  onFault: (error: unknown) => void,
  signal: AbortSignal,
): Promise<FeedPosition | null> => {
  while (!signal.aborted) {
    try {
      const { log, position } = await where(now() + firstWordMs);
      return { log, position };
    } catch (error) {
      if (!isAborted(signal)) onFault(error);
      await pause(askEveryMs);
    }
  }
  return null;
};

const isAborted = (signal: AbortSignal): boolean => signal.aborted;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
