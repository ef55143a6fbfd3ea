import { describe, expect, test } from '@jest/globals';
import type { Document, IndexSpecification } from 'mongodb';
import { createCatalog } from '../../../embedded/mongo/store/catalog.ts';
import { removeExpired } from '../../../embedded/mongo/store/expiry.ts';
import { readIndexSpec } from '../../../embedded/mongo/store/indexSpec.ts';
import { serverError, startForTests } from './startForTests.ts';

const mongo = startForTests();

describe('a unique index', () => {
  test('names the key that an insert repeats', async () => {
    const c = await mongo.fresh({ email: 'a@b', n: 1 });
    await c.createIndex({ email: 1 }, { unique: true }, undefined);
    const error = await serverError(c.insertOne({ email: 'a@b' }));
    expect(error).toMatchObject({ code: 11000, keyPattern: { email: 1 }, keyValue: { email: 'a@b' } });
    expect(error.message).toContain(`E11000 duplicate key error collection: ${c.namespace} index: email_1 dup key: { email: "a@b" }`);
    expect(await c.countDocuments()).toBe(1);
  });

  test('holds for updates, upserts and find-and-modify, and frees keys that are given up', async () => {
    const c = await mongo.fresh({ _id: 1 as never, k: 'a' }, { _id: 2 as never, k: 'b' });
    await c.createIndex({ k: 1 }, { unique: true }, undefined);
    expect(await serverError(c.updateOne({ _id: 1 as never }, { $set: { k: 'b' } }))).toMatchObject({ code: 11000 });
    expect(await serverError(c.updateOne({ _id: 3 as never }, { $set: { k: 'b' } }, { upsert: true }))).toMatchObject({ code: 11000 });
    expect(await serverError(c.findOneAndUpdate({ _id: 1 as never }, { $set: { k: 'b' } }))).toMatchObject({ code: 11000, keyValue: { k: 'b' } });
    expect(await c.findOne({ _id: 1 as never })).toEqual({ _id: 1, k: 'a' });
    await c.updateOne({ _id: 1 as never }, { $set: { k: 'a', same: true } });
    await c.updateOne({ _id: 2 as never }, { $set: { k: 'c' } });
    await c.insertOne({ k: 'b' });
    await c.deleteOne({ k: 'a' });
    await c.insertOne({ k: 'a' });
  });

  test.each<[string, IndexSpecification, Document, Document[], Document[]]>([
    ['missing and null are one value', { a: 1 }, {}, [{ a: null }, { a: 1 }], [{}]],
    ['a sparse one lets fields be missing', { a: 1 }, { sparse: true }, [{}, {}, { a: null }], [{ a: null }]],
    ['of several fields compares them together', { a: 1, b: 1 }, {}, [{ a: 1, b: 1 }, { a: 1, b: 2 }, { a: 1 }], [{ a: 1, b: 2 }, { a: 1, b: null }]],
    ['a sparse one of several fields needs all to be missing', { a: 1, b: 1 }, { sparse: true }, [{}, {}, { a: 1 }], [{ a: 1 }]],
    ['every element of an array counts', { a: 1 }, {}, [{ a: [1, 2] }, { a: [3, 3] }], [{ a: 2 }, { a: [4, 1] }]],
    ['an empty array is a value of its own', { a: 1 }, {}, [{ a: [] }, { a: null }], [{ a: [] }]],
    ['of a field in an array of documents', { 'a.b': 1 }, {}, [{ a: [{ b: 1 }, { b: 2 }] }, { a: { b: 3 } }], [{ a: [{ b: 3 }] }]],
    ['of two fields in one array pairs them', { 'a.b': 1, 'a.c': 1 }, {}, [{ a: [{ b: 1, c: 1 }, { b: 2, c: 2 }] }, { a: [{ b: 1, c: 2 }] }], [{ a: [{ b: 2, c: 2 }] }]],
    ['a partial one only counts what its filter matches', { a: 1 }, { partialFilterExpression: { on: true } }, [{ a: 1 }, { a: 1 }, { a: 1, on: true }], [{ a: 1, on: true }]],
    ['numbers of different types are equal', { a: 1 }, {}, [{ a: 1 }, { a: { x: 1 } }], [{ a: { x: 1 } }]],
  ])('%s', async (_name, key, options, fine, refused) => {
    const c = await mongo.fresh();
    await c.createIndex(key, { unique: true, ...options }, undefined);
    await c.insertMany(fine);
    for (const doc of refused) expect(await serverError(c.insertOne(doc))).toMatchObject({ code: 11000 });
  });

  test('cannot be created over documents that break it', async () => {
    const c = await mongo.fresh({ a: 1 }, { a: 1 });
    expect(await serverError(c.createIndex({ a: 1 }, { unique: true }, undefined))).toMatchObject({ code: 11000 });
    expect(await c.indexes()).toHaveLength(1);
  });

  test('refuses two arrays in one key with code 171', async () => {
    const c = await mongo.fresh();
    await c.createIndex({ a: 1, b: 1 }, { unique: true }, undefined);
    expect(await serverError(c.insertOne({ a: [1], b: [2] }))).toMatchObject({ code: 171 });
  });
});

