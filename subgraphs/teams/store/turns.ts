export type TurnsOptions = Readonly<{
  /** Works of one key at a time; the others wait in the order in which they came. */
  atOnce: number;
  /** Milliseconds that one may wait for its turn. */
  waitMs: number;
}>;

/** Runs a work when it is the turn of its key. @throws as for a connection that is not to be had, when it has waited too long */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

type Line = { busy: number; readonly waiting: (() => void)[] };

/** Lets so many works of each key run at once; keys do not wait for one another, and one that nobody uses costs nothing. */
export const createTurns = ({ atOnce, waitMs }: TurnsOptions): InTurn => {
  const lines = new Map<string, Line>();
  const enter = (key: string): Promise<void> => {
    const line = lines.get(key) ?? { busy: 0, waiting: [] };
    lines.set(key, line);
    if (line.busy < atOnce) {
      line.busy += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        line.waiting.splice(line.waiting.indexOf(begin), 1);
        reject(new Error('timeout exceeded when trying to connect: others of the same company were still at work'));
      }, waitMs);
      line.waiting.push(begin);
    });
  };
  const leave = (key: string): void => {
    const line = lines.get(key);
    const next = line?.waiting.shift();
    // the turn is handed on, so that nobody comes between
    if (next !== undefined) next();
    else if (line !== undefined && (line.busy -= 1) === 0) lines.delete(key);
  };
  return async (key, work) => {
    await enter(key);
    try {
      return await work();
    } finally {
      leave(key);
    }
  };
};
