import { setTimeout as timer } from 'node:timers/promises';

/** Waits for `ms`, or until the signal ends the wait; resolves either way. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> => timer(ms, undefined, { signal }).catch(() => undefined);
