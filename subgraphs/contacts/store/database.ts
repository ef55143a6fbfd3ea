import { types } from 'node:util';
import { type Collection, type Db, MongoClient, MongoError } from 'mongodb';
import { CannotStart, hostOf } from '../../shared/cannotStart.ts';
import { within as orLate } from '../../shared/within.ts';
import { traceCommands } from './commandSpans.ts';
import { connectionFault } from './connectionFault.ts';
import type { ContactDocument, NoteDocument } from './documents.ts';
import type { FollowerDocument, ReplacedTeam, TreeChange, TreeDocument } from './treeDocuments.ts';
import { type AppliedMigration, appliedNumbers, migrate, migrations } from './indexes.ts';
import { type LegacyCollections, legacyCollections } from './legacyCollections.ts';

export type Database = Readonly<{
  contacts: Collection<ContactDocument>;
  notes: Collection<NoteDocument>;
  legacy: LegacyCollections;
  trees: Collection<TreeDocument>;
  changes: Collection<TreeChange>;
  replaced: Collection<ReplacedTeam>;
  followers: Collection<FollowerDocument>;
  /** Whether the server answers within `waitMs`. */
  isUp(waitMs: number): Promise<boolean>;
  /** The server's time, milliseconds since 1970: what decides when work is due, as clocks of processes may differ. */
  time(): Promise<number>;
  close(): Promise<void>;
}>;

/** MongoDB did not answer in the time that a request had. */
export class DatabaseTooSlow extends Error {
  override readonly name = 'DatabaseTooSlow';
}

/** The connection to MongoDB broke while something was written to it, which the driver hands on as the system said it. */
export class ConnectionBroken extends Error {
  override readonly name = 'ConnectionBroken';
}

/** `isTraced`: its commands are to be spans of the requests that send them. Default false. */
export type DatabaseOptions = Readonly<{ url: string; database: string; now: () => number; isTraced?: boolean }>;

const connectMs = 2_000;
const pingMs = 5_000;
const socketMs = 20_000;
/** An index over millions of contacts takes minutes. */
const indexMs = 3_600_000;

/** Opens the contacts database and brings its indexes up to date. @throws CannotStart when the server is not there within 2 s, or does not fit. */
export const openDatabase = ({ url, database, now, isTraced = false }: DatabaseOptions): Promise<Database> =>
  withClient(url, { isTraced }, async (client) => {
    const db = client.db(database);
    await bringUpToDate({ url, database, now }, db);
    const contacts = db.collection<ContactDocument>('contacts');
    const notes = db.collection<NoteDocument>('notes');
    const legacy = legacyCollections(db);
    const trees = db.collection<TreeDocument>('trees');
    const changes = db.collection<TreeChange>('tree_changes');
    return {
      contacts,
      notes,
      legacy,
      trees,
      changes,
      replaced: db.collection<ReplacedTeam>('replaced_teams'),
      followers: db.collection<FollowerDocument>('followers'),
      isUp: (waitMs) => within(waitMs, db.command({ ping: 1 })).then(() => true, () => false),
      time: async () => Number((await within(pingMs, db.command({ hello: 1 })))['localTime']),
      close: () => client.close(),
    };
  });

const appliedTo = (db: Db) => db.collection<AppliedMigration>('migrations');

/** Makes the indexes that are not there yet, over a connection that waits for them. */
const bringUpToDate = async ({ url, database, now }: DatabaseOptions, opened: Db): Promise<void> => {
  const done = await appliedNumbers(appliedTo(opened));
  if (migrations.every(({ number }) => done.has(number))) return;
  await withClient(url, { socketTimeoutMS: indexMs }, async (client) => {
    const db = client.db(database);
    const [contacts, notes, trees, changes] = [db.collection<ContactDocument>('contacts'), db.collection<NoteDocument>('notes'), db.collection<TreeDocument>('trees'), db.collection<TreeChange>('tree_changes')];
    await migrate({ contacts, notes, legacyMoves: legacyCollections(db).moves, trees, changes, applied: appliedTo(db), now });
    await client.close();
  });
};

/** Makes sure that the database can be used by this version. Writes nothing. @throws CannotStart */
export const requireDatabase = ({ url, database }: Omit<DatabaseOptions, 'now' | 'isTraced'>): Promise<void> =>
  withClient(url, {}, async (client) => {
    await appliedNumbers(appliedTo(client.db(database)));
    await client.close();
  });

/** Does something with a connected client, which stays open unless that fails. */
const withClient = async <T>(url: string, options: ConnectOptions, work: (client: MongoClient) => Promise<T>): Promise<T> => {
  const client = await connect(url, options).catch((error: unknown) => {
    throw connectionFault(url, error);
  });
  try {
    return await work(client);
  } catch (error) {
    await client.close();
    if (error instanceof CannotStart) throw new CannotStart(`MONGODB_URL (${hostOf(url)}): ${error.message}`, { cause: error });
    throw error instanceof MongoError ? connectionFault(url, error) : error;
  }
};

type ConnectOptions = Readonly<{ isTraced?: boolean; socketTimeoutMS?: number }>;

const connect = async (url: string, { isTraced = false, socketTimeoutMS = socketMs }: ConnectOptions): Promise<MongoClient> => {
  const client = new MongoClient(url, {
    appName: 'one-team contacts',
    serverSelectionTimeoutMS: connectMs,
    connectTimeoutMS: connectMs,
    waitQueueTimeoutMS: connectMs,
    socketTimeoutMS,
    ignoreUndefined: false,
    maxPoolSize: 50,
    monitorCommands: isTraced,
  });
  if (isTraced) traceCommands(client);
  try {
    return await client.connect();
  } catch (error) {
    await client.close();
    throw error;
  }
};

/** Waits for a result for so many milliseconds. The driver bounds connecting and the server bounds work; this bounds the rest. @throws DatabaseTooSlow, ConnectionBroken */
export const within = <T>(waitMs: number, work: Promise<T>): Promise<T> =>
  orLate(waitMs, work.catch(named), () => new DatabaseTooSlow(`MongoDB did not answer within ${String(waitMs)} ms`));

const named = (error: unknown): never => {
  if (types.isNativeError(error) && 'syscall' in error) throw new ConnectionBroken(error.message, { cause: error });
  throw error;
};
