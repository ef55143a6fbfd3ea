import { Context } from 'mingo/core';
import { $and, $expr, $nor, $not, $or } from 'mingo/operators/query';
import { Query } from 'mingo/query';
import type { Any, Options, Predicate } from 'mingo/types';
import { MongoFault } from '../fault.ts';
import { type Doc, isDoc } from '../values/kinds.ts';
import { someValue } from '../values/paths.ts';
import { canonicalFilter, PATTERN } from './canonical.ts';
import { EXPRESSIONS, faultOf } from './expressions.ts';
import { LEAVES, type Leaf } from './leaves.ts';
import { plain } from './plain.ts';

/** A compiled filter. */
export interface Filter {
  /** The filter in the forms that `canonicalFilter` describes, for the choice of an index. */
  readonly canonical: Doc;
  /**
   * Whether a document matches. Does not change it.
   * @throws MongoFault when a `$expr` cannot be evaluated over it
   */
  test(doc: Doc): boolean;
}

/** A field name that BSON cannot carry; it holds one array element that is judged by itself, without fanning out again. */
const ELEMENT = '\0';

type QueryOperator = (field: string, operand: Any, options: Options) => Predicate;

const leafOperator =
  (leaf: Leaf): QueryOperator =>
  (field, operand) => {
    const test = leaf.compile(operand);
    if (field === ELEMENT) return (doc: Doc) => test(doc[ELEMENT]);
    const parts = field.split('.');
    return (doc: Doc) => someValue(doc, parts, 0, leaf.expand, test);
  };

const conditionsOf = (operand: unknown): Doc[] => (Array.isArray(operand) ? operand.filter(isDoc) : []);

/** All conditions on one field; no conditions hold for `$every` and fail for `$all`, as `$all: []` matches nothing. */
const every =
  (ofNone: boolean): QueryOperator =>
  (field, operand, options) => {
    const queries = conditionsOf(operand).map((condition) => new Query<Doc>({ [field]: condition }, options));
    if (queries.length === 0) return () => ofNone;
    return (doc: Doc) => queries.every((query) => query.test(doc));
  };

const elementTest = (operand: unknown, options: Options): ((element: unknown) => boolean) => {
  const condition = isDoc(operand) ? operand : {};
  if (isDoc(condition['$values'])) {
    const query = new Query<Doc>({ [ELEMENT]: condition['$values'] }, options);
    return (element) => query.test({ [ELEMENT]: element });
  }
  const query = new Query<Doc>(isDoc(condition['$documents']) ? condition['$documents'] : {}, options);
  return (element) => {
    if (isDoc(element)) return query.test(element);
    return Array.isArray(element) && query.test(Object.fromEntries(element.entries()));
  };
};

const elemMatch: QueryOperator = (field, operand, options) => {
  const matches = elementTest(operand, options);
  const leaf: Leaf = { expand: false, compile: () => (value) => Array.isArray(value) && value.some(matches) };
  return leafOperator(leaf)(field, operand, options);
};

const { $regex, ...plainLeaves } = LEAVES;

const context = Context.init({
  query: {
    ...Object.fromEntries(Object.entries(plainLeaves).map(([name, leaf]) => [name, leafOperator(leaf)])),
    ...($regex && { [PATTERN]: leafOperator($regex) }),
    $every: every(true),
    $all: every(false),
    $elemMatch: elemMatch,
    $and,
    $or,
    $nor,
    $not,
    $expr: (field: string, operand: Any, options: Options) => {
      const test = $expr(field, plain(operand), options);
      return (doc: Doc) => test(plain(doc));
    },
  },
  expression: EXPRESSIONS,
});

/**
 * Compiles a filter that `canonicalFilter` made, or a part of one.
 * @throws MongoFault BadValue when an operator has an operand it does not take
 */
export const compileCanonical = (canonical: Doc): Filter => {
  const query = guarded(() => new Query<Doc>(canonical, { context, scriptEnabled: false }));
  return { canonical, test: (doc) => guarded(() => query.test(doc)) };
};

/**
 * Compiles a query filter. Its logic ($and, $or, $nor, $not, $expr) is mingo's; what a single condition matches is
 * decided here, because mingo's equality, order, arrays and nulls are not BSON's.
 * @throws MongoFault BadValue naming an operator that is unknown or wrongly used; nothing is silently ignored
 */
export const compileFilter = (filter: Doc): Filter => compileCanonical(canonicalFilter(filter));

const guarded = <T>(run: () => T): T => {
  try {
    return run();
  } catch (error) {
    throw error instanceof MongoFault ? error : faultOf(error);
  }
};
