import { type HttpHandler, type HttpReply, type HttpRequest, json } from '../subgraphs/shared/server.ts';

/** Pages of which origins may read answers in a browser. */
export type CorsOptions = Readonly<{
  /** Origins as browsers send them: `https://console.example.com`, without a path. */
  origins: readonly string[];
  /** Also any port of loopback over http; for development. */
  loopback: boolean;
}>;

/** Where Apollo Sandbox runs; allowed outside production when no list is given. */
export const sandboxOrigins: readonly string[] = ['https://studio.apollographql.com', 'https://sandbox.embed.apollographql.com'];

export type Cors = Readonly<{
  /** The answer to a browser that asks whether it may send a request at all; undefined: the request is none of these. */
  preflight(request: HttpRequest): HttpReply | undefined;
  /** What goes with every answer; a foreign origin gets nothing by which its page could read it. */
  headers(request: Pick<HttpRequest, 'headers'>): Readonly<Record<string, string>>;
  /** Whether a WebSocket may be opened: no origin (not a browser), one of the list, or the page's own host. */
  opens(headers: HttpRequest['headers']): boolean;
}>;

const allowedMethods = 'GET, POST';
/** What clients of this gateway send; others are not let through by browsers. */
const allowedHeaders = [
  'authorization', 'content-type', 'x-platform', 'x-correlation-id', 'apollo-require-preflight', 'x-apollo-operation-name',
  'apollographql-client-name', 'apollographql-client-version', 'traceparent', 'tracestate',
].join(', ');
const shownHeaders = 'x-correlation-id, retry-after';
/** How long a browser keeps the answer to its question, in seconds; Chrome's own most. */
const keptSeconds = 7_200;

/**
 * Which pages may ask from a browser. Credentials stay off: tokens travel in headers that a page sets itself, never in cookies, so that no page
 * can use somebody's sign-in of another. WebSockets know no preflight, so a page of a foreign origin is turned away before its socket opens,
 * although it could do nothing without a token: what may not ask by HTTP holds no sockets either.
 */
export const createCors = ({ origins, loopback }: CorsOptions): Cors => {
  const listed = new Set(origins);
  const isAllowed = (origin: string | undefined): origin is string => origin !== undefined && (listed.has(origin) || (loopback && isLoopback(origin)));
  return {
    preflight: ({ method, headers }) => {
      if (method !== 'OPTIONS' || headers.origin === undefined || headers['access-control-request-method'] === undefined) return undefined;
      if (!isAllowed(headers.origin)) {
        return json(403, { errors: [{ message: 'Pages of this origin may not ask here.', extensions: { code: 'FORBIDDEN', status: 403 } }] });
      }
      return {
        status: 204,
        headers: {
          'access-control-allow-methods': allowedMethods,
          'access-control-allow-headers': allowedHeaders,
          'access-control-max-age': String(keptSeconds),
        },
        body: '',
      };
    },
    headers: ({ headers: { origin } }) => ({
      vary: 'origin',
      ...(isAllowed(origin) && { 'access-control-allow-origin': origin, 'access-control-expose-headers': shownHeaders }),
    }),
    opens: ({ origin, host }) => origin === undefined || isAllowed(origin) || (URL.canParse(origin) && new URL(origin).host === host),
  };
};

/** Answers browsers' questions before requests to `/graphql`, and says with each answer which page may read it. */
export const withCors =
  (cors: Cors, handler: HttpHandler): HttpHandler =>
  async (request) => {
    const reply = (request.path === '/graphql' ? cors.preflight(request) : undefined) ?? (await handler(request));
    return reply && { ...reply, headers: { ...reply.headers, ...cors.headers(request) } };
  };

const isLoopback = (origin: string): boolean => /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(origin);
