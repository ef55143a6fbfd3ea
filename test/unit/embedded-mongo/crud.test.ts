import { describe, expect, test } from '@jest/globals';
import { MongoBulkWriteError, ObjectId } from 'mongodb';
import { serverError, startForTests } from './startForTests.ts';

const mongo = startForTests();

describe('inserting', () => {
  test('stores a document that findOne gives back', async () => {
    const c = await mongo.fresh();
    const { insertedId } = await c.insertOne({ name: 'Ann', at: new Date(5), tags: ['a'] });
    expect(await c.findOne({ _id: insertedId })).toEqual({ _id: insertedId, name: 'Ann', at: new Date(5), tags: ['a'] });
  });

  test('keeps what was stored apart from what the client goes on to change', async () => {
    const c = await mongo.fresh();
    const doc = { _id: new ObjectId(), tags: ['a'] };
    await c.insertOne(doc);
    doc.tags.push('b');
    expect(await c.findOne({ _id: doc._id })).toEqual({ _id: doc._id, tags: ['a'] });
  });

  test('stops at the first error when ordered and goes on when not, saying which documents failed', async () => {
    const ordered = await mongo.fresh({ _id: 1 as never });
    const docs = [{ _id: 2 as never }, { _id: 1 as never }, { _id: 3 as never }];
    const first = await ordered.insertMany(docs).catch((error: unknown) => error);
    expect(first).toBeInstanceOf(MongoBulkWriteError);
    expect(await ordered.countDocuments()).toBe(2);
    const unordered = await mongo.fresh({ _id: 1 as never });
    const second = await unordered.insertMany(docs, { ordered: false }).catch((error: unknown) => error);
    if (!(second instanceof MongoBulkWriteError)) throw new Error('a bulk write error was expected');
    expect(second.insertedCount).toBe(2);
    expect([second.writeErrors].flat().map(({ index, code }) => [index, code])).toEqual([[1, 11000]]);
    expect(await unordered.countDocuments()).toBe(3);
  });

  test('refuses an array as _id with code 53', async () => {
    const c = await mongo.fresh();
    expect(await serverError(c.insertOne({ _id: [1] as never }))).toMatchObject({ code: 53 });
  });
});

describe('updating', () => {
  test('counts matched and modified documents apart', async () => {
    const c = await mongo.fresh({ n: 1 }, { n: 1 }, { n: 2 });
    expect(await c.updateMany({ n: { $gte: 1 } }, { $set: { n: 2 } })).toMatchObject({ matchedCount: 3, modifiedCount: 2 });
    expect(await c.updateOne({ n: 9 }, { $set: { n: 2 } })).toMatchObject({ matchedCount: 0, modifiedCount: 0, upsertedCount: 0 });
  });

  test('an upsert inserts what the filter requires and the update sets', async () => {
    const c = await mongo.fresh();
    const result = await c.updateOne(
      { _id: 'x' as never, $and: [{ a: 1 }], 'b.c': { $eq: 2 }, d: { $gt: 3 } },
      { $set: { e: 4 }, $setOnInsert: { f: 5 }, $inc: { g: 6 } },
      { upsert: true },
    );
    expect(result).toMatchObject({ matchedCount: 0, upsertedCount: 1, upsertedId: 'x' });
    expect(await c.findOne()).toEqual({ _id: 'x', a: 1, b: { c: 2 }, e: 4, f: 5, g: 6 });
    await c.updateOne({ _id: 'x' as never }, { $setOnInsert: { f: 9 } }, { upsert: true });
    expect(await c.findOne()).toMatchObject({ f: 5 });
  });

  test('twenty upserts at once of one unique value leave one document', async () => {
    const c = await mongo.fresh();
    await c.createIndex({ email: 1 }, { unique: true }, undefined);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => c.updateOne({ email: 'a@b' }, { $inc: { n: 1 } }, { upsert: true })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    expect(await c.find({}, { projection: { _id: 0 } }).toArray()).toEqual([{ email: 'a@b', n: 20 }]);
  });

  test('a replacement keeps the _id and refuses another one with code 66', async () => {
    const c = await mongo.fresh({ _id: 1 as never, a: 1, b: 2 });
    await c.replaceOne({ _id: 1 as never }, { a: 3 });
    expect(await c.find().toArray()).toEqual([{ _id: 1, a: 3 }]);
    expect(await serverError(c.replaceOne({ a: 3 }, { _id: 2 as never }))).toMatchObject({ code: 66 });
    expect(await serverError(c.updateOne({ a: 3 }, { $set: { _id: 2 } }))).toMatchObject({ code: 66 });
  });

  test('a bulk write runs its operations in order', async () => {
    const c = await mongo.fresh();
    const result = await c.bulkWrite([
      { insertOne: { document: { _id: 1 as never } } },
      { updateOne: { filter: { _id: 1 as never }, update: { $set: { a: 1 } } } },
      { updateOne: { filter: { _id: 2 as never }, update: { $set: { a: 2 } }, upsert: true } },
      { deleteOne: { filter: { a: 1 } } },
    ]);
    expect(result).toMatchObject({ insertedCount: 1, modifiedCount: 1, upsertedCount: 1, deletedCount: 1 });
    expect(await c.find().toArray()).toEqual([{ _id: 2, a: 2 }]);
  });
});

