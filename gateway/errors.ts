import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type ErrorCode, statusOf } from '../subgraphs/shared/errors.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';

// Codes of Apollo's own that say the request was wrong; everything else that is not of SPEC §6 is a fault of ours.
const wrongRequests = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);
const shown = ['field', 'ids', 'messages', 'oldestEventId', 'limit'] as const;

/**
 * The form in which an error leaves the gateway (SPEC §6): a known code with its status and the details meant for
 * clients. A subgraph's name, its query, stacks and the text of faults stay inside, in every mode.
 */
export const presentError = (formatted: GraphQLFormattedError, error: unknown, logger: Logger): GraphQLFormattedError => {
  const { message, path, locations, extensions = {} } = formatted;
  const code = codeOf(extensions);
  const place = { ...(path && { path }), ...(locations && { locations }) };
  if (code === 'INTERNAL') {
    logger.error({ err: originOf(error), path }, 'request failed');
    return { message: 'Internal error.', ...place, extensions: { code, status: statusOf[code] } };
  }
  const details = Object.fromEntries(shown.flatMap((key) => (extensions[key] === undefined ? [] : [[key, extensions[key]]])));
  return { message: shortened(message), ...place, extensions: { code, status: statusOf[code], ...details } };
};

/** Characters of a message; GraphQL's own repeat a wrong value whole, however long it is. */
const longestMessage = 1_000;
const shortened = (message: string): string => (message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message);

/** The HTTP status of an answer: 200 while there is data, else that of its first error. */
export const httpStatusOf = (answer: Readonly<{ data?: unknown; errors?: readonly GraphQLFormattedError[] | undefined }>): number => {
  const [first] = answer.errors ?? [];
  if (first === undefined || (answer.data !== undefined && answer.data !== null)) return 200;
  return statusOf[codeOf(first.extensions ?? {})];
};

const codeOf = (extensions: Readonly<Record<string, unknown>>): ErrorCode => {
  const { code } = extensions;
  if (typeof code !== 'string') return 'INTERNAL';
  if (isCode(code)) return code;
  // a subgraph that finds the gateway's own operation invalid is a fault of ours
  return wrongRequests.has(code) && extensions['serviceName'] === undefined ? 'BAD_USER_INPUT' : 'INTERNAL';
};

const isCode = (code: string): code is ErrorCode => Object.hasOwn(statusOf, code);

const originOf = (error: unknown): unknown => (error instanceof GraphQLError ? (error.originalError ?? error) : error);
