/**
 * A stream that can be ended while it waits: a generator that waits cannot be ended from outside, as `return()` queues behind the
 * wait. The signal ends the wait.
 */
export const stoppable = <T>(open: (signal: AbortSignal) => AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> => {
  const stop = new AbortController();
  const inner = open(stop.signal);
  const stream: AsyncGenerator<T, void, void> = {
    next: () => inner.next(),
    return: () => {
      stop.abort();
      return inner.return();
    },
    throw: (error) => {
      stop.abort();
      return inner.throw(error);
    },
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await inner.return();
    },
  };
  return stream;
};
