import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { CallClaims } from './calls.ts';
import { toGraphQLError } from './edge.ts';
import { type Refusal, unavailable } from './errors.ts';
import { createExecutor, type SubgraphRequest } from './executor.ts';
import { applyGates, type Gates } from './gates.ts';
import type { Logger } from './logger.ts';
import type { Handler } from './peer.ts';
import { type RequestIds, requestIds } from './requestIds.ts';
import { tracedRoots } from './tracedRoots.ts';

export type SubgraphOptions<Context extends object> = Readonly<{
  typeDefs: DocumentNode;
  /** Resolvers by type and field, `__resolveReference` included. */
  resolvers: object;
  gates: Gates;
  /** Made anew for every request: loaders and the viewer's access live in it. */
  contextOf: (claims: CallClaims) => Context;
  /** What a fault comes to when it only says that a part cannot be used now; undefined for every other fault. */
  refusalOf?: (fault: unknown) => Refusal | undefined;
  logger: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
}>;

/** When the caller stops waiting. */
const deadlineOf = Symbol('deadline');

/**
 * The `graphql` operation of a subgraph: federation schema, shield, execution. Once a call's deadline has passed nothing more of it is begun:
 * no further root field of a mutation, no field that a rule stands before. Faults that are not refusals are
 * logged and answered as INTERNAL, without their text.
 * @throws when a field has no rule, or a root field no resolver.
 */
export const createSubgraphHandler = async <Context extends object>(options: SubgraphOptions<Context>): Promise<Handler> => {
  const { typeDefs, resolvers, gates, contextOf, now } = options;
  const missing = unresolvedRoots(typeDefs, resolvers);
  if (missing.length > 0) throw new Error(`The schema has root fields without a resolver: ${missing.join(', ')}`);
  const whileAwaited = (context: unknown): void => {
    if (now() >= (context as Readonly<{ [deadlineOf]: number }>)[deadlineOf]) throw toGraphQLError(unavailable('The time for this request is over. This part of it was not begun.'));
  };
  const schema = applyGates(buildSubgraphSchema({ typeDefs, resolvers: tracedRoots(resolvers) as never }), gates, whileAwaited);
  const execute = createExecutor<Context>(schema);
  return Promise.resolve(async (claims, body) => {
    const { data, errors } = await execute(body as SubgraphRequest, { ...contextOf(claims), [deadlineOf]: claims.deadline });
    const shown = errors?.map((error) => maskFault(error, options, requestIds(claims.correlationId, claims.viewer)));
    return { status: 200, body: { ...(shown && { errors: shown }), ...(data !== undefined && { data }) } };
  });
};

// Any other field may be a property of its parent; a root field without a resolver would answer null in silence.
const unresolvedRoots = (typeDefs: DocumentNode, resolvers: object): readonly string[] => {
  const resolved = new Map(Object.entries(resolvers as Readonly<Record<string, object>>));
  return typeDefs.definitions.flatMap((definition) => {
    if (definition.kind !== 'ObjectTypeDefinition' || !/^(Query|Mutation)$/.test(definition.name.value)) return [];
    const root = definition.name.value;
    const fields = definition.fields?.map(({ name }) => name.value) ?? [];
    return fields.filter((field) => !Object.hasOwn(resolved.get(root) ?? {}, field)).map((field) => `${root}.${field}`);
  });
};

type Masking = Readonly<{ refusalOf?: (fault: unknown) => Refusal | undefined; logger: Logger }>;

const maskFault = (error: GraphQLError, { refusalOf, logger }: Masking, ids: RequestIds): GraphQLFormattedError => {
  const { originalError: original, path } = error;
  if (original === undefined || original instanceof GraphQLError) return error.toJSON();
  const at = path === undefined ? {} : { path };
  const refusal = refusalOf?.(original);
  if (refusal !== undefined) {
    logger.warn({ err: original, path, ...ids }, 'a part that is needed cannot be used');
    const { message, extensions } = toGraphQLError(refusal);
    return { message, ...at, extensions };
  }
  logger.error({ err: original, path, ...ids }, 'resolver failed');
  return { message: 'Internal error.', ...at, extensions: { code: 'INTERNAL', status: 500 } };
};
