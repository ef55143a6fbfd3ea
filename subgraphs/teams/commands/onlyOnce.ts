import { createHash } from 'node:crypto';
import { badInput, conflict, type Refusal } from '../../shared/errors.ts';
import { excerpt, textFault } from '../../shared/text.ts';
import { callerOf, type Viewer } from '../../shared/viewer.ts';
import type { Transaction } from '../store/database.ts';
import { takeKey } from '../store/idempotencyKeys.ts';

/** One create that may carry an idempotency key. */
export type Create = Readonly<{
  viewer: Viewer;
  /** The mutation's name. */
  operation: string;
  /** Null: no key, every call creates. */
  key: string | null;
  /** What counts as the payload; the key itself does not. */
  payload: unknown;
  /** Id of what is created, if it is this call that creates it. */
  resultId: string;
}>;

const longestKey = 255;

/** What is wrong with a key, or null. */
export const keyRefusal = (key: string | null): Refusal | null => {
  const fault = key === null ? undefined : textFault(key, longestKey);
  return fault === undefined ? null : badInput('input.idempotencyKey', `input.idempotencyKey ${fault}; it must have 1–${String(longestKey)} characters.`);
};

/**
 * Takes the key of a create, in the transaction that creates: `new`, or the id of what an earlier call with the same key and payload
 * created. Another payload is CONFLICT. What is handed back for an earlier call is read, and judged, anew (SPEC §1).
 */
export const onlyOnce = async (
  tx: Transaction,
  { viewer, operation, key, payload, resultId }: Create,
  { newId, now }: Readonly<{ newId: () => string; now: Date }>,
): Promise<'new' | Readonly<{ earlierId: string }> | Refusal> => {
  if (key === null) return 'new';
  const { companyId, sub } = callerOf(viewer);
  const payloadHash = createHash('sha256').update(JSON.stringify(payload)).digest('hex');
  const earlier = await takeKey(tx, newId(), { companyId, caller: sub, operation, key }, { payloadHash, resultId }, now);
  if (earlier === null) return 'new';
  return earlier.payloadHash === payloadHash
    ? { earlierId: earlier.resultId }
    : conflict(`input.idempotencyKey is ${excerpt(key)}, which was sent with another payload before; something new needs a new key.`);
};
