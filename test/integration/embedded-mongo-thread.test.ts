import { describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { createMongoWorker, startMongoThread, superviseThread } from '../../embedded/mongo/thread.ts';

describe('the MongoDB server in a thread of its own', () => {
  test('serves the official driver and lets the process end once it is closed', async () => {
    const server = await startMongoThread();
    const client = new MongoClient(server.url);
    const things = client.db('t').collection('things');
    await things.insertOne({ a: 1 });
    expect(await things.findOne({ a: 1 }, { projection: { _id: 0 } })).toEqual({ a: 1 });
    await client.close();
    await server.close();
    await server.close();
  });

  test('says why it cannot start', async () => {
    const server = await startMongoThread();
    await expect(startMongoThread({ port: server.port })).rejects.toThrow('EADDRINUSE');
    await server.close();
  });

  test('reports its death once, and whoever waits for an answer gets an error', async () => {
    const faults: string[] = [];
    const worker = createMongoWorker({});
    const server = await superviseThread(worker, (error) => faults.push(error.message));
    const client = new MongoClient(server.url, { serverSelectionTimeoutMS: 500 });
    const things = client.db('t').collection('things');
    await things.insertOne({ a: 1 });
    const pending = things.find({}).toArray();
    await worker.terminate();
    await pending.catch(() => undefined);
    await expect(things.insertOne({ a: 2 })).rejects.toThrow();
    expect(faults).toEqual(['the MongoDB thread ended without having been closed']);
    await client.close();
    await server.close();
    expect(faults).toHaveLength(1);
  });
});
