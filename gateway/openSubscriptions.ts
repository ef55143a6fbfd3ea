import { type DocumentNode, type ExecutionResult, type GraphQLError, type GraphQLSchema, print } from 'graphql';
import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { badInput } from '../subgraphs/shared/errors.ts';
import type { Operations } from './operations.ts';

/** A subscription as its client sent it, and the schema that it was read by, which it does not hold. */
export type OpenSubscription = Readonly<{ readBy: WeakRef<GraphQLSchema>; document: DocumentNode; operationName?: string | null | undefined }>;

type Entry = Readonly<{ asked: OpenSubscription; end: (error: GraphQLError) => void }>;
type Stream<T> = AsyncGenerator<T, void, void>;

/** The subscriptions that are open, as far as a new supergraph has to do with them. */
export type OpenSubscriptions = Readonly<{
  /** The stream, which ends with a coded error when a new supergraph does not know its operation any more. */
  track<T = ExecutionResult>(asked: OpenSubscription, stream: Stream<T>): Stream<T>;
  /** Ends those that are not valid any more. */
  judge(): void;
}>;

const outdated = (): GraphQLError => toGraphQLError(badInput('query', 'The schema has changed, and this subscription is not valid any more. Subscribe again with one that is.'));

/** `operations`: those that are served now. */
export const createOpenSubscriptions = (operations: () => Operations): OpenSubscriptions => {
  const open = new Set<Entry>();
  const judge = (entry: Entry): void => {
    const served = operations();
    if (entry.asked.readBy.deref() === served.schema || !isGone(served, entry.asked)) return;
    open.delete(entry);
    entry.end(outdated());
  };
  return {
    track: <T>(asked: OpenSubscription, stream: Stream<T>): Stream<T> => {
      let ended: GraphQLError | undefined;
      let wake: ((error: GraphQLError) => void) | undefined;
      const entry = {
        asked,
        end: (error: GraphQLError) => {
          ended = error;
          wake?.(error);
          stream.return().catch(() => undefined);
        },
      };
      open.add(entry);
      // it was read before a switch that it did not hear of
      judge(entry);
      const left = (): void => void open.delete(entry);
      const tracked: Stream<T> = {
        next: () =>
          new Promise((resolve, reject) => {
            if (ended !== undefined) {
              reject(ended);
              return;
            }
            wake = reject;
            stream.next().then((result) => {
              if (result.done === true) left();
              if (ended === undefined) resolve(result);
            }, (error: unknown) => {
              left();
              reject(error instanceof Error ? error : new Error(String(error)));
            });
          }),
        return: () => {
          left();
          return stream.return();
        },
        throw: (error) => {
          left();
          return stream.throw(error);
        },
        [Symbol.asyncIterator]: () => tracked,
        [Symbol.asyncDispose]: async () => {
          left();
          await stream.return();
        },
      };
      return tracked;
    },
    judge: () => [...open].forEach(judge),
  };
};

const isGone = (operations: Operations, { document, operationName }: OpenSubscription): boolean =>
  'faults' in operations.read({ text: print(document), operationName: operationName ?? undefined });
