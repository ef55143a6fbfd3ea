import type { Logger } from '../../shared/logger.ts';
import { startLoop } from '../../shared/loop.ts';
import type { RecordEvent } from '../../shared/metrics.ts';
import type { CoverageJobStore } from '../store/coverageJob.ts';
import type { LegacyMoveStore } from '../store/legacyMoves.ts';
import type { LegacyRowStore } from '../store/legacyRows.ts';
import type { MovableContactStore } from '../store/movableContacts.ts';
import type { TeamsOfSystem } from '../teamsOfSystem.ts';
import { moveLegacyTeams } from './moveLegacyTeams.ts';
import { reportCoverage } from './reportCoverage.ts';

export type LegacyBackgroundDependencies = Readonly<{
  moves: LegacyMoveStore;
  rows: LegacyRowStore;
  contacts: MovableContactStore;
  job: CoverageJobStore;
  /** Made with a signal that ends what is being asked. */
  teamsWith: (signal: AbortSignal) => TeamsOfSystem;
  record: RecordEvent;
  now: () => number;
  newId: () => string;
  logger: Logger;
}>;

/** Moves of old contacts and the nightly report, as they go on without a request. `wake` when a move was started. */
export type LegacyBackground = Readonly<{ wake(): void; close(): Promise<void> }>;

const movePollMs = 2_000;
const coveragePollMs = 10_000;

/** Starts both; any number of processes may. */
export const startLegacyBackground = ({ moves, rows, contacts, job, teamsWith, record, now, newId, logger }: LegacyBackgroundDependencies): LegacyBackground => {
  const ending = new AbortController();
  const isClosing = (): boolean => ending.signal.aborted;
  const teams = teamsWith(ending.signal);
  const coverage = startLoop({
    pass: async () => !isClosing() && (await reportCoverage({ job, moves, rows, contacts, teams })),
    pollMs: coveragePollMs,
    maxPauseMs: 60_000,
    onFault: (error) => logger.warn({ err: error }, 'the coverage of team owners is reported later'),
  });
  const move = startLoop({
    pass: async () => {
      if (isClosing()) return false;
      const more = await moveLegacyTeams({ moves, rows, contacts, coverage: job, teams, record, now, newId, logger }, isClosing);
      if (more) coverage.wake();
      return more;
    },
    pollMs: movePollMs,
    onFault: (error) => logger.warn({ err: error }, 'a move of old contacts goes on later'),
  });
  return {
    wake: move.wake,
    close: async () => {
      ending.abort();
      await Promise.all([move.close(), coverage.close()]);
    },
  };
};
