import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { type ErrorCode, statusOf } from '../subgraphs/shared/errors.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import type { RequestIds } from '../subgraphs/shared/requestIds.ts';

/** An error as clients read it. */
export type ShownError = GraphQLFormattedError & Readonly<{ extensions: Readonly<{ code: ErrorCode }> }>;

const shown = ['field', 'ids', 'messages', 'oldestEventId', 'limit', 'retryAfterSeconds'] as const;

/**
 * The form in which an error leaves the gateway (SPEC §6): a known code with its status and the details meant for
 * clients. A subgraph's name, its query, stacks and the text of faults stay inside, in every mode: what a fault was stands in the log,
 * under the correlation id that the client is told.
 */
export const presentError = (error: GraphQLError, logger: Logger, ids: RequestIds): ShownError => {
  const { message, path, locations, extensions = {} } = error.toJSON();
  const code = codeOf(extensions);
  const place = { ...(path && { path }), ...(locations && { locations }) };
  if (code === 'INTERNAL') {
    logger.error({ err: error.originalError ?? error, path, ...ids }, 'request failed');
    return { message: 'Internal error.', ...place, extensions: { code, status: statusOf[code], correlationId: ids.correlationId } };
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

const codeOf = ({ code }: Readonly<Record<string, unknown>>): ErrorCode => (typeof code === 'string' && isCode(code) ? code : 'INTERNAL');

const isCode = (code: string): code is ErrorCode => Object.hasOwn(statusOf, code);
