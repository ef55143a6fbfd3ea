import type { Reader, Transaction } from './database.ts';

/** How far an outside publisher has come in the outside sequence; 0 before the first event. */
export const publishedTo = async (reader: Reader, name: string): Promise<number> => {
  const row = await reader.publication.findUnique({ where: { name } });
  return row === null ? 0 : Number(row.position);
};

/** Stores how far a publisher has come. Only under its lease. */
export const setPublishedTo = async (tx: Transaction, name: string, position: number, now: Date): Promise<void> => {
  await tx.publication.upsert({
    where: { name },
    create: { name, position: BigInt(position), updatedAt: now },
    update: { position: BigInt(position), updatedAt: now },
  });
};
