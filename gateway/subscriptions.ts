import type { Server } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { CloseCode, handleProtocols, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { isRefused, type Refusal, unauthenticated } from '../subgraphs/shared/errors.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import { type RequestIds, requestIds } from '../subgraphs/shared/requestIds.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { Admission } from './admission.ts';
import type { Authenticator } from './auth.ts';
import { closeSocket } from './closeSocket.ts';
import type { Cors } from './cors.ts';
import { presentError } from './errors.ts';
import type { EventHub } from './eventHub.ts';
import type { EventRights } from './eventRights.ts';
import { subscribeMigrationJobProgress } from './migrationJobProgress.ts';
import type { OpenSubscriptions } from './openSubscriptions.ts';
import type { Operations } from './operations.ts';
import type { ProgressHub } from './progressHub.ts';
import { type Asked, readSubscription } from './readSubscription.ts';
import { idsOf, noteOperation, type Seeing, type Seen } from './seeing.ts';
import { createSessions, type Session, type SessionLimits, type Sessions } from './sessions.ts';
import { type AnswerSource, createSharedAnswers, type SharedAnswers } from './sharedAnswers.ts';
import { silentStream, type SilentStream } from './silentStream.ts';
import { notActive, type PeopleSockets } from './signedOut.ts';
import { type SocketExtra, speakProtocol } from './socketProtocol.ts';
import type { SubscriptionPlanner } from './subscriptionPlan.ts';
import { selectionKey } from './selectionKey.ts';
import { subscribeTeamMigrated } from './teamMigrated.ts';
import { openSockets } from './upgrades.ts';

/** What sockets may have, and how long they may take. */
export type SocketLimits = SessionLimits &
  Readonly<{
    /** Until `connection_init` must have come, in milliseconds. */
    initWithinMs: number;
    /** Between two pings; a client that has not answered one by the next is gone, in milliseconds. */
    keepAliveMs: number;
    /** Live events kept for a subscriber that reads slowly; past it they are read from the log again. */
    maxQueued: number;
  }>;

/** What holds where nothing else is said. */
export const socketLimits: SocketLimits = { sockets: 50, socketSubscriptions: 100, subscriptions: 500, initWithinMs: 3_000, keepAliveMs: 12_000, maxQueued: 1_000 };

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
  rights: EventRights;
  seeing: Seeing;
  logger: Logger;
  now: () => number;
  newId: () => string;
  deadlineMs: number;
  limits: SocketLimits;
}>;

/** What is open now: selections are the distinct ones that subscriptions share. */
export type SubscriptionCounts = Readonly<{ sockets: number; subscriptions: number; selections: number }>;

/** Serves WebSockets; `close` tells every client 1001 and resolves when they are gone, at most 5 s later. */
export type Subscriptions = Readonly<{ serve(server: Server): void; sockets: PeopleSockets; counts(): SubscriptionCounts; close(): Promise<void> }>;

const path = '/graphql';
const maxMessageBytes = 1_048_576;
const maxIdLength = 128;
const closeWaitMs = 5_000;
const tryAgainLater = 1013;

type Parts = SubscriptionOptions & Readonly<{ sessions: Sessions; shared: SharedAnswers }>;
type Opened = Readonly<{ open: () => SilentStream; readBy: WeakRef<GraphQLSchema> }>;

/**
 * Subscriptions on `/graphql` by the `graphql-transport-ws` protocol (SPEC §4); docs/wire.md says what a client sees. Only subscriptions travel here; queries and
 * mutations go by HTTP.
 */
export const createSubscriptions = (options: SubscriptionOptions): Subscriptions => {
  const { limits, planner, seeing, now, deadlineMs, logger } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, handleProtocols, autoPong: false });
  const sessions = createSessions(limits, now);
  const present = (result: ExecutionResult, ids: RequestIds): ExecutionResult => presentedResult(options, result, ids);
  const shared = createSharedAnswers({ plan: (asked) => planner.plan(asked), present, ...seeing, pace: options.admission.pace, now, deadlineMs });
  const parts: Parts = { ...options, sessions, shared };
  speakProtocol(server, {
    ...limits,
    logger,
    handlers: {
      onConnect: ({ connectionParams, extra, subscriptions }) => signIn(parts, connectionParams ?? {}, extra, () => Object.keys(subscriptions).length),
      onSubscribe: ({ extra }, id, payload) => seeing.subscribing(sessions.of(extra.socket)?.viewer ?? null, (seen) => subscribed(parts, seen, extra, id, payload)),
      subscribe: ({ contextValue, document, operationName }) => {
        const { open, readBy } = contextValue as Opened;
        return options.open.track({ readBy, document, operationName }, open());
      },
      onClose: ({ extra: { socket } }) => sessions.closed(socket),
    },
  });
  const upgrade = openSockets({ path, cors: options.cors, server, logger });
  return {
    serve: (listening) => void listening.on('upgrade', upgrade),
    sockets: sessions.people,
    counts: () => ({ ...sessions.counts(), selections: shared.selections() }),
    close: async () => {
      const gone = new Promise((resolve) => server.close(resolve));
      for (const client of server.clients) client.close(1001, 'Going away');
      const stragglers = setTimeout(() => server.clients.forEach((client) => client.terminate()), closeWaitMs);
      await gone;
      clearTimeout(stragglers);
    },
  };
};

