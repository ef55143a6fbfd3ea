import { Double, Long } from 'bson';
import { setOwn } from '../values/clone.ts';
import { isDoc } from '../values/kinds.ts';

/**
 * A value as mingo's expressions can calculate with it: every number that fits is a JavaScript number. What has no other number in it is
 * given back as it is, not copied.
 */
export const plain = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Double) return value.value;
  if (value instanceof Long) return Number.isSafeInteger(value.toNumber()) ? value.toNumber() : value;
  if (Array.isArray(value)) {
    const items: unknown[] = value.map(plain);
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (!isDoc(value)) return value;
  const entries = Object.entries(value).map(([key, field]) => [key, plain(field)] as const);
  if (entries.every(([key, field]) => field === value[key])) return value;
  const copy = {};
  for (const [key, field] of entries) setOwn(copy, key, field);
  return copy;
};
