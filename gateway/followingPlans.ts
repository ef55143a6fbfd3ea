import { GraphQLError, print } from 'graphql';
import type { Operations } from './operations.ts';
import type { PlannedSubscription, SubscriptionPlanner } from './subscriptionPlan.ts';

/** Plans of subscriptions that stay open while the supergraph changes: the first event after a switch is answered by the plan over the new one. */
export const followSupergraph = (planner: SubscriptionPlanner, operations: () => Operations): SubscriptionPlanner => ({
  plan: (asked) => {
    let planned = planner.plan(asked);
    let madeOver = asked.schema;
    const text = print(asked.operation.document);
    const operationName = asked.operation.node.name?.value;
    const planAnew = (served: Operations): PlannedSubscription => {
      const operation = served.read({ text, operationName });
      if ('faults' in operation) throw operation.faults[0] ?? new GraphQLError('the subscription is not valid any more');
      const { coerced, errors } = operation.coerce(asked.variables);
      if (errors !== undefined) throw errors[0] ?? new GraphQLError('the variables are not valid any more');
      return planner.plan({ operation, variables: coerced, schema: served.schema });
    };
    const current = (): PlannedSubscription => {
      const served = operations();
      if (served.schema !== madeOver) planned = planAnew(served);
      madeOver = served.schema;
      return planned;
    };
    return {
      deliver: async (event, scope) => current().deliver(event, scope),
      // a field may have moved into a subgraph; what cannot be planned is shared with nobody
      asksSubgraphs: () => {
        try {
          return current().asksSubgraphs();
        } catch {
          return true;
        }
      },
    };
  },
});
