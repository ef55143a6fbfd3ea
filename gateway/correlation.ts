import type { HttpRequest } from '../subgraphs/shared/server.ts';

/** Follows a request through all processes, and comes back in its answer. */
export const correlationHeader = 'x-correlation-id';

/** The one that a request came with, when it can be one. */
export const correlationOf = ({ headers }: HttpRequest): string | undefined => {
  const given = headers[correlationHeader];
  const text = Array.isArray(given) ? given[0] : given;
  return text !== undefined && /^[\w.:-]{1,64}$/.test(text) ? text : undefined;
};
