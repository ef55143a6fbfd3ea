import { describe, expect, test } from '@jest/globals';
import { Decimal128, type Document, Long, MaxKey, MinKey, ObjectId } from 'mongodb';
import { serverError, startForTests } from './startForTests.ts';

const mongo = startForTests();

/** The `_id`s of the documents that match, in natural order. */
const matching = async (docs: readonly Document[], filter: Document): Promise<unknown[]> => {
  const c = await mongo.fresh(...docs);
  return (await c.find(filter).toArray()).map(({ _id }) => _id as unknown);
};

const NULLS = [
  { _id: 'number', a: 4 },
  { _id: 'null', a: null },
  { _id: 'missing' },
  { _id: 'empty array', a: [] },
  { _id: 'array with null', a: [1, null] },
  { _id: 'empty document', a: {} },
  { _id: 'b null', a: { b: null } },
  { _id: 'b set', a: { b: 1 } },
  { _id: 'array, some without b', a: [{ b: 1 }, {}] },
  { _id: 'array, all with b', a: [{ b: 1 }] },
];

describe('null and missing', () => {
  test.each<[Document, string[]]>([
    [{ a: null }, ['null', 'missing', 'array with null']],
    [{ a: { $exists: false } }, ['missing']],
    [{ a: { $in: [null] } }, ['null', 'missing', 'array with null']],
    [{ a: { $type: 'null' } }, ['null', 'array with null']],
    [{ a: { $gte: null } }, ['null', 'missing', 'array with null']],
    [{ 'a.b': null }, ['number', 'null', 'missing', 'empty document', 'b null', 'array, some without b']],
    [{ 'a.b': { $exists: true } }, ['b null', 'b set', 'array, some without b', 'array, all with b']],
    [{ 'a.b': { $ne: null } }, ['empty array', 'array with null', 'b set', 'array, all with b']],
  ])('%j', async (filter, expected) => expect(await matching(NULLS, filter)).toEqual(expected));
});

const ARRAYS = [
  { _id: 1, a: [1, 2] },
  { _id: 2, a: [2, 1] },
  { _id: 3, a: 1 },
  { _id: 4, a: [[1, 2]] },
  { _id: 5, a: [] },
  { _id: 6, a: ['x', 5] },
];

describe('arrays', () => {
  test.each<[Document, number[]]>([
    [{ a: 1 }, [1, 2, 3]],
    [{ a: [1, 2] }, [1, 4]],
    [{ a: [] }, [5]],
    [{ a: { $in: [[2, 1], 5] } }, [2, 6]],
    [{ a: { $in: [] } }, []],
    [{ a: { $nin: [1] } }, [4, 5, 6]],
    [{ a: { $ne: 1 } }, [4, 5, 6]],
    [{ a: { $all: [1, 2] } }, [1, 2]],
    [{ a: { $all: [1] } }, [1, 2, 3]],
    [{ a: { $all: [] } }, []],
    [{ a: { $size: 2 } }, [1, 2, 6]],
    [{ a: { $size: 0 } }, [5]],
    [{ 'a.0': 1 }, [1]],
    [{ 'a.0': [1, 2] }, [4]],
    [{ a: { $elemMatch: { $gt: 1, $lt: 3 } } }, [1, 2]],
    [{ a: { $elemMatch: { $eq: [1, 2] } } }, [4]],
    [{ a: { $gt: 1, $lt: 2 } }, [1, 2]],
    [{ a: { $not: { $gt: 1 } } }, [3, 4, 5]],
    [{ a: { $type: 'array' } }, [1, 2, 4, 5, 6]],
  ])('%j', async (filter, expected) => expect(await matching(ARRAYS, filter)).toEqual(expected));

  test('$elemMatch wants one element to satisfy everything, separate paths do not', async () => {
    const docs = [
      { _id: 1, e: [{ a: 1, b: 2 }, { a: 3, b: 4 }] },
      { _id: 2, e: [{ a: 1, b: 4 }] },
      { _id: 3, e: { a: 1, b: 4 } },
    ];
    expect(await matching(docs, { e: { $elemMatch: { a: 1, b: 4 } } })).toEqual([2]);
    expect(await matching(docs, { 'e.a': 1, 'e.b': 4 })).toEqual([1, 2, 3]);
    expect(await matching(docs, { e: { $elemMatch: { $or: [{ a: 3 }, { b: 9 }] } } })).toEqual([1]);
    expect(await matching(docs, { e: { $all: [{ $elemMatch: { a: 1 } }, { $elemMatch: { b: 4 } }] } })).toEqual([1, 2]);
    expect(await matching(docs, { e: { $not: { $elemMatch: { a: 1, b: 4 } } } })).toEqual([1, 3]);
  });

  test('$or of $in on arrays and an empty choice', async () => {
    const docs = [{ _id: 1, t: ['a', 'b'] }, { _id: 2, t: ['c'] }, { _id: 3, t: [] }, { _id: 4, owner: 'u' }];
    expect(await matching(docs, { $or: [{ t: { $in: ['b', 'x'] } }, { owner: 'u' }] })).toEqual([1, 4]);
    expect(await matching(docs, { $or: [{ t: { $in: [] } }, { t: { $size: 0 } }] })).toEqual([3]);
  });
});

