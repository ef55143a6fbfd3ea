import type { Reader, Transaction } from './database.ts';

/** `company_event`: a message of `company.events.v1`. `team_event`: an event that the broker refuses. `general_team`: a General team that could not be made. */
export type DeadLetterKind = 'company_event' | 'team_event' | 'general_team';

/** What could not be worked. */
export type DeadLetter = Readonly<{
  kind: DeadLetterKind;
  /** What it is, once per kind: topic/partition/offset, an event's id, a company's id. */
  reference: string;
  companyId: string | null;
  /** The message, where it can be kept. May hold personal data: never logged. */
  content: string | null;
  /** What was wrong, without personal data. */
  error: string;
  tries: number;
}>;

export type DeadLetterRow = Omit<DeadLetter, 'kind'> & Readonly<{ id: string; kind: string; parkedAt: Date; redrivenAt: Date | null }>;

/** Parks a dead letter; one that is parked again is open again. */
export const parkDeadLetter = async (tx: Transaction, id: string, letter: DeadLetter): Promise<void> => {
  await tx.$executeRaw`
    INSERT INTO dead_letters (id, kind, reference, company_id, content, error, tries)
    VALUES (${id}::uuid, ${letter.kind}, ${letter.reference}, ${letter.companyId}::uuid, ${letter.content}, ${letter.error}, ${letter.tries})
    ON CONFLICT (kind, reference) DO UPDATE SET error = excluded.error, tries = excluded.tries, parked_at = CURRENT_TIMESTAMP, redriven_at = NULL`;
};

/** One dead letter, or null. The id must be a UUID. */
export const findDeadLetter = (reader: Reader, id: string): Promise<DeadLetterRow | null> => reader.deadLetter.findUnique({ where: { id } });

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

/** Notes that a dead letter was worked after all. */
export const markRedriven = async (tx: Transaction, id: string, now: Date): Promise<void> => {
  await tx.deadLetter.updateMany({ where: { id }, data: { redrivenAt: now } });
};
