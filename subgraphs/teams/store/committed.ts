import { pause } from '../../shared/pause.ts';
import type { Reader, Transaction } from './database.ts';

/** The open transaction's own number, by which the server can be asked later what became of it. */
export const transactionNumber = async (tx: Transaction): Promise<string> => {
  const [row] = await tx.$queryRaw<{ number: string }[]>`SELECT pg_current_xact_id()::text AS number`;
  if (row === undefined) throw new Error('a transaction has no number');
  return row.number;
};

/** Longer than the server lets a transaction be silent whose client is gone (store/database.ts). Milliseconds. */
const longestWaitMs = 6_000;
const pollMs = 100;

/**
 * Whether a transaction was committed whose COMMIT was not answered; waits while the server has not noticed that its client is gone.
 * @throws when the server does not say within 6 s
 */
export const wasCommitted = async (reader: Reader, number: string): Promise<boolean> => {
  for (const until = performance.now() + longestWaitMs; ; ) {
    const [row] = await reader.$queryRaw<{ status: string | null }[]>`SELECT pg_xact_status(${number}::xid8) AS status`.catch((error: unknown) => {
      if (performance.now() >= until) throw error;
      return [];
    });
    const status = row?.status;
    if (status === 'committed') return true;
    if (status === 'aborted') return false;
    if (performance.now() >= until) throw new Error(`the server does not say what became of transaction ${number}: ${String(status)}`);
    await pause(pollMs, new AbortController().signal);
  }
};
