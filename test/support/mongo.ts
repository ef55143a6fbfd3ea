import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { startMongoServer } from '../../embedded/mongo/server.ts';

/** A database of its own for one test file. */
export type FreshMongo = Readonly<{ url: string; database: string; close(): Promise<void> }>;

// The only place that knows where tests' MongoDB is. Given by `npm run test:real`.
const server = process.env['TEST_MONGODB_URL'] ?? '';

/** On the real server when there is one, else on an embedded one of its own. `close` drops it. */
export const freshMongo = async (): Promise<FreshMongo> => {
  if (server !== '') return createDatabase();
  const embedded = await startMongoServer();
  return { url: embedded.url, database: newName(), close: () => embedded.close() };
};

/** For a system that brings its own when it is given no URL. */
export const mongoForSystem = (): Readonly<{ url: string | undefined; database: string; close(): Promise<void> }> =>
  server === '' ? { url: undefined, database: newName(), close: () => Promise.resolve() } : createDatabase();

const createDatabase = (): FreshMongo => {
  const database = newName();
  return {
    url: server,
    database,
    close: async () => {
      const client = new MongoClient(server);
      await client.db(database).dropDatabase();
      await client.close();
    },
  };
};

const newName = (): string => `test_${randomUUID().replaceAll('-', '')}`;
