import { type Loop, startLoop } from '../../shared/loop.ts';
import { job, type Tracer } from '../../shared/tracing.ts';

export type DueLoopOptions<Claimed> = Readonly<{
  /** What is done, for traces: each piece is one. */
  name: string;
  tracer: Tracer | null;
  /** The database's time in ms: clocks of processes may differ. */
  time: () => Promise<number>;
  claim: (now: number) => Promise<Claimed | null>;
  work: (claimed: Claimed) => Promise<void>;
  /** Milliseconds between looks when nothing wakes it. */
  pollMs: number;
  onFault: (error: unknown) => void;
}>;

/** Pieces of work at the same time. */
const atOnce = 16;

/** Works off what is due, some at a time. One piece's fault does not keep the others from being done; its lease brings it back. */
export const startDueLoop = <Claimed>({ name, tracer, time, claim, work, pollMs, onFault }: DueLoopOptions<Claimed>): Loop =>
  startLoop({
    pass: async () => {
      const now = await time();
      const working: Promise<void>[] = [];
      let isMore = true;
      while (isMore && working.length < atOnce) {
        const claimed = await claim(now);
        isMore = claimed !== null;
        if (claimed !== null) working.push(job(name, tracer, () => work(claimed)).catch(onFault));
      }
      await Promise.all(working);
      return isMore;
    },
    pollMs,
    onFault,
  });
