import { BSONRegExp } from 'bson';
import { MongoFault } from '../fault.ts';
import { type Doc, firstKey, isDoc } from '../values/kinds.ts';
import { asNumber, isNumeric } from '../values/numbers.ts';
import { checkExpression } from './expressions.ts';
import { LEAVES } from './leaves.ts';

/** Operators over whole documents. */
export const LOGICAL = new Set(['$and', '$or', '$nor']);

/** The name under which a regular expression reaches the matcher; mingo would compile `$regex` itself, without BSON's options. */
export const PATTERN = '$pattern';

/** Documents nested deeper than this in a filter are refused, as mongod does, before they can exhaust the stack. */
const MAX_DEPTH = 100;

const clauses = (operator: string, value: unknown, depth: number): Doc[] => {
  if (!Array.isArray(value)) throw new MongoFault('BadValue', `${operator} must be an array`);
  if (value.length === 0) throw new MongoFault('BadValue', '$and/$or/$nor must be a nonempty array');
  return value.map((clause: unknown) => {
    if (!isDoc(clause)) throw new MongoFault('BadValue', '$or/$and/$nor entries need to be full objects');
    return canonicalFilter(clause, depth + 1);
  });
};

/** True when a value under a field is a set of operators and not a literal document. A DBRef is a literal. */
export const isOperators = (value: unknown): value is Doc => {
  if (!isDoc(value)) return false;
  const key = firstKey(value);
  return key?.startsWith('$') === true && key !== '$ref' && key !== '$id' && key !== '$db';
};

const patternOf = (condition: Doc): BSONRegExp => {
  const [pattern, options] = [condition['$regex'], condition['$options'] ?? ''];
  if (pattern === undefined) throw new MongoFault('BadValue', '$options needs a $regex');
  if (typeof options !== 'string') throw new MongoFault('BadValue', '$options has to be a string');
  if (pattern instanceof BSONRegExp) return options === '' ? pattern : new BSONRegExp(pattern.pattern, options);
  if (typeof pattern !== 'string') throw new MongoFault('BadValue', '$regex has to be a string');
  return new BSONRegExp(pattern, options);
};

const allOf = (value: unknown, depth: number): Doc[] => {
  if (!Array.isArray(value)) throw new MongoFault('BadValue', '$all needs an array');
  return value.map((item: unknown) => {
    if (!isOperators(item)) return literal(item);
    if (firstKey(item) !== '$elemMatch') throw new MongoFault('BadValue', 'no $ expressions in $all');
    return canonicalCondition(item, depth + 1);
  });
};

const elemMatch = (value: unknown, depth: number): Doc => {
  if (!isDoc(value)) throw new MongoFault('BadValue', '$elemMatch needs an Object');
  const key = firstKey(value);
  return isOperators(value) && key !== undefined && !LOGICAL.has(key) && key !== '$expr'
    ? { $values: canonicalCondition(value, depth + 1) }
    : { $documents: canonicalFilter(value, depth + 1) };
};

const negated = (value: unknown, depth: number): Doc => {
  if (value instanceof BSONRegExp) return { [PATTERN]: value };
  if (!isDoc(value)) throw new MongoFault('BadValue', '$not needs a regex or a document');
  if (!isOperators(value)) {
    const key = firstKey(value);
    throw new MongoFault('BadValue', key === undefined ? '$not cannot be empty' : `unknown operator: ${key}`);
  }
  return canonicalCondition(value, depth + 1);
};

const literal = (value: unknown): Doc => (value instanceof BSONRegExp ? { [PATTERN]: value } : { $eq: value });

const isFalse = (value: unknown): boolean =>
  value === false || value === null || value === undefined || (isNumeric(value) && asNumber(value) === 0);

/** One operator under a field as a list of canonical conditions, all of which have to hold. */
const canonicalOperator = (operator: string, value: unknown, condition: Doc, depth: number): Doc[] => {
  switch (operator) {
    case '$ne':
      if (value instanceof BSONRegExp) throw new MongoFault('BadValue', "Can't have regex as arg to $ne.");
      return [{ $not: { $eq: value } }];
    case '$nin':
      return [{ $not: { $in: value } }];
    case '$exists':
      return [isFalse(value) ? { $not: { $exists: true } } : { $exists: true }];
    case '$not':
      return [{ $not: negated(value, depth) }];
    case '$all':
      return [{ $all: allOf(value, depth) }];
    case '$elemMatch':
      return [{ $elemMatch: elemMatch(value, depth) }];
    case '$regex':
      return [{ [PATTERN]: patternOf(condition) }];
    case '$options':
      if (condition['$regex'] === undefined) patternOf(condition);
      return [];
    case '$comment':
      return [];
    default:
      if (!Object.hasOwn(LEAVES, operator)) throw new MongoFault('BadValue', `unknown operator: ${operator}`);
      return [{ [operator]: value }];
  }
};

/** Two negations under one field do not fit into one document, so each condition becomes an element of `$every`. */
const canonicalCondition = (condition: Doc, depth: number): Doc => {
  if (depth > MAX_DEPTH) throw new MongoFault('Overflow', `exceeded depth limit of ${MAX_DEPTH} in a filter`);
  const parts = Object.entries(condition).flatMap(([operator, value]) => canonicalOperator(operator, value, condition, depth));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { $every: parts };
};

/**
 * Checks a filter against the operators that this server knows and brings it into the few forms the matcher compiles:
 * every condition an operator, `$ne`, `$nin` and `$exists: false` as negations, regular expressions as `$pattern`.
 * @throws MongoFault BadValue naming the operator that is unknown or wrongly used
 */
export const canonicalFilter = (filter: Doc, depth = 0): Doc => {
  if (depth > MAX_DEPTH) throw new MongoFault('Overflow', `exceeded depth limit of ${MAX_DEPTH} in a filter`);
  const all: Doc[] = [];
  for (const [field, value] of Object.entries(filter)) {
    if (LOGICAL.has(field)) all.push({ [field]: clauses(field, value, depth) });
    else if (field === '$expr') {
      checkExpression(value);
      all.push({ $expr: value });
    } else if (field === '$comment') continue;
    else if (field.split('.').includes('__proto__')) {
      throw new MongoFault('BadValue', `this server cannot query a field named __proto__ ('${field}')`);
    } else if (field.startsWith('$')) throw new MongoFault('BadValue', `unknown top level operator: ${field}`);
    else all.push({ [field]: isOperators(value) ? canonicalCondition(value, depth) : literal(value) });
  }
  const [only] = all;
  return all.length === 1 && only !== undefined ? only : all.length === 0 ? {} : { $and: all };
};
