import { Double, Long } from 'bson';
import { MongoFault } from '../fault.ts';

/**
 * A number as it is decoded here: an int32 or a double as the JavaScript number that is encoded as such, a `Double` where that number would be
 * taken for an int32, a `Long` for every 64-bit integer.
 */
export type Numeric = number | Double | Long;

/** True for every numeric BSON type. A Timestamp is a Long to JavaScript but not a number to MongoDB. */
export const isNumeric = (value: unknown): value is Numeric =>
  typeof value === 'number' ||
  (typeof value === 'object' && value !== null && '_bsontype' in value && (value._bsontype === 'Long' || value._bsontype === 'Double'));

const isInt32 = (value: number): boolean => Number.isInteger(value) && Math.abs(value + 0.5) <= 0x8000_0000 - 0.5;

/** A double as it is kept: wrapped when it would otherwise be encoded as an int32. */
export const double = (value: number): number | Double => (isInt32(value) ? new Double(value) : value);

/** The nearest JavaScript number; integers beyond 2^53 lose their last digits. */
export const asNumber = (value: Numeric): number =>
  typeof value === 'number' ? value : value instanceof Double ? value.value : value.toNumber();

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
  const rough = compareDoubles(asNumber(a), asNumber(b));
  if (rough !== 0 || (!(a instanceof Long) && !(b instanceof Long))) return rough;
  const [left, right] = [toBigInt(a), toBigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const toBigInt = (value: Numeric): bigint => (value instanceof Long ? value.toBigInt() : BigInt(asNumber(value)));

const isDouble = (value: Numeric): boolean => value instanceof Double || (typeof value === 'number' && !isInt32(value));

/**
 * Adds or multiplies as `$inc` and `$mul` do: with a double to a double, else to an int32 that becomes a long when it no longer fits.
 * @throws MongoFault BadValue when an integer result leaves 64 bits
 */
export const calculate = (operator: '$inc' | '$mul', a: Numeric, b: Numeric): Numeric => {
  if (isDouble(a) || isDouble(b)) {
    const [left, right] = [asNumber(a), asNumber(b)];
    return double(operator === '$inc' ? left + right : left * right);
  }
  const exact = operator === '$inc' ? toBigInt(a) + toBigInt(b) : toBigInt(a) * toBigInt(b);
  if (BigInt.asIntN(64, exact) !== exact) {
    throw new MongoFault('BadValue', `Failed to apply ${operator} operations to current value: ${exact} is beyond 64 bits`);
  }
  const long = a instanceof Long || b instanceof Long || BigInt.asIntN(32, exact) !== exact;
  return long ? Long.fromBigInt(exact) : Number(exact);
};
