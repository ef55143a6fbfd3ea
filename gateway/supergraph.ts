import { readFileSync } from 'node:fs';
import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { createRecentlyUsed } from '../subgraphs/shared/recentlyUsed.ts';
import type { DataSource, GatewayContext } from './dataSource.ts';
import type { PlannedOperation, Planner } from './plans/planner.ts';

/** A supergraph as Apollo Server takes it. */
export type SupergraphGateway = ApolloServerOptionsWithGateway<GatewayContext>['gateway'];

/** The composed supergraph, made by `npm run schema`. */
export const supergraphSdl = (): string => readFileSync(new URL('../schema/supergraph.graphql', import.meta.url), 'utf8');

/** The virtual subgraph of subscriptions. */
export const eventsSdl = (): string => readFileSync(new URL('../schema/events.graphql', import.meta.url), 'utf8');

/** The data source of each subgraph, by its name. `events` is answered only for subscriptions, which do not come this way. */
export type DataSources = Readonly<Record<string, DataSource>>;

/** Plans kept, the most recently used ones; the text of an operation counts, not its variables. */
const mostPlans = 1_000;

/** Queries and mutations over the supergraph, as Apollo Server takes it. Nothing is fetched or reported anywhere but to the data sources. */
export const createSupergraph = (sdl: string, planner: Planner, sources: DataSources): SupergraphGateway => {
  const plans = createRecentlyUsed<PlannedOperation>(mostPlans);
  return {
    onSchemaLoadOrUpdate: (callback) => {
      callback({ apiSchema: planner.schema, coreSupergraphSdl: sdl });
      return () => undefined;
    },
    load: () =>
      Promise.resolve({
        executor: async ({ document, queryHash, operationName, request, context }) => {
          const key = `${queryHash} ${operationName ?? ''}`;
          const planned = plans.get(key) ?? planner.plan(document, operationName);
          plans.set(key, planned);
          return planned.execute(request.variables ?? {}, (fetch) => sourceOf(sources, fetch.service)(fetch, context as GatewayContext));
        },
      }),
    stop: () => Promise.resolve(),
  };
};

/** The data source of a service of a plan. */
export const sourceOf = (sources: DataSources, name: string): DataSource =>
  sources[name] ?? (() => Promise.reject(new Error(`${name} is not asked for queries`)));
