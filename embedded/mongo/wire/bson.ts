import { type Document, calculateObjectSize, deserialize, serialize } from 'bson';
import { MongoFault } from '../fault.ts';
import { type Doc, isArray, isDoc } from '../values/kinds.ts';

/** The greatest document MongoDB stores, in bytes. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** Decodes one document. Regular expressions stay BSON's, since JavaScript's have other options. */
export const decode = (bytes: Uint8Array): Doc => {
  const doc: Document = deserialize(bytes, { bsonRegExp: true });
  return doc;
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
