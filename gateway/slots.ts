/** Lets so much be done at once, and no more: what comes then waits, first come, first served. */
export type Slots = Readonly<{
  /** Does a work of `whose` when there is room. `over`: the signal ended it before it had begun. */
  run<T>(whose: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T | 'over'>;
  /** Works that wait for room. */
  waiting(): number;
}>;

export type SlotLimits = Readonly<{
  /** Works of one at once. */
  each: number;
  /** Works of all at once. */
  all: number;
}>;

type Waiting = Readonly<{ whose: string; go: () => void }>;

/** Makes some; one who has taken their own does not keep the others'. */
export const createSlots = ({ each, all }: SlotLimits): Slots => {
  const busy = new Map<string, number>();
  const waiting = new Set<Waiting>();
  let total = 0;

  const hasRoom = (whose: string): boolean => total < all && (busy.get(whose) ?? 0) < each;
  const take = (whose: string): void => {
    total += 1;
    busy.set(whose, (busy.get(whose) ?? 0) + 1);
  };
  const free = (whose: string): void => {
    total -= 1;
    const left = (busy.get(whose) ?? 1) - 1;
    if (left === 0) busy.delete(whose);
    else busy.set(whose, left);
    for (const next of waiting) {
      if (total >= all) return;
      if (!hasRoom(next.whose)) continue;
      waiting.delete(next);
      // taken for it here, so that nobody comes in between
      take(next.whose);
      next.go();
    }
  };
  const room = (whose: string, signal: AbortSignal | undefined): Promise<boolean> =>
    new Promise((resolve) => {
      const leave = (): void => {
        if (waiting.delete(next)) resolve(false);
      };
      const next: Waiting = {
        whose,
        go: () => {
          signal?.removeEventListener('abort', leave);
          resolve(true);
        },
      };
      waiting.add(next);
      signal?.addEventListener('abort', leave, { once: true });
    });

  return {
    run: async (whose, work, signal) => {
      if (signal?.aborted === true) return 'over';
      if (hasRoom(whose)) take(whose);
      else if (!(await room(whose, signal))) return 'over';
      try {
        return await work();
      } finally {
        free(whose);
      }
    },
    waiting: () => waiting.size,
  };
};