describe('values', () => {
  test('order is only compared within one type', async () => {
    const docs = [{ _id: 1, v: 5 }, { _id: 2, v: '5' }, { _id: 3, v: new Date(5) }, { _id: 4, v: true }, { _id: 5, v: Number.NaN }, { _id: 6 }];
    expect(await matching(docs, { v: { $gt: 1 } })).toEqual([1]);
    expect(await matching(docs, { v: { $lte: '6' } })).toEqual([2]);
    expect(await matching(docs, { v: { $gte: new Date(0) } })).toEqual([3]);
    expect(await matching(docs, { v: { $gte: Number.NaN } })).toEqual([5]);
    expect(await matching(docs, { v: { $gt: new MinKey() } })).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a Long equals the same number, also beyond what a double can tell apart', async () => {
    const big = Long.fromString('9007199254740993');
    const docs = [{ _id: 1, v: Long.fromNumber(7) }, { _id: 2, v: big }, { _id: 3, v: 9007199254740992 }, { _id: 4, v: 7 }];
    expect(await matching(docs, { v: 7 })).toEqual([1, 4]);
    expect(await matching(docs, { v: big })).toEqual([2]);
    expect(await matching(docs, { v: { $gt: 9007199254740992 } })).toEqual([2]);
    expect(await matching(docs, { v: { $in: [Long.fromNumber(7)] } })).toEqual([1, 4]);
  });

  test('documents are equal only with the same fields in the same order', async () => {
    const docs = [{ _id: 1, v: { x: 1, y: 2 } }, { _id: 2, v: { y: 2, x: 1 } }, { _id: 3, v: { x: 1 } }];
    expect(await matching(docs, { v: { x: 1, y: 2 } })).toEqual([1]);
    expect(await matching(docs, { 'v.x': 1 })).toEqual([1, 2, 3]);
  });

  test('ObjectIds match by value', async () => {
    const id = new ObjectId();
    expect(await matching([{ _id: 1, v: [id] }, { _id: 2, v: new ObjectId() }], { v: new ObjectId(id.toHexString()) })).toEqual([1]);
  });

  test('regular expressions, with their options, in $in and under $not', async () => {
    const docs = [{ _id: 1, v: 'Anna' }, { _id: 2, v: ['bob', 'ann'] }, { _id: 3, v: 5 }, { _id: 4, v: 'x\nann' }];
    expect(await matching(docs, { v: /^ann/i })).toEqual([1, 2]);
    expect(await matching(docs, { v: { $regex: '^ann', $options: 'im' } })).toEqual([1, 2, 4]);
    expect(await matching(docs, { v: { $in: [/^bob$/, 5] } })).toEqual([2, 3]);
    expect(await matching(docs, { v: { $not: /ann/i } })).toEqual([3]);
    expect(await matching(docs, { v: { $regex: 'x.ann', $options: 's' } })).toEqual([4]);
  });

  test('$mod, $type and $expr', async () => {
    const docs = [{ _id: 1, a: 4, b: 5 }, { _id: 2, a: 5, b: 4 }, { _id: 3, a: 'x' }, { _id: 4, a: 2.5, b: 2.5 }];
    expect(await matching(docs, { a: { $mod: [2, 0] } })).toEqual([1, 4]);
    expect(await matching(docs, { a: { $type: ['string', 'double'] } })).toEqual([3, 4]);
    expect(await matching(docs, { $expr: { $gt: ['$a', '$b'] } })).toEqual([2, 3]);
    expect(await matching(docs, { $expr: { $eq: ['$a', '$b'] } })).toEqual([4]);
    expect(await matching(docs, { $nor: [{ a: 4 }, { b: 4 }] })).toEqual([3, 4]);
  });
});

