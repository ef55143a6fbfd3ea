import type { Sequence } from '../../shared/teamsApi.ts';
import type { Newest } from '../store/eventLog.ts';

/** Knows when sequences grow, without a database connection per waiting reader. */
export type Growth = Readonly<{
  /** Resolves when the sequence stands beyond a position, after `ms`, or when it is closed. */
  beyond(sequence: Sequence, position: number, ms: number): Promise<void>;
  /** What the relay of this process tells. */
  grown(newest: Newest): void;
  close(): void;
}>;

type Waiter = Readonly<{ sequence: Sequence; position: number; done: () => void }>;

/** `read` is asked every `pollMs` while someone waits: the relay that gives places may be in another process. */
export const watchGrowth = (read: () => Promise<Newest>, pollMs = 200): Growth => {
  const waiters = new Set<Waiter>();
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  const grown = (newest: Newest): void => {
    for (const waiter of waiters) if (newest[waiter.sequence] > waiter.position) waiter.done();
  };
  const look = (): void => {
    timer = null;
    read().then(grown, () => undefined).finally(schedule);
  };
  const schedule = (): void => {
    if (!closed && timer === null && waiters.size > 0) timer = setTimeout(look, pollMs);
  };
  return {
    grown,
    beyond: (sequence, position, ms) =>
      new Promise((resolve) => {
        if (closed) {
          resolve();
          return;
        }
        const waiter: Waiter = {
          sequence,
          position,
          done: () => {
            clearTimeout(limit);
            waiters.delete(waiter);
            resolve();
          },
        };
        const limit = setTimeout(waiter.done, ms);
        waiters.add(waiter);
        schedule();
      }),
    close: () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      for (const waiter of waiters) waiter.done();
    },
  };
};
