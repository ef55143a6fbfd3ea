import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { find } from 'mingo';
import type { Document } from 'mongodb';
import { startForTests } from './startForTests.ts';

const mongo = startForTests();

const value = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 'a', 'b', 'c', 'd', 'e', 'f');
const docs = fc
  .array(fc.record({ a: fc.option(value, { nil: undefined }), t: fc.uniqueArray(value, { maxLength: 3 }), s: fc.integer({ min: 0, max: 5 }) }), { maxLength: 60 })
  .map((records) => records.map(({ a, ...rest }, i): Document => ({ _id: i, ...(a !== undefined && { a }), ...rest })));

const condition: fc.Arbitrary<Document> = fc.oneof(
  value.map((a) => ({ a })),
  fc.array(value, { maxLength: 3 }).map((list) => ({ a: { $in: list } })),
  value.map((t) => ({ t })),
  fc.array(value, { maxLength: 3 }).map((list) => ({ t: { $in: list } })),
  fc.array(value, { maxLength: 2 }).map((list) => ({ t: { $nin: list } })),
  fc.integer({ min: 0, max: 5 }).map((s) => ({ s: { $lte: s } })),
  fc.tuple(fc.integer({ min: 0, max: 5 }), fc.nat(60)).map(([s, id]) => ({ s: { $lte: s }, $or: [{ s: { $lt: s } }, { _id: { $lt: id } }] })),
  fc.array(fc.nat(60), { maxLength: 5 }).map((ids) => ({ _id: { $in: ids } })),
  fc.boolean().map((there) => ({ a: { $exists: there } })),
  value.map((a) => ({ a: { $ne: a } })),
);
const filter: fc.Arbitrary<Document> = fc.oneof(
  fc.constant({}),
  condition,
  fc.array(condition, { minLength: 1, maxLength: 3 }).map((all) => ({ $and: all })),
  fc.array(condition, { minLength: 1, maxLength: 3 }).map((any) => ({ $or: any })),
  fc.tuple(condition, fc.array(condition, { minLength: 1, maxLength: 2 })).map(([one, any]) => ({ $and: [one, { $or: any }] })),
);
const sort: fc.Arbitrary<Record<string, 1 | -1>> = fc.constantFrom<Record<string, 1 | -1>[]>({}, { _id: 1 }, { _id: -1 }, { s: 1, _id: 1 }, { s: -1, _id: 1 }, { s: -1, _id: -1 });

describe('find with filter, sort, skip and limit', () => {
  test('gives what a plain scan through mingo gives, with indexes and without', async () => {
    const plain = await mongo.fresh();
    const indexed = await mongo.fresh();
    await indexed.createIndexes([{ key: { a: 1 } }, { key: { t: 1, s: -1 } }, { key: { s: 1 } }]);
    await fc.assert(
      fc.asyncProperty(docs, filter, sort, fc.nat(5), fc.nat(10), async (all, where, order, skip, limit) => {
        const matches = find<Document>(all, where);
        const scan = (Object.keys(order).length === 0 ? matches : matches.sort(order)).skip(skip);
        const expected = limit === 0 ? scan.all() : scan.limit(limit).all();
        for (const c of [plain, indexed]) {
          await c.deleteMany({});
          if (all.length > 0) await c.insertMany(all.map((doc) => ({ ...doc })));
          expect(await c.find(where, { sort: order, skip, limit }).toArray()).toEqual(expected);
          expect(await c.countDocuments(where)).toBe(find(all, where).all().length);
        }
      }),
      { numRuns: 150 },
    );
  });
});
