import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type ExecutionResult, getArgumentValues, GraphQLError, OperationTypeNode } from 'graphql';
import { CloseCode, type SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { badInput, isRefused, Refusal, unauthenticated } from '../subgraphs/shared/errors.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import type { Peer } from '../subgraphs/shared/peer.ts';
import type { Admission } from './admission.ts';
import type { Authenticator, SignedIn } from './auth.ts';
import type { Cors } from './cors.ts';
import { presentError } from './errors.ts';
import type { EventHub } from './eventHub.ts';
import { subscribeMigrationJobProgress } from './migrationJobProgress.ts';
import type { OpenSubscriptions } from './openSubscriptions.ts';
import type { Operations } from './operations.ts';
import type { ProgressHub } from './progressHub.ts';
import { rootFieldsOf } from './rootFields.ts';
import type { PeopleSockets } from './signedOut.ts';
import type { AskedSubscription, SubscriptionPlanner } from './subscriptionPlan.ts';
import { type OpenAnswers, subscribeTeamMigrated } from './teamMigrated.ts';

export type SubscriptionOptions = Readonly<{
  authenticate: Authenticator;
  admission: Admission;
  /** Which pages may open a socket. */
  cors: Cors;
  /** Those of the supergraph that is served now, as over HTTP. */
  operations: () => Operations;
  planner: SubscriptionPlanner;
  /** Where those that are open are ended when a new supergraph does not know them. */
  open: OpenSubscriptions;
  hub: EventHub;
  progress: ProgressHub;
  teams: Peer;
  logger: Logger;
  now: () => number;
  newId: () => string;
  deadlineMs: number;
  /** Live events kept for a subscriber that reads slowly; past it they are read from the log again. */
  maxQueued: number;
}>;

/** Serves WebSockets; `close` tells every client 1001 and resolves when they are gone, at most 5 s later. */
export type Subscriptions = Readonly<{ serve(server: Server): void; sockets: PeopleSockets; close(): Promise<void> }>;

type Sessions = WeakMap<WebSocket, SignedIn & { expiry?: NodeJS.Timeout }>;
type Opened = Readonly<{ open: () => AsyncGenerator<ExecutionResult, void, void> }>;

const path = '/graphql';
const maxMessageBytes = 1_048_576;
const maxPerSocket = 100;
const closeWaitMs = 5_000;
const tryAgainLater = 1013;
const maxTimeoutMs = 2_147_000_000;

/**
 * Subscriptions on `/graphql` by the `graphql-transport-ws` protocol (SPEC §4). `connection_init` carries
 * `authorization: "Bearer <JWT>"` (`Authorization` is taken too) and optionally `x-platform`. A missing or bad token closes the
 * socket with 4403 and the reason, and so does a token that expires, or a person who is deactivated: clients of graphql-ws reconnect
 * on 4403 and can bring a fresh token. 1013 when the keys of the SSO cannot be had. Only subscriptions travel here; queries and mutations go by HTTP.
 */
export const createSubscriptions = (options: SubscriptionOptions): Subscriptions => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  const sessions: Sessions = new WeakMap();
  const graphql = useServer(
    {
      onConnect: ({ connectionParams, extra: { socket } }) => signIn(options, sessions, connectionParams ?? {}, socket),
      onSubscribe: async ({ extra: { socket }, subscriptions }, _id, payload) =>
        Object.keys(subscriptions).length > maxPerSocket
          ? presented(options, [toGraphQLError(tooMany)])
          : subscribed(options, sessions.get(socket), payload),
      subscribe: ({ contextValue, ...asked }) => options.open.track(asked, (contextValue as Opened).open()),
      onClose: ({ extra: { socket } }) => clearTimeout(sessions.get(socket)?.expiry),
    },
    sockets,
  );
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== path) {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
      return;
    }
    if (!options.cors.opens(request.headers)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  };
  return {
    serve: (server) => void server.on('upgrade', upgrade),
    sockets: peopleOn(sockets, sessions),
    close: async () => {
      const stragglers = setTimeout(() => sockets.clients.forEach((client) => client.terminate()), closeWaitMs);
      await graphql.dispose();
      clearTimeout(stragglers);
    },
  };
};

/** Who is signed in on the sockets of a server. */
const peopleOn = (server: WebSocketServer, sessions: Sessions): PeopleSockets => {
  const open = () => [...server.clients].flatMap((socket) => {
    const viewer = sessions.get(socket)?.viewer;
    return viewer?.kind === 'person' ? [{ socket, viewer }] : [];
  });
  return {
    people: () => [...new Map(open().map(({ viewer }) => [`${viewer.companyId} ${viewer.userId}`, viewer])).values()],
    closeOf: ({ companyId, userId }, reason) => {
      for (const { socket, viewer } of open()) if (viewer.companyId === companyId && viewer.userId === userId) socket.close(CloseCode.Forbidden, reason);
    },
  };
};

