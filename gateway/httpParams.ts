import type { HttpHead, HttpRequest } from '../subgraphs/shared/server.ts';
import { isJson } from './mediaType.ts';

/** What a request asks, as the GraphQL-over-HTTP specification carries it. */
export type GraphQLParams = Readonly<{
  /** Undefined: the request names its operation in another way, or not at all. */
  query: string | undefined;
  operationName: string | undefined;
  variables: Readonly<Record<string, unknown>>;
  extensions: Readonly<Record<string, unknown>>;
}>;

/** A request that is none of GraphQL: the status and the sentence that it is answered with. */
export type WrongRequest = Readonly<{
  wrong: string;
  status: number;
  allow?: string;
  /** The limit that it passed. */
  limit?: Readonly<{ name: string; max: number }>;
}>;

/** Headers that a form or a link cannot send, so that a browser asks first whether it may (CSRF prevention, as Apollo's clients know it). */
const preflighted = ['apollo-require-preflight', 'x-apollo-operation-name'] as const;
const wrong = (status: number, text: string): WrongRequest => ({ status, wrong: text });

/** What is wrong with how a request asks, before anything of what it asks is read: POST with JSON in UTF-8, or GET with a header that no form can send. */
export const wrongHead = ({ method, headers }: HttpHead): WrongRequest | undefined => {
  switch (method) {
    case 'POST':
      if (!isJson(headers['content-type'])) return wrong(415, 'Send application/json in UTF-8.');
      return headers['content-encoding'] === undefined ? undefined : wrong(415, 'Send the body without content-encoding.');
    case 'GET':
      return wrongGet(headers);
    default:
      return { ...wrong(405, 'Ask with POST, or a query with GET.'), allow: 'GET, POST' };
  }
};

const wrongGet = (headers: HttpHead['headers']): WrongRequest | undefined => {
  const contentType = headers['content-type'];
  if (contentType !== undefined) return isJson(contentType) ? undefined : wrong(415, 'A GET has no content-type but application/json.');
  if (preflighted.some((name) => (headers[name] ?? '') !== '')) return undefined;
  return wrong(400, `A GET needs a header that no form can send, such as ${preflighted[0]}: it could be forged by another site.`);
};

/** Reads what a request asks whose head is good. */
export const readParams = (request: HttpRequest): GraphQLParams | WrongRequest => (request.method === 'GET' ? readGet(request) : readPost(request));

const readPost = ({ body }: HttpRequest): GraphQLParams | WrongRequest => {
  const value = parsed(body);
  if (value === undefined) return wrong(400, 'The body is not JSON.');
  if (Array.isArray(value)) return { ...wrong(400, 'One operation per request: arrays of operations are not answered.'), limit: { name: 'operations', max: 1 } };
  if (!isMap(value)) return wrong(400, 'The body must be a JSON object with "query".');
  return paramsOf(value);
};

const readGet = ({ search }: HttpRequest): GraphQLParams | WrongRequest => {
  const given = new URLSearchParams(search);
  const [twice] = parameters.filter((name) => given.getAll(name).length > 1);
  if (twice !== undefined) return wrong(400, `"${twice}" may be given once.`);
  const [variables, extensions] = (['variables', 'extensions'] as const).map((name) => jsonOf(given.get(name)));
  return paramsOf({ query: given.get('query'), operationName: given.get('operationName'), variables, extensions });
};

const parameters = ['query', 'operationName', 'variables', 'extensions'] as const;

/** What is no JSON stays text, which is refused where a map is wanted. */
const jsonOf = (text: string | null): unknown => (text === null || text === '' ? null : (parsed(text) ?? text));

const paramsOf = ({ query, operationName, variables, extensions }: Readonly<Record<string, unknown>>): GraphQLParams | WrongRequest => {
  if (!isTextOrNone(query)) return wrong(400, '"query" must be the text of an operation.');
  if (!isTextOrNone(operationName)) return wrong(400, '"operationName" must be a text.');
  if (!isMapOrNone(variables)) return wrong(400, '"variables" must be a map.');
  if (!isMapOrNone(extensions)) return wrong(400, '"extensions" must be a map.');
  return { query: query ?? undefined, operationName: operationName ?? undefined, variables: variables ?? none, extensions: extensions ?? none };
};

const none: Readonly<Record<string, unknown>> = {};

type JsonMap = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value);
const isMapOrNone = (value: unknown): value is JsonMap | null | undefined => value === undefined || value === null || isMap(value);
const isTextOrNone = (value: unknown): value is string | null | undefined => value === undefined || value === null || typeof value === 'string';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
