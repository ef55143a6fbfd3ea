import type { ApolloServer, HTTPGraphQLResponse } from '@apollo/server';
import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { isRefused, type Refusal, statusOf } from '../subgraphs/shared/errors.ts';
import { type HttpHandler, type HttpReply, type HttpRequest, json } from '../subgraphs/shared/server.ts';
import type { Authenticator } from './auth.ts';
import type { GatewayContext } from './dataSource.ts';
import type { OperationGate } from './limits.ts';
import { listRefusal } from './lists.ts';
import { headerMap } from './server.ts';

export type GraphQLHandlerOptions = Readonly<{
  server: ApolloServer<GatewayContext>;
  authenticate: Authenticator;
  now: () => number;
  newId: () => string;
  deadlineMs: number;
  /** Judges the size of an operation before it is validated. */
  gate: OperationGate;
}>;

const correlationHeader = 'x-correlation-id';

/** `/graphql` over HTTP. Echoes `x-correlation-id`, or the one that was made for the request. */
export const graphqlHandler =
  (options: GraphQLHandlerOptions): HttpHandler =>
  async (request) => {
    if (request.path !== '/graphql') return undefined;
    const correlationId = correlationOf(request) ?? options.newId();
    const read = readBody(request);
    const tooMuch = 'wrong' in read ? undefined : options.gate(queryOf(request, read.body) ?? '') ?? listRefusal(variablesOf(read.body));
    const wrong = 'wrong' in read ? read.wrong : tooMuch && refused(tooMuch);
    const reply = wrong ?? (await answered(options, request, 'body' in read ? read.body : undefined, correlationId));
    return { ...reply, headers: { ...reply.headers, [correlationHeader]: correlationId, 'cache-control': 'no-store' } };
  };

const answered = async ({ server, authenticate, now, deadlineMs }: GraphQLHandlerOptions, request: HttpRequest, body: unknown, correlationId: string): Promise<HttpReply> => {
  const { method, headers, search } = request;
  const deadline = now() + deadlineMs;
  const response = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method, headers: headerMap(headers), search, body },
    context: async () => {
      const signedIn = await authenticate(headers.authorization, single(headers['x-platform']));
      return { viewer: isRefused(signedIn) ? signedIn : signedIn.viewer, correlationId, deadline };
    },
  });
  return { status: response.status ?? 200, headers: Object.fromEntries(response.headers), body: await textOf(response) };
};

const textOf = async ({ body }: HTTPGraphQLResponse): Promise<string> => {
  if (body.kind === 'complete') return body.string;
  const chunks: string[] = [];
  for await (const chunk of body.asyncIterator) chunks.push(chunk);
  return chunks.join('');
};

const readBody = ({ method, headers, body }: HttpRequest): Readonly<{ wrong: HttpReply } | { body: unknown }> => {
  if (method !== 'POST') return { body: undefined };
  if (!isJson(headers['content-type'])) return { wrong: refusal(415, 'Send application/json in UTF-8.') };
  if (headers['content-encoding'] !== undefined) return { wrong: refusal(415, 'Send the body without content-encoding.') };
  const value = parsed(body);
  if (value === undefined) return { wrong: refusal(400, 'The body is not JSON.') };
  const batch = Array.isArray(value);
  return batch ? { wrong: refusal(400, 'One operation per request: arrays of operations are not answered.') } : { body: value };
};

const isJson = (contentType: string | undefined): boolean => {
  const [type, ...parameters] = (contentType ?? '').toLowerCase().split(';').map((part) => part.trim());
  return type === 'application/json' && parameters.every((part) => !part.startsWith('charset=') || /^charset="?utf-?8"?$/.test(part));
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const queryOf = ({ search }: HttpRequest, body: unknown): string | undefined => {
  const query = isObject(body) ? body['query'] : new URLSearchParams(search).get('query');
  return typeof query === 'string' ? query : undefined;
};

const variablesOf = (body: unknown): unknown => (isObject(body) ? body['variables'] : undefined);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const refused = (tooMuch: Refusal): HttpReply => json(statusOf[tooMuch.code], { errors: [toGraphQLError(tooMuch)] });

const refusal = (status: number, message: string): HttpReply =>
  json(status, { errors: [{ message, extensions: { code: 'BAD_USER_INPUT', status } }] });

const correlationOf = ({ headers }: HttpRequest): string | undefined => {
  const given = single(headers[correlationHeader]);
  return given !== undefined && /^[\w.:-]{1,64}$/.test(given) ? given : undefined;
};

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