describe('sorting', () => {
  test('orders values of all types as MongoDB does, missing with null, an empty array before both', async () => {
    const id = new ObjectId();
    const values = [new MinKey(), [], null, undefined, Number.NaN, -1, Long.fromNumber(2), 2.5, 'A', 'a', { a: 1 }, id, false, true, new Date(1), /x/, new MaxKey()];
    const docs = values.map((v, i) => (v === undefined ? { _id: i } : { _id: i, v }));
    const c = await mongo.fresh(...docs.toReversed());
    const sorted = await c.find().sort({ v: 1, _id: 1 }).toArray();
    expect(sorted.map(({ _id }) => _id as unknown)).toEqual(docs.map(({ _id }) => _id));
    const down = await c.find().sort({ v: -1, _id: -1 }).limit(3).toArray();
    expect(down.map(({ _id }) => _id as unknown)).toEqual([16, 15, 14]);
  });

  test('an array sorts by its least element going up and its greatest going down', async () => {
    const c = await mongo.fresh({ _id: 1, a: [5, 1] }, { _id: 2, a: 2 }, { _id: 3, a: [3, 4] });
    expect((await c.find().sort({ a: 1 }).toArray()).map(({ _id }) => _id as unknown)).toEqual([1, 2, 3]);
    expect((await c.find().sort({ a: -1 }).toArray()).map(({ _id }) => _id as unknown)).toEqual([1, 3, 2]);
  });

  test('a path through an array sorts by its least value, null where an element has none', async () => {
    const c = await mongo.fresh({ _id: 1, a: [{ b: 3 }, { b: 1 }] }, { _id: 2, a: { b: 2 } }, { _id: 3, a: [5, { b: 9 }] }, { _id: 4, a: { b: [] } });
    expect((await c.find().sort({ 'a.b': 1 }).toArray()).map(({ _id }) => _id as unknown)).toEqual([4, 3, 1, 2]);
    expect((await c.find().sort({ 'a.b': -1 }).toArray()).map(({ _id }) => _id as unknown)).toEqual([3, 1, 2, 4]);
  });

  test('pages by a compound keyset give every document once', async () => {
    const docs = Array.from({ length: 53 }, (_, i) => ({ _id: i, updated_at: new Date(i % 7), teams: [`t${i % 3}`] }));
    const c = await mongo.fresh(...docs);
    const seen: unknown[] = [];
    let after: { updated_at: Date; _id: unknown } | undefined;
    for (;;) {
      const filter = after && {
        updated_at: { $lte: after.updated_at },
        $or: [{ updated_at: { $lt: after.updated_at } }, { _id: { $lt: after._id } }],
      };
      const page = await c
        .find({ teams: { $in: ['t0', 't1'] }, ...filter } as Document)
        .sort({ updated_at: -1, _id: -1 })
        .limit(5)
        .toArray();
      seen.push(...page.map(({ _id }) => _id as unknown));
      const last = page.at(-1);
      if (last === undefined) break;
      after = { updated_at: last['updated_at'] as Date, _id: last._id };
    }
    const expected = docs.filter(({ _id }) => _id % 3 !== 2).toSorted((a, b) => +b.updated_at - +a.updated_at || b._id - a._id);
    expect(seen).toEqual(expected.map(({ _id }) => _id));
  });
});

