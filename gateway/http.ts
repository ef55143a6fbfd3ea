import { GraphQLError, OperationTypeNode } from 'graphql';
import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { badInput, bodyTooLarge, isRefused, type Refusal } from '../subgraphs/shared/errors.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import type { HttpReply, HttpRequest } from '../subgraphs/shared/server.ts';
import type { Admission } from './admission.ts';
import type { Authenticator } from './auth.ts';
import { correlationHeader } from './correlation.ts';
import { httpStatusOf, presentError } from './errors.ts';
import { readParams, type WrongRequest, wrongHead } from './httpParams.ts';
import { listRefusal } from './lists.ts';
import { answerTypeFor, answerTypes } from './mediaType.ts';
import type { Operation, Operations } from './operations.ts';
import type { Executed } from './plans/planner.ts';
import { idsOf, noteOperation, type Seen } from './seeing.ts';
import { type DataSources, sourceOf } from './supergraph.ts';

export type GraphQLHandlerOptions = Readonly<{
  /** Those of the supergraph that is served now: a request that has begun stays with what it began with. */
  operations: () => Operations;
  sources: DataSources;
  authenticate: Authenticator;
  admission: Admission;
  logger: Logger;
  now: () => number;
  /** Longest time of a request, in milliseconds. */
  deadlineMs: number;
  /** Without it nothing is read of what somebody sends who is not signed in; with it nothing of a large body. */
  introspection: boolean;
}>;

/** An answer before it is text: one that was not executed has no `data`. */
type Answer = Readonly<{ data?: Executed['data']; errors?: readonly GraphQLError[] }>;

/** `/graphql` over HTTP, by the GraphQL-over-HTTP specification, with the statuses of SPEC §6. Every answer carries the request's `x-correlation-id`. */
export const graphqlHandler =
  (options: GraphQLHandlerOptions) =>
  async (request: HttpRequest, seen: Seen): Promise<HttpReply> => {
    const type = answerTypeFor(request.headers.accept);
    // before anything is executed: an answer that the client does not take would be a mutation that it does not know of
    const wrong = wrongHead(request) ?? (type === undefined ? notAcceptable : undefined);
    const { status, body, allow, retryAfter } = wrong === undefined ? await replyTo(options, request, seen) : asReply(wrong);
    const headers = { 'content-type': `${type ?? answerTypes[0]}; charset=utf-8`, [correlationHeader]: seen.correlationId, 'cache-control': 'no-store' };
    return { status, headers: { ...headers, ...(allow !== undefined && { allow }), ...(retryAfter !== undefined && { 'retry-after': retryAfter }) }, body };
  };

const notAcceptable: WrongRequest = { status: 406, wrong: `Answers are ${answerTypes.join(' or ')}.` };

const asReply = ({ status, wrong, allow, limit }: WrongRequest): Reply => ({
  status,
  body: JSON.stringify({ errors: [{ message: wrong, extensions: { code: 'BAD_USER_INPUT', status, limit } }] }),
  allow,
});

type Reply = Readonly<{ status: number; body: string; allow?: string | undefined; retryAfter?: string | undefined }>;

const replyTo = async (options: GraphQLHandlerOptions, request: HttpRequest, seen: Seen): Promise<Reply> => {
  const answer = await answered(options, request, seen).catch(faulty);
  if ('wrong' in answer) return asReply(answer);
  const { data, errors } = answer;
  if (errors === undefined) return { status: 200, body: JSON.stringify({ data }) };
  const shown = errors.map((error) => presentError(error, options.logger, idsOf(seen)));
  for (const { extensions } of shown) seen.codes.push(extensions.code);
  const result = data === undefined ? { errors: shown } : { errors: shown, data };
  const seconds = errors[0]?.extensions['retryAfterSeconds'];
  return { status: httpStatusOf(result), body: JSON.stringify(result), retryAfter: typeof seconds === 'number' ? String(seconds) : undefined };
};

const faulty = (error: unknown): Answer => ({
  errors: [error instanceof GraphQLError ? error : new GraphQLError('the request failed', { originalError: error instanceof Error ? error : new Error(String(error)) })],
});
const refused = (refusal: Refusal): Answer => ({ errors: [toGraphQLError(refusal)] });

/**
 * The way of a request, a step a line: who asks, and how often they did; what they ask; the text; its operation, read and measured once for each text; whether they
 * may; the variables; what it costs with them; the answer.
 */
const answered = async (options: GraphQLHandlerOptions, request: HttpRequest, seen: Seen): Promise<Answer | WrongRequest> => {
  const { method, headers, maxBodyBytes } = request;
  const deadline = options.now() + options.deadlineMs;
  const signedIn = await options.authenticate(headers.authorization, single(headers['x-platform']));
  if (isRefused(signedIn) && (!options.introspection || maxBodyBytes !== undefined)) return refused(signedIn);
  const viewer = isRefused(signedIn) ? signedIn : signedIn.viewer;
  if (!isRefused(viewer)) seen.viewer = viewer;
  const { admission } = options;
  const tooMany = isRefused(viewer) ? undefined : await admission.enter(viewer);
  if (tooMany !== undefined) return refused(tooMany);
  if (maxBodyBytes !== undefined) return refused(bodyTooLarge(maxBodyBytes));
  const params = readParams(request);
  if ('wrong' in params) return params;
  const found = await admission.find(params);
  if (isRefused(found)) return refused(found);
  const counted = admission.readAnew(found, viewer);
  const tooLong = counted && (await counted);
  if (tooLong !== undefined) return refused(tooLong);
  const operation = options.operations().read({ text: found.text, operationName: params.operationName });
  if ('faults' in operation) return { errors: operation.faults };
  noteOperation(seen, operation.node.operation, operation.node.name?.value);
  if (method === 'GET' && operation.node.operation !== OperationTypeNode.QUERY) return onlyByPost;
  const refusal = operation.judge(viewer) ?? notOverHttp(operation);
  if (refusal !== undefined) return refused(refusal);
  const tooMuch = listRefusal(params.variables);
  if (tooMuch !== undefined) return refused(tooMuch);
  const { coerced, errors } = operation.coerce(params.variables);
  if (errors !== undefined) return { errors };
  const tooCostly = await admission.weigh(operation.costed, coerced, viewer);
  if (tooCostly !== undefined) return refused(tooCostly);
  if (!isRefused(viewer)) found.remember?.();
  seen.wasPlanned = !operation.isPlanned();
  const scope = { viewer, correlationId: seen.correlationId, deadline };
  return operation.planned().execute(coerced, (fetch) => sourceOf(options.sources, fetch.service)(fetch, scope));
};

const onlyByPost: WrongRequest = { status: 405, wrong: 'GET asks queries only; send mutations with POST.', allow: 'POST' };

const notOverHttp = ({ node }: Operation): Refusal | undefined =>
  node.operation === OperationTypeNode.SUBSCRIPTION ? badInput('query', 'Subscriptions are answered over WebSocket (graphql-transport-ws) on this path.') : undefined;

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
