import { Long } from 'bson';
import { MongoFault } from '../fault.ts';
import { type Doc, isDoc, typeName } from '../values/kinds.ts';
import { asNumber, isNumeric } from '../values/numbers.ts';

const mismatch = (name: string, value: unknown, expected: string): MongoFault =>
  new MongoFault('TypeMismatch', `BSON field '${name}' is the wrong type '${typeName(value)}', expected type '${expected}'`);

/** A document argument; an empty one when it is left out. @throws MongoFault TypeMismatch */
export const docArgument = (request: Doc, name: string): Doc => {
  const value = request[name] ?? {};
  if (!isDoc(value)) throw mismatch(name, value, 'object');
  return value;
};

/** A list of documents. @throws MongoFault MissingField when it is left out, TypeMismatch */
export const docsArgument = (request: Doc, name: string): Doc[] => {
  const value = request[name];
  if (value === undefined) throw new MongoFault('MissingField', `BSON field '${name}' is missing but a required field`);
  if (!Array.isArray(value)) throw mismatch(name, value, 'array');
  return value.map((item: unknown, i) => {
    if (!isDoc(item)) throw mismatch(`${name}.${i}`, item, 'object');
    return item;
  });
};

/** A list of documents that may be left out. @throws MongoFault TypeMismatch */
export const optionalDocsArgument = (request: Doc, name: string): Doc[] =>
  request[name] === undefined || request[name] === null ? [] : docsArgument(request, name);

/** The name of a collection. @throws MongoFault BadValue */
export const collectionArgument = (request: Doc, name: string): string => {
  const value = request[name];
  if (typeof value !== 'string') throw new MongoFault('BadValue', `collection name has invalid type ${typeName(value)}`);
  return value;
};

/** A string. @throws MongoFault TypeMismatch, or BadValue when it is left out */
export const stringArgument = (request: Doc, name: string): string => {
  const value = request[name];
  if (typeof value !== 'string') throw mismatch(name, value, 'string');
  return value;
};

/** A flag; false when it is left out. Numbers count as flags, as they do for mongod. @throws MongoFault TypeMismatch */
export const flagArgument = (request: Doc, name: string, otherwise = false): boolean => {
  const value = request[name];
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'boolean') return value;
  if (isNumeric(value)) return asNumber(value) !== 0;
  throw mismatch(name, value, 'bool');
};

/** A whole number of at least 0; undefined when it is left out. @throws MongoFault TypeMismatch or NegativeCount (51024) */
export const countArgument = (request: Doc, name: string): number | undefined => {
  const value = request[name];
  if (value === undefined || value === null) return undefined;
  if (!isNumeric(value)) throw mismatch(name, value, 'long');
  const number = Math.trunc(asNumber(value));
  if (Number.isNaN(number) || number < 0) {
    throw new MongoFault('NegativeCount', `BSON field '${name}' value must be >= 0, actual value '${asNumber(value)}'`);
  }
  return number;
};

/** A cursor id, which small ones arrive as numbers. @throws MongoFault TypeMismatch */
export const cursorIdArgument = (name: string, value: unknown): Long => {
  if (value instanceof Long) return value;
  if (typeof value === 'number' && Number.isInteger(value)) return Long.fromNumber(value);
  throw mismatch(name, value, 'long');
};
