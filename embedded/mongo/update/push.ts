import { MongoFault } from '../fault.ts';
import { compareValues } from '../values/compare.ts';
import { type Doc, isDoc, typeName } from '../values/kinds.ts';
import { asNumber, isNumeric } from '../values/numbers.ts';
import { readOrder } from '../values/order.ts';
import { valueAt } from '../values/paths.ts';

/** What a `$push` does: the items, where they go in, how the array is then ordered and how much of it is kept. */
export interface Push {
  readonly items: readonly unknown[];
  readonly position: number | undefined;
  readonly slice: number | undefined;
  readonly sort: Doc | 1 | -1 | undefined;
}

const MODIFIERS = new Set(['$each', '$position', '$slice', '$sort']);

const whole = (name: string, value: unknown): number | undefined => {
  if (value === undefined) return undefined;
  const number = isNumeric(value) ? asNumber(value) : Number.NaN;
  if (!Number.isInteger(number)) {
    throw new MongoFault('BadValue', `The value for ${name} must be an integer value but was given type: ${typeName(value)}`);
  }
  return number;
};

const readSort = (value: unknown): Push['sort'] => {
  if (value === undefined) return value;
  const direction = isNumeric(value) ? asNumber(value) : undefined;
  if (direction === 1 || direction === -1) return direction;
  if (!isDoc(value)) throw new MongoFault('BadValue', 'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields');
  if (Object.keys(value).length === 0) throw new MongoFault('BadValue', 'The $sort pattern is empty when it should be a set of fields.');
  readOrder(value);
  return value;
};

/**
 * Reads the argument of `$push`, with or without `$each` and its modifiers.
 * @throws MongoFault BadValue for an unknown modifier or one of the wrong type
 */
export const readPush = (argument: unknown, path: string): Push => {
  if (!isDoc(argument) || !Object.hasOwn(argument, '$each')) {
    return { items: [argument], position: undefined, slice: undefined, sort: undefined };
  }
  const unknown = Object.keys(argument).find((key) => !MODIFIERS.has(key));
  if (unknown !== undefined) throw new MongoFault('BadValue', `Unrecognized clause in $push: ${unknown}`);
  const items = argument['$each'];
  if (!Array.isArray(items)) {
    throw new MongoFault('BadValue', `The argument to $each in $push must be an array but it was of type: ${typeName(items)} (path '${path}')`);
  }
  return {
    items,
    position: whole('$position', argument['$position']),
    slice: whole('$slice', argument['$slice']),
    sort: readSort(argument['$sort']),
  };
};

/** Orders an array's elements, by themselves or by fields, whole ones where those are arrays; an element that is not a document has none of the fields. */
export const orderArray = (array: readonly unknown[], sort: Doc | 1 | -1): unknown[] => {
  if (!isDoc(sort)) return array.toSorted((a, b) => compareValues(a, b) * sort);
  const fields = Object.keys(sort).map((field) => field.split('.'));
  const order = readOrder(sort);
  return array
    .map((element) => ({ element, key: fields.map((parts) => (isDoc(element) ? (valueAt(element, parts) ?? null) : null)) }))
    .toSorted((a, b) => order.compare(a.key, b.key))
    .map(({ element }) => element);
};
