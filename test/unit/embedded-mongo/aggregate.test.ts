import { describe, expect, test } from '@jest/globals';
import type { Document } from 'mongodb';
import { serverError, startForTests } from './startForTests.ts';

const mongo = startForTests();

const DOCS = [
  { _id: 1, k: 'a', n: 1, tags: ['x', 'y'], o: { p: 1 } },
  { _id: 2, k: 'b', n: 2, tags: [], o: { p: 2 } },
  { _id: 3, k: 'a', n: 3, tags: ['y'] },
  { _id: 4, n: null },
];

describe('pipelines', () => {
  test.each<[string, Document[], Document[]]>([
    ['$match and $sort', [{ $match: { n: { $gte: 1 } } }, { $sort: { n: -1 } }, { $limit: 2 }, { $project: { n: 1 } }], [{ _id: 3, n: 3 }, { _id: 2, n: 2 }]],
    ['$sort after $limit sorts only what is left', [{ $limit: 2 }, { $sort: { n: -1 } }, { $project: { n: 1 } }], [{ _id: 2, n: 2 }, { _id: 1, n: 1 }]],
    ['$skip', [{ $skip: 3 }, { $project: { n: 1 } }], [{ _id: 4, n: null }]],
    ['$group', [{ $group: { _id: '$k', sum: { $sum: '$n' }, all: { $push: '$n' }, least: { $min: '$n' }, one: { $first: '$_id' } } }, { $sort: { _id: 1 } }],
      [{ _id: null, sum: 0, all: [null], least: null, one: 4 }, { _id: 'a', sum: 4, all: [1, 3], least: 1, one: 1 }, { _id: 'b', sum: 2, all: [2], least: 2, one: 2 }]],
    ['$group of everything', [{ $group: { _id: null, n: { $sum: 1 }, avg: { $avg: '$n' }, most: { $max: '$n' } } }], [{ _id: null, n: 4, avg: 2, most: 3 }]],
    ['$push and $addToSet pass over missing fields', [{ $group: { _id: null, p: { $push: '$o.p' }, k: { $addToSet: '$k' } } }], [{ _id: null, p: [1, 2], k: ['a', 'b'] }]],
    ['$group by a document', [{ $match: { k: 'a' } }, { $group: { _id: { k: '$k' }, n: { $sum: 1 } } }], [{ _id: { k: 'a' }, n: 2 }]],
    ['$count', [{ $match: { k: 'a' } }, { $count: 'n' }], [{ n: 2 }]],
    ['$count of nothing gives nothing', [{ $match: { k: 'z' } }, { $count: 'n' }], []],
    ['$unwind', [{ $unwind: '$tags' }, { $project: { tags: 1 } }], [{ _id: 1, tags: 'x' }, { _id: 1, tags: 'y' }, { _id: 3, tags: 'y' }]],
    ['$unwind keeping the rest', [{ $unwind: { path: '$tags', preserveNullAndEmptyArrays: true, includeArrayIndex: 'i' } }, { $match: { _id: { $in: [2, 3] } } }, { $project: { tags: 1, i: 1 } }],
      [{ _id: 2, i: null }, { _id: 3, tags: 'y', i: 0 }]],
    ['$addFields', [{ $match: { _id: 1 } }, { $addFields: { 'o.q': { $add: ['$n', 1] }, s: { $size: '$tags' } } }], [{ _id: 1, k: 'a', n: 1, tags: ['x', 'y'], o: { p: 1, q: 2 }, s: 2 }]],
    ['$unset', [{ $match: { _id: 1 } }, { $unset: ['tags', 'o.p'] }], [{ _id: 1, k: 'a', n: 1, o: {} }]],
    ['$replaceRoot', [{ $match: { _id: 2 } }, { $replaceRoot: { newRoot: '$o' } }], [{ p: 2 }]],
    ['$sortByCount', [{ $sortByCount: '$k' }, { $limit: 1 }], [{ _id: 'a', count: 2 }]],
    ['$facet', [{ $facet: { one: [{ $match: { k: 'b' } }, { $project: { _id: 1 } }], all: [{ $count: 'n' }] } }], [{ one: [{ _id: 2 }], all: [{ n: 4 }] }]],
    ['$project computes', [{ $match: { _id: 1 } }, { $project: { _id: 0, upper: { $toUpper: '$k' }, first: { $arrayElemAt: ['$tags', 0] }, none: '$nope' } }], [{ upper: 'A', first: 'x' }]],
    ['comparisons order all types', [{ $project: { less: { $lt: ['$k', '$n'] } } }, { $match: { less: true } }], [{ _id: 4, less: true }]],
  ])('%s', async (_name, pipeline, expected) => {
    const c = await mongo.fresh(...DOCS);
    expect(await c.aggregate(pipeline).toArray()).toEqual(expected);
    expect(await c.find().toArray()).toEqual(DOCS);
  });

  test('$sample takes different documents', async () => {
    const c = await mongo.fresh(...DOCS);
    const sampled = await c.aggregate([{ $sample: { size: 3 } }]).toArray();
    expect(new Set(sampled.map(({ _id }) => _id as unknown)).size).toBe(3);
  });

  test.each<[string, Document[], number]>([
    ['an unknown stage', [{ $foo: 1 }], 40324],
    ['$lookup', [{ $lookup: { from: 'x', localField: 'a', foreignField: 'b', as: 'c' } }], 40324],
    ['$out', [{ $out: 'x' }], 40324],
    ['an unknown stage behind others', [{ $match: {} }, { $limit: 1 }, { $foo: 1 }], 40324],
    ['an unknown expression', [{ $project: { a: { $foo: 1 } } }], 168],
    ['an unknown accumulator', [{ $group: { _id: null, a: { $foo: 1 } } }], 15952],
    ['$group without _id', [{ $group: { a: { $sum: 1 } } }], 15955],
    ['an unknown operator in $match', [{ $match: { a: { $foo: 1 } } }], 2],
    ['a limit of 0', [{ $limit: 0 }], 15958],
    ['two stages in one', [{ $match: {}, $limit: 1 }], 40323],
    ['an undefined variable', [{ $project: { a: '$$nope' } }], 17276],
  ])('%s is refused', async (_name, pipeline, code) => {
    const c = await mongo.fresh(...DOCS);
    expect(await serverError(c.aggregate(pipeline).toArray())).toMatchObject({ code });
  });
});
