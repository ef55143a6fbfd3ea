import type { Place, SortKey } from '../store/keyset.ts';

const objectId = /^[0-9a-f]{24}$/;

/** The place that a cursor held, or undefined when it held none for this order. */
export const readPlace = (opened: unknown, key: SortKey): Place | undefined => {
  if (typeof opened !== 'object' || opened === null || !('value' in opened) || !('id' in opened)) return undefined;
  const { value, id } = opened;
  if (typeof id !== 'string' || !objectId.test(id)) return undefined;
  if (key === 'name_key') return typeof value === 'string' ? { value, id } : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) ? { value, id } : undefined;
};
