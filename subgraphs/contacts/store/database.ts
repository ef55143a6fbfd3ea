import { type Collection, MongoClient } from 'mongodb';
import type { ContactDocument, NoteDocument } from './documents.ts';
import { type AppliedMigration, migrate } from './indexes.ts';

export type Database = Readonly<{
  contacts: Collection<ContactDocument>;
  notes: Collection<NoteDocument>;
  /** Whether the server answers within `waitMs`. */
  isUp(waitMs: number): Promise<boolean>;
  close(): Promise<void>;
}>;

/** MongoDB did not answer in the time that a request had. */
export class DatabaseTooSlow extends Error {
  override readonly name = 'DatabaseTooSlow';
}

export type DatabaseOptions = Readonly<{ url: string; database: string; now: () => number }>;

const connectMs = 2_000;
const socketMs = 20_000;

/** Opens the contacts database and brings its indexes up to date. @throws when the server is not there within 2 s. */
export const openDatabase = async ({ url, database, now }: DatabaseOptions): Promise<Database> => {
  const client = new MongoClient(url, {
    appName: 'one-team contacts',
    serverSelectionTimeoutMS: connectMs,
    connectTimeoutMS: connectMs,
    waitQueueTimeoutMS: connectMs,
    socketTimeoutMS: socketMs,
    ignoreUndefined: false,
    maxPoolSize: 50,
  });
  try {
    await client.connect();
    const db = client.db(database);
    const contacts = db.collection<ContactDocument>('contacts');
    const notes = db.collection<NoteDocument>('notes');
    await migrate({ contacts, notes, applied: db.collection<AppliedMigration>('migrations'), now });
    return {
      contacts,
      notes,
      isUp: (waitMs) => within(waitMs, db.command({ ping: 1 })).then(() => true, () => false),
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw error;
  }
};

/** Waits for a result for so many milliseconds. The driver bounds connecting and the server bounds work; this bounds the rest. @throws DatabaseTooSlow */
export const within = async <T>(waitMs: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DatabaseTooSlow(`MongoDB did not answer within ${String(waitMs)} ms`)), waitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