describe('find and modify', () => {
  test('answers the document as it was or as it became', async () => {
    const c = await mongo.fresh({ _id: 1 as never, n: 1 }, { _id: 2 as never, n: 5 });
    expect(await c.findOneAndUpdate({}, { $inc: { n: 1 } }, { sort: { n: -1 }, returnDocument: 'after' })).toEqual({ _id: 2, n: 6 });
    expect(await c.findOneAndUpdate({ _id: 1 as never }, { $inc: { n: 1 } }, { returnDocument: 'before', projection: { _id: 0 } })).toEqual({ n: 1 });
    expect(await c.findOneAndUpdate({ n: 99 }, { $inc: { n: 1 } })).toBeNull();
    expect(
      await c.findOneAndUpdate({ _id: 3 as never }, { $set: { n: 3 } }, { upsert: true, returnDocument: 'after', includeResultMetadata: true }),
    ).toMatchObject({ value: { _id: 3, n: 3 }, lastErrorObject: { n: 1, updatedExisting: false, upserted: 3 } });
    expect(await c.findOneAndReplace({ _id: 3 as never }, { m: 1 }, { returnDocument: 'after' })).toEqual({ _id: 3, m: 1 });
    expect(await c.findOneAndDelete({ _id: 3 as never })).toEqual({ _id: 3, m: 1 });
    expect(await c.findOneAndDelete({ _id: 3 as never })).toBeNull();
  });

  test('hands a job to one of many that claim it at once', async () => {
    const c = await mongo.fresh({ state: 'todo' }, { state: 'todo' }, { state: 'todo' });
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, worker) => c.findOneAndUpdate({ state: 'todo' }, { $set: { state: 'mine', worker } })),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(3);
  });
});

describe('deleting and counting', () => {
  test('removes one match or all of them', async () => {
    const c = await mongo.fresh({ a: 1 }, { a: 1 }, { a: 1 }, { a: 2 });
    expect(await c.deleteOne({ a: 1 })).toMatchObject({ deletedCount: 1 });
    expect(await c.deleteMany({ a: 1 })).toMatchObject({ deletedCount: 2 });
    expect(await c.deleteMany({ a: 1 })).toMatchObject({ deletedCount: 0 });
    expect(await c.estimatedDocumentCount()).toBe(1);
  });

  test('counts with a limit and a skip', async () => {
    const c = await mongo.fresh(...Array.from({ length: 30 }, (_, n) => ({ n })));
    expect(await c.countDocuments({ n: { $lt: 20 } })).toBe(20);
    expect(await c.countDocuments({ n: { $lt: 20 } }, { limit: 7 })).toBe(7);
    expect(await c.countDocuments({ n: { $lt: 20 } }, { skip: 15, limit: 7 })).toBe(5);
    expect(await c.countDocuments({ n: 100 })).toBe(0);
  });

  test('gives each value of a field once', async () => {
    const c = await mongo.fresh({ a: 1 }, { a: [1, 2] }, { a: 'x' }, {}, { a: 'x' });
    expect(await c.distinct('a')).toEqual([1, 2, 'x']);
  });
});