const tooMany = new Refusal('RATE_LIMITED', `A socket carries at most ${String(maxPerSocket)} subscriptions.`);

const signIn = async (
  { authenticate, now }: SubscriptionOptions,
  sessions: Sessions,
  params: Readonly<Record<string, unknown>>,
  socket: WebSocket,
): Promise<boolean> => {
  const signedIn = await authenticate(text(params['authorization']) ?? text(params['Authorization']), text(params['x-platform']));
  if (isRefused(signedIn)) {
    if (signedIn.code === 'UNAUTHENTICATED') socket.close(CloseCode.Forbidden, signedIn.message.slice(0, 120));
    else socket.close(tryAgainLater, 'Try again later');
    return false;
  }
  sessions.set(socket, signedIn);
  closeOnExpiry(sessions, socket, now);
  return true;
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const closeOnExpiry = (sessions: Sessions, socket: WebSocket, now: () => number): void => {
  const session = sessions.get(socket);
  if (session === undefined) return;
  const left = session.expiresAt - now();
  if (left <= 0) {
    socket.close(CloseCode.Forbidden, 'The token has expired.');
    return;
  }
  session.expiry = setTimeout(() => closeOnExpiry(sessions, socket, now), Math.min(left, maxTimeoutMs));
};

const subscribed = async (options: SubscriptionOptions, signedIn: SignedIn | undefined, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]> => {
  try {
    const tooMany = signedIn && (await options.admission.enter(signedIn.viewer));
    const found = tooMany ?? (await options.admission.find(payload));
    if (isRefused(found)) return presented(options, [toGraphQLError(found)]);
    const asked = read(options.operations(), found.text, payload);
    if (!('operation' in asked)) return presented(options, asked);
    const refusal = asked.operation.judge(signedIn?.viewer ?? noToken);
    const tooCostly = refusal ?? (await options.admission.weigh(asked.operation.costed, asked.variables, signedIn?.viewer ?? noToken));
    if (tooCostly === undefined) found.remember?.();
    const open = tooCostly ?? (await opening(options, asked, signedIn));
    if (isRefused(open)) return presented(options, [toGraphQLError(open)]);
    const deliver = options.planner.plan(asked);
    const contextValue: Opened = { open: () => open(deliver) };
    return { schema: asked.schema, document: asked.operation.document, operationName: payload.operationName ?? null, contextValue };
  } catch (error) {
    const fault = error instanceof GraphQLError ? error : new GraphQLError('subscribing failed', { originalError: error as Error });
    return presented(options, [fault]);
  }
};

type Asked = AskedSubscription & Readonly<{ field: string; args: Readonly<Record<string, unknown>> }>;

const noToken = unauthenticated('Sign in: the socket has no token.');

const read = (operations: Operations, text: string, { operationName, variables }: SubscribePayload): Asked | readonly GraphQLError[] => {
  const { schema } = operations;
  const operation = operations.read({ text, operationName: operationName ?? undefined });
  if ('faults' in operation) return operation.faults;
  if (operation.node.operation !== OperationTypeNode.SUBSCRIPTION) {
    return [toGraphQLError(badInput('query', 'Only subscriptions are answered over WebSocket; queries and mutations go to POST /graphql.'))];
  }
  const { coerced, errors } = operation.coerce(variables ?? {});
  if (errors !== undefined) return errors;
  const [node] = rootFieldsOf(operation.document, operation.node);
  const definition = node && schema.getSubscriptionType()?.getFields()[node.name.value];
  if (node === undefined || definition === undefined) return [toGraphQLError(badInput('query', 'The subscription names no field.'))];
  return { operation, schema, variables: coerced, field: node.name.value, args: getArgumentValues(definition, node, coerced) };
};

const opening = (options: SubscriptionOptions, { field, args }: Asked, signedIn: SignedIn | undefined): Promise<OpenAnswers | Refusal> => {
  const correlationId = options.newId();
  const present = (result: ExecutionResult): ExecutionResult => {
    const { data, errors = [] } = result;
    return { data: data ?? null, ...(errors.length > 0 && { errors: presented(options, errors, correlationId) }) };
  };
  const { viewer } = signedIn ?? {};
  if (viewer === undefined) return Promise.resolve(noToken);
  const subscribing = { ...options, viewer, correlationId, present };
  if (field === 'teamMigrated') return subscribeTeamMigrated(args, subscribing);
  if (field === 'migrationJobProgress') return subscribeMigrationJobProgress(String(args['id']), subscribing);
  return Promise.reject(new Error(`Subscription.${field} is not served`));
};

const presented = ({ logger, newId }: SubscriptionOptions, errors: readonly GraphQLError[], correlationId = newId()): readonly GraphQLError[] =>
  errors.map((error) => {
    const { message, path, locations, extensions } = presentError(error, logger, correlationId);
    const shown = new GraphQLError(message, { ...(path && { path }), ...(extensions && { extensions }) });
    return locations === undefined ? shown : Object.defineProperty(shown, 'locations', { value: locations, enumerable: true });
  });
