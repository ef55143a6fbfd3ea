import { setTimeout as sleep } from 'node:timers/promises';

export type Wait = Readonly<{
  /** What is waited for, as the end of "… did not". */
  what: string;
  limitMs: number;
  /** Between two looks. Default 100. */
  everyMs?: number;
}>;

/** Looks until the look neither throws nor answers false. @throws with what was waited for and the last fault, at the limit. */
export const waitUntil = async (look: () => Promise<boolean>, { what, limitMs, everyMs = 100 }: Wait): Promise<void> => {
  const until = Date.now() + limitMs;
  let last = '';
  while (Date.now() < until) {
    try {
      if (await look()) return;
    } catch (error) {
      if (error instanceof GaveUp) throw error;
      last = error instanceof Error ? `: ${error.message}` : '';
    }
    await sleep(everyMs);
  }
  throw new Error(`${what} did not within ${String(limitMs / 1_000)} s${last}`);
};

/** Thrown by a look that knows that waiting on is in vain. */
export class GaveUp extends Error {}
