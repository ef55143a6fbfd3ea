import { GraphQLError, type ExecutionResult } from 'graphql';
import type { RequestIds } from '../subgraphs/shared/requestIds.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { Pace } from './pace.ts';
import { requestsOf } from './rates.ts';
import type { Seeing } from './seeing.ts';
import type { AskedSubscription, PlannedSubscription } from './subscriptionPlan.ts';
import { viewerKey } from './viewerKey.ts';

/** An answer as it is sent: the `payload` of a `next` message, as JSON. `isFault`: the event could not be answered at all. */
export type Answer = Readonly<{ payload: string; isFault: boolean }>;

/** The answers to one subscription. */
export type Answers = Readonly<{
  /**
   * The answer to what happened, as it may be seen now; `key` tells it from everything else that happens to the same selection. Questions to subgraphs count as
   * requests of the viewer, and wait while those are used up. `over`: the signal ended the wait. Never rejects.
   */
  of(key: string, event: () => object, signal: AbortSignal): Promise<Answer | 'over'>;
  /** Asks for an answer that is to be taken soon, when nobody has asked for it yet and there is room for it; told of the same one again it does nothing. */
  ahead(key: string, event: () => object): void;
  /** Whether an answer has to wait for subgraphs, so that it is worth asking for ahead. */
  asksSubgraphs(): boolean;
}>;

/** Sends the payload of a `next` message. The promise, when there is one, is to be waited for before the next is sent. */
export type SendPayload = (payload: string) => Promise<void> | undefined;

/** A subscription that may be carried out. */
export type AnswerSource = Readonly<{
  /** Sends the answers until it is over, or the signal ends it; called once, when the client is subscribed. */
  run(answers: Answers, send: SendPayload, signal: AbortSignal): Promise<void>;
  /** Two viewers with the same text see the same in every field that a selection can name. */
  visibility: string;
}>;

/** Who gets one answer: those who asked the same and see the same. */
export type Asking = AskedSubscription &
  Readonly<{
    /** What is asked, without which events are wanted: `selectionKey`. */
    selection: string;
    viewer: Viewer;
    visibility: AnswerSource['visibility'];
  }>;

export type SharedAnswers = Readonly<{
  /** Joins those who asked the same. `left` when the subscription is over. @throws GraphQLError when the selection cannot be planned. */
  join(asking: Asking): Answers & Readonly<{ left(): void }>;
  /** Distinct selections that are subscribed to now. */
  selections(): number;
}>;

export type SharedAnswersOptions = Readonly<{
  plan: (asked: AskedSubscription) => PlannedSubscription;
  /** Makes errors fit to be shown; called once for each answer. */
  present: (result: ExecutionResult, ids: RequestIds) => ExecutionResult;
  delivering: Seeing['delivering'];
  pace: Pace;
  now: () => number;
  deadlineMs: number;
}>;

/**
 * How much older a shared answer of subgraphs may be than one that is asked for now, in milliseconds. Contacts judges by an access of at most 750 ms: together
 * no more than the second after which a right that was taken away shows nothing (SPEC §2.5).
 */
export const sharedMs = 250;
/** The same for an event's own fields, which are no one's right: they never change. */
const ownFieldsMs = 1_000;
/** Characters of answers kept; past it the oldest are made anew when somebody still needs them. */
const mostCharacters = 8_388_608;

type Kept = { readonly startedAt: number; readonly answer: Promise<Answer>; settledAt: number | undefined; characters: number };
type Asked = Readonly<{ group: Group; key: string; event: () => object; viewer: Viewer; requests: number }>;
type Group = { readonly name: string; readonly planned: PlannedSubscription; members: number };

/**
 * One resolution for all who asked the same and see the same of an event (issue 7): what an event costs grows with distinct selections, not
 * with subscribers. A selection of nothing but the event's own fields is answered once for everybody, as whoever is shown the event may see
 * them; with fields of subgraphs `visibility` counts too. The answer is one text, so that nobody can change another's.
 */
