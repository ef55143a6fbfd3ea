import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import type { DataSource, RequestScope } from './dataSource.ts';
import type { FetchAnswer } from './plans/executePlan.ts';
import type { Planner } from './plans/planner.ts';
import { type DataSources, sourceOf } from './supergraph.ts';

/** A subscription as a client sent it, validated. */
export type AskedSubscription = Readonly<{
  document: DocumentNode;
  operationName?: string | undefined;
  variables: Readonly<Record<string, unknown>>;
}>;

/** Answers one event: the subscription's selection with the event's own fields, and the rest from the subgraphs, as its viewer may see it now. */
export type Deliver = (event: object, scope: RequestScope) => Promise<ExecutionResult>;

export type PlannedSubscription = Readonly<{
  deliver: Deliver;
  /** Whether the selection names anything beside the event's own fields. */
  asksSubgraphs: boolean;
}>;

export type SubscriptionPlanner = Readonly<{
  /** What clients may ask; for validation. */
  schema: GraphQLSchema;
  /** Plans once; the plan is executed for every event. @throws GraphQLError when it cannot be planned. */
  plan(asked: AskedSubscription): PlannedSubscription;
}>;

/**
 * Plans subscriptions over the supergraph. `events` is a subgraph of this process: its part of the plan is executed on the
 * event itself, and every other part goes to teams and contacts as for a query (ARCHITECTURE, the virtual subgraph).
 */
export const createSubscriptionPlanner = (planner: Planner, eventsSdl: string, sources: DataSources): SubscriptionPlanner => {
  const eventsSchema = buildSubgraphSchema({ typeDefs: parse(eventsSdl) });
  return {
    schema: planner.schema,
    plan: ({ document, operationName, variables }) => {
      const planned = planner.plan(document, operationName);
      const deliver: Deliver = (event, scope) => {
        const ofEvent = eventSource(eventsSchema, event);
        return planned.execute(variables, (fetch) => (fetch.service === 'events' ? ofEvent(fetch, scope) : sourceOf(sources, fetch.service)(fetch, scope)));
      };
      return { deliver, asksSubgraphs: [...planned.services].some((service) => service !== 'events') };
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
