import { buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { type PlanNode, type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import type { RequestScope } from './dataSource.ts';
import type { DataSources } from './supergraph.ts';

/** A subscription as a client sent it, validated. */
export type AskedSubscription = Readonly<{
  document: DocumentNode;
  query: string;
  operationName?: string | undefined;
  variables: Readonly<Record<string, unknown>>;
}>;

/** Answers one event: the subscription's selection with the event's own fields, and the rest from the subgraphs, as its viewer may see it now. */
export type Deliver = (event: object, scope: RequestScope) => Promise<ExecutionResult>;

export type SubscriptionPlanner = Readonly<{
  /** What clients may ask; for validation. */
  schema: GraphQLSchema;
  /** Plans once; the plan is executed for every event. */
  plan(asked: AskedSubscription): Deliver;
}>;

/**
 * Plans subscriptions over the supergraph. `events` is a subgraph of this process: its part of the plan is executed on the
 * event itself, and every other part goes to teams and contacts as for a query (ARCHITECTURE, the virtual subgraph).
 */
export const createSubscriptionPlanner = (sdl: string, eventsSdl: string, sources: DataSources): SubscriptionPlanner => {
  const supergraph = Supergraph.build(sdl, { validateSupergraph: false });
  const planner = new QueryPlanner(supergraph);
  const apiSchema = supergraph.apiSchema();
  const schema = apiSchema.toGraphQLJSSchema();
  const supergraphSchema = supergraph.schema.toGraphQLJSSchema();
  const eventsSchema = buildSubgraphSchema({ typeDefs: parse(eventsSdl) });
  return {
    schema,
    plan: (asked) => {
      const named = asked.operationName === undefined ? {} : { operationName: asked.operationName };
      const plan = executable(planner.buildQueryPlan(operationFromDocument(apiSchema, asked.document, named)));
      const operationContext = buildOperationContext({ schema, operationDocument: asked.document, ...named });
      return async (event, scope) => {
        const services = { ...sources, events: eventSource(eventsSchema, event) };
        const request = { query: asked.query, variables: { ...asked.variables }, ...named };
        const requestContext = { request, context: scope, logger: silent, metrics: {}, schema } as unknown as Parameters<typeof executeQueryPlan>[2];
        return executeQueryPlan(plan, services, requestContext, operationContext, supergraphSchema, apiSchema);
      };
    },
  };
};

// executeQueryPlan refuses a Subscription node as such; its two halves are ordinary nodes.
const executable = ({ kind, node }: QueryPlan): QueryPlan => {
  if (node?.kind !== 'Subscription') throw new Error('Only subscriptions are planned here.');
  const nodes: PlanNode[] = node.rest === undefined ? [node.primary] : [node.primary, node.rest];
  return { kind, node: { kind: 'Sequence', nodes } };
};

const eventSource = (schema: GraphQLSchema, event: object): GraphQLDataSource => ({
  process: async ({ request }) => {
    const { query, variables } = request as { query?: string; variables?: Record<string, unknown> };
    const result = await execute({ schema, document: parse(query ?? ''), rootValue: event, variableValues: variables ?? null });
    const { data, errors } = JSON.parse(JSON.stringify(result)) as Pick<ExecutionResult, 'data'> & { errors?: [] };
    return { data: data ?? null, ...(errors && { errors }) };
  },
});

const nothing = (): void => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
