import { type Doc, isDoc } from './kinds.ts';

/** True for a path component that can also mean a place in an array. */
export const isIndex = (component: string): boolean => /^(0|[1-9]\d*)$/.test(component);

const own = (doc: Doc, key: string): unknown => (Object.hasOwn(doc, key) ? doc[key] : undefined);

/**
 * Walks a dotted path as MongoDB's query operators do and asks `test` about each value it meets until one answers
 * true. A missing field is asked about as `undefined`; documents inside arrays are each walked, other elements are not.
 * @param expand whether the elements of an array at the path's end are asked about, before the array itself
 */
export const someValue = (
  value: unknown,
  parts: readonly string[],
  at: number,
  expand: boolean,
  test: (value: unknown) => boolean,
): boolean => {
  const part = parts[at];
  if (part === undefined) {
    return (expand && Array.isArray(value) && value.some(test)) || test(value);
  }
  if (Array.isArray(value)) {
    if (isIndex(part) && Number(part) < value.length) {
      const element: unknown = value[Number(part)];
      // At the path's end an array in an array stands for itself alone, and a plain element leads nowhere further.
      const found = at + 1 === parts.length ? test(element) : (Array.isArray(element) || isDoc(element)) && someValue(element, parts, at + 1, expand, test);
      if (found) return true;
    }
    return value.some((element) => isDoc(element) && someValue(element, parts, at, expand, test));
  }
  return isDoc(value) ? someValue(own(value, part), parts, at + 1, expand, test) : test(undefined);
};

/** Every value that `someValue` would ask about, by default the elements of an array at the path's end and the array itself. */
export const valuesAt = (doc: Doc, parts: readonly string[], expand = true): unknown[] => {
  const found: unknown[] = [];
  someValue(doc, parts, 0, expand, (value) => {
    found.push(value);
    return false;
  });
  return found;
};

/** The value at a concrete path (array places as numbers, nothing fanned out), or undefined. */
export const valueAt = (value: unknown, parts: readonly string[]): unknown => {
  let current = value;
  for (const part of parts) {
    if (Array.isArray(current)) current = isIndex(part) ? current[Number(part)] : undefined;
    else if (isDoc(current)) current = own(current, part);
    else return undefined;
  }
  return current;
};
