import { type DocumentNode, type GraphQLFormattedError, Kind, parse, type SelectionSetNode } from 'graphql';
import { isRefused, notFound, type Refusal, statusOf, unavailable } from '../subgraphs/shared/errors.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import { JsonText, type Peer, PeerUnavailable, type WhyUnavailable } from '../subgraphs/shared/peer.ts';
import { requestIds } from '../subgraphs/shared/requestIds.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { Fetch, FetchAnswer } from './plans/executePlan.ts';

/** What a request carries through the gateway; `viewer` is a refusal when nobody signed in. */
export type GatewayContext = Readonly<{ viewer: Viewer | Refusal; correlationId: string; deadline: number }>;

/** The same, for someone who has been let in. */
export type RequestScope = Readonly<{
  viewer: Viewer;
  correlationId: string;
  /** Milliseconds since 1970; nothing waits longer. */
  deadline: number;
}>;

/** Asks a subgraph for somebody. */
export type DataSource = (fetch: Fetch, scope: GatewayContext) => Promise<FetchAnswer>;

/**
 * A subgraph behind signed calls. What it cannot answer by the deadline, or with what is no answer, is DEPENDENCY_UNAVAILABLE at each field
 * that was asked of it, and an entity that is gone is NOT_FOUND at its place (SPEC §1): one item, never the page. Queries may be sent twice,
 * mutations never.
 */
export const createDataSource =
  (name: string, peer: Peer, logger: Logger): DataSource =>
  async (fetch, { viewer, correlationId, deadline }) => {
    if (isRefused(viewer)) throw new Error('nothing is asked of a subgraph for someone who is not signed in');
    try {
      const body = new JsonText(fetch.body);
      const reply = await peer.call({ operation: 'graphql', body, viewer, deadline, correlationId, isRepeatable: fetch.kind === 'query' });
      if (reply.status !== 200) throw new Error(`status ${String(reply.status)}`);
      if (!isAnswer(reply.body)) throw new PeerUnavailable(`${name} answered with what is no answer`, { why: 'unreadable' });
      return withGoneEntities(reply.body);
    } catch (error) {
      const wasSent = !(error instanceof PeerUnavailable && notSent.has(error.why));
      // while a breaker is open this would be a line for every fetch
      logger[wasSent ? 'warn' : 'debug']({ err: error, subgraph: name, ...requestIds(correlationId, viewer) }, 'subgraph unavailable');
      const advice = wasSent && fetch.kind !== 'query' ? ' Whether the change was made is not known: read again before you repeat it.' : '';
      return { data: null, errors: unanswered(fetch, `${name} did not answer in time.${advice}`) };
    }
  };

const notSent: ReadonlySet<WhyUnavailable> = new Set(['expired', 'left_alone']);

const isAnswer = (body: unknown): body is FetchAnswer => {
  if (!isObject(body)) return false;
  const { data, errors } = body;
  if (errors !== undefined && !(Array.isArray(errors) && errors.every((error) => isObject(error) && typeof error['message'] === 'string'))) return false;
  return isObject(data) || ((data === null || data === undefined) && errors !== undefined);
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const withGoneEntities = (answer: FetchAnswer): FetchAnswer => {
  const entities = answer.data?.['_entities'];
  if (!Array.isArray(entities) || !entities.includes(null)) return answer;
  const errors = answer.errors ?? [];
  const told = new Set(errors.map(({ path }) => path?.[1]));
  const gone = entities.flatMap((entity, index) => (entity === null && !told.has(index) ? [index] : []));
  const { code, message } = notFound('This is not there any more, or not yours to see.');
  const extensions = { code, status: statusOf[code] };
  return { ...answer, errors: [...errors, ...gone.map((index) => ({ message, path: ['_entities', index], extensions }))] };
};

const unanswered = ({ query, entities }: Fetch, text: string): GraphQLFormattedError[] => {
  const { code, message } = unavailable(text);
  const extensions = { code, status: statusOf[code] };
  return unansweredPaths(parse(query), entities).map((path) => ({ message, path, extensions }));
};

const unansweredPaths = (document: DocumentNode, entities: number | null): (string | number)[][] => {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const fields = responseKeys(operation?.selectionSet);
  if (entities === null) return fields.map((field) => [field]);
  const entity = operation?.selectionSet.selections[0];
  const inner = entity?.kind === Kind.FIELD ? responseKeys(entity.selectionSet).filter((key) => key !== '__typename') : [];
  return Array.from({ length: entities }, (_, index) => inner.map((key) => ['_entities', index, key])).flat();
};

const responseKeys = (set: SelectionSetNode | undefined): string[] => [
  ...new Set(
    set?.selections.flatMap((selection) => {
      switch (selection.kind) {
        case Kind.FIELD:
          return [selection.alias?.value ?? selection.name.value];
        case Kind.INLINE_FRAGMENT:
          return responseKeys(selection.selectionSet);
        case Kind.FRAGMENT_SPREAD:
          return [];
        default:
          return selection satisfies never;
      }
    }),
  ),
];
