import { afterAll, beforeAll } from '@jest/globals';
import { type Collection, type Db, type Document, MongoClient, MongoServerError } from 'mongodb';
import { type MongoServer, startMongoServer } from '../../../embedded/mongo/server.ts';

/** A server for one test file, with the official driver connected to it over a socket. */
export interface ServerForTests {
  url(): string;
  client(): MongoClient;
  db(): Db;
  /** A collection no other test of the file uses, holding these documents. */
  fresh(...docs: readonly Document[]): Promise<Collection>;
}

/** Starts before the file's tests and closes after them. */
export const startForTests = (): ServerForTests => {
  let started: { server: MongoServer; client: MongoClient } | undefined;
  let collections = 0;
  const running = (): { server: MongoServer; client: MongoClient } => {
    if (started === undefined) throw new Error('the server is started by beforeAll');
    return started;
  };
  beforeAll(async () => {
    const server = await startMongoServer();
    started = { server, client: new MongoClient(server.url) };
  });
  afterAll(async () => {
    await started?.client.close();
    await started?.server.close();
  });
  return {
    url: () => running().server.url,
    client: () => running().client,
    db: () => running().client.db('test'),
    fresh: async (...docs) => {
      collections += 1;
      const collection = running().client.db('test').collection(`c${collections}`);
      if (docs.length > 0) await collection.insertMany([...docs]);
      return collection;
    },
  };
};

/** The error of the server that a call ends in. */
export const serverError = async (call: Promise<unknown>): Promise<MongoServerError> => {
  const result = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (result instanceof MongoServerError) return result;
  throw new Error(`expected an error of the server, got ${String(result)}`);
};
