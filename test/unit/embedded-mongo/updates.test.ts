import { describe, expect, test } from '@jest/globals';
import { type Document, Long, Timestamp, type UpdateOptions } from 'mongodb';
import { serverError, startForTests } from './startForTests.ts';

const mongo = startForTests();

/** What one update makes of a document. */
const updated = async (doc: Document, update: Document | Document[], options: UpdateOptions = {}, filter: Document = {}): Promise<unknown> => {
  const c = await mongo.fresh({ _id: 1, ...doc });
  await c.updateOne(filter, update, options);
  return c.findOne({}, { projection: { _id: 0 } });
};

describe('update operators', () => {
  test.each<[string, Document, Document, Document]>([
    ['$set makes the way', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
    ['$set pads an array with nulls', { a: [1] }, { $set: { 'a.3': 4 } }, { a: [1, null, null, 4] }],
    ['$set in an array element', { a: [{ b: 1 }] }, { $set: { 'a.0.b': 2 } }, { a: [{ b: 2 }] }],
    ['$set of nothing', { a: 1 }, { $set: {} }, { a: 1 }],
    ['$unset', { a: 1, b: { c: 1, d: 2 } }, { $unset: { a: '', 'b.c': '', x: '' } }, { b: { d: 2 } }],
    ['$unset in an array leaves null', { a: [1, 2] }, { $unset: { 'a.0': '' } }, { a: [null, 2] }],
    ['$inc and $mul, missing fields too', { a: 1, b: 3 }, { $inc: { a: 2, c: 5 }, $mul: { b: 2, d: 9 } }, { a: 3, b: 6, c: 5, d: 0 }],
    ['$min and $max', { a: 5, b: 5 }, { $min: { a: 3, b: 9, c: 1 }, $max: { d: 2 } }, { a: 3, b: 5, c: 1, d: 2 }],
    ['$min across types', { a: 'x' }, { $min: { a: 3 } }, { a: 3 }],
    ['$push', { a: [1] }, { $push: { a: 2, b: 1 } }, { a: [1, 2], b: [1] }],
    ['$push $each with position', { a: [1, 4] }, { $push: { a: { $each: [2, 3], $position: 1 } } }, { a: [1, 2, 3, 4] }],
    ['$push $each with sort and slice', { a: [{ n: 3 }, { n: 1 }] }, { $push: { a: { $each: [{ n: 2 }], $sort: { n: -1 }, $slice: 2 } } }, { a: [{ n: 3 }, { n: 2 }] }],
    ['$push with a negative slice', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: -2 } } }, { a: [2, 3] }],
    ['$push of nothing with slice 0', { a: [1, 2] }, { $push: { a: { $each: [], $slice: 0 } } }, { a: [] }],
    ['$addToSet', { a: [1, 1] }, { $addToSet: { a: 1, b: 2 } }, { a: [1, 1], b: [2] }],
    ['$addToSet $each', { a: [{ x: 1 }] }, { $addToSet: { a: { $each: [{ x: 1 }, { x: 2 }, { x: 2 }] } } }, { a: [{ x: 1 }, { x: 2 }] }],
    ['$pull a value', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
    ['$pull by operators', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
    ['$pull by fields', { a: [{ b: 1, c: 1 }, { b: 2 }] }, { $pull: { a: { b: 1 } } }, { a: [{ b: 2 }] }],
    ['$pullAll', { a: [1, 2, 3, 1] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
    ['$pop last', { a: [1, 2, 3] }, { $pop: { a: 1 } }, { a: [1, 2] }],
    ['$pop first', { a: [1, 2, 3] }, { $pop: { a: -1 } }, { a: [2, 3] }],
    ['$rename', { a: 1, c: 2 }, { $rename: { a: 'b.x', z: 'y' } }, { c: 2, b: { x: 1 } }],
    ['new fields come in the order of their names', {}, { $set: { b: 1, a: 1 }, $inc: { c: 1 } }, { a: 1, b: 1, c: 1 }],
  ])('%s', async (_name, doc, update, expected) => {
    expect(JSON.stringify(await updated(doc, update))).toBe(JSON.stringify(expected));
  });

  test('$inc of a Long stays exact', async () => {
    const c = await mongo.fresh({ n: Long.fromString('9007199254740993') });
    await c.updateOne({}, { $inc: { n: 2 } });
    expect(String((await c.findOne())?.['n'])).toBe('9007199254740995');
  });

  test('$currentDate sets a date or a timestamp', async () => {
    const doc = await updated({}, { $currentDate: { a: true, b: { $type: 'timestamp' } } });
    expect(doc).toMatchObject({ a: expect.any(Date), b: expect.any(Timestamp) });
  });

  test('a pipeline computes from the document', async () => {
    expect(await updated({ a: 1, b: { c: 2 } }, [{ $set: { s: { $add: ['$a', '$b.c'] }, 'b.d': 1 } }, { $unset: 'a' }])).toEqual({ b: { c: 2, d: 1 }, s: 3 });
  });
});

describe('positional updates', () => {
  test('$ is the element that the filter matched', async () => {
    expect(await updated({ a: [1, 5, 9] }, { $set: { 'a.$': 0 } }, {}, { a: { $gte: 5 } })).toEqual({ a: [1, 0, 9] });
    expect(await updated({ a: [{ b: 1 }, { b: 2 }] }, { $set: { 'a.$.c': 1 } }, {}, { 'a.b': 2 })).toEqual({ a: [{ b: 1 }, { b: 2, c: 1 }] });
    expect(
      await updated({ a: [{ b: 1, c: 9 }, { b: 1, c: 2 }] }, { $inc: { 'a.$.c': 1 } }, {}, { a: { $elemMatch: { b: 1, c: { $lt: 5 } } } }),
    ).toEqual({ a: [{ b: 1, c: 9 }, { b: 1, c: 3 }] });
    const c = await mongo.fresh({ a: [1] });
    expect(await serverError(c.updateOne({}, { $set: { 'a.$': 1 } }))).toMatchObject({ code: 2 });
  });

  test('$[] is every element', async () => {
    expect(await updated({ a: [{ n: 1 }, { n: 2 }] }, { $inc: { 'a.$[].n': 10 } })).toEqual({ a: [{ n: 11 }, { n: 12 }] });
  });

  test('$[name] is every element that its array filter lets through', async () => {
    const doc = { a: [{ n: 1, b: [1, 2] }, { n: 2, b: [2, 3] }] };
    expect(await updated(doc, { $set: { 'a.$[e].x': true } }, { arrayFilters: [{ 'e.n': { $gt: 1 } }] })).toEqual({
      a: [{ n: 1, b: [1, 2] }, { n: 2, b: [2, 3], x: true }],
    });
    expect(await updated(doc, { $set: { 'a.$[e].b.$[f]': 0 } }, { arrayFilters: [{ 'e.n': 1 }, { f: { $gte: 2 } }] })).toEqual({
      a: [{ n: 1, b: [1, 0] }, { n: 2, b: [2, 3] }],
    });
  });

  test.each<[string, Document, Document[], number]>([
    ['a name without a filter', { $set: { 'a.$[e]': 1 } }, [], 2],
    ['a filter that is not used', { $set: { 'a.0': 1 } }, [{ e: 1 }], 9],
    ['two filters of one name', { $set: { 'a.$[e]': 1 } }, [{ e: 1 }, { 'e.b': 1 }], 9],
    ['no array there', { $set: { 'b.$[]': 1 } }, [], 2],
  ])('%s is an error', async (_name, update, arrayFilters, code) => {
    const c = await mongo.fresh({ a: [1] });
    expect(await serverError(c.updateOne({}, update, { arrayFilters }))).toMatchObject({ code });
  });
});

describe('updates that cannot be are refused', () => {
  test.each<[string, Document, number]>([
    ['an unknown operator', { $foo: { a: 1 } }, 9],
    ['$bit', { $bit: { a: { and: 1 } } }, 9],
    ['one path twice', { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    ['a path and a part of it', { $set: { a: 1, 'a.b': 1 } }, 40],
    ['a way through a number', { $set: { 'n.x': 1 } }, 28],
    ['a way through null', { $set: { 'z.x': 1 } }, 28],
    ['a name in an array', { $set: { 'arr.x': 1 } }, 28],
    ['$inc of a string', { $inc: { s: 1 } }, 14],
    ['$inc by a string', { $inc: { n: 'x' } }, 14],
    ['$push onto a number', { $push: { n: 1 } }, 2],
    ['$addToSet onto a number', { $addToSet: { n: 1 } }, 2],
    ['$pull from a number', { $pull: { n: 1 } }, 2],
    ['$pop of a number', { $pop: { n: 1 } }, 14],
    ['$pop by 2', { $pop: { arr: 2 } }, 9],
    ['an unknown modifier of $push', { $push: { arr: { $each: [1], $foo: 1 } } }, 2],
    ['an empty part of a path', { $set: { 'a..b': 1 } }, 56],
    ['a field that begins with $', { $set: { 'a.$b': 1 } }, 52],
    ['an operator without fields', { $set: 5 }, 9],
    ['another _id', { $set: { _id: 2 } }, 66],
    ['no _id', { $unset: { _id: '' } }, 66],
    ['a rename to itself', { $rename: { a: 'a' } }, 2],
  ])('%s', async (_name, update, code) => {
    const doc = { _id: 1 as never, n: 1, s: 'x', z: null, arr: [1] };
    const c = await mongo.fresh(doc);
    expect(await serverError(c.updateOne({}, update))).toMatchObject({ code });
    expect(await c.findOne()).toEqual(doc);
  });

  test('a pipeline stage that is not for updates', async () => {
    const c = await mongo.fresh({ a: 1 });
    expect(await serverError(c.updateOne({}, [{ $match: {} }]))).toMatchObject({ code: 72 });
  });
});
