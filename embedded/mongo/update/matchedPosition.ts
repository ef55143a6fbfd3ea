import { compileCanonical } from '../query/filter.ts';
import { type Doc, isDoc } from '../values/kinds.ts';
import { valueAt } from '../values/paths.ts';

/** The conditions of a filter on an array or on fields of its elements, wherever they stand under $and or $or. */
const conditionsOn = (canonical: Doc, array: string): Doc[] =>
  Object.entries(canonical).flatMap(([field, condition]): Doc[] => {
    if ((field === '$and' || field === '$or') && Array.isArray(condition)) {
      return condition.filter(isDoc).flatMap((clause) => conditionsOn(clause, array));
    }
    return field === array || field.startsWith(`${array}.`) ? [{ [field]: condition }] : [];
  });

const withOnly = (parts: readonly string[], element: unknown): Doc => {
  const [part = '', ...rest] = parts;
  return { [part]: rest.length === 0 ? [element] : withOnly(rest, element) };
};

/**
 * The place of the first element of the array at `path` that satisfies the filter's conditions on that array, as `$`
 * in an update path means it; with several conditions on the array the last one counts.
 * @returns undefined when there is no array there or the filter says nothing about it
 */
export const matchedPosition = (doc: Doc, filter: Doc, path: string): number | undefined => {
  const parts = path.split('.');
  const array = valueAt(doc, parts);
  const condition = conditionsOn(filter, path).at(-1);
  if (!Array.isArray(array) || condition === undefined) return undefined;
  const test = compileCanonical(condition);
  const index = array.findIndex((element: unknown) => test.test(withOnly(parts, element)));
  return index === -1 ? undefined : index;
};
