/** A decoded BSON document. Stored documents are never changed in place: an update stores a new one. */
export type Doc = Record<string, unknown>;

/** The tag that every class of `bson` carries, such as `ObjectId` or `Long`; undefined for anything else. */
export const bsonType = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && '_bsontype' in value && typeof value._bsontype === 'string'
    ? value._bsontype
    : undefined;

/** True for an embedded document: not an array, a date or one of BSON's own classes. */
export const isDoc = (value: unknown): value is Doc => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** `Array.isArray`, without making its elements `any`. */
export const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The first key of a document, which decides whether MongoDB reads it as operators or as a literal. */
export const firstKey = (doc: Doc): string | undefined => {
  for (const key in doc) return key;
  return undefined;
};

const TYPE_CODES = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  javascript: 13,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
} as const;

/** A BSON type by the alias that `$type` takes. */
export type TypeName = keyof typeof TYPE_CODES;

/** The alias for a `$type` argument given as alias or number; undefined when MongoDB knows no such type. */
export const typeNameOf = (alias: string | number): TypeName | undefined =>
  (Object.keys(TYPE_CODES) as TypeName[]).find((name) => name === alias || TYPE_CODES[name] === alias);

const CLASS_TYPES: Readonly<Record<string, TypeName>> = {
  ObjectId: 'objectId',
  Binary: 'binData',
  Long: 'long',
  Int32: 'int',
  Double: 'double',
  Decimal128: 'decimal',
  Timestamp: 'timestamp',
  BSONRegExp: 'regex',
  BSONSymbol: 'string',
  Code: 'javascript',
  MinKey: 'minKey',
  MaxKey: 'maxKey',
};

/**
 * The BSON type of a decoded value. Numbers lose their written type when they are decoded, so a whole number within
 * 32 bits counts as `int` and any other as `double`.
 */
export const typeName = (value: unknown): TypeName => {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff ? 'int' : 'double';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'long';
    case 'undefined':
      return 'undefined';
    default:
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  return CLASS_TYPES[bsonType(value) ?? ''] ?? 'object';
};
