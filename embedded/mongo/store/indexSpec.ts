import { MongoFault } from '../fault.ts';
import { canonicalFilter } from '../query/canonical.ts';
import { keyOf } from '../values/key.ts';
import { type Doc, isDoc } from '../values/kinds.ts';
import { asNumber, isNumeric } from '../values/numbers.ts';
import { written } from '../values/written.ts';

/** An index as `createIndexes` is asked for it and `listIndexes` shows it. */
export interface IndexSpec {
  readonly name: string;
  /** Fields with their direction, 1 or -1, in order. */
  readonly key: Readonly<Record<string, number>>;
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partialFilterExpression: Doc | undefined;
  /** Documents go this many seconds after the date in the index's only field; undefined: they stay. */
  readonly expireAfterSeconds: number | undefined;
}

/** Fields of an index that change nothing here: the format version, and building in the background. */
const IGNORED = new Set(['v', 'background', 'ns']);
const KNOWN = new Set(['name', 'key', 'unique', 'sparse', 'partialFilterExpression', 'expireAfterSeconds', ...IGNORED]);

const flag = (spec: Doc, name: string): boolean => {
  const value = spec[name];
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  if (isNumeric(value)) return asNumber(value) !== 0;
  throw new MongoFault('TypeMismatch', `The field '${name}' has value ${written(value)}, which is not convertible to bool`);
};

const readKey = (value: unknown): IndexSpec['key'] => {
  if (!isDoc(value) || Object.keys(value).length === 0) {
    throw new MongoFault('CannotCreateIndex', 'Index keys cannot be an empty object');
  }
  return Object.fromEntries(
    Object.entries(value).map(([field, direction]) => {
      if (typeof direction === 'string') {
        throw new MongoFault('CannotCreateIndex', `Index type '${direction}' of field '${field}' is not supported by this server; use 1 or -1`);
      }
      if (!isNumeric(direction) || asNumber(direction) === 0 || Number.isNaN(direction)) {
        throw new MongoFault('CannotCreateIndex', `Values in the index key pattern must be numbers other than 0, or strings; got ${String(direction)} for '${field}'`);
      }
      if (field.split('.').includes('')) throw new MongoFault('CannotCreateIndex', 'Index keys cannot contain an empty field.');
      if (field.startsWith('$') || field.includes('$**')) {
        throw new MongoFault('CannotCreateIndex', `Index key contains an illegal field name: field name starts with '$': '${field}'`);
      }
      return [field, asNumber(direction)];
    }),
  );
};

const readExpiry = (value: unknown, key: IndexSpec['key']): number | undefined => {
  if (value === undefined) return undefined;
  const seconds = isNumeric(value) ? asNumber(value) : Number.NaN;
  if (!(seconds >= 0 && seconds <= 0x7fffffff)) {
    throw new MongoFault('CannotCreateIndex', `TTL index 'expireAfterSeconds' option must be within 0 and 2147483647, got ${written(value)}`);
  }
  if (Object.keys(key).length !== 1 || '_id' in key) {
    throw new MongoFault('CannotCreateIndex', 'TTL indexes are single-field indexes, compound indexes and _id do not support TTL');
  }
  return seconds;
};

/**
 * Reads one index specification.
 * @throws MongoFault CannotCreateIndex, FailedToParse or InvalidIndexSpecificationOption, naming what is wrong; text,
 * hashed, geo and wildcard indexes and collations are refused
 */
export const readIndexSpec = (spec: Doc): IndexSpec => {
  const unknown = Object.keys(spec).find((field) => !KNOWN.has(field));
  if (unknown !== undefined) {
    throw new MongoFault('InvalidIndexSpecificationOption', `The field '${unknown}' is not valid for an index specification on this server; allowed are ${[...KNOWN].join(', ')}`);
  }
  if (spec['key'] === undefined) throw new MongoFault('FailedToParse', "The 'key' field is a required property of an index specification");
  if (typeof spec['name'] !== 'string' || spec['name'] === '') {
    throw new MongoFault('FailedToParse', "The 'name' field is a required property of an index specification");
  }
  const partial = spec['partialFilterExpression'];
  if (partial !== undefined && !isDoc(partial)) {
    throw new MongoFault('TypeMismatch', "The field 'partialFilterExpression' must be an object");
  }
  if (partial !== undefined) canonicalFilter(partial);
  const sparse = flag(spec, 'sparse');
  if (partial !== undefined && sparse) {
    throw new MongoFault('CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options');
  }
  const key = readKey(spec['key']);
  return {
    name: spec['name'],
    key,
    unique: flag(spec, 'unique'),
    sparse,
    partialFilterExpression: partial,
    expireAfterSeconds: readExpiry(spec['expireAfterSeconds'], key),
  };
};

/** The index every collection has. */
export const ID_INDEX: IndexSpec = {
  name: '_id_',
  key: { _id: 1 },
  unique: true,
  sparse: false,
  partialFilterExpression: undefined,
  expireAfterSeconds: undefined,
};

/** The index as `listIndexes` answers it. */
export const describeIndex = (spec: IndexSpec): Doc => ({
  v: 2,
  key: spec.key,
  name: spec.name,
  ...(spec.unique && spec !== ID_INDEX && { unique: true }),
  ...(spec.sparse && { sparse: true }),
  ...(spec.expireAfterSeconds !== undefined && { expireAfterSeconds: spec.expireAfterSeconds }),
  ...(spec.partialFilterExpression && { partialFilterExpression: spec.partialFilterExpression }),
});

const signature = (spec: IndexSpec): string => keyOf({ ...spec, name: '' });

/**
 * Whether an index is already there, so that creating it again changes nothing.
 * @throws MongoFault IndexOptionsConflict (85) or IndexKeySpecsConflict (86) when one with the same key or name differs
 */
export const isAlreadyThere = (spec: IndexSpec, existing: Iterable<IndexSpec>): boolean => {
  for (const other of existing) {
    const sameKey = keyOf(other.key) === keyOf(spec.key);
    const same = signature(other) === signature(spec) || (sameKey && other === ID_INDEX);
    if (other.name === spec.name) {
      if (same) return true;
      throw new MongoFault(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${written(describeIndex(spec))}, existing index: ${written(describeIndex(other))}`,
      );
    }
    if (sameKey && other === ID_INDEX) return true;
    if (sameKey && keyOf(other.partialFilterExpression) === keyOf(spec.partialFilterExpression)) {
      throw new MongoFault('IndexOptionsConflict', same ? `Index already exists with a different name: ${other.name}` : `An equivalent index already exists with the same name but different options. Requested index: ${written(describeIndex(spec))}, existing index: ${written(describeIndex(other))}`);
    }
  }
  return false;
};
