/** The time of a test: the machine's, and what the test has put it forward by. */
export type Clock = Readonly<{ now: () => number; forward(ms: number): void }>;

/** Starts at the machine's time and goes on with it, so that what waits is not held up. */
export const startClock = (): Clock => {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    forward: (ms) => {
      ahead += ms;
    },
  };
};
