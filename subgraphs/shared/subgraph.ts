import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { CallClaims } from './calls.ts';
import { toGraphQLError } from './edge.ts';
import { type Refusal, unavailable } from './errors.ts';
import { applyGates, type Gates } from './gates.ts';
import type { Logger } from './logger.ts';
import type { Handler } from './peer.ts';
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

/** When the caller stops waiting; Apollo Server copies a context, its symbols too. */
const deadlineOf = Symbol('deadline');

/**
 * The `graphql` operation of a subgraph: federation schema, shield, execution. Once a call's deadline has passed nothing more of it is begun:
 * no further root field of a mutation, no field that a rule stands before. Faults that are not refusals are
 * logged and answered as INTERNAL, without their text.
 * @throws when a field has no rule, or a root field no resolver.
 */
export const createSubgraphHandler = async <Context extends object>(options: SubgraphOptions<Context>): Promise<Handler> => {
  const { typeDefs, resolvers, gates, contextOf, refusalOf = () => undefined, logger, now } = options;
  const missing = unresolvedRoots(typeDefs, resolvers);
  if (missing.length > 0) throw new Error(`The schema has root fields without a resolver: ${missing.join(', ')}`);
  const whileAwaited = (context: unknown): void => {
    if (now() >= (context as Readonly<{ [deadlineOf]: number }>)[deadlineOf]) throw toGraphQLError(unavailable('The time for this request is over. This part of it was not begun.'));
  };
  const schema = applyGates(buildSubgraphSchema({ typeDefs, resolvers: tracedRoots(resolvers) as never }), gates, whileAwaited);
  const server = new ApolloServer<Context>({
    schema,
    introspection: false,
    csrfPrevention: false,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: (formatted, error) => maskFault(formatted, error, refusalOf, logger),
  });
  await server.start();
  return async (claims, body) => {
    const contextValue = { ...contextOf(claims), [deadlineOf]: claims.deadline };
    const answer = await server.executeOperation(body as never, { contextValue });
    if (answer.body.kind !== 'single') throw new Error('A subgraph answers in one piece.');
    return { status: 200, body: answer.body.singleResult };
  };
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

const maskFault = (
  formatted: GraphQLFormattedError,
  error: unknown,
  refusalOf: (fault: unknown) => Refusal | undefined,
  logger: Logger,
): GraphQLFormattedError => {
  const original = error instanceof GraphQLError ? error.originalError : error;
  if (original === undefined || original === null || original instanceof GraphQLError) return formatted;
  const { path, locations } = formatted;
  const at = { ...(path && { path }), ...(locations && { locations }) };
  const refusal = refusalOf(original);
  if (refusal !== undefined) {
    logger.warn({ err: original, path }, 'a part that is needed cannot be used');
    const { message, extensions } = toGraphQLError(refusal);
    return { message, ...at, extensions };
  }
  logger.error({ err: original, path }, 'resolver failed');
  return { message: 'Internal error.', ...at, extensions: { code: 'INTERNAL', status: 500 } };
};
