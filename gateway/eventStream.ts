import type { FeedPosition } from '../subgraphs/shared/feed.ts';
import { isRefused, type Refusal, unavailable } from '../subgraphs/shared/errors.ts';
import type { FeedEntry, OutsideReader } from '../subgraphs/shared/teamsApi.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { EventHub } from './eventHub.ts';

/** What became of an event: `over` when the subscriber takes no more. */
export type Taken = 'more' | 'over';

export type EventStreamOptions = Readonly<{
  hub: EventHub;
  viewer: Viewer;
  /** What it may see: nothing else is read for it from the log. */
  reader: OutsideReader;
  /** Events after this place. */
  from: FeedPosition;
  wanted: (entry: FeedEntry) => boolean;
  /** Takes a wanted event; the next one comes when it has resolved. `coming`: those that are to be taken next, as far as they are known. Never rejects. */
  take: (entry: FeedEntry, coming: () => readonly FeedEntry[]) => Promise<Taken>;
  /** Live events kept for a subscriber that reads slowly; past it they are read from the log again, when it gets there. */
  maxQueued: number;
  /** What each question to teams may take, in milliseconds. */
  deadlineMs: number;
  now: () => number;
  /** Ends the stream, also while it waits. */
  signal: AbortSignal;
}>;

/** Events that are known ahead, so that what they need is fetched meanwhile. */
const wideAhead = 8;

/**
 * Hands on the wanted events after a place, replayed by position and then live, without gap or duplicate. A subscriber that falls behind
 * goes back to replay, so that memory is bounded and nothing is lost. Resolves when it is over; with a refusal when the feed cannot be followed: it
 * says from which event to go on.
 */
export const followEvents = async (options: EventStreamOptions): Promise<Refusal | undefined> => {
  const { hub, wanted, take, deadlineMs, now, signal } = options;
  const queue = createQueue(options.maxQueued, signal);
  let at = options.from;
  const coming = (): readonly FeedEntry[] => queue.coming(wideAhead).filter(wanted);
  let last: string | undefined;
  let detach: (() => void) | undefined;
  const goOn = (why: string): Refusal => unavailable(`${why} Subscribe again${last === undefined ? '.' : ` with after: "${last}".`}`);
  const answered = <T>(asking: Promise<T>): Promise<T | Refusal> => asking.catch(() => goOn('The feed of events could not be read.'));
  try {
    for (;;) {
      const live = await answered(hub.position(now() + deadlineMs));
      if (isRefused(live)) return live;
      if (live.log !== at.log) return goOn('The log of events was replaced.');
      queue.restart();
      detach = hub.attach(at, queue);
      if (detach === undefined) {
        const page = await answered(hub.replay(at, options));
        if (page === 'over') return undefined;
        if (isRefused(page)) return page;
        if (page.lost) return goOn('Events after that place are no longer kept.');
        for (const [place, entry] of page.entries.entries()) {
          if (queue.isEnded()) return undefined;
          if (!wanted(entry)) continue;
          last = entry.eventId;
          if ((await take(entry, () => page.entries.slice(place + 1, place + 1 + wideAhead).filter(wanted))) === 'over') return undefined;
        }
        at = { log: page.log, position: page.position };
        continue;
      }
      for (;;) {
        const next = queue.next();
        if (next === undefined) {
          await queue.filled();
          continue;
        }
        if (next === 'ended') return undefined;
        if (next === 'lost') return goOn('Events may have been missed.');
        if (next === 'behind') break;
        if (next.position <= at.position) continue;
        at = { log: at.log, position: next.position };
        if (!wanted(next)) continue;
        last = next.eventId;
        if ((await take(next, coming)) === 'over') return undefined;
      }
      detach();
    }
  } finally {
    detach?.();
  }
};

type Queue = Readonly<{
  /** Forgets what it holds, and that it was behind. */
  restart(): void;
  entries(entries: readonly FeedEntry[]): void;
  lost(): void;
  isEnded(): boolean;
  /** The next entry; `behind` when more came than it keeps, `lost` when some may have been missed, `ended` by the signal. Undefined: nothing yet. */
  next(): FeedEntry | 'behind' | 'lost' | 'ended' | undefined;
  /** The first so many that wait behind the next one. */
  coming(count: number): readonly FeedEntry[];
  /** Waits until there is something. */
  filled(): Promise<void>;
  waiting(): number;
}>;

const createQueue = (limit: number, signal: AbortSignal): Queue => {
  let queued: FeedEntry[] = [];
  let end: 'behind' | 'lost' | undefined;
  // asked for each event of each subscriber, where the signal's own word costs too much
  let isEnded = signal.aborted;
  let wake: (() => void) | undefined;
  const awake = (): void => {
    wake?.();
    wake = undefined;
  };
  const stop = (why: 'behind' | 'lost'): void => {
    end ??= why;
    queued = [];
    awake();
  };
  const ending = (): void => {
    isEnded = true;
    awake();
  };
  signal.addEventListener('abort', ending, { once: true });
  return {
    restart: () => {
      queued = [];
      end = undefined;
    },
    entries: (entries) => {
      if (end !== undefined) return;
      if (queued.length + entries.length > limit) {
        stop('behind');
        return;
      }
      for (const entry of entries) queued.push(entry);
      awake();
    },
    lost: () => stop('lost'),
    isEnded: () => isEnded,
    next: () => (isEnded ? 'ended' : (queued.shift() ?? end)),
    coming: (count) => queued.slice(0, count),
    filled: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
    waiting: () => queued.length,
  };
};
