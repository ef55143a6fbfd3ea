/** Told how often and how many, publishes that many events at that rate; each carries its number and the moment it is published. */
export const publishAtRate = async (publish: (number: number, name: string) => void, { from, perSecond, count }: Readonly<{ from: number; perSecond: number; count: number }>): Promise<void> => {
  const start = performance.now();
  for (let sent = 0; sent < count; ) {
    const due = Math.min(count, Math.floor(((performance.now() - start) * perSecond) / 1_000) + 1);
    for (; sent < due; sent += 1) publish(from + sent + 1, `${String(from + sent + 1)} ${(performance.timeOrigin + performance.now()).toFixed(3)}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000 / perSecond / 2));
  }
};

/** What a serving process is told. `{perSecond, count}`: publish. `{figures}`: what it used and was asked since it was last told to publish. */
export type Order = Readonly<{ perSecond: number; count: number }> | Readonly<{ figures: true }>;

/** Processor time of the process, in milliseconds, and questions that subgraphs were asked. */
export type Figures = Readonly<{ cpuMs: number; fetches: number }>;
