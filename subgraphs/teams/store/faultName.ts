import { isOutage } from './outage.ts';

/** A fault in one of few words, without data: `outage`, Postgres's own code of five signs, or the error's name. For logs, labels and dead letters. */
export const faultName = (error: unknown): string => (isOutage(error) ? 'outage' : (codeIn(error) ?? (error instanceof Error ? error.name : typeof error)));

const sqlState = /^[0-9A-Z]{5}$/;

/** Prisma and its adapter wrap what Postgres said; its code comes before theirs. */
const codeIn = (error: unknown, depth = 4): string | undefined => {
  if (typeof error !== 'object' || error === null || depth === 0) return undefined;
  const { code, originalCode, meta, cause, driverAdapterError }: Readonly<Record<string, unknown>> = { ...error, cause: 'cause' in error ? error.cause : undefined };
  const inner = [meta, cause, driverAdapterError].map((each) => codeIn(each, depth - 1)).find((found) => found !== undefined);
  return inner ?? [originalCode, code].find((each): each is string => typeof each === 'string' && sqlState.test(each));
};
