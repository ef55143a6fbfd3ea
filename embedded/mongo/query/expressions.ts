import { Aggregator } from 'mingo/aggregator';
import { Context, evalExpr } from 'mingo/core';
import * as mingo from 'mingo/operators/expression';
import { $replaceRoot } from 'mingo/operators/pipeline';
import type { Any, AnyObject, Options } from 'mingo/types';
import { MingoError } from 'mingo/util';
import { MongoFault } from '../fault.ts';
import { compareValues } from '../values/compare.ts';
import { type Doc, isDoc } from '../values/kinds.ts';
import { plain } from './plain.ts';

const comparison =
  (name: string, result: (order: number) => unknown) =>
  (doc: AnyObject, operands: Any, options: Options): unknown => {
    if (!Array.isArray(operands) || operands.length !== 2) {
      throw new MongoFault('BadValue', `Expression ${name} takes exactly 2 arguments. ${Array.isArray(operands) ? operands.length : 1} were passed in.`);
    }
    // `undefined` is what mingo makes of a missing field; it stands before null in this order, as a missing field does for mongod.
    return result(compareValues(evalExpr(doc, operands[0], options), evalExpr(doc, operands[1], options)));
  };

/** The aggregation expressions that this server knows: mingo's, with comparisons in BSON's order over all types. */
export const EXPRESSIONS = {
  $abs: mingo.$abs,
  $add: mingo.$add,
  $allElementsTrue: mingo.$allElementsTrue,
  $and: mingo.$and,
  $anyElementTrue: mingo.$anyElementTrue,
  $arrayElemAt: mingo.$arrayElemAt,
  $arrayToObject: mingo.$arrayToObject,
  $ceil: mingo.$ceil,
  $cmp: comparison('$cmp', Math.sign),
  $concat: mingo.$concat,
  $concatArrays: mingo.$concatArrays,
  $cond: mingo.$cond,
  $dateToString: mingo.$dateToString,
  $dayOfMonth: mingo.$dayOfMonth,
  $dayOfWeek: mingo.$dayOfWeek,
  $divide: mingo.$divide,
  $eq: comparison('$eq', (order) => order === 0),
  $filter: mingo.$filter,
  $floor: mingo.$floor,
  $gt: comparison('$gt', (order) => order > 0),
  $gte: comparison('$gte', (order) => order >= 0),
  $hour: mingo.$hour,
  $ifNull: mingo.$ifNull,
  $in: mingo.$in,
  $indexOfArray: mingo.$indexOfArray,
  $isArray: mingo.$isArray,
  $let: mingo.$let,
  $literal: mingo.$literal,
  $lt: comparison('$lt', (order) => order < 0),
  $lte: comparison('$lte', (order) => order <= 0),
  $ltrim: mingo.$ltrim,
  $map: mingo.$map,
  $mergeObjects: mingo.$mergeObjects,
  $millisecond: mingo.$millisecond,
  $minute: mingo.$minute,
  $mod: mingo.$mod,
  $month: mingo.$month,
  $multiply: mingo.$multiply,
  $ne: comparison('$ne', (order) => order !== 0),
  $not: mingo.$not,
  $objectToArray: mingo.$objectToArray,
  $or: mingo.$or,
  $pow: mingo.$pow,
  $range: mingo.$range,
  $reduce: mingo.$reduce,
  $reverseArray: mingo.$reverseArray,
  $round: mingo.$round,
  $rtrim: mingo.$rtrim,
  $second: mingo.$second,
  $setDifference: mingo.$setDifference,
  $setEquals: mingo.$setEquals,
  $setIntersection: mingo.$setIntersection,
  $setIsSubset: mingo.$setIsSubset,
  $setUnion: mingo.$setUnion,
  $size: mingo.$size,
  $slice: mingo.$slice,
  $split: mingo.$split,
  $sqrt: mingo.$sqrt,
  $strLenCP: mingo.$strLenCP,
  $strcasecmp: mingo.$strcasecmp,
  $substrCP: mingo.$substrCP,
  $subtract: mingo.$subtract,
  $switch: mingo.$switch,
  $toLower: mingo.$toLower,
  $toString: mingo.$toString,
  $toUpper: mingo.$toUpper,
  $trim: mingo.$trim,
  $trunc: mingo.$trunc,
  $year: mingo.$year,
};

/** mingo's own complaints concern the request; anything else it throws is a type it did not expect inside a document. */
export const faultOf = (error: unknown): MongoFault => {
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('Use of undefined variable')) return new MongoFault('UndefinedVariable', message);
  return new MongoFault(error instanceof MingoError ? 'BadValue' : 'TypeMismatch', message);
};

/**
 * Checks an expression against the list above.
 * @param also further operators allowed at the top, such as accumulators
 * @throws MongoFault InvalidPipelineOperator naming the first expression that is not known
 */
export const checkExpression = (expression: unknown, also: ReadonlySet<string> = new Set()): void => {
  if (Array.isArray(expression)) {
    expression.forEach((item) => checkExpression(item, also));
    return;
  }
  if (!isDoc(expression)) return;
  const keys = Object.keys(expression);
  const operator = keys.find((key) => key.startsWith('$'));
  if (operator === undefined) {
    Object.values(expression).forEach((item) => checkExpression(item, also));
    return;
  }
  if (keys.length !== 1) {
    throw new MongoFault('FailedToParse', `an expression specification must contain exactly one field, the name of the expression. Found ${keys.length} fields: ${keys.join(', ')}`);
  }
  if (!Object.hasOwn(EXPRESSIONS, operator) && !also.has(operator)) {
    throw new MongoFault('InvalidPipelineOperator', `Unrecognized expression '${operator}'`);
  }
  if (operator !== '$literal') checkExpression(expression[operator], also);
};

const context = Context.init({ expression: EXPRESSIONS, pipeline: { $replaceRoot } });

/**
 * Evaluates named expressions over documents; a name whose value is missing is `undefined` in the result.
 * @throws MongoFault when an expression cannot be evaluated
 */
export const evaluateAll = (expressions: Doc, docs: readonly Doc[]): Doc[] => {
  try {
    return new Aggregator([{ $replaceRoot: { newRoot: plain(expressions) } }], { context, scriptEnabled: false }).run<Doc>(docs.map(plain));
  } catch (error) {
    throw error instanceof MongoFault ? error : faultOf(error);
  }
};
