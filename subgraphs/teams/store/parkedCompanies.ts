import type { Reader, Transaction } from './database.ts';

/** A company whose events wait from a place of the outside sequence on, because the broker refused the one that stands there. */
export type ParkedCompany = Readonly<{ companyId: string; position: number }>;

/** Where companies of these are parked, by company. */
export const parkedOf = async (reader: Reader, publication: string, companyIds: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const rows = await reader.parkedCompany.findMany({ where: { publication, companyId: { in: [...companyIds] } } });
  return new Map(rows.map(({ companyId, position }) => [companyId, Number(position)]));
};

/** One parked company that is to be tried again, the longest parked first; null when there is none. */
export const nextRedriven = async (reader: Reader, publication: string): Promise<ParkedCompany | null> => {
  const row = await reader.parkedCompany.findFirst({ where: { publication, redrive: true }, orderBy: { position: 'asc' } });
  return row === null ? null : { companyId: row.companyId, position: Number(row.position) };
};

export type RefusedEvent = Readonly<{
  /** Of the dead letter. */
  id: string;
  publication: string;
  companyId: string;
  position: number;
  eventId: string;
  error: string;
  /** Tries since it was last parked. */
  tries: number;
  now: Date;
}>;

/** Parks a company at an event that was refused, with a dead letter that says why. Only under the publisher's lease. */
export const park = async (tx: Transaction, { id, publication, companyId, position, eventId, error, tries, now }: RefusedEvent): Promise<void> => {
  await tx.parkedCompany.upsert({
    where: { publication_companyId: { publication, companyId } },
    create: { publication, companyId, position: BigInt(position), parkedAt: now },
    update: { position: BigInt(position), redrive: false },
  });
  await tx.deadLetter.upsert({
    where: { kind_reference: { kind: 'team_event', reference: eventId } },
    create: { id, kind: 'team_event', reference: eventId, companyId, error, tries, parkedAt: now },
    update: { error, tries: { increment: tries }, parkedAt: now, redrivenAt: null },
  });
};

/** Has parked companies tried again: these, or all when it is null. Answers how many. */
export const requestRedrive = async (tx: Transaction, publication: string, companyIds: readonly string[] | null): Promise<number> => {
  const { count } = await tx.parkedCompany.updateMany({
    where: { publication, ...(companyIds !== null && { companyId: { in: [...companyIds] } }) },
    data: { redrive: true },
  });
  return count;
};

/** Moves a parked company's place; null: all that waited is out. Only under the publisher's lease. */
export const moveParked = async (tx: Transaction, publication: string, companyId: string, position: number | null): Promise<void> => {
  if (position === null) await tx.parkedCompany.deleteMany({ where: { publication, companyId } });
  else await tx.parkedCompany.updateMany({ where: { publication, companyId }, data: { position: BigInt(position) } });
};

/** Closes the dead letters of events that are out now. */
export const closeDeadLetters = async (tx: Transaction, eventIds: readonly string[], now: Date): Promise<void> => {
  await tx.deadLetter.updateMany({ where: { kind: 'team_event', reference: { in: [...eventIds] }, redrivenAt: null }, data: { redrivenAt: now } });
};
