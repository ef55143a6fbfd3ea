/**
 * Waits for some work for so many milliseconds and then throws what `late` makes. The work itself is not stopped: it has limits of
 * its own, and what comes of it later is nobody's.
 */
export const within = async <T>(waitMs: number, work: Promise<T>, late: () => Error): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), waitMs);
  });
  try {
    return await Promise.race([work, passed]);
  } finally {
    clearTimeout(timer);
  }
};
