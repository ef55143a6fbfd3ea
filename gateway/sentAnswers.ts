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
 * results. The next answer is asked for when the last one is on its way, so that a client which does not read holds up its own stream alone.
 */
export const sentAnswers = (payloads: AsyncGenerator<string, void, void>, { id, outlet, payloadOf, ended }: SentAnswersOptions): Silent => {
  const before = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const run = async (): Promise<void> => {
    try {
      for await (const payload of payloads) await outlet.send(`${before}${payload}}`);
    } catch (error) {
      await outlet.send(`${before}${payloadOf(error)}}`);
    } finally {
      ended();
    }
  };
  let running: Promise<void> | undefined;
  const done = { done: true, value: undefined } as const;
  const stop = async (): Promise<typeof done> => {
    await payloads.return();
    // left before it began
    if (running === undefined) ended();
    running ??= Promise.resolve();
    return done;
  };
  const silent: Silent = {
    next: async () => {
      await (running ??= run());
      return done;
    },
    return: stop,
    throw: stop,
    [Symbol.asyncIterator]: () => silent,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
  return silent;
};
