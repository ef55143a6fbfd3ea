/** Waits until something holds, looking every 10 ms. @throws after `limitMs`, which only guards against a hang */
export const until = async (holds: () => boolean | Promise<boolean>, limitMs = 45_000): Promise<void> => {
  const end = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`did not hold within ${String(limitMs)} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
