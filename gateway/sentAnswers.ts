import type { Outlet } from './outlet.ts';

export type SentAnswersOptions = Readonly<{
  /** The subscription's id on its socket. */
  id: string;
  outlet: Outlet;
  /** The payload to end with after a fault of ours. */
  payloadOf: (fault: unknown) => string;
  /** Called once, when nothing more will be asked for. */
  ended: () => void;
}>;

/** A stream of nothing, as graphql-ws takes it: it ends when the subscription does, and ends the subscription when it is left. */
export type Silent = AsyncGenerator<never, void, void>;

/**
 * Sends the answers of a subscription as the texts that they are: graphql-ws would make each into JSON once for every subscriber. To it this is a stream without
 * results. The next answer is asked for when the last one is on its way, so that a client which does not read holds up its own stream alone. Left, it ends at once,
 * whatever it waits for.
 */
export const sentAnswers = (payloads: AsyncGenerator<string, void, void>, { id, outlet, payloadOf, ended }: SentAnswersOptions): Silent => {
  const before = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const leaving = new AbortController();
  const left = new Promise<void>((resolve) => leaving.signal.addEventListener('abort', () => resolve(), { once: true }));
  const send = async (payload: string): Promise<void> => {
    if (!leaving.signal.aborted) await outlet.send(`${before}${payload}}`);
  };
  const run = async (): Promise<void> => {
    try {
      for await (const payload of payloads) await send(payload);
    } catch (error) {
      await send(payloadOf(error));
    } finally {
      ended();
    }
  };
  let running: Promise<void> | undefined;
  const done = { done: true, value: undefined } as const;
  const leave = (): Promise<typeof done> => {
    leaving.abort();
    payloads.return().catch(() => undefined);
    // nothing was begun that could end
    if (running === undefined) ended();
    running ??= Promise.resolve();
    return Promise.resolve(done);
  };
  const silent: Silent = {
    next: async () => {
      await Promise.race([(running ??= run()), left]);
      return done;
    },
    return: leave,
    throw: leave,
    [Symbol.asyncIterator]: () => silent,
    [Symbol.asyncDispose]: async () => {
      await leave();
    },
  };
  return silent;
};
