import { Binary, BSONRegExp, type Document, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import fc from 'fast-check';

/** Few distinct values of many types: generated documents and conditions should meet often. */
const scalar: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, -1, 5).map((n) => new Int32(n)) },
  { weight: 3, arbitrary: fc.constantFrom('', 'x', 'xy', 'Xy', 'y', 'é', '😀', '\uffff') },
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 1.5, -1.5, 5, 2 ** 40, 2 ** 60, -0, Number.NaN, Infinity).map((n) => new Double(n)) },
  { weight: 2, arbitrary: fc.constantFrom(1n, 5n, 2n ** 40n, 2n ** 60n, 2n ** 60n + 1n, -1n).map((n) => Long.fromBigInt(n)) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 1_600_000_000_000).map((ms) => new Date(ms)) },
  { weight: 1, arbitrary: fc.constantFrom('0', '1', 'f').map((digit) => new ObjectId(digit.repeat(24))) },
  { weight: 1, arbitrary: fc.constantFrom(new Binary(Buffer.from('a')), new Binary(Buffer.from('ab')), new Binary(Buffer.from('a'), 128)) },
  { weight: 1, arbitrary: fc.constantFrom(new MinKey(), new MaxKey(), new Timestamp({ t: 1, i: 1 })) },
);

const storedScalar = fc.oneof({ weight: 20, arbitrary: scalar }, { weight: 1, arbitrary: fc.constantFrom(new BSONRegExp('x'), new BSONRegExp('^x', 'i')) });

const keys = fc.constantFrom('a', 'b', 'c');

const { value: stored } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: storedScalar },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.dictionary(keys, tie('value'), { maxKeys: 2, noNullPrototype: true }) },
  ),
}));

/** A value to compare with. */
const value = stored.filter((each) => !(each instanceof BSONRegExp));

/** A document without `_id`. */
export const documents: fc.Arbitrary<Document> = fc.dictionary(keys, stored, { maxKeys: 3, noNullPrototype: true });

const path = fc.oneof({ weight: 4, arbitrary: keys }, { weight: 3, arbitrary: fc.constantFrom('a.b', 'b.a', 'a.a', 'a.b.c', 'c.a') }, { weight: 1, arbitrary: fc.constantFrom('a.0', 'a.1', 'a.0.b', 'a.b.0') });

const types = fc.constantFrom('double', 'string', 'object', 'array', 'binData', 'objectId', 'bool', 'date', 'null', 'regex', 'int', 'timestamp', 'long', 'minKey', 'maxKey', 'number', 1, 2, 10, 16);

const pattern = fc.constantFrom('^x', 'x', 'y$', '^X', '.', '^(x|y)', '', '\\W');

/** An operator with its operand, as it stands under a field. */
const leaf: fc.Arbitrary<Document> = fc.oneof(
  ...['$eq', '$ne', '$gt', '$gte', '$lt', '$lte'].map((name) => value.map((each) => ({ [name]: each }))),
  ...['$in', '$nin'].map((name) => fc.array(value, { maxLength: 3 }).map((each) => ({ [name]: each }))),
  fc.constantFrom({ $in: [null, []] }, { $nin: [null, []] }, { $in: [[]] }, { $in: [new BSONRegExp('^x')] }),
  fc.boolean().map((each) => ({ $exists: each })),
  types.map((each) => ({ $type: each })),
  fc.integer({ min: 0, max: 3 }).map((each) => ({ $size: each })),
  fc.tuple(fc.constantFrom(2, 3, -2), fc.constantFrom(0, 1, -1)).map((each) => ({ $mod: each })),
  fc.tuple(pattern, fc.constantFrom('', 'i', 's')).map(([$regex, $options]) => ({ $regex, $options })),
  fc.array(value, { maxLength: 2 }).map((each) => ({ $all: each })),
);

const { condition, filter } = fc.letrec<{ condition: unknown; filter: Document }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 6, arbitrary: leaf },
    { weight: 3, arbitrary: stored },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf).map(([one, other]) => ({ ...one, ...other })) },
    { weight: 1, arbitrary: leaf.map((each) => ({ $not: each })) },
    { weight: 1, arbitrary: leaf.map((each) => ({ $elemMatch: each })) },
    { weight: 1, arbitrary: tie('filter').map((each) => ({ $elemMatch: each })) },
    { weight: 1, arbitrary: fc.array(tie('filter').map(($elemMatch) => ({ $elemMatch })), { minLength: 1, maxLength: 2 }).map(($all) => ({ $all })) },
  ),
  filter: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: fc.dictionary(path, tie('condition'), { minKeys: 1, maxKeys: 2, noNullPrototype: true }) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(tie('filter'), { minLength: 1, maxLength: 3 })).map(([name, of]) => ({ [name]: of })) },
  ),
}));

