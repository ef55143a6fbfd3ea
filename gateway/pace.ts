import { pause } from '../subgraphs/shared/pause.ts';
import type { Refusal } from '../subgraphs/shared/errors.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { Rate } from './rates.ts';
import { viewerKey } from './viewerKey.ts';

/** Counts what the deliveries of subscriptions ask of subgraphs as requests of their viewer. Where a request would be refused, a delivery waits: nothing is lost. */
export type Pace = Readonly<{
  /** Resolves when so many requests are counted; those of one viewer in the order in which they came. `over`: the signal ended it first. */
  turn(viewer: Viewer, requests: number, signal: AbortSignal): Promise<'now' | 'over'>;
  /** Counts them when there is room at once and nobody waits. */
  hasRoom(viewer: Viewer, requests: number): Promise<boolean>;
}>;

type Waiting = Readonly<{ requests: number; go: () => void }>;
/** Those of a viewer who wait; ended when none is left. */
type Line = Readonly<{ waiting: Set<Waiting>; empty: AbortController }>;

/** Makes one; how long to wait is what the rate says, else 1 s. */
export const createPace = (rate: Rate): Pace => {
  const lines = new Map<string, Line>();

  const serve = async (viewer: Viewer, { waiting, empty }: Line, refusal: Refusal): Promise<void> => {
    let refused: Refusal | undefined = refusal;
    while (!empty.signal.aborted) {
      if (refused !== undefined) await pause(afterMs(refused), empty.signal);
      const [next] = waiting;
      if (next === undefined) return;
      refused = await rate(viewer, next.requests);
      if (refused === undefined) next.go();
    }
  };

  const lineOf = (key: string, viewer: Viewer, refusal: Refusal): Line => {
    const there = lines.get(key);
    if (there !== undefined) return there;
    const line: Line = { waiting: new Set(), empty: new AbortController() };
    lines.set(key, line);
    void serve(viewer, line, refusal);
    return line;
  };

  const wait = (key: string, line: Line, requests: number, signal: AbortSignal): Promise<'now' | 'over'> =>
    new Promise((resolve) => {
      const leave = (how: 'now' | 'over'): void => {
        signal.removeEventListener('abort', ended);
        line.waiting.delete(mine);
        if (line.waiting.size === 0) {
          if (lines.get(key) === line) lines.delete(key);
          line.empty.abort();
        }
        resolve(how);
      };
      const ended = (): void => leave('over');
      const mine: Waiting = { requests, go: () => leave('now') };
      line.waiting.add(mine);
      signal.addEventListener('abort', ended, { once: true });
    });

  return {
    turn: async (viewer, requests, signal) => {
      const key = viewerKey(viewer);
      const there = lines.get(key);
      if (there !== undefined) return signal.aborted ? 'over' : wait(key, there, requests, signal);
      const refusal = await rate(viewer, requests);
      if (signal.aborted) return 'over';
      return refusal === undefined ? 'now' : wait(key, lineOf(key, viewer, refusal), requests, signal);
    },
    hasRoom: async (viewer, requests) => !lines.has(viewerKey(viewer)) && (await rate(viewer, requests)) === undefined,
  };
};

const afterMs = ({ details: { retryAfterSeconds = 1 } }: Refusal): number => retryAfterSeconds * 1_000;
