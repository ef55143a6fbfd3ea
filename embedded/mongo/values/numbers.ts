import { Decimal128, Long } from 'bson';
import { MongoFault } from '../fault.ts';

/**
 * A number as BSON decodes it here: JavaScript numbers, except 64-bit integers beyond 2^53 and decimals.
 */
export type Numeric = number | Long | Decimal128;

/** True for every numeric BSON type. A Timestamp is a Long to JavaScript but not a number to MongoDB. */
export const isNumeric = (value: unknown): value is Numeric =>
  typeof value === 'number' ||
  (typeof value === 'object' &&
    value !== null &&
    '_bsontype' in value &&
    (value._bsontype === 'Long' || value._bsontype === 'Decimal128'));

/** The nearest JavaScript number; decimals beyond 17 digits and integers beyond 2^53 lose their last digits. */
export const asNumber = (value: Numeric): number =>
  typeof value === 'number' ? value : value instanceof Decimal128 ? Number(value.toString()) : value.toNumber();

const compareDoubles = (a: number, b: number): number => {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : 1;
};

/** Orders numbers by value whatever their type; NaN comes first and equals itself. */
export const compareNumbers = (a: Numeric, b: Numeric): number => {
  if (typeof a === 'number' && typeof b === 'number') return compareDoubles(a, b);
  if (a instanceof Long && b instanceof Long) return a.compare(b);
  const exact = compareDoubles(asNumber(a), asNumber(b));
  if (exact !== 0 || a instanceof Decimal128 || b instanceof Decimal128) return exact;
  const [left, right] = [toBigInt(a), toBigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const toBigInt = (value: number | Long): bigint => (typeof value === 'number' ? BigInt(value) : value.toBigInt());

const isWhole = (value: Numeric): value is number | Long => value instanceof Long || Number.isInteger(value);

/**
 * Adds or multiplies as `$inc` and `$mul` do.
 * @throws MongoFault BadValue when an integer result leaves 64 bits, or for decimals, which are not calculated with here
 */
export const calculate = (operator: '$inc' | '$mul', a: Numeric, b: Numeric): Numeric => {
  if (a instanceof Decimal128 || b instanceof Decimal128) {
    throw new MongoFault('BadValue', `${operator} with a Decimal128 is not supported by this server; use int, long or double`);
  }
  const [left, right] = [asNumber(a), asNumber(b)];
  const rough = operator === '$inc' ? left + right : left * right;
  if (!isWhole(a) || !isWhole(b) || Number.isSafeInteger(rough)) return rough;
  const exact = operator === '$inc' ? toBigInt(a) + toBigInt(b) : toBigInt(a) * toBigInt(b);
  if (BigInt.asIntN(64, exact) !== exact) {
    if (typeof a === 'number' && typeof b === 'number') return rough;
    throw new MongoFault('BadValue', `Failed to apply ${operator} operations to current value: ${exact} is beyond 64 bits`);
  }
  return Long.fromBigInt(exact);
};
