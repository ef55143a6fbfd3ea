import type { Logger } from '../../shared/logger.ts';
import type { Database, Transaction } from '../store/database.ts';
import { hasUnplaced, placeEvents, readNewest, releaseEvents, type Newest } from '../store/eventLog.ts';
import { holdLease, type Lease, releaseLease, takeLease } from '../store/relayLease.ts';
import { type Loop, startLoop } from './loop.ts';

export type RelayOptions = Readonly<{
  database: Database;
  logger: Logger;
  /** This relay's own id, a UUID. */
  holder: string;
  /** Called with where the sequences stand, after events got their places. */
  onPlaced: (newest: Newest) => void;
  /** Milliseconds between looks when nobody wakes it. Default 200. */
  pollMs?: number;
  /** Milliseconds after which another relay may take over from a silent one. Default 5,000. */
  leaseMs?: number;
}>;

/** A running relay. `wake` after a commit that wrote events; `close` resolves when it writes no more. */
export type Relay = Loop;

const leaseName = 'events';
const batch = 2_000;

/** Gives stored events their places, one relay at a time over all processes (SPEC §5). */
export const startRelay = ({ database, logger, holder, onPlaced, pollMs = 200, leaseMs = 5_000 }: RelayOptions): Relay => {
  let lease: Lease | null = null;
  const pass = async (): Promise<boolean> => {
    if (!(await hasUnplaced(database.prisma))) return false;
    lease = await database.transaction((tx) => takeLease(tx, { name: leaseName, holder, leaseMs }));
    if (lease === null) return false;
    const held = lease;
    const placed = await database.transaction((tx) => placeUnder(tx, held));
    if (placed === null) return false;
    if (placed > 0) onPlaced(await readNewest(database.prisma));
    // by itself: what outsiders wait for, however much it is, takes nothing back of what everything in house waits for
    const released = await database.transaction((tx) => releaseUnder(tx, held));
    if (released === null) return false;
    if (released > 0) onPlaced(await readNewest(database.prisma));
    return placed + released > 0;
  };
  const loop = startLoop({ pass, pollMs, onFault: (error) => logger.warn({ err: error }, 'the event relay tries again') });
  return {
    wake: loop.wake,
    close: async () => {
      await loop.close();
      const held = lease;
      if (held !== null) await database.transaction((tx) => releaseLease(tx, held));
    },
  };
};

/** Places what has no place yet, in one transaction under the lease; null, and nothing written, when the lease has been taken. */
export const placeUnder = async (tx: Transaction, lease: Lease): Promise<number | null> => ((await holdLease(tx, lease)) ? placeEvents(tx, batch) : null);

/** The same for what was withheld from outsiders and need not be any more. */
export const releaseUnder = async (tx: Transaction, lease: Lease): Promise<number | null> => ((await holdLease(tx, lease)) ? releaseEvents(tx, batch) : null);
