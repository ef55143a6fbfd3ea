import { Binary, BSONRegExp, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';

const numberKey = (value: number): string =>
  Number.isInteger(value) && !Number.isSafeInteger(value) ? `n${BigInt(value)}` : `n${value === 0 ? 0 : value}`;

const objectKey = (value: object): string => {
  if (value instanceof ObjectId) return `o${value.toHexString()}`;
  if (Array.isArray(value)) return `[${value.map(keyOf).join(',')}]`;
  if (value instanceof Date) return `d${value.getTime()}`;
  if (value instanceof Timestamp) return `t${value.t}:${value.i}`;
  if (value instanceof Long) return `n${value.toString()}`;
  if (value instanceof Double) return numberKey(value.value);
  if (value instanceof Binary) return `b${value.sub_type}:${value.toString('base64')}`;
  if (value instanceof BSONRegExp) return `r${JSON.stringify([value.pattern, value.options])}`;
  if (value instanceof MinKey) return '<';
  if (value instanceof MaxKey) return '>';
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}:${keyOf(field)}`);
  return `{${fields.join(',')}}`;
};

/** A string that two values share exactly when `compareValues` calls them equal: what hash maps are keyed by. */
export const keyOf = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return numberKey(value);
    case 'boolean':
      return value ? 'T' : 'F';
    case 'undefined':
      return 'u';
    default:
  }
  return typeof value === 'object' && value !== null ? objectKey(value) : '0';
};
