/** Runs works of one answer, some at a time, so that they leave connections to others. */
export type FewAtOnce = <T>(work: () => Promise<T>) => Promise<T>;

export const fewAtOnce = (limit: number): FewAtOnce => {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running < limit) running += 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
};
