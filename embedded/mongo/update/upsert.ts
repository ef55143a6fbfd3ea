import { BSONRegExp } from 'bson';
import { MongoFault } from '../fault.ts';
import { cloneDoc } from '../values/clone.ts';
import { keyOf } from '../values/key.ts';
import { type Doc, isArray, isDoc } from '../values/kinds.ts';
import { setPath } from './paths.ts';
import type { UpdateSpec } from './updateSpec.ts';

/** The equalities that a canonical filter requires: plain ones, under $and, and an $or or $in of a single choice. */
const equalities = (canonical: Doc): [string, unknown][] =>
  Object.entries(canonical).flatMap(([field, condition]): [string, unknown][] => {
    if (isArray(condition)) {
      const clauses = condition.filter(isDoc);
      return field === '$and' || (field === '$or' && clauses.length === 1) ? clauses.flatMap(equalities) : [];
    }
    return isDoc(condition) && !field.startsWith('$') ? required(condition).map((value) => [field, value]) : [];
  });

const required = (condition: Doc): unknown[] =>
  Object.entries(condition).flatMap(([operator, operand]) => {
    if (operator === '$eq') return [operand];
    if (operator === '$in') return isArray(operand) && new Set(operand.map(keyOf)).size === 1 && !(operand[0] instanceof BSONRegExp) ? [operand[0]] : [];
    if (operator === '$every') return isArray(operand) ? operand.filter(isDoc).flatMap(required) : [];
    return operator === '$all' && isArray(operand) ? operand.filter(isDoc).flatMap(required) : [];
  });

/**
 * The document an upsert starts from: what the filter requires by equality; for a replacement only its `_id`.
 * @throws MongoFault NotSingleValueField when the filter requires two values of one path
 */
export const seedOf = (canonical: Doc, spec: UpdateSpec): Doc => {
  const seen = new Set<string>();
  const seed: Doc = {};
  // mongod brings the filter into the order of its paths first; so are the new fields.
  for (const [field, value] of equalities(canonical).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    if (spec.kind === 'replacement' && field !== '_id') continue;
    const clash = [...seen].find((path) => path === field || path.startsWith(`${field}.`) || field.startsWith(`${path}.`));
    if (clash !== undefined) {
      throw new MongoFault('NotSingleValueField', `cannot infer query fields to set, path '${field}' is matched twice`);
    }
    seen.add(field);
    setPath(seed, field, value);
  }
  if (!('_id' in seed)) return cloneDoc(seed);
  const { _id, ...rest } = seed;
  return cloneDoc({ _id, ...rest });
};
