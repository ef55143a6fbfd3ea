export type LoopOptions = Readonly<{
  /** One round; true: there may be more to do at once. */
  pass: () => Promise<boolean>;
  /** Milliseconds between rounds when nothing wakes it. */
  pollMs: number;
  onFault: (error: unknown) => void;
  /** Longest pause after faults in a row, milliseconds; doubles from `pollMs`. Default 5,000. */
  maxPauseMs?: number;
}>;

/** A work that is repeated. */
export type Loop = Readonly<{ wake(): void; close(): Promise<void> }>;

/** Repeats a work until it is closed; a wake during a round makes another follow at once. `close` waits for the round in progress. */
export const startLoop = ({ pass, pollMs, onFault, maxPauseMs = 5_000 }: LoopOptions): Loop => {
  let closed = false;
  let woken = false;
  let rouse: (() => void) | null = null;
  const isClosed = (): boolean => closed;
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (woken || closed) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, ms);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    let faults = 0;
    while (!isClosed()) {
      woken = false;
      let more = false;
      try {
        more = await pass();
        faults = 0;
      } catch (error) {
        if (isClosed()) return;
        onFault(error);
        faults += 1;
      }
      if (!more) await pause(faults === 0 ? pollMs : Math.min(pollMs * 2 ** Math.min(faults, 16), maxPauseMs));
      rouse = null;
    }
  };
  const running = run();
  const wake = (): void => {
    woken = true;
    rouse?.();
  };
  return {
    wake,
    close: async () => {
      closed = true;
      rouse?.();
      await running;
    },
  };
};
