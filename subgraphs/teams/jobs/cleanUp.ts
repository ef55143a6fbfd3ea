import type { Logger } from '../../shared/logger.ts';
import { type Loop, startLoop } from '../events/loop.ts';
import { removeOldInternalEvents, removeOldJobs, removeOldKeys, removeOldPublicEvents } from '../store/cleanUp.ts';
import type { Database, Transaction } from '../store/database.ts';
import { holdLease, type Lease, takeLease, takeLeaseUntilNight } from '../store/relayLease.ts';

export type CleanUpDeps = Readonly<{
  database: Database;
  newId: () => string;
  /** Whether team events go to Kafka: what it has not got is kept. */
  isPublished: boolean;
}>;

/** What one night removed. */
export type Removed = Readonly<{ jobs: number; keys: number; events: number }>;

const name = 'clean-up';
const leaseMs = 60_000;
const longestPauseMs = 10 * 60_000;
/** Rows of one transaction; of jobs, which have up to 10,000 items each, fewer. */
const batch = 5_000;
const batchOfJobs = 5;

/**
 * Removes what is kept for 30 days only (OTM §6.1), once a night over all processes: under a lease by the database's clock, which is kept until
 * the next night when the work is done, and is free again after a minute when its process dies. Null when another has or had the night.
 */
export const cleanUp = async ({ database, newId, isPublished }: CleanUpDeps, signal: AbortSignal): Promise<Removed | null> => {
  // an id of its own each time: nobody, this process included, takes the same night again
  const holder = newId();
  const lease = await database.transaction((tx) => takeLease(tx, { name, holder, leaseMs }));
  if (lease === null) return null;
  const jobs = await emptied(database, lease, signal, batchOfJobs, (tx) => removeOldJobs(tx, batchOfJobs));
  const keys = await emptied(database, lease, signal, batch, (tx) => removeOldKeys(tx, batch));
  const outside = await emptied(database, lease, signal, batch, (tx) => removeOldPublicEvents(tx, { limit: batch, isPublished }));
  const inside = await emptied(database, lease, signal, batch, (tx) => removeOldInternalEvents(tx, batch));
  await database.transaction((tx) => takeLeaseUntilNight(tx, lease));
  return { jobs, keys, events: outside + inside };
};

/** Repeats a removal, each time in a transaction under the lease, which it lengthens, until nothing is left. @throws when it is to stop, or the lease was lost */
const emptied = async (database: Database, lease: Lease, signal: AbortSignal, limit: number, remove: (tx: Transaction) => Promise<number>): Promise<number> => {
  for (let total = 0; ; ) {
    signal.throwIfAborted();
    const count = await database.transaction(async (tx) => {
      if (!(await holdLease(tx, lease))) throw new Error('another process has taken the clean-up over');
      await takeLease(tx, { name, holder: lease.holder, leaseMs });
      return remove(tx);
    });
    total += count;
    if (count < limit) return total;
  }
};

/** Looks every ten minutes whether a night is due. `close` waits for the transaction in progress. */
export const startCleanUp = (deps: CleanUpDeps, logger: Logger): Loop => {
  const stopping = new AbortController();
  const pass = async (): Promise<boolean> => {
    const removed = await cleanUp(deps, stopping.signal);
    if (removed !== null) logger.info(removed, 'removed what is older than 30 days');
    return false;
  };
  const loop = startLoop({ pass, pollMs: longestPauseMs, onFault: (error) => logger.warn({ err: error }, 'the nightly clean-up is tried again') });
  return {
    wake: loop.wake,
    close: () => {
      stopping.abort();
      return loop.close();
    },
  };
};