describe('managing indexes', () => {
  test('creating one again changes nothing, creating another of its name or key is a conflict', async () => {
    const c = await mongo.fresh({});
    const create = (index: Document): Promise<Document> => mongo.db().command({ createIndexes: c.collectionName, indexes: [index] });
    expect(await create({ key: { a: 1 }, name: 'a_1' })).toMatchObject({ numIndexesBefore: 1, numIndexesAfter: 2 });
    expect(await create({ key: { a: 1 }, name: 'a_1' })).toMatchObject({ numIndexesBefore: 2, numIndexesAfter: 2, note: 'all indexes already exist' });
    expect(await serverError(create({ key: { a: 1 }, name: 'other' }))).toMatchObject({ code: 85 });
    expect(await serverError(create({ key: { b: 1 }, name: 'a_1' }))).toMatchObject({ code: 86 });
    expect(await serverError(create({ key: { a: 1 }, name: 'a_1', unique: true }))).toMatchObject({ code: 86 });
    expect(await create({ key: { _id: 1 }, name: '_id_' })).toMatchObject({ numIndexesAfter: 2 });
  });

  test('lists and drops them', async () => {
    const c = await mongo.fresh({});
    await c.createIndexes([{ key: { a: 1 }, unique: true }, { key: { b: -1, c: 1 }, sparse: true }, { key: { at: 1 }, expireAfterSeconds: 60 }]);
    expect(await c.indexes()).toEqual([
      { v: 2, key: { _id: 1 }, name: '_id_' },
      { v: 2, key: { a: 1 }, name: 'a_1', unique: true },
      { v: 2, key: { b: -1, c: 1 }, name: 'b_-1_c_1', sparse: true },
      { v: 2, key: { at: 1 }, name: 'at_1', expireAfterSeconds: 60 },
    ]);
    await c.dropIndex('a_1');
    expect(await serverError(c.dropIndex('a_1'))).toMatchObject({ code: 27 });
    expect(await serverError(c.dropIndex('_id_'))).toMatchObject({ code: 72 });
    await c.dropIndexes();
    expect(await c.indexes()).toHaveLength(1);
    expect(await serverError(mongo.db().collection('nowhere').indexes())).toMatchObject({ code: 26 });
  });

  test.each<[string, Document]>([
    ['text', { key: { a: 'text' }, name: 'x' }],
    ['a collation', { key: { a: 1 }, name: 'x', collation: { locale: 'de' } }],
    ['an unknown option', { key: { a: 1 }, name: 'x', wibble: 1 }],
    ['an empty key', { key: {}, name: 'x' }],
  ])('refuses %s', async (_name, index) => {
    const c = await mongo.fresh();
    const error = await serverError(mongo.db().command({ createIndexes: c.collectionName, indexes: [index] }));
    expect([67, 197]).toContain(error.code);
  });

  test('a hint has to name an index that exists', async () => {
    const c = await mongo.fresh({ a: 1 });
    await c.createIndex({ a: 1 }, undefined, undefined);
    expect(await c.find({}, { hint: 'a_1' }).toArray()).toHaveLength(1);
    expect(await c.find({}, { hint: { a: 1 } }).toArray()).toHaveLength(1);
    expect(await serverError(c.find({}, { hint: 'b_1' }).toArray())).toMatchObject({ code: 2 });
  });

  test('documents go when their time is over', () => {
    const catalog = createCatalog();
    const collection = catalog.open('d', 'c');
    collection.createIndex(readIndexSpec({ key: { at: 1 }, name: 'at_1', expireAfterSeconds: 10 }));
    for (const [i, at] of [new Date(0), new Date(5_001), 'never', [new Date(1), new Date(90_000)]].entries()) collection.insert({ _id: i, at });
    removeExpired(catalog, new Date(15_000));
    expect(collection.size).toBe(2);
    removeExpired(catalog, new Date(16_000));
    expect(collection.size).toBe(1);
  });
});
