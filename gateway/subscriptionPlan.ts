import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import type { DataSource, RequestScope } from './dataSource.ts';
import type { FetchAnswer } from './plans/executePlan.ts';
import type { Operation } from './operations.ts';
import { type DataSources, sourceOf } from './supergraph.ts';

/** A subscription that may be opened, its variables coerced. */
export type AskedSubscription = Readonly<{
  operation: Operation;
  variables: Readonly<Record<string, unknown>>;
  /** By which it was read. */
  schema: GraphQLSchema;
}>;

/** Answers one event: the subscription's selection with the event's own fields, and the rest from the subgraphs, as its viewer may see it now. */
export type Deliver = (event: object, scope: RequestScope) => Promise<ExecutionResult>;

export type SubscriptionPlanner = Readonly<{
  /** The plan of the operation is made once and executed for every event. */
  plan(asked: AskedSubscription): Deliver;
}>;

/**
 * Plans subscriptions over the supergraph. `events` is a subgraph of this process: its part of the plan is executed on the
 * event itself, and every other part goes to teams and contacts as for a query (ARCHITECTURE, the virtual subgraph).
 */
export const createSubscriptionPlanner = (eventsSdl: string, sources: DataSources): SubscriptionPlanner => {
  const eventsSchema = buildSubgraphSchema({ typeDefs: parse(eventsSdl) });
  return {
    plan: ({ operation, variables }) => {
      const planned = operation.planned();
      return (event, scope) => {
        const ofEvent = eventSource(eventsSchema, event);
        return planned.execute(variables, (fetch) => (fetch.service === 'events' ? ofEvent(fetch, scope) : sourceOf(sources, fetch.service)(fetch, scope)));
      };
    },
  };
};

const eventSource =
  (schema: GraphQLSchema, event: object): DataSource =>
  async ({ query, body }) => {
    const { variables } = JSON.parse(body) as { variables: Record<string, unknown> };
    const result = await execute({ schema, document: parse(query), rootValue: event, variableValues: variables });
    return JSON.parse(JSON.stringify(result)) as FetchAnswer;
  };
