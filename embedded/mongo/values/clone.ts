import { type Doc, isDoc } from './kinds.ts';

/** `__proto__` is an ordinary field name to MongoDB; plain assignment would change the object's prototype instead. */
export const setOwn = (doc: Doc, key: string, value: unknown): void => {
  if (key === '__proto__') Object.defineProperty(doc, key, { value, enumerable: true, configurable: true, writable: true });
  else doc[key] = value;
};

/** A copy whose documents and arrays are fresh; other values are shared, since none of them is ever changed. */
export const cloneValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(cloneValue);
  return isDoc(value) ? cloneDoc(value) : value;
};

/** A copy of a document that may be changed freely. */
export const cloneDoc = (doc: Doc): Doc => {
  const copy: Doc = {};
  for (const key of Object.keys(doc)) setOwn(copy, key, cloneValue(doc[key]));
  return copy;
};
