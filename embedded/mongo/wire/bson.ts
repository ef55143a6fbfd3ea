import { type Document, calculateObjectSize, Decimal128, deserialize, Double, Int32, serialize } from 'bson';
import { MongoFault } from '../fault.ts';
import { outOfOrder } from '../values/clone.ts';
import { type Doc, isArray, isDoc } from '../values/kinds.ts';
import { isIndex } from '../values/paths.ts';
import { double } from '../values/numbers.ts';

/** The greatest document MongoDB stores, in bytes. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/**
 * Decodes one document so that encoding it again gives the same bytes: int32 as numbers, doubles as numbers where those mean a double, longs
 * and regular expressions as BSON's.
 * @throws MongoFault CommandNotSupported for a Decimal128, or for fields that JavaScript would put into another order
 */
export const decode = (bytes: Uint8Array): Doc => {
  const doc: Document = deserialize(bytes, { bsonRegExp: true, promoteValues: false });
  const mayBeReordered = lighten(doc);
  if (mayBeReordered && Buffer.compare(encode(doc), bytes) !== 0) throw outOfOrder();
  return doc;
};

const lightened = (value: unknown): unknown => {
  if (value instanceof Int32) return value.value;
  if (value instanceof Double) return double(value.value);
  if (value instanceof Decimal128) throw new MongoFault('CommandNotSupported', 'Decimal128 is not supported by this server');
  return value;
};

/** @returns whether a field named by a whole number stands beside others: those JavaScript puts first, in their order */
const lighten = (holder: Doc | unknown[]): boolean => {
  const keys = Object.keys(holder);
  let mayBeReordered = !Array.isArray(holder) && keys.length > 1 && isIndex(keys[0] ?? '');
  for (const key of keys) {
    const value: unknown = Reflect.get(holder, key);
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value) || isDoc(value)) mayBeReordered = lighten(value) || mayBeReordered;
    else Reflect.set(holder, key, lightened(value));
  }
  return mayBeReordered;
};

/** Encodes one document. */
export const encode = (doc: Doc): Uint8Array => serialize(doc, { ignoreUndefined: false });

/** mongod stores no document nested deeper; it also keeps every later walk through one within the stack. */
const MAX_DEPTH = 180;

const checkDepth = (value: unknown, depth: number): void => {
  if (depth > MAX_DEPTH) throw new MongoFault('Overflow', `Document exceeds maximum nested object depth: ${MAX_DEPTH}`);
  if (isArray(value)) value.forEach((item) => checkDepth(item, depth + 1));
  else if (isDoc(value)) for (const key in value) checkDepth(value[key], depth + 1);
};

/**
 * Checks a document that is about to be stored.
 * @throws MongoFault BSONObjectTooLarge (10334) when it has more than 16 MiB, Overflow (15) when it is nested too deeply
 */
export const checkDocument = (doc: Doc): void => {
  checkDepth(doc, 0);
  const size = calculateObjectSize(doc);
  if (size > MAX_DOCUMENT_BYTES) {
    throw new MongoFault('BSONObjectTooLarge', `BSONObj size: ${size} is invalid. Size must be between 0 and ${MAX_DOCUMENT_BYTES}`);
  }
};
