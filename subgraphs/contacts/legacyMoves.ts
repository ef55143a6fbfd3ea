import type { Logger } from '../shared/logger.ts';
import type { RecordEvent } from '../shared/metrics.ts';
import type { Peer } from '../shared/peer.ts';
import { type LegacyBackground, startLegacyBackground } from './jobs/legacyBackground.ts';
import { createCoverageJobStore } from './store/coverageJob.ts';
import type { Database } from './store/database.ts';
import { createLegacyMoveStore, type LegacyMoveStore } from './store/legacyMoves.ts';
import { createLegacyRowStore, type LegacyRowStore } from './store/legacyRows.ts';
import type { ScopeWrites } from './store/scopeWrites.ts';
import { createMovableContactStore, type MovableContactStore } from './store/movableContacts.ts';
import { createTeamsOfSystem } from './teamsOfSystem.ts';

/** What requests need of the move of old contacts. */
export type LegacyMoves = Readonly<{
  moves: LegacyMoveStore;
  rows: LegacyRowStore;
  contacts: MovableContactStore;
  newId: () => string;
  /** A move was started: have it worked off at once. */
  wake(): void;
}>;

export type LegacyMovesDependencies = Readonly<{ teams: Peer; /** The tokens of the team owners that a move writes. */ scope: ScopeWrites; record: RecordEvent; logger: Logger; now: () => number; newId: () => string }>;

const shortWaitMs = 5_000;

/** Puts the parts of the move together; `start` starts its background work. */
export const openLegacyMoves = ({ contacts, legacy }: Pick<Database, 'contacts' | 'legacy'>, deps: LegacyMovesDependencies): LegacyMoves & Readonly<{ start(): LegacyBackground }> => {
  const { now, newId, record, logger } = deps;
  const parts = {
    moves: createLegacyMoveStore(legacy.moves, { now, waitMs: shortWaitMs }),
    rows: createLegacyRowStore(legacy.rows, legacy.names),
    contacts: createMovableContactStore(contacts, deps.scope, now),
  };
  let background: LegacyBackground | null = null;
  return {
    ...parts,
    newId,
    wake: () => background?.wake(),
    start: () => {
      const job = createCoverageJobStore(legacy.coverage, shortWaitMs);
      background = startLegacyBackground({ ...parts, job, teamsWith: (signal) => createTeamsOfSystem(deps.teams, now, newId, signal), record, now, newId, logger });
      return background;
    },
  };
};
