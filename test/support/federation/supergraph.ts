import { ApolloGateway } from '@apollo/gateway';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, type ExecutionResult, getOperationAST, GraphQLError, parse, print } from 'graphql';
import { coerceVariables } from '../../../gateway/plans/coerceVariables.ts';
import { createPlanner, type Planner } from '../../../gateway/plans/planner.ts';
import type { FetchAnswer } from '../../../gateway/plans/executePlan.ts';

/** A subgraph of a test: its SDL and what answers it. */
export type TestSubgraph = Readonly<{ name: string; sdl: string; resolvers: Readonly<Record<string, object>> }>;

/** The same supergraph behind our gateway and behind stock `@apollo/gateway`, over the same subgraphs in this process. */
export type TestSupergraph = Readonly<{
  planner: Planner;
  sdl: string;
  ours(document: DocumentNode, variables: Readonly<Record<string, unknown>>): Promise<ExecutionResult>;
  stock(document: DocumentNode, variables: Readonly<Record<string, unknown>>): Promise<ExecutionResult>;
  /** Fetches that subgraphs have answered by now. */
  fetches(): number;
  stop(): Promise<void>;
}>;

export const startSupergraph = async (subgraphs: readonly TestSubgraph[]): Promise<TestSupergraph> => {
  const composed = composeServices(subgraphs.map(({ name, sdl }) => ({ name, typeDefs: parse(sdl), url: `http://${name}.invalid` })));
  if (composed.supergraphSdl === undefined) throw new Error(composed.errors.map(({ message }) => message).join('\n'));
  const schemas = new Map(subgraphs.map(({ name, sdl, resolvers }) => [name, buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never })]));
  let fetches = 0;
  const answer = async (name: string, query: string, variables: Record<string, unknown>): Promise<FetchAnswer> => {
    const schema = schemas.get(name);
    if (schema === undefined) throw new Error(`there is no subgraph ${name}`);
    fetches += 1;
    const result = await execute({ schema, document: parse(query), variableValues: variables });
    return JSON.parse(JSON.stringify(result)) as FetchAnswer;
  };
  const planner = createPlanner(composed.supergraphSdl);
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  const gateway = new ApolloGateway({
    supergraphSdl: composed.supergraphSdl,
    logger: silent,
    buildService: ({ name }) => ({
      process: async ({ request }) => {
        const { data, errors } = await answer(name, request.query ?? '', JSON.parse(JSON.stringify(request.variables ?? {})) as Record<string, unknown>);
        return { data: data ?? null, ...(errors && { errors: errors }) };
      },
    }),
  });
  const { schema, executor } = await gateway.load();
  return {
    planner,
    sdl: composed.supergraphSdl,
    ours: (document, variables) => {
      const operation = getOperationAST(document);
      const { coerced, errors } = operation ? coerceVariables(planner.schema, operation, variables) : { errors: [new GraphQLError('no operation')] };
      if (errors !== undefined) return Promise.resolve({ errors });
      return planner.plan(document, undefined).execute(coerced, ({ service, query, body }) => answer(service, query, (JSON.parse(body) as { variables: Record<string, unknown> }).variables));
    },
    stock: (document, variables) => {
      const source = print(document);
      const operation = document.definitions[0];
      const asked = { request: { query: source, variables }, document, operation, operationName: null, queryHash: source, source, schema, context: {}, logger: silent, metrics: {}, cache: undefined };
      return executor(asked as never) as Promise<ExecutionResult>;
    },
    fetches: () => fetches,
    stop: () => gateway.stop(),
  };
};

const nothing = (): void => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
