import type { FeedPosition } from '../subgraphs/shared/feed.ts';
import { type Refusal, unavailable } from '../subgraphs/shared/errors.ts';
import type { FeedEntry } from '../subgraphs/shared/teamsApi.ts';
import type { EventHub } from './eventHub.ts';

export type EventStreamOptions = Readonly<{
  hub: EventHub;
  /** Events after this place. */
  from: FeedPosition;
  wanted: (entry: FeedEntry) => boolean;
  /** Live events kept for a subscriber that reads slowly; past it they are read from the log again, when it gets there. */
  maxQueued: number;
  /** What each question to teams may take, in milliseconds. */
  deadlineMs: number;
  now: () => number;
  /** Ends the stream, also while it waits. */
  signal: AbortSignal;
}>;

/**
 * The wanted events after a place, replayed by position and then live, without gap or duplicate. A subscriber that falls behind
 * goes back to replay, so that memory is bounded and nothing is lost. A refusal is the last item: the feed cannot be followed; it
 * says from which event to go on.
 */
export async function* eventStream(options: EventStreamOptions): AsyncGenerator<FeedEntry | Refusal, void, void> {
  const { hub, wanted, deadlineMs, now, signal } = options;
  const queue = createQueue(options.maxQueued, signal);
  let at = options.from;
  let last: string | undefined;
  let detach: (() => void) | undefined;
  const goOn = (why: string): Refusal => unavailable(`${why} Subscribe again${last === undefined ? '.' : ` with after: "${last}".`}`);
  try {
    for (;;) {
      const live = await hub.position(now() + deadlineMs);
      if (live.log !== at.log) return yield goOn('The log of events was replaced.');
      queue.restart();
      detach = hub.attach(at, queue);
      if (detach === undefined) {
        const page = await hub.read(at, now() + deadlineMs);
        if (page.lost) return yield goOn('Events after that place are no longer kept.');
        for (const entry of page.entries) {
          if (!wanted(entry)) continue;
          last = entry.eventId;
          yield entry;
        }
        at = { log: page.log, position: page.position };
        continue;
      }
      for (;;) {
        const next = await queue.next();
        if (next === 'ended') return;
        if (next === 'lost') return yield goOn('Events may have been missed.');
        if (next === 'behind') break;
        if (next.position <= at.position) continue;
        at = { log: at.log, position: next.position };
        if (!wanted(next)) continue;
        last = next.eventId;
        yield next;
      }
      detach();
    }
  } catch {
    yield goOn('The feed of events could not be read.');
  } finally {
    detach?.();
  }
}

type Queue = Readonly<{
  /** Forgets what it holds, and that it was behind. */
  restart(): void;
  entries(entries: readonly FeedEntry[]): void;
  lost(): void;
  waiting(): number;
  /** The next entry; `behind` when more came than it keeps, `lost` when some may have been missed, `ended` by the signal. */
  next(): Promise<FeedEntry | 'behind' | 'lost' | 'ended'>;
}>;

const createQueue = (limit: number, signal: AbortSignal): Queue => {
  let queued: FeedEntry[] = [];
  let end: 'behind' | 'lost' | undefined;
  let wake: (() => void) | undefined;
  const stop = (why: 'behind' | 'lost'): void => {
    end ??= why;
    queued = [];
    wake?.();
  };
  signal.addEventListener('abort', () => wake?.(), { once: true });
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
      queued.push(...entries);
      wake?.();
    },
    lost: () => stop('lost'),
    waiting: () => queued.length,
    next: async () => {
      while (queued.length === 0 && end === undefined && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return signal.aborted ? 'ended' : (queued.shift() ?? end ?? 'ended');
    },
  };
};
