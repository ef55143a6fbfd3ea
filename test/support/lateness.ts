/** How long some work took, and a bare timer that ran beside it in the same event loop, in milliseconds. */
export type Beside = Readonly<{ took: number; bare: number }>;

/**
 * Measures work that must end with a limit against a bare timer of that limit: whatever holds up this machine holds up both, so that
 * their ratio can be judged where an absolute time cannot.
 */
export const besideTimer = async <T>(limitMs: number, work: () => Promise<T>): Promise<Beside & Readonly<{ result: T }>> => {
  const start = performance.now();
  const timer = new Promise<number>((resolve) => setTimeout(() => resolve(performance.now() - start), limitMs));
  const result = await work();
  const took = performance.now() - start;
  return { result, took, bare: await timer };
};
