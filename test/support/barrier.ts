/** Makes so many wait for one another: whoever calls it goes on when the last has called. */
export const barrier = (parties: number): (() => Promise<void>) => {
  const waiting: (() => void)[] = [];
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === parties) for (const go of waiting) go();
    });
};
