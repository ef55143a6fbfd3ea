import type { RecordEvent } from '../../shared/metrics.ts';
import type { Database, Transaction } from '../store/database.ts';

/** What the migration commands stand on. */
export type MigrationDeps = Readonly<{
  database: Database;
  /** Milliseconds since 1970. */
  now: () => number;
  newId: () => string;
  record: RecordEvent;
  /** Sends a job to be worked off, in the transaction that stores it. */
  send: (tx: Transaction, jobId: string) => Promise<void>;
  /** After a commit that stored a job. */
  wakeWorkers: () => void;
  /** After a commit that wrote events. */
  wakeRelay: () => void;
}>;
