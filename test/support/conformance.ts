import { randomUUID } from 'node:crypto';
import { type BSON, type Db, type Document, Long, MongoClient, MongoServerError } from 'mongodb';
import { EJSON } from 'bson';
import { describe } from '@jest/globals';
import { startMongoServer } from '../../embedded/mongo/server.ts';

const realUrl = process.env['TEST_MONGODB_URL'] ?? '';

/** A block that needs a real mongod at TEST_MONGODB_URL; without it its tests are counted as skipped. */
export const describeWithRealMongo = realUrl === '' ? describe.skip : describe;

/** A reply with everything in it that may differ between two right servers taken out, as canonical Extended JSON. */
export type Told = Readonly<{ text: string; refused: boolean }>;

/** The embedded server and the real one, each with an empty database of its own. */
export type Pair = Readonly<{
  embedded: Db;
  real: Db;
  /** Sends a command to both. Ids of open cursors are answered as true. */
  ask(command: Document): Promise<Readonly<{ embedded: Told; real: Told }>>;
  /** Sends a command that is only to be carried out, such as the insert before a question. @throws what either throws */
  tell(command: Document): Promise<void>;
  close(): Promise<void>;
}>;

/** Every type as it was sent: 5.0 stays a double, a short long a long, a regular expression BSON's. */
const faithful: BSON.DeserializeOptions = { promoteValues: false, bsonRegExp: true };

/** What only describes the node or the moment that answered. */
const ofTheNode = new Set(['$clusterTime', 'operationTime', 'electionId', 'opTime', 'electionTime', 'commitQuorum', 'topologyVersion', 'connectionId', 'localTime']);

/** Starts the embedded server beside the real one. */
export const startPair = async (): Promise<Pair> => {
  const server = await startMongoServer();
  const clients = [new MongoClient(server.url), new MongoClient(realUrl)] as const;
  const name = `conformance_${randomUUID().replaceAll('-', '')}`;
  const [embedded, real] = [clients[0].db(name), clients[1].db(name)];
  return {
    embedded,
    real,
    ask: async (command) => {
      const [one, other] = await Promise.all([reply(embedded, command), reply(real, command)]);
      return { embedded: one, real: other };
    },
    tell: async (command) => {
      await Promise.all([embedded.command(command), real.command(command)]);
    },
    close: async () => {
      await real.dropDatabase();
      await Promise.all(clients.map((client) => client.close()));
      await server.close();
    },
  };
};

const reply = async (db: Db, command: Document): Promise<Told> => {
  try {
    return told(await db.command(command, { ...faithful }), false);
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    const { code, codeName, keyPattern, keyValue }: Document = error.errorResponse;
    const answer: Record<string, unknown> = { ok: 0, code, codeName, keyPattern, keyValue };
    return told(answer, error.message.includes(refusal));
  }
};

/** The words by which the embedded server says that it knows the thing and does not do it. */
export const refusal = 'not supported by this server';

const told = (answer: Document, refused: boolean): Told => {
  const kept = Object.entries(answer).filter(([key, value]) => !ofTheNode.has(key) && value !== undefined);
  const errors: unknown = answer['writeErrors'];
  const spoken = Array.isArray(errors) && errors.some((each: Document) => String(each['errmsg']).includes(refusal));
  const plain = kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, comparable(key, value)]);
  return { text: EJSON.stringify(plain, { relaxed: false }), refused: refused || spoken };
};

const comparable = (key: string, value: unknown): unknown => {
  if (key === 'ok') return Number(value);
  // `distinct` answers in whatever order it met them.
  if (key === 'values' && Array.isArray(value)) return value.map((each) => EJSON.stringify(each)).sort();
  if (key === 'writeErrors' && Array.isArray(value)) return value.map(({ errmsg: _words, ...error }: Document) => Object.entries(error).sort());
  if (key !== 'cursor' || typeof value !== 'object' || value === null) return value;
  const { id, ns: _database, ...cursor }: Document = value;
  return { ...cursor, open: id instanceof Long && !id.isZero() };
};
