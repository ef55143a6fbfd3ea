import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { startMongoServer } from '../../embedded/mongo/server.ts';

/** A database of its own for one test file. */
export type FreshMongo = Readonly<{ url: string; database: string; close(): Promise<void> }>;

/** On the server at TEST_MONGODB_URL when that is given, else on an embedded one of its own. `close` drops it. */
export const freshMongo = async (): Promise<FreshMongo> => {
  const given = process.env['TEST_MONGODB_URL'];
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  if (given === undefined || given === '') {
    const server = await startMongoServer();
    return { url: server.url, database, close: () => server.close() };
  }
  return {
    url: given,
    database,
    close: async () => {
      const client = new MongoClient(given);
      await client.db(database).dropDatabase();
      await client.close();
    },
  };
};
