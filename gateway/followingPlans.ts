import { GraphQLError, print } from 'graphql';
import type { Operations } from './operations.ts';
import type { Deliver, SubscriptionPlanner } from './subscriptionPlan.ts';

/** Plans of subscriptions that stay open while the supergraph changes: the first event after a switch is answered by the plan over the new one. */
export const followSupergraph = (planner: SubscriptionPlanner, operations: () => Operations): SubscriptionPlanner => ({
  plan: (asked) => {
    let deliver = planner.plan(asked);
    let madeOver: Operations | undefined;
    const text = print(asked.operation.document);
    const operationName = asked.operation.node.name?.value;
    const planAnew = (served: Operations): Deliver => {
      const operation = served.read({ text, operationName });
      if ('faults' in operation) throw operation.faults[0] ?? new GraphQLError('the subscription is not valid any more');
      const { coerced, errors } = operation.coerce(asked.variables);
      if (errors !== undefined) throw errors[0] ?? new GraphQLError('the variables are not valid any more');
      return planner.plan({ operation, variables: coerced, schema: served.schema });
    };
    return async (event, scope) => {
      const served = operations();
      if (served.schema !== (madeOver?.schema ?? asked.schema)) deliver = planAnew(served);
      madeOver = served;
      return deliver(event, scope);
    };
  },
});
