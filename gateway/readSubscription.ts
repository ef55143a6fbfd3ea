import { type DocumentNode, type FieldNode, getArgumentValues, getOperationAST, GraphQLError, type GraphQLSchema, OperationTypeNode, parse, specifiedRules, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import type { SubscribePayload } from 'graphql-ws';
import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { badInput, Refusal } from '../subgraphs/shared/errors.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { OperationGate } from './limits.ts';
import { rootFieldsOf } from './rootFields.ts';
import type { Shield } from './shield.ts';

export type ReadOptions = Readonly<{
  schema: GraphQLSchema;
  /** Judges the size of an operation before it is validated, as over HTTP. */
  gate: OperationGate;
  shield: Shield;
}>;

/** A subscription as it came, found to be a good one. */
export type Asked = Readonly<{
  document: DocumentNode;
  operationName?: string | undefined;
  variables: Readonly<Record<string, unknown>>;
  root: FieldNode;
  args: Readonly<Record<string, unknown>>;
  judge: (signedIn: Readonly<{ viewer: Viewer }> | undefined) => Refusal | undefined;
}>;

/** Reads the payload of a `subscribe` message: the same limits and the same words as over HTTP. Errors when it is none to be answered. */
export const readSubscription = ({ schema, shield, gate }: ReadOptions, payload: SubscribePayload): Asked | GraphQLError[] => {
  const tooMuch = gate(payload.query);
  if (tooMuch !== undefined) return [toGraphQLError(tooMuch)];
  const document = parsed(payload.query);
  if (document instanceof GraphQLError) return [document];
  const faults = validate(schema, document, specifiedRules);
  if (faults.length > 0) return faults.map((fault) => asWrongInput(fault));
  const operationName = payload.operationName ?? undefined;
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
    return [toGraphQLError(badInput('query', 'Only subscriptions are answered over WebSocket; queries and mutations go to POST /graphql.'))];
  }
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], payload.variables ?? {});
  if (errors !== undefined) return errors.map((error) => asWrongInput(error));
  const [root] = rootFieldsOf(document, operation);
  const definition = root && schema.getSubscriptionType()?.getFields()[root.name.value];
  if (root === undefined || definition === undefined) return [toGraphQLError(badInput('query', 'The subscription names no field.'))];
  const args = getArgumentValues(definition, root, coerced);
  const judge: Asked['judge'] = (signedIn) =>
    shield(document, operationName, signedIn?.viewer ?? new Refusal('UNAUTHENTICATED', 'Sign in: the socket has no token.'));
  return { document, operationName, variables: coerced, root, args, judge };
};

const parsed = (query: string): DocumentNode | GraphQLError => {
  try {
    return parse(query);
  } catch (error) {
    return asWrongInput(error as GraphQLError);
  }
};

const asWrongInput = (fault: GraphQLError): GraphQLError => {
  fault.extensions['code'] = 'GRAPHQL_VALIDATION_FAILED';
  return fault;
};
