/** Takes a message; never rejects. Of a `subscribe` it resolves when the subscription is over. */
export type Take = (text: string) => Promise<void>;

type Turn = {
  /** The next message with this id may be taken. */
  ready: Promise<unknown>;
  /** The subscription with this id is over, and the id is free. */
  over: Promise<void>;
  /** Messages that are not over. */
  messages: number;
};

/**
 * Takes the messages of one socket: those with one id in turn, each other at once. graphql-ws frees an id some turns after its `complete`, and when it was still judging
 * the subscription only after that: one that takes the id meanwhile would be ended with the one before, or the one before would be open behind it, known to nobody.
 * So who takes an id again waits until it is free. Resolves when the message is over.
 */
export const takeInTurn = (take: Take): Take => {
  const turns = new Map<string, Turn>();
  const inTurn = async (id: string, isSubscribe: boolean, text: string): Promise<void> => {
    const turn = turns.get(id) ?? { ready: Promise.resolve(), over: Promise.resolve(), messages: 0 };
    turns.set(id, turn);
    turn.messages += 1;
    const taken = turn.ready.then(() => {
      const work = take(text);
      if (isSubscribe) turn.over = work;
      return { work };
    });
    // two in a row are the client's fault, and graphql-ws says so; behind a `complete` everything waits
    turn.ready = isSubscribe ? taken : taken.then(({ work }) => Promise.all([work, turn.over]));
    await Promise.all([turn.ready, taken.then(({ work }) => work)]);
    turn.messages -= 1;
    if (turn.messages === 0) turns.delete(id);
  };
  return (text) => {
    const { type, id } = headOf(text);
    const isSubscribe = type === 'subscribe';
    return typeof id === 'string' && (isSubscribe || type === 'complete') ? inTurn(id, isSubscribe, text) : take(text);
  };
};

const headOf = (text: string): Readonly<{ type?: unknown; id?: unknown }> => {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null ? message : {};
  } catch {
    // graphql-ws says what is wrong with it
    return {};
  }
};
