import { Binary, BSONRegExp, ObjectId, Timestamp } from 'bson';
import { bsonType, type Doc, isDoc } from './kinds.ts';
import { compareNumbers, isNumeric } from './numbers.ts';

/** Where a value's type stands in MongoDB's comparison order. `undefined` stands for an empty array used as a sort key. */
const RANKS: Readonly<Record<string, number>> = {
  MinKey: -1,
  Long: 10,
  Int32: 10,
  Double: 10,
  Decimal128: 10,
  BSONSymbol: 15,
  Binary: 30,
  ObjectId: 35,
  Timestamp: 47,
  BSONRegExp: 50,
  Code: 60,
  MaxKey: 127,
};

/** The place of a value's type in the order MinKey, null, numbers, strings, objects, arrays, binary … MaxKey. */
export const rankOf = (value: unknown): number => {
  switch (typeof value) {
    case 'string':
      return 15;
    case 'number':
    case 'bigint':
      return 10;
    case 'boolean':
      return 40;
    case 'undefined':
      return 0;
    default:
  }
  if (value === null) return 5;
  if (Array.isArray(value)) return 25;
  if (value instanceof Date) return 45;
  return RANKS[bsonType(value) ?? ''] ?? 20;
};

/** MongoDB orders strings by UTF-8 bytes; JavaScript by UTF-16 units, which puts surrogate pairs too early. */
const compareStrings = (a: string, b: string): number => {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) {
      const [highX, highY] = [x < 0xe000, y < 0xe000];
      if (highX !== highY) return highX ? 1 : -1;
    }
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
};

const compareArrays = (a: readonly unknown[], b: readonly unknown[]): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const order = compareValues(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
};

const compareDocs = (a: Doc, b: Doc): number => {
  const [keysA, keysB] = [Object.keys(a), Object.keys(b)];
  const length = Math.min(keysA.length, keysB.length);
  for (let i = 0; i < length; i += 1) {
    const [keyA, keyB] = [keysA[i] ?? '', keysB[i] ?? ''];
    const [valueA, valueB] = [a[keyA], b[keyB]];
    const order = rankOf(valueA) - rankOf(valueB) || compareStrings(keyA, keyB) || compareValues(valueA, valueB);
    if (order !== 0) return order;
  }
  return keysA.length - keysB.length;
};

const compareBinaries = (a: Binary, b: Binary): number =>
  a.position - b.position || a.sub_type - b.sub_type || Buffer.compare(a.value(), b.value());

/**
 * Compares any two BSON values in MongoDB's order: first by type, then by value; arrays and documents element by
 * element, the order of fields included.
 * @returns below 0, 0 or above 0
 */
export const compareValues = (a: unknown, b: unknown): number => {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const difference = rankOf(a) - rankOf(b);
  if (difference !== 0) return difference;
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof ObjectId && b instanceof ObjectId) return compareStrings(a.toHexString(), b.toHexString());
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (Array.isArray(a) && Array.isArray(b)) return compareArrays(a, b);
  if (isDoc(a) && isDoc(b)) return compareDocs(a, b);
  if (a instanceof Binary && b instanceof Binary) return compareBinaries(a, b);
  if (a instanceof Timestamp && b instanceof Timestamp) return a.compare(b);
  if (a instanceof BSONRegExp && b instanceof BSONRegExp) {
    return compareStrings(a.pattern, b.pattern) || compareStrings(a.options, b.options);
  }
  return 0;
};

/** Equality as MongoDB's `$eq` on a single value: 5 equals Long 5, field order counts. */
export const equalValues = (a: unknown, b: unknown): boolean => compareValues(a, b) === 0;
