import { MongoFault } from '../fault.ts';
import { type Doc, isDoc } from './kinds.ts';
import { isIndex } from './paths.ts';

/** One field on its way into a key: how much of its path is left, or the value it came to. */
type Progress = { readonly rest: readonly string[]; readonly from: unknown } | { readonly value: unknown };

type Reached = { readonly value: unknown } | { readonly array: readonly unknown[]; readonly rest: readonly string[] };

/** Follows a path down to a value or to the first array on the way, which makes the index multikey. */
const follow = (from: unknown, path: readonly string[]): Reached => {
  let current = from;
  for (const [i, part] of path.entries()) {
    if (Array.isArray(current)) {
      if (!isIndex(part) || Number(part) >= current.length) return { array: current, rest: path.slice(i) };
      current = current[Number(part)];
    } else current = isDoc(current) && Object.hasOwn(current, part) ? current[part] : undefined;
    if (current === undefined) return { value: undefined };
  }
  return Array.isArray(current) ? { array: current, rest: [] } : { value: current };
};

const expand = (fields: readonly Progress[], names: readonly string[]): unknown[][] => {
  const reached = fields.map((field): Reached => ('value' in field ? field : follow(field.from, field.rest)));
  const arrays = reached.flatMap((field, i) => ('array' in field ? [{ ...field, name: names[i] ?? '' }] : []));
  const [first] = arrays;
  if (first === undefined) return [reached.map((field) => ('value' in field ? field.value : null))];
  const other = arrays.find(({ array }) => array !== first.array);
  if (other !== undefined) {
    throw new MongoFault('CannotIndexParallelArrays', `cannot index parallel arrays [${other.name}] [${first.name}]`);
  }
  const elements: readonly unknown[] = first.array.length === 0 ? [EMPTY] : first.array;
  return elements.flatMap((element) =>
    expand(
      reached.map((field): Progress => {
        if ('value' in field) return field;
        if (field.rest.length === 0) return { value: element };
        return isDoc(element) ? { from: element, rest: field.rest } : { value: undefined };
      }),
      names,
    ),
  );
};

/** What an empty array contributes; unlike null, and unlike any value a document can hold. */
const EMPTY = Symbol('empty array');

/**
 * The keys that a document has in an index on `fields`: one, or one for each element of the array the fields lead
 * into. A missing field is `undefined`, an empty array a symbol of its own.
 * @throws MongoFault CannotIndexParallelArrays (171) when two fields lead into different arrays
 */
export const indexKeys = (doc: Doc, fields: readonly string[]): unknown[][] =>
  expand(
    fields.map((field) => ({ from: doc, rest: field.split('.') })),
    fields,
  );
