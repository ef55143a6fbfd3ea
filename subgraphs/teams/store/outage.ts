const codes = /^(?:08...|53...|57P..|58...|25P03|P1001|P1002|P1008|P1017|P2024|ECONN[A-Z]*|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
const messages = /connection terminated|closed the connection|ConnectionClosed|Operation has timed out|timeout exceeded when trying to connect|database system is (?:starting up|shutting down|in recovery)/i;

/**
 * Whether a fault says that Postgres could not be asked, or went away meanwhile, and nothing of what it was asked. Found in what Prisma, its
 * adapter and pg wrap around it.
 */
export const isOutage = (error: unknown, depth = 4): boolean => {
  if (typeof error !== 'object' || error === null || depth === 0) return false;
  const { code, originalCode, message, cause, meta, driverAdapterError }: Readonly<Record<string, unknown>> = { ...error, message: error instanceof Error ? error.message : undefined, cause: 'cause' in error ? error.cause : undefined };
  if ([code, originalCode].some((each) => typeof each === 'string' && codes.test(each))) return true;
  if (typeof message === 'string' && messages.test(message)) return true;
  return [cause, meta, driverAdapterError].some((inner) => isOutage(inner, depth - 1));
};
