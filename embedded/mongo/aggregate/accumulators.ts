import * as mingo from 'mingo/operators/accumulator';
import type { Any, Options } from 'mingo/types';
import { compareValues } from '../values/compare.ts';
import { keyOf } from '../values/key.ts';

type Accumulator<T = unknown> = (items: Any[], expression: Any, options: Options) => T;

/** mingo's `$push` turns missing into null; within an array of one, `undefined` comes through and can be told apart. */
const values: Accumulator<unknown[]> = (items, expression, options) => {
  const all: unknown[] = expression === null ? items : mingo.$push(items, [expression], options).flatMap((one) => one);
  return all.filter((value) => value !== undefined);
};

const distinct = (all: readonly unknown[]): unknown[] => [...new Map(all.map((value) => [keyOf(value), value])).values()];

const extreme =
  (direction: 1 | -1): Accumulator =>
  (items, expression, options) =>
    values(items, expression, options)
      .filter((value) => value !== null)
      .reduce<unknown>((best, value) => (best === null || compareValues(value, best) * direction > 0 ? value : best), null);

/** The accumulators that this server knows: mingo's, except where it counts a missing field or orders by its own types. */
export const ACCUMULATORS = {
  $addToSet: ((items, expression, options) => distinct(values(items, expression, options))) satisfies Accumulator,
  $avg: mingo.$avg,
  $count: mingo.$count,
  $first: mingo.$first,
  $last: mingo.$last,
  $max: extreme(1),
  $mergeObjects: mingo.$mergeObjects,
  $min: extreme(-1),
  $push: values satisfies Accumulator,
  $sum: mingo.$sum,
};
