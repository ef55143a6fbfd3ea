import type { GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';

/** Variables as an operation declares them, or what is wrong with them. */
export type Coerced = Readonly<{ coerced: Readonly<Record<string, unknown>>; errors?: never } | { coerced?: never; errors: readonly GraphQLError[] }>;

/** Errors that are listed; a list of 10,000 wrong items says no more than the first ones. */
const maxErrors = 10;

/** Checks what a client sent against the operation's own declarations; each error is BAD_USER_INPUT. */
export const coerceVariables = (
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
  options: Readonly<{ hideSuggestions?: boolean }> = {},
): Coerced => {
  const result = getVariableValues(schema, variableDefinitions, given, { maxErrors, ...options });
  for (const error of result.errors ?? []) error.extensions['code'] = 'BAD_USER_INPUT';
  return result;
};
