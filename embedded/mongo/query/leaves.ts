import { BSONRegExp, Long, MaxKey, MinKey } from 'bson';
import { MongoFault } from '../fault.ts';
import { compareValues, equalValues, rankOf } from '../values/compare.ts';
import { keyOf } from '../values/key.ts';
import { isDoc, typeName, typeNameOf } from '../values/kinds.ts';
import { asNumber, isNumeric } from '../values/numbers.ts';
import { compileBsonRegex } from './regex.ts';

/** Asks about one value found at a path; a missing field is `undefined`. */
export type Test = (value: unknown) => boolean;

/** A query operator that looks at one value at a time. */
export interface Leaf {
  /** Whether it is asked about an array's elements as well as about the array. */
  readonly expand: boolean;
  /** @throws MongoFault when the operand is not one that the operator takes */
  compile(operand: unknown): Test;
}

const isNull = (value: unknown): boolean => value === undefined || value === null;

const equals = (operand: unknown): Test => {
  if (isNull(operand)) return isNull;
  if (typeof operand === 'string' || typeof operand === 'boolean') return (value) => value === operand;
  return (value) => value !== undefined && equalValues(value, operand);
};

/** Order only means something within one type, except against MinKey and MaxKey, which missing fields are compared with as well; null is ordered with itself alone. */
const ordered = (holds: (order: number) => boolean): Leaf => ({
  expand: true,
  compile: (operand) => {
    if (isNull(operand)) return holds(0) ? isNull : () => false;
    if (operand instanceof BSONRegExp) throw new MongoFault('BadValue', "Can't have RegEx as arg to predicate over field");
    const rank = rankOf(operand);
    const anyType = operand instanceof MinKey || operand instanceof MaxKey;
    const numeric = isNumeric(operand);
    const operandIsNaN = Number.isNaN(operand);
    return (value) => {
      if (!anyType && (value === undefined || rankOf(value) !== rank)) return false;
      if (numeric && (operandIsNaN || Number.isNaN(value))) return holds(0) && operandIsNaN && Number.isNaN(value);
      return holds(compareValues(value, operand));
    };
  },
});

const member = (operand: unknown): Test => {
  if (!Array.isArray(operand)) throw new MongoFault('BadValue', '$in needs an array');
  const items: readonly unknown[] = operand;
  if (items.some((item) => isDoc(item) && Object.keys(item)[0]?.startsWith('$'))) {
    throw new MongoFault('BadValue', 'cannot nest $ under $in');
  }
  const patterns = items.filter((item) => item instanceof BSONRegExp).map(matches);
  const strings = new Set(items.filter((item) => typeof item === 'string'));
  const keys = new Set(items.filter((item) => typeof item !== 'string' && !isNull(item)).map(keyOf));
  const hasNull = items.some(isNull);
  return (value) => {
    if (typeof value === 'string') return strings.has(value) || patterns.some((pattern) => pattern(value));
    if (isNull(value)) return hasNull;
    return (keys.size > 0 && keys.has(keyOf(value))) || patterns.some((pattern) => pattern(value));
  };
};

const matches = (operand: unknown): Test => {
  const pattern = operand instanceof BSONRegExp ? compileBsonRegex(operand) : undefined;
  if (pattern === undefined) throw new MongoFault('BadValue', '$regex has to be a string');
  return (value) => (typeof value === 'string' ? pattern.test(value) : equalValues(value, operand));
};

const size = (operand: unknown): Test => {
  const wanted = isNumeric(operand) ? asNumber(operand) : Number.NaN;
  if (!Number.isInteger(wanted)) throw new MongoFault('BadValue', `Failed to parse $size. Expected a number in: $size: ${String(operand)}`);
  if (wanted < 0) throw new MongoFault('BadValue', `Failed to parse $size. Expected a non-negative number in: $size: ${wanted}`);
  return (value) => Array.isArray(value) && value.length === wanted;
};

const modulo = (operand: unknown): Test => {
  if (!Array.isArray(operand)) throw new MongoFault('BadValue', 'malformed mod, needs to be an array');
  if (operand.length !== 2) {
    throw new MongoFault('BadValue', `malformed mod, ${operand.length < 2 ? 'not enough' : 'too many'} elements`);
  }
  const [divisor, remainder] = operand.map((item: unknown) => (isNumeric(item) ? Math.trunc(asNumber(item)) : Number.NaN));
  if (divisor === undefined || remainder === undefined || Number.isNaN(divisor)) {
    throw new MongoFault('BadValue', 'malformed mod, divisor not a number');
  }
  if (Number.isNaN(remainder)) throw new MongoFault('BadValue', 'malformed mod, remainder not a number');
  if (divisor === 0) throw new MongoFault('BadValue', 'divisor cannot be 0');
  return (value) => {
    if (!isNumeric(value)) return false;
    if (value instanceof Long) return Number(value.toBigInt() % BigInt(divisor)) === remainder;
    return Math.trunc(asNumber(value)) % divisor === remainder;
  };
};

const ofType = (operand: unknown): Test => {
  const aliases: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (aliases.length === 0) throw new MongoFault('FailedToParse', '$type must match at least one type');
  const names = new Set<string>();
  for (const alias of aliases) {
    if (alias === 'number') ['int', 'long', 'double', 'decimal'].forEach((name) => names.add(name));
    else {
      const name = typeof alias === 'string' ? typeNameOf(alias) : isNumeric(alias) ? typeNameOf(asNumber(alias)) : undefined;
      if (name === undefined) {
        const [code, kind] = typeof alias === 'string' ? (['BadValue', 'name alias'] as const) : (['BadValue', 'numerical type code'] as const);
        throw new MongoFault(code, `${typeof alias === 'string' ? 'Unknown type' : 'Invalid'} ${kind}: ${String(alias)}`);
      }
      names.add(name);
    }
  }
  return (value) => value !== undefined && names.has(typeName(value));
};

const exists = (operand: unknown): Test => {
  const wanted = operand !== false && operand !== null && !(isNumeric(operand) && asNumber(operand) === 0);
  return wanted ? (value) => value !== undefined : (value) => value === undefined;
};

/** The operators over single values, by name. `$exists: false` is never looked up here: a filter turns it into a negation. */
export const LEAVES: Readonly<Record<string, Leaf>> = {
  $eq: { expand: true, compile: equals },
  $gt: ordered((order) => order > 0),
  $gte: ordered((order) => order >= 0),
  $lt: ordered((order) => order < 0),
  $lte: ordered((order) => order <= 0),
  $in: { expand: true, compile: member },
  $regex: { expand: true, compile: matches },
  $mod: { expand: true, compile: modulo },
  $type: { expand: true, compile: ofType },
  $size: { expand: false, compile: size },
  $exists: { expand: false, compile: exists },
};
