import { ApolloGateway } from '@apollo/gateway';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, type ExecutionResult, type GraphQLSchema, isAbstractType, parse, print } from 'graphql';
import { createBareGateway } from '../../../bench/bare-gateway/bareGateway.ts';
import type { DataSource } from '../../../gateway/dataSource.ts';
import type { FetchAnswer } from '../../../gateway/plans/executePlan.ts';
import { createLogger } from '../../../subgraphs/shared/logger.ts';

/** A subgraph of a test: its SDL and what answers it. */
export type TestSubgraph = Readonly<{ name: string; sdl: string; resolvers: Readonly<Record<string, object>> }>;

/** The same supergraph behind our gateway (`bench/bare-gateway`) and behind stock `@apollo/gateway`, over the same subgraphs in this process. */
export type TestSupergraph = Readonly<{
  schema: GraphQLSchema;
  sdl: string;
  /** As a client's request in JSON is answered in JSON. */
  ours(document: DocumentNode, variables: Readonly<Record<string, unknown>>): Promise<ExecutionResult>;
  stock(document: DocumentNode, variables: Readonly<Record<string, unknown>>): Promise<ExecutionResult>;
  /** Fetches that subgraphs have answered by now. */
  fetches(): number;
  stop(): Promise<void>;
}>;

/** What a subgraph answers, by its name: as JSON has it. */
export type AnswerFetch = (name: string, query: string, variables: Readonly<Record<string, unknown>>) => Promise<FetchAnswer>;

/** The supergraph of some subgraphs, and what answers for them. @throws with what does not compose */
export const composed = (subgraphs: readonly TestSubgraph[]): Readonly<{ sdl: string; answer: AnswerFetch }> => {
  const { supergraphSdl, errors } = composeServices(subgraphs.map(({ name, sdl }) => ({ name, typeDefs: parse(sdl), url: `http://${name}.invalid` })));
  if (supergraphSdl === undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
  const schemas = new Map(subgraphs.map(({ name, sdl, resolvers }) => [name, buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never })]));
  return {
    sdl: supergraphSdl,
    answer: async (name, query, variables) => {
      const schema = schemas.get(name);
      if (schema === undefined) throw new Error(`there is no subgraph ${name}`);
      const result = await execute({ schema, document: parse(query), variableValues: variables });
      return JSON.parse(JSON.stringify(result)) as FetchAnswer;
    },
  };
};

/**
 * A known difference: where a subgraph knows an entity by its interface only, stock takes that name for the entity's own when it comes last,
 * and nulls the entity without a word; which comes last is a matter of chance. So it is not told the name.
 */
const entitiesOf = (data: FetchAnswer['data']): Record<string, unknown>[] =>
  (Array.isArray(data?.['_entities']) ? data['_entities'] : []).filter((entity): entity is Record<string, unknown> => typeof entity === 'object' && entity !== null);

export const startSupergraph = async (subgraphs: readonly TestSubgraph[]): Promise<TestSupergraph> => {
  const { sdl, answer: answered } = composed(subgraphs);
  let fetches = 0;
  const answer: AnswerFetch = (...asked) => {
    fetches += 1;
    return answered(...asked);
  };
  const source = (name: string): DataSource => ({ query, body }) => answer(name, query, (JSON.parse(body) as { variables: Record<string, unknown> }).variables);
  const bare = createBareGateway({
    sdl,
    sources: Object.fromEntries(subgraphs.map(({ name }) => [name, source(name)])),
    logger: createLogger({ name: 'bare gateway', level: 'silent' }),
  });
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    logger: silent,
    buildService: ({ name }) => ({
      process: async ({ request }) => {
        const { data, errors } = await answer(name, request.query ?? '', JSON.parse(JSON.stringify(request.variables ?? {})) as Record<string, unknown>);
        for (const entity of entitiesOf(data)) if (isAbstractType(bare.planner.schema.getType(String(entity['__typename'])))) delete entity['__typename'];
        return { data: data ?? null, ...(errors && { errors: errors }) };
      },
    }),
  });
  const { schema, executor } = await gateway.load();
  return {
    schema: bare.planner.schema,
    sdl,
    ours: async (document, variables) => {
      const body = JSON.stringify({ query: print(document), variables });
      const reply = await bare.handler({ method: 'POST', path: '/graphql', search: '', headers: { 'content-type': 'application/json' }, body, isGone: () => false });
      return JSON.parse(reply?.body ?? 'null') as ExecutionResult;
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
