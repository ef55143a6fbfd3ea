import { type FieldNode, getArgumentValues, type GraphQLError, OperationTypeNode } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { badInput } from '../subgraphs/shared/errors.ts';
import type { Operations } from './operations.ts';
import { hasConditionalRoot, rootFieldsOf } from './rootFields.ts';
import type { AskedSubscription } from './subscriptionPlan.ts';

/** A subscription as it came, found to be a good one. */
export type Asked = AskedSubscription & Readonly<{ root: FieldNode; args: Readonly<Record<string, unknown>> }>;

/** Reads the payload of a `subscribe` message: the same limits and the same words as over HTTP. Errors when it is none to be answered. */
export const readSubscription = (operations: Operations, text: string, { operationName, variables }: SubscribePayload): Asked | readonly GraphQLError[] => {
  const { schema } = operations;
  const operation = operations.read({ text, operationName: operationName ?? undefined });
  if ('faults' in operation) return operation.faults;
  if (operation.node.operation !== OperationTypeNode.SUBSCRIPTION) {
    return [toGraphQLError(badInput('query', 'Only subscriptions are answered over WebSocket; queries and mutations go to POST /graphql.'))];
  }
  if (hasConditionalRoot(operation.document, operation.node)) {
    return [toGraphQLError(badInput('query', 'The field of a subscription may have neither @skip nor @include: there would be nothing to subscribe to.'))];
  }
  const { coerced, errors } = operation.coerce(variables ?? {});
  if (errors !== undefined) return errors;
  const [root] = rootFieldsOf(operation.document, operation.node);
  const definition = root && schema.getSubscriptionType()?.getFields()[root.name.value];
  if (root === undefined || definition === undefined) return [toGraphQLError(badInput('query', 'The subscription names no field.'))];
  return { operation, schema, variables: coerced, root, args: getArgumentValues(definition, root, coerced) };
};
