import { type Collection, MongoClient, MongoError } from 'mongodb';
import { CannotStart, hostOf } from '../../shared/cannotStart.ts';
import { within as orLate } from '../../shared/within.ts';
import { traceCommands } from './commandSpans.ts';
import { connectionFault } from './connectionFault.ts';
import type { ContactDocument, NoteDocument } from './documents.ts';
import type { FollowerDocument, ReplacedTeam, TreeChange, TreeDocument } from './treeDocuments.ts';
import { type AppliedMigration, appliedNumbers, migrate } from './indexes.ts';
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

/** `isTraced`: its commands are to be spans of the requests that send them. Default false. */
export type DatabaseOptions = Readonly<{ url: string; database: string; now: () => number; isTraced?: boolean }>;

const connectMs = 2_000;
const pingMs = 5_000;
const socketMs = 20_000;

/** Opens the contacts database and brings its indexes up to date. @throws CannotStart when the server is not there within 2 s, or does not fit. */
export const openDatabase = ({ url, database, now, isTraced = false }: DatabaseOptions): Promise<Database> =>
  withClient(url, isTraced, async (client) => {
    const db = client.db(database);
    const contacts = db.collection<ContactDocument>('contacts');
    const notes = db.collection<NoteDocument>('notes');
    const legacy = legacyCollections(db);
    const trees = db.collection<TreeDocument>('trees');
    const changes = db.collection<TreeChange>('tree_changes');
    await migrate({ contacts, notes, legacyMoves: legacy.moves, trees, changes, applied: db.collection<AppliedMigration>('migrations'), now });
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

/** Makes sure that the database can be used by this version. Writes nothing. @throws CannotStart */
export const requireDatabase = ({ url, database }: Omit<DatabaseOptions, 'now' | 'isTraced'>): Promise<void> =>
  withClient(url, false, async (client) => {
    await appliedNumbers(client.db(database).collection<AppliedMigration>('migrations'));
    await client.close();
  });

/** Does something with a connected client, which stays open unless that fails. */
const withClient = async <T>(url: string, isTraced: boolean, work: (client: MongoClient) => Promise<T>): Promise<T> => {
  const client = await connect(url, isTraced).catch((error: unknown) => {
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

const connect = async (url: string, isTraced: boolean): Promise<MongoClient> => {
  const client = new MongoClient(url, {
    appName: 'one-team contacts',
    serverSelectionTimeoutMS: connectMs,
    connectTimeoutMS: connectMs,
    waitQueueTimeoutMS: connectMs,
    socketTimeoutMS: socketMs,
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

/** Waits for a result for so many milliseconds. The driver bounds connecting and the server bounds work; this bounds the rest. @throws DatabaseTooSlow */
export const within = <T>(waitMs: number, work: Promise<T>): Promise<T> =>
  orLate(waitMs, work, () => new DatabaseTooSlow(`MongoDB did not answer within ${String(waitMs)} ms`));
