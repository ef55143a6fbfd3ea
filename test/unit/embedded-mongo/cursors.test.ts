import { describe, expect, test } from '@jest/globals';
import { Long } from 'mongodb';
import { createCursors } from '../../../embedded/mongo/store/cursors.ts';
import { serverError, startForTests } from './startForTests.ts';

const mongo = startForTests();
const numbers = (n: number): { n: number }[] => Array.from({ length: n }, (_, i) => ({ n: i }));

describe('cursors', () => {
  test.each([undefined, 1, 7, 1000])('give every document once in batches of %s', async (batchSize) => {
    const c = await mongo.fresh(...numbers(250));
    const found = await c.find({}, batchSize === undefined ? {} : { batchSize }).toArray();
    expect(found.map((doc) => doc['n'] as unknown)).toEqual(numbers(250).map(({ n }) => n));
  });

  test('keep to skip and limit across batches', async () => {
    const c = await mongo.fresh(...numbers(50));
    const found = await c.find({}, { batchSize: 4, skip: 5, limit: 11, sort: { n: -1 } }).toArray();
    expect(found.map((doc) => doc['n'] as unknown)).toEqual([44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34]);
    expect(await c.find({}, { limit: -3 }).toArray()).toHaveLength(3);
  });

  test('go on with what they found when documents change meanwhile', async () => {
    const c = await mongo.fresh(...numbers(10));
    const cursor = c.find({}, { batchSize: 2, sort: { n: 1 } });
    await cursor.next();
    await c.deleteMany({ n: { $gt: 5 } });
    await c.updateMany({}, { $set: { n: -1 } });
    expect((await cursor.toArray()).map((doc) => doc['n'] as unknown)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('serve aggregations too', async () => {
    const c = await mongo.fresh(...numbers(250));
    expect(await c.aggregate([{ $match: { n: { $gte: 10 } } }], { batchSize: 50 }).toArray()).toHaveLength(240);
  });

  test('hold replies together when documents are large', async () => {
    const c = await mongo.fresh();
    const text = 'x'.repeat(1_000_000);
    for (let i = 0; i < 40; i += 1) await c.insertOne({ i, text });
    const found = await c.find().toArray();
    expect(found.map((doc) => doc['i'] as unknown)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  test('a batch size of 0 gives the cursor alone', async () => {
    const c = await mongo.fresh(...numbers(3));
    const { cursor } = (await mongo.db().command({ find: c.collectionName, batchSize: 0 })) as { cursor: { firstBatch: unknown[]; id: Long } };
    expect(cursor.firstBatch).toEqual([]);
    const more = (await mongo.db().command({ getMore: Long.fromValue(cursor.id), collection: c.collectionName })) as { cursor: { nextBatch: unknown[]; id: unknown } };
    expect(more.cursor.nextBatch).toHaveLength(3);
    expect(more.cursor.id).toBe(0);
  });

  test('are gone once they are killed, with code 43', async () => {
    const c = await mongo.fresh(...numbers(10));
    const cursor = c.find({}, { batchSize: 2 });
    await cursor.next();
    const id = Long.fromValue(cursor.id ?? 0);
    await cursor.close();
    const getMore = mongo.db().command({ getMore: id, collection: c.collectionName });
    expect(await serverError(getMore)).toMatchObject({ code: 43, codeName: 'CursorNotFound' });
    expect(await mongo.db().command({ killCursors: c.collectionName, cursors: [id] })).toMatchObject({ cursorsKilled: [], cursorsNotFound: [id] });
  });

  test('expire when nobody has asked for ten minutes, unless they were not to', () => {
    let now = 0;
    const cursors = createCursors(() => now);
    const open = (expires: boolean): Long => Long.fromString(cursors.open('d.c', numbers(3), { batchSize: 1, single: false, expires }).id.toString());
    const [expiring, lasting] = [open(true), open(false)];
    now = 11 * 60_000;
    expect(cursors.next(lasting as never, 'd.c', 1).docs).toEqual([{ n: 1 }]);
    expect(() => cursors.next(expiring as never, 'd.c', 1)).toThrow('not found');
  });
});
