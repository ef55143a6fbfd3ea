import { readFileSync } from 'node:fs';
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { silenceApolloTelemetry } from './config.ts';

/** The composed supergraph, made by `npm run schema`. */
export const supergraphSdl = (): string => readFileSync(new URL('../schema/supergraph.graphql', import.meta.url), 'utf8');

/** The virtual subgraph of subscriptions. */
export const eventsSdl = (): string => readFileSync(new URL('../schema/events.graphql', import.meta.url), 'utf8');

/** The data source of each subgraph, by its name. `events` is answered only for subscriptions, which do not come this way. */
export type DataSources = Readonly<{ teams: GraphQLDataSource; contacts: GraphQLDataSource }>;

/** Queries and mutations over the static supergraph. Nothing is fetched or reported anywhere but to the data sources. */
export const createSupergraph = (sdl: string, sources: DataSources): ApolloGateway => {
  silenceApolloTelemetry();
  return new ApolloGateway({
    supergraphSdl: sdl,
    buildService: ({ name }) => sourceOf(sources, name),
    __exposeQueryPlanExperimental: false,
    debug: false,
    logger: silent,
  });
};

const sourceOf = (sources: DataSources, name: string): GraphQLDataSource => {
  if (name === 'teams' || name === 'contacts') return sources[name];
  return { process: () => Promise.reject(new Error(`${name} is not asked for queries`)) };
};

const nothing = (): void => undefined;
// ApolloGateway logs its start, and errors that are answered and logged by presentError anyway.
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