/** Filters over such documents. */
export const filters: fc.Arbitrary<Document> = filter;

/** What a single condition may be, for `$pull` and arrayFilters. */
export const conditions: fc.Arbitrary<unknown> = condition;

/** A sort by one or two paths and, so that it is total, by `_id`. */
export const sorts: fc.Arbitrary<Document> = fc
  .dictionary(path, fc.constantFrom(1, -1), { minKeys: 1, maxKeys: 2, noNullPrototype: true })
  .map((sort) => ({ ...sort, _id: 1 }));

/** A projection of fields in or out, with an array's part now and then. */
export const projections: fc.Arbitrary<Document> = fc
  .tuple(
    fc.constantFrom(0, 1),
    fc.dictionary(path, fc.constant(true), { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
    fc.option(fc.constantFrom(0, 1), { nil: undefined }),
    fc.option(fc.oneof(fc.constantFrom({ $slice: 1 }, { $slice: -1 }, { $slice: [1, 1] }), leaf.map(($elemMatch) => ({ $elemMatch }))), { nil: undefined, freq: 3 }),
    fc.constantFrom('a', 'c'),
  )
  .map(([shown, fields, id, part, at]) => ({
    ...Object.fromEntries(Object.keys(fields).filter((key) => part === undefined || !key.startsWith(at)).map((key) => [key, shown])),
    ...(id !== undefined && { _id: id }),
    ...(part !== undefined && { [at]: part }),
  }));

const number = fc.oneof(fc.constantFrom(1, -1, 3, 2 ** 31 - 1).map((n) => new Int32(n)), fc.constantFrom(1, 0.5, -2).map((n) => new Double(n)), fc.constantFrom(1n, 2n ** 62n).map((n) => Long.fromBigInt(n)));

const updatePath = fc.oneof({ weight: 12, arbitrary: path }, { weight: 1, arbitrary: fc.constantFrom('a.$', 'a.$.b', 'a.$[]', 'a.$[].b', 'a.$[e]', 'a.$[e].b') });

const eachOf = fc.array(stored, { maxLength: 3 });

const push = fc.oneof(
  stored,
  fc
    .record(
      {
        $each: eachOf,
        $position: fc.integer({ min: -2, max: 3 }),
        $slice: fc.integer({ min: -2, max: 3 }),
        $sort: fc.constantFrom<unknown>(1, -1, { a: 1 }, { 'a.b': -1, b: 1 }),
      },
      { requiredKeys: ['$each'], noNullPrototype: true },
    ),
);

const change: fc.Arbitrary<readonly [string, unknown]> = fc.oneof(
  ...['$set', '$set', '$min', '$max', '$setOnInsert'].map((name) => stored.map((each) => [name, each] as const)),
  ...['$inc', '$mul'].map((name) => number.map((each) => [name, each] as const)),
  fc.constant(['$unset', ''] as const),
  push.map((each) => ['$push', each] as const),
  fc.oneof(stored, eachOf.map(($each) => ({ $each }))).map((each) => ['$addToSet', each] as const),
  fc.oneof(stored, leaf, filters).map((each) => ['$pull', each] as const),
  eachOf.map((each) => ['$pullAll', each] as const),
  fc.constantFrom(1, -1).map((each) => ['$pop', each] as const),
  keys.map((each) => ['$rename', each] as const),
);

/** One operation of an `update` command but for its `q`. */
export type GeneratedUpdate = Readonly<{ u: Document; arrayFilters?: readonly Document[] }>;

/** Updates by operators, and now and then a replacement. */
export const updates: fc.Arbitrary<GeneratedUpdate> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(fc.array(fc.tuple(updatePath, change), { minLength: 1, maxLength: 3 }), leaf).map(([changes, condition]) => {
      const u: Record<string, Document> = {};
      for (const [at, [name, argument]] of changes) u[name] = { ...u[name], [at]: argument };
      const paths = changes.map(([at]) => at).join(' ');
      return { u, ...(paths.includes('$[e]') && { arrayFilters: [{ e: condition }] }) };
    }),
  },
  { weight: 1, arbitrary: documents.map((u) => ({ u })) },
);
