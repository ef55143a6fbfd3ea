import { GraphQLError, type GraphQLSchema, print } from 'graphql';
import type { Operations } from './operations.ts';
import type { PlannedSubscription, SubscriptionPlanner } from './subscriptionPlan.ts';

/**
 * Plans of subscriptions that stay open while the supergraph changes: the first event after a switch is answered by the plan over the new one. A plan is kept as long
 * as its supergraph is there for somebody else: a subscription holds its text and its variables only.
 */
export const followSupergraph = (planner: SubscriptionPlanner, operations: () => Operations): SubscriptionPlanner => ({
  plan: (asked) => {
    const plans = new WeakMap<GraphQLSchema, PlannedSubscription>([[asked.schema, planner.plan(asked)]]);
    const { variables } = asked;
    const text = print(asked.operation.document);
    const operationName = asked.operation.node.name?.value;
    const planAnew = (served: Operations): PlannedSubscription => {
      const operation = served.read({ text, operationName });
      if ('faults' in operation) throw operation.faults[0] ?? new GraphQLError('the subscription is not valid any more');
      const { coerced, errors } = operation.coerce(variables);
      if (errors !== undefined) throw errors[0] ?? new GraphQLError('the variables are not valid any more');
      return planner.plan({ operation, variables: coerced, schema: served.schema });
    };
    const current = (): PlannedSubscription => {
      const served = operations();
      const known = plans.get(served.schema);
      if (known !== undefined) return known;
      const planned = planAnew(served);
      plans.set(served.schema, planned);
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
