import { MongoFault } from '../fault.ts';
import { type Doc, isDoc } from './kinds.ts';
import { isIndex } from './paths.ts';

/** JavaScript puts fields named by whole numbers before others, MongoDB leaves them where they are. */
export const outOfOrder = (): MongoFault =>
  new MongoFault('CommandNotSupported', 'a field named by a whole number after other fields is not supported by this server');

const wouldMove = (doc: Doc, key: string): boolean =>
  isIndex(key) && !Object.hasOwn(doc, key) && Object.keys(doc).some((other) => !isIndex(other) || Number(other) > Number(key));

/**
 * Sets a field. `__proto__` is an ordinary name to MongoDB; plain assignment would change the object's prototype instead.
 * @throws MongoFault CommandNotSupported when the field would not come last
 */
export const setOwn = (doc: Doc, key: string, value: unknown): void => {
  if (wouldMove(doc, key)) throw outOfOrder();
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
