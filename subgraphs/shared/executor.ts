import { type DocumentNode, execute, type ExecutionResult, GraphQLError, type GraphQLSchema, NoSchemaIntrospectionCustomRule, parse, specifiedRules, validate } from 'graphql';
import { createRecentlyUsed } from './recentlyUsed.ts';

/** A GraphQL request as the gateway sends it. */
export type SubgraphRequest = Readonly<{ query: string; operationName?: string | null; variables?: Readonly<Record<string, unknown>> | null }>;

/** Executes requests over a schema. The errors are as graphql-js made them: what may be shown of them is the caller's to say. */
export type Executor<Context> = (request: SubgraphRequest, contextValue: Context) => Promise<ExecutionResult>;

/** The texts of the gateway's plans are few; each is parsed and validated once. Their number and their characters together. */
const documentsKept = 1_000;
const charactersKept = 500_000;

export const createExecutor = <Context>(schema: GraphQLSchema): Executor<Context> => {
  const known = createRecentlyUsed<DocumentNode>(documentsKept, { most: charactersKept, of: (query) => query.length });
  const documentOf = (query: string): DocumentNode | readonly GraphQLError[] => {
    const there = known.get(query);
    if (there !== undefined) return there;
    const document = read(schema, query);
    if ('kind' in document) known.set(query, document);
    return document;
  };
  return async ({ query, operationName, variables }, contextValue) => {
    const document = documentOf(query);
    if (!('kind' in document)) return { errors: document };
    const result = await execute({ schema, document, contextValue, variableValues: variables, operationName });
    // graphql-js answers no data at all only for what stands before execution: variables that do not fit, or no such operation
    if (result.data === undefined) for (const error of result.errors ?? []) error.extensions['code'] ??= 'BAD_USER_INPUT';
    return result;
  };
};

const read = (schema: GraphQLSchema, query: string): DocumentNode | readonly GraphQLError[] => {
  try {
    const document = parse(query, { noLocation: true });
    const faults = validate(schema, document, [...specifiedRules, NoSchemaIntrospectionCustomRule]);
    return faults.length === 0 ? document : faults;
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
};
