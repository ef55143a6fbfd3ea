import type { RecordEvent } from '../../shared/metrics.ts';
import type { Database } from '../store/database.ts';

/** What commands stand on. */
export type CommandDeps = Readonly<{
  database: Database;
  /** Milliseconds since 1970. */
  now: () => number;
  /** A new UUID. */
  newId: () => string;
  record: RecordEvent;
  /** After a commit that wrote events. */
  wakeRelay: () => void;
}>;