/** False closes the socket with 4403, unless it is closed with another word already. */
const signIn = async (
  { authenticate, sessions, rights, now, deadlineMs }: Parts,
  params: Readonly<Record<string, unknown>>,
  { socket }: SocketExtra,
  subscriptions: () => number,
): Promise<boolean> => {
  const refuse = (refusal: Refusal): false => {
    const code = refusal.code === 'UNAUTHENTICATED' ? CloseCode.Forbidden : tryAgainLater;
    closeSocket(socket, code, refusal.message);
    return false;
  };
  const signedIn = await authenticate(text(params['authorization']) ?? text(params['Authorization']), text(params['x-platform']));
  if (isRefused(signedIn)) return refuse(signedIn);
  if (!isOpen(socket)) return false;
  // before anything is asked, so that an event about this person finds the socket
  const tooMany = sessions.opened(socket, signedIn, subscriptions);
  if (tooMany !== undefined) return refuse(tooMany);
  if (signedIn.viewer.kind === 'service') return true;
  const refusal = await rights.of(signedIn.viewer, now() + deadlineMs);
  if (refusal === undefined || refusal.code === 'FORBIDDEN') return isOpen(socket);
  return refuse(refusal.code === 'UNAUTHENTICATED' ? unauthenticated(notActive) : refusal);
};

const isOpen = ({ readyState, OPEN }: WebSocket): boolean => readyState === OPEN;
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const subscribed = async (parts: Parts, seen: Seen, extra: SocketExtra, id: string, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]> => {
  const answer = await opened(parts, seen, extra, id, payload).catch((error: unknown) => [faultOf(error)]);
  if (!Array.isArray(answer)) return answer;
  const shown = presented(parts, answer, idsOf(seen));
  for (const { extensions } of shown) seen.codes.push(String(extensions['code']));
  return shown;
};

/** The way of a `subscribe` message, as of a request over HTTP. */
const opened = async (parts: Parts, seen: Seen, extra: SocketExtra, id: string, payload: SubscribePayload): Promise<ExecutionArgs | GraphQLError[]> => {
  const { sessions, operations, admission } = parts;
  if (id.length > maxIdLength) closeSocket(extra.socket, CloseCode.BadRequest, `An id has at most ${String(maxIdLength)} characters`);
  const session = sessions.of(extra.socket);
  if (session === undefined) return [toGraphQLError(unauthenticated('Sign in: the socket has no token.'))];
  const { viewer } = session;
  const found = sessions.tooMany(session) ?? (await admission.enter(viewer)) ?? (await admission.find(payload));
  if (isRefused(found)) return [toGraphQLError(found)];
  const tooLong = await admission.readAnew(found, viewer);
  if (tooLong !== undefined) return [toGraphQLError(tooLong)];
  const asked = readSubscription(operations(), found.text, payload);
  if (!('operation' in asked)) return [...asked];
  const { operation } = asked;
  noteOperation(seen, operation.node.operation, operation.node.name?.value);
  const refusal = operation.judge(viewer) ?? (await admission.weigh(operation.costed, asked.variables, viewer));
  if (refusal !== undefined) return [toGraphQLError(refusal)];
  found.remember?.();
  seen.wasPlanned = !operation.isPlanned();
  const opening = await openingOf(parts, asked, session, { ...extra, id });
  if (isRefused(opening)) return [toGraphQLError(opening)];
  return {
    // graphql-ws keeps this as long as the subscription is open, and asks nothing of the schema
    get schema() {
      return operations().schema;
    },
    document: operation.document,
    operationName: payload.operationName ?? null,
    contextValue: opening,
  };
};

const faultOf = (error: unknown): GraphQLError =>
  error instanceof GraphQLError ? error : new GraphQLError('subscribing failed', { originalError: error as Error });

const sourceOf = (parts: Parts, { root, args }: Asked, viewer: Viewer): Promise<AnswerSource | Refusal> => {
  const subscribing = { ...parts, viewer, maxQueued: parts.limits.maxQueued };
  const field = root.name.value;
  if (field === 'teamMigrated') return subscribeTeamMigrated(args, subscribing);
  if (field === 'migrationJobProgress') return subscribeMigrationJobProgress(String(args['id']), subscribing);
  return Promise.reject(new Error(`Subscription.${field} is not served`));
};

const openingOf = async (parts: Parts, asked: Asked, { viewer }: Session, { outlet, id }: SocketExtra & Readonly<{ id: string }>): Promise<Opened | Refusal> => {
  const found = await sourceOf(parts, asked, viewer);
  if (isRefused(found)) return found;
  const answers = parts.shared.join({ ...asked, viewer, visibility: found.visibility, selection: selectionKey(asked, asked.root) });
  const payloadOf = (error: unknown): string => JSON.stringify(presentedResult(parts, { data: null, errors: [faultOf(error)] }, requestIds(parts.newId(), viewer)));
  return { readBy: new WeakRef(asked.schema), open: () => silentStream({ id, outlet, payloadOf, run: (send, signal) => found.run(answers, send, signal), ended: () => answers.left() }) };
};

const presentedResult = (options: SubscriptionOptions, { data, errors = [] }: ExecutionResult, ids: RequestIds): ExecutionResult => ({
  data: data ?? null,
  ...(errors.length > 0 && { errors: presented(options, errors, ids) }),
});

const presented = ({ logger }: SubscriptionOptions, errors: readonly GraphQLError[], ids: RequestIds): readonly GraphQLError[] =>
  errors.map((error) => {
    const { message, path, locations, extensions } = presentError(error, logger, ids);
    const shown = new GraphQLError(message, { ...(path && { path }), extensions });
    return locations === undefined ? shown : Object.defineProperty(shown, 'locations', { value: locations, enumerable: true });
  });