describe('projection', () => {
  const doc = { _id: 1, a: 1, b: { c: 2, d: 3 }, e: [{ f: 1, g: 2 }, 5, { g: 3 }] };
  test.each<[Document, Document]>([
    [{ b: 1, a: 1 }, { _id: 1, a: 1, b: { c: 2, d: 3 } }],
    [{ _id: 0, a: true }, { a: 1 }],
    [{ 'b.c': 1, _id: 0 }, { b: { c: 2 } }],
    [{ 'e.g': 1, _id: 0 }, { e: [{ g: 2 }, { g: 3 }] }],
    [{ e: 0, 'b.c': 0 }, { _id: 1, a: 1, b: { d: 3 } }],
    [{ _id: 0 }, { a: 1, b: doc.b, e: doc.e }],
    [{ _id: 1 }, { _id: 1 }],
    [{ e: { $slice: 1 } }, { _id: 1, a: 1, b: doc.b, e: [doc.e[0]] }],
    [{ e: { $slice: [-2, 1] }, _id: 0, a: 1 }, { a: 1, e: [5] }],
    [{ e: { $elemMatch: { g: 3 } }, _id: 0 }, { e: [{ g: 3 }] }],
    [{ sum: { $add: ['$a', '$b.c'] }, _id: 0 }, { sum: 3 }],
  ])('%j', async (projection, expected) => {
    const c = await mongo.fresh(doc);
    const found = await c.findOne({}, { projection });
    expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
  });

  test('refuses a mix of keeping and leaving out', async () => {
    const c = await mongo.fresh(doc);
    expect(await serverError(c.findOne({}, { projection: { a: 1, b: 0 } }))).toMatchObject({ code: 31254 });
  });
});

describe('what is not known is refused by name', () => {
  test.each<[Document, string]>([
    [{ a: { $foo: 1 } }, '$foo'],
    [{ $where: 'true' }, '$where'],
    [{ $text: { $search: 'x' } }, '$text'],
    [{ $jsonSchema: {} }, '$jsonSchema'],
    [{ a: { $near: [1, 2] } }, '$near'],
    [{ a: { $gt: 1, b: 2 } }, 'b'],
    [{ a: { $elemMatch: { b: { $foo: 1 } } } }, '$foo'],
    [{ a: { $not: { $foo: 1 } } }, '$foo'],
    [{ $or: [{ a: { $foo: 1 } }] }, '$foo'],
    [{ a: { $pattern: 1 } }, '$pattern'],
    [{ a: { $every: [] } }, '$every'],
  ])('%j', async (filter, name) => {
    const c = await mongo.fresh();
    const error = await serverError(c.findOne(filter));
    expect(error).toMatchObject({ code: 2 });
    expect(error.message).toContain(name);
  });

  test.each<[Document, number]>([
    [{ $or: [] }, 2],
    [{ $and: {} }, 2],
    [{ a: { $in: 1 } }, 2],
    [{ a: { $size: -1 } }, 2],
    [{ a: { $mod: [0, 1] } }, 2],
    [{ a: { $regex: '(' } }, 51091],
    [{ $expr: { $function: {} } }, 168],
    [{ $expr: { $add: [{ $foo: 1 }] } }, 168],
  ])('%j ends in code %i', async (filter, code) => {
    const c = await mongo.fresh();
    expect(await serverError(c.findOne(filter))).toMatchObject({ code });
  });
});

describe('what is refused by name', () => {
  const refused = 'not supported by this server';

  test('a Decimal128', async () => {
    const c = await mongo.fresh();
    await expect(c.insertOne({ a: Decimal128.fromString('1') })).rejects.toThrow(refused);
  });

  test('a field named by a whole number behind others, which JavaScript would put first', async () => {
    const c = await mongo.fresh({ _id: 1, a: { b: 1 } });
    await expect(c.updateOne({}, { $set: { 'a.0': 1 } })).rejects.toThrow(refused);
    await expect(c.insertOne(new Map<string, unknown>([['b', 1], ['0', 1]]) as unknown as Document)).rejects.toThrow(refused);
  });

  test('an order by a place in an array', async () => {
    const c = await mongo.fresh({ _id: 1, a: [1] });
    await expect(c.find().sort({ 'a.0': 1 }).toArray()).rejects.toThrow(refused);
  });
});
