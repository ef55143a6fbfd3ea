import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { GraphQLFormattedError } from 'graphql';
import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { badInput, type Refusal } from '../subgraphs/shared/errors.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import type { GatewayContext } from './dataSource.ts';
import { httpStatusOf, presentError } from './errors.ts';
import type { Shield } from './shield.ts';
import type { SupergraphGateway } from './supergraph.ts';

export type GatewayServerOptions = Readonly<{
  supergraph: SupergraphGateway;
  shield: Shield;
  logger: Logger;
  /** Hides schema names from errors and turns Sandbox off. */
  production: boolean;
  introspection: boolean;
  /** Put into Sandbox's Authorization header, for demos. */
  sandboxToken?: string | undefined;
}>;

/** Apollo Server over the supergraph: shield before execution, errors and statuses as SPEC §6, Sandbox outside production. */
export const createGatewayServer = (options: GatewayServerOptions): ApolloServer<GatewayContext> => {
  const { supergraph, production, introspection, logger } = options;
  return new ApolloServer<GatewayContext>({
    gateway: supergraph,
    introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: production,
    stopOnTerminationSignals: false,
    formatError: (formatted, error) => presentError(formatted, error, logger),
    plugins: [
      coarseRules(options.shield),
      answers(logger),
      landingPage(options),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
    ],
  });
};

const coarseRules = (shield: Shield): ApolloServerPlugin<GatewayContext> => ({
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ document, request, operation, contextValue }) => {
        const refusal = shield(document, request.operationName, contextValue.viewer) ?? notOverHttp(operation?.operation);
        return refusal === undefined ? Promise.resolve() : Promise.reject(toGraphQLError(refusal));
      },
    }),
});

const notOverHttp = (kind: string | undefined): Refusal | undefined =>
  kind === 'subscription' ? badInput('query', 'Subscriptions are answered over WebSocket (graphql-transport-ws) on this path.') : undefined;

const answers = (logger: Logger): ApolloServerPlugin<GatewayContext> => ({
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse: ({ response }) => {
        if (response.body.kind !== 'single') return Promise.resolve();
        const result = response.body.singleResult;
        // What a subgraph left null against its own schema is answered as null without a word; say so.
        const { valueCompletion, ...extensions } = result.extensions ?? {};
        if (Array.isArray(valueCompletion) && result.errors === undefined) {
          result.errors = valueCompletion.map((error: GraphQLFormattedError) => presentError(error, error, logger));
        }
        if (Object.keys(extensions).length > 0) result.extensions = extensions;
        else delete result.extensions;
        if (result.errors !== undefined) response.http.status = statusFor(response.http.status, result);
        return Promise.resolve();
      },
    }),
});

// A status of the protocol's own (405 for a mutation by GET) stays.
const statusFor = (given: number | undefined, result: Parameters<typeof httpStatusOf>[0]): number =>
  given !== undefined && given !== 400 && given !== 500 ? given : httpStatusOf(result);

const landingPage = ({ production, sandboxToken }: GatewayServerOptions): ApolloServerPlugin<GatewayContext> => {
  if (production) return ApolloServerPluginLandingPageDisabled();
  const sharedHeaders = sandboxToken === undefined ? {} : { Authorization: `Bearer ${sandboxToken}` };
  return ApolloServerPluginLandingPageLocalDefault({
    footer: false,
    embed: { runTelemetry: false, initialState: { pollForSchemaUpdates: false, sharedHeaders } },
  });
};

/** Headers as Apollo Server takes them. */
export const headerMap = (headers: Readonly<Record<string, string | readonly string[] | undefined>>): HeaderMap => {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  return map;
};
