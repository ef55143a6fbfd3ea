import type { Transaction } from './database.ts';
import { Prisma } from './generated/client.ts';

/** Whose key it is: of a company (null for services), a caller (`sub`) and an operation (SPEC §1). */
export type KeyOwner = Readonly<{ companyId: string | null; caller: string; operation: string; key: string }>;

/** What a key was used for. */
export type KeyUse = Readonly<{ payloadHash: string; resultId: string }>;

const none = '00000000-0000-0000-0000-000000000000';
const owned = ({ companyId, caller, operation, key }: KeyOwner): Prisma.Sql => Prisma.sql`
  coalesce(company_id, ${none}::uuid) = ${companyId ?? none}::uuid AND caller = ${caller} AND operation = ${operation} AND key = ${key}`;

/** Takes a key for a result, or answers what it was used for before. Waits for another transaction that is taking the same key. */
export const takeKey = async (tx: Transaction, id: string, owner: KeyOwner, use: KeyUse, now: Date): Promise<KeyUse | null> => {
  const taken = await tx.$executeRaw`
    INSERT INTO idempotency_keys (id, company_id, caller, operation, key, payload_hash, result_id, created_at)
    VALUES (${id}::uuid, ${owner.companyId}::uuid, ${owner.caller}, ${owner.operation}, ${owner.key}, ${use.payloadHash}, ${use.resultId}::uuid, ${now})
    ON CONFLICT DO NOTHING`;
  if (taken === 1) return null;
  const [row] = await tx.$queryRaw<KeyUse[]>`
    SELECT payload_hash AS "payloadHash", result_id AS "resultId" FROM idempotency_keys WHERE ${owned(owner)}`;
  return row ?? null;
};
