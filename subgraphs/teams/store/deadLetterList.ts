import type { Reader } from './database.ts';
import type { DeadLetter } from './generated/client.ts';

/** A dead letter as it is stored. */
export type DeadLetterRow = DeadLetter;

/** Dead letters, the longest parked first; those that have gone out only when asked for. */
export const listDeadLetters = (
  reader: Reader,
  { kind, withRedriven, limit }: Readonly<{ kind: string | null; withRedriven: boolean; limit: number }>,
): Promise<DeadLetterRow[]> =>
  reader.deadLetter.findMany({
    where: { ...(kind !== null && { kind }), ...(!withRedriven && { redrivenAt: null }) },
    orderBy: [{ parkedAt: 'asc' }, { id: 'asc' }],
    take: limit,
  });