export const createSharedAnswers = ({ plan, present, delivering, pace, now, deadlineMs }: SharedAnswersOptions): SharedAnswers => {
  const groups = new Map<string, Group>();
  const kept = new Map<string, Kept>();
  /** Who waits to be counted for which answer, so that it is counted once. */
  const turns = new Map<string, Promise<unknown>>();
  let characters = 0;

  const forget = (key: string, { characters: size }: Kept): void => {
    kept.delete(key);
    characters -= size;
  };

  /** From the oldest on; what is on its way stays, else it would be asked for ahead once more. */
  const makeRoom = (): void => {
    const good = now() - ownFieldsMs;
    for (const [key, each] of kept) {
      if (each.startedAt > good && characters <= mostCharacters) return;
      if (each.settledAt !== undefined) forget(key, each);
    }
  };

  const answered = ({ deliver }: PlannedSubscription, value: object, viewer: Viewer): Promise<Answer> =>
    delivering(viewer, async (ids) => {
      try {
        const result = await deliver(value, { viewer, correlationId: ids.correlationId, deadline: now() + deadlineMs });
        return { payload: JSON.stringify(present(result, ids)), isFault: false };
      } catch (error) {
        const errors = [new GraphQLError('delivery failed', { originalError: error as Error })];
        return { payload: JSON.stringify(present({ data: null, errors }, ids)), isFault: true };
      }
    });

  const ask = ({ planned }: Group, key: string, event: () => object, viewer: Viewer): Promise<Answer> => {
    const before = kept.get(key);
    if (before !== undefined) forget(key, before);
    makeRoom();
    const mine: Kept = { startedAt: now(), answer: answered(planned, event(), viewer), settledAt: undefined, characters: 0 };
    kept.set(key, mine);
    void mine.answer.then(({ payload }) => {
      mine.settledAt = now();
      if (kept.get(key) !== mine) return;
      mine.characters = payload.length;
      characters += payload.length;
    });
    return mine.answer;
  };

  const fresh = (key: string, since: number, most: number): Kept | undefined => {
    const known = kept.get(key);
    return known !== undefined && isFresh(known, since, now(), most) ? known : undefined;
  };

  /** Like `ask`, when it has been counted and is still to be asked then. */
  const askInTurn = async ({ group, key, event, viewer, requests }: Asked, since: number, signal: AbortSignal): Promise<Answer | 'over'> => {
    const turnKey = `${viewerKey(viewer)} ${key}`;
    for (;;) {
      const known = fresh(key, since, sharedMs);
      if (known !== undefined) return known.answer;
      if (signal.aborted) return 'over';
      const others = turns.get(turnKey);
      if (others !== undefined) {
        await others;
        continue;
      }
      const turn = pace.turn(viewer, requests, signal);
      turns.set(turnKey, turn);
      const granted = await turn;
      turns.delete(turnKey);
      if (granted === 'over') return 'over';
      // somebody else may have asked meanwhile
      return fresh(key, since, sharedMs)?.answer ?? ask(group, key, event, viewer);
    }
  };

  const askAhead = ({ group, key, event, viewer, requests }: Asked): void => {
    const turnKey = `${viewerKey(viewer)} ${key}`;
    // only who takes it renews what is old: else each look ahead would
    if (kept.has(key) || turns.has(turnKey)) return;
    const turn = pace.hasRoom(viewer, requests).then((hasRoom) => {
      turns.delete(turnKey);
      if (hasRoom && !kept.has(key)) void ask(group, key, event, viewer);
    });
    turns.set(turnKey, turn);
  };

  let named = 0;
  const groupOf = (asking: Asking): Group => {
    const known = groups.get(asking.selection);
    if (known !== undefined) return known;
    named += 1;
    const group: Group = { name: String(named), planned: plan(asking), members: 0 };
    groups.set(asking.selection, group);
    return group;
  };

  return {
    join: (asking) => {
      const group = groupOf(asking);
      group.members += 1;
      // `asking` holds a whole supergraph, and is not held here
      const { viewer, selection } = asking;
      const forAll = `${group.name} `;
      const forEqual = `${group.name} ${asking.visibility} `;
      const { asksSubgraphs } = group.planned;
      const requests = requestsOf(asking.operation.costed.costOf(asking.variables));
      // when this subscriber began to wait for what it was told of ahead
      const waiting = new Map<string, number>();
      return {
        asksSubgraphs,
        of: (name, event, signal) => {
          const since = waiting.get(name) ?? now();
          waiting.delete(name);
          if (asksSubgraphs()) return askInTurn({ group, key: forEqual + name, event, viewer, requests }, since, signal);
          return fresh(forAll + name, since, ownFieldsMs)?.answer ?? ask(group, forAll + name, event, viewer);
        },
        ahead: (name, event) => {
          if (waiting.has(name) || !asksSubgraphs()) return;
          waiting.set(name, now());
          askAhead({ group, key: forEqual + name, event, viewer, requests });
        },
        left: () => {
          group.members -= 1;
          if (group.members === 0 && groups.get(selection) === group) groups.delete(selection);
        },
      };
    },
    selections: () => groups.size,
  };
};

/** Whether an answer is at most so much older than one asked for now: what its taker has waited for it does not count, as that is how long its own question would have taken. */
const isFresh = ({ startedAt, settledAt }: Kept, since: number, at: number, most: number): boolean => {
  const waitedMs = Math.max(0, (settledAt ?? at) - Math.max(since, startedAt));
  const olderMs = at - startedAt - waitedMs;
  return olderMs >= 0 && olderMs < most;
};
