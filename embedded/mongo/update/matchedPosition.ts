import { MongoFault } from '../fault.ts';
import { compileCanonical } from '../query/filter.ts';
import { type Doc, isDoc } from '../values/kinds.ts';
import { valueAt } from '../values/paths.ts';

/** The conditions on a field that are no negations. */
const positive = (condition: Doc): Doc[] => {
  if ('$not' in condition) return [];
  const parts = condition['$every'];
  return Array.isArray(parts) ? parts.filter(isDoc).flatMap(positive) : [condition];
};

/** The conditions of a filter on an array or on fields of its elements, wherever they stand under $and or $or. */
const conditionsOn = (canonical: Doc, array: string): Doc[] =>
  Object.entries(canonical).flatMap(([field, condition]): Doc[] => {
    if ((field === '$and' || field === '$or') && Array.isArray(condition)) {
      return condition.filter(isDoc).flatMap((clause) => conditionsOn(clause, array));
    }
    const onIt = field === array || field.startsWith(`${array}.`);
    // What a condition does not match has no place.
    return onIt && isDoc(condition) ? positive(condition).map((each) => ({ [field]: each })) : [];
  });

const fieldsOf = (canonical: Doc): string[] =>
  Object.entries(canonical).flatMap(([field, condition]) =>
    field.startsWith('$') ? (Array.isArray(condition) ? condition.filter(isDoc).flatMap(fieldsOf) : []) : [field],
  );

const leadsThroughArray = (doc: Doc, field: string): boolean =>
  field.split('.').some((_, i, parts) => Array.isArray(valueAt(doc, parts.slice(0, i + 1))));

const withOnly = (parts: readonly string[], element: unknown): Doc => {
  const [part = '', ...rest] = parts;
  return { [part]: rest.length === 0 ? [element] : withOnly(rest, element) };
};

/**
 * The place of the first element of the array at `path` that satisfies the filter's conditions on that array, as `$`
 * in an update path means it; with several conditions on the array the last one counts.
 * @returns undefined when there is no array there or the filter says nothing about it
 * @throws MongoFault CommandNotSupported when the filter speaks of other arrays only, whose place mongod would take
 */
export const matchedPosition = (doc: Doc, filter: Doc, path: string): number | undefined => {
  const parts = path.split('.');
  const array = valueAt(doc, parts);
  const condition = conditionsOn(filter, path).at(-1);
  if (condition === undefined && fieldsOf(filter).some((field) => leadsThroughArray(doc, field))) {
    throw new MongoFault('CommandNotSupported', `'${path}.$' with a place that was matched in another array is not supported by this server`);
  }
  if (!Array.isArray(array) || condition === undefined) return undefined;
  const test = compileCanonical(condition);
  const index = array.findIndex((element: unknown) => test.test(withOnly(parts, element)));
  return index === -1 ? undefined : index;
};
