import type { Outlet } from './outlet.ts';
import type { SendPayload } from './sharedAnswers.ts';

export type SilentStreamOptions = Readonly<{
  /** The subscription's id on its socket. */
  id: string;
  outlet: Outlet;
  /** Carries the subscription out until it is over or the signal ends it. */
  run: (send: SendPayload, signal: AbortSignal) => Promise<void>;
  /** The payload to end with after a fault of ours. */
  payloadOf: (fault: unknown) => string;
  /** Called once, when nothing more will be asked for. */
  ended: () => void;
}>;

/** A stream of nothing, as graphql-ws takes it: it ends when the subscription does, and ends the subscription when it is left. */
export type SilentStream = AsyncGenerator<never, void, void>;

/**
 * Sends the answers of a subscription as the texts that they are: graphql-ws would make each into JSON once for every subscriber. To it this is a stream without
 * results. Left, it ends at once, whatever it waits for, and sends no more.
 */
export const silentStream = ({ id, outlet, run, payloadOf, ended }: SilentStreamOptions): SilentStream => {
  const before = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const leaving = new AbortController();
  let isLeft = false;
  const left = new Promise<void>((resolve) => leaving.signal.addEventListener('abort', () => resolve(), { once: true }));
  const send: SendPayload = (payload) => (isLeft ? undefined : outlet.send(`${before}${payload}}`));
  const running = async (): Promise<void> => {
    try {
      await run(send, leaving.signal);
    } catch (error) {
      await send(payloadOf(error));
    } finally {
      ended();
    }
  };
  let begun: Promise<void> | undefined;
  const done = { done: true, value: undefined } as const;
  const leave = (): Promise<typeof done> => {
    isLeft = true;
    leaving.abort();
    // nothing was begun that could end
    if (begun === undefined) ended();
    begun ??= Promise.resolve();
    return Promise.resolve(done);
  };
  const stream: SilentStream = {
    next: async () => {
      await Promise.race([(begun ??= running()), left]);
      return done;
    },
    return: leave,
    throw: leave,
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: async () => {
      await leave();
    },
  };
  return stream;
};
