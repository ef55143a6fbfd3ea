import type { SquadApp } from '../domain/migrationItem.ts';
import type { Transaction } from '../store/database.ts';
import type { CommandDeps } from './commandDeps.ts';

/** What the migration commands stand on. */
export type MigrationDeps = CommandDeps &
  Readonly<{
    /** Sends a job to be worked off, in the transaction that stores it. */
    send: (tx: Transaction, jobId: string) => Promise<void>;
    /** Sends the call of a run's squad, in the transaction that opens the run. */
    sendTrigger: (tx: Transaction, app: SquadApp, runId: string) => Promise<void>;
    /** After a commit that stored a job or a run. */
    wakeWorkers: () => void;
  }>;
