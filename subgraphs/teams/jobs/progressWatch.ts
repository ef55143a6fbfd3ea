import type { JobProgress } from '../../shared/teamsApi.ts';

/** Where some jobs stand, by id; those that are not there are left out. */
export type ReadProgress = (jobIds: readonly string[]) => Promise<ReadonlyMap<string, JobProgress>>;

/** Knows when jobs move on, with one question to the database for everybody who waits for any of them. */
export type ProgressWatch = Readonly<{
  /** Resolves when the job stands elsewhere than where it is known to, is gone, after `ms`, or when the watch is closed. */
  moved(jobId: string, known: JobProgress, ms: number): Promise<void>;
  /** A commit of this process moved a job: looks at once instead of at the next poll. */
  wake(): void;
  close(): void;
}>;

type Waiter = Readonly<{ jobId: string; known: JobProgress; done: () => void }>;

/** `read` is asked every `pollMs` while someone waits: the job may be worked in another process. */
export const watchProgress = (read: ReadProgress, pollMs = 200): ProgressWatch => {
  const waiters = new Set<Waiter>();
  let timer: NodeJS.Timeout | null = null;
  let looking = false;
  let nextMs = pollMs;
  let closed = false;
  const look = async (): Promise<void> => {
    looking = true;
    nextMs = pollMs;
    const now = await read([...new Set([...waiters].map(({ jobId }) => jobId))]).catch(() => null);
    looking = false;
    if (now !== null) {
      for (const { jobId, known, done } of waiters) if (!isSame(now.get(jobId), known)) done();
    }
    schedule(nextMs);
  };
  const schedule = (ms: number): void => {
    if (closed || looking || waiters.size === 0) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      void look();
    }, ms);
  };
  return {
    moved: (jobId, known, ms) =>
      new Promise((resolve) => {
        if (closed) {
          resolve();
          return;
        }
        const waiter: Waiter = {
          jobId,
          known,
          done: () => {
            clearTimeout(limit);
            waiters.delete(waiter);
            resolve();
          },
        };
        const limit = setTimeout(waiter.done, ms);
        waiters.add(waiter);
        if (timer === null) schedule(pollMs);
      }),
    wake: () => {
      nextMs = 0;
      schedule(0);
    },
    close: () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      for (const { done } of waiters) done();
    },
  };
};

const isSame = (now: JobProgress | undefined, known: JobProgress): boolean =>
  now?.status === known.status && now.processed === known.processed && now.total === known.total;
