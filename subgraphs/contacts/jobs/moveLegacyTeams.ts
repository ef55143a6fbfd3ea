import { serviceVisibility } from '../../shared/access/scope.ts';
import type { Logger } from '../../shared/logger.ts';
import type { RecordEvent } from '../../shared/metrics.ts';
import { type LegacyTally, tally } from '../domain/legacyMove.ts';
import { type LegacyMatcher, legacyMatcher } from '../domain/legacyTeams.ts';
import type { CoverageJobStore } from '../store/coverageJob.ts';
import type { LegacyMoveDocument, MoveProgress } from '../store/legacyDocuments.ts';
import type { LegacyMoveStore } from '../store/legacyMoves.ts';
import type { LegacyRowStore } from '../store/legacyRows.ts';
import type { MovableContactStore } from '../store/movableContacts.ts';
import type { TeamsOfSystem } from '../teamsOfSystem.ts';
import { jobWaitMs } from './jobWait.ts';
import { moveBatch } from './moveBatch.ts';

export type MoveDependencies = Readonly<{
  moves: LegacyMoveStore;
  rows: LegacyRowStore;
  contacts: MovableContactStore;
  coverage: Pick<CoverageJobStore, 'ask'>;
  teams: Pick<TeamsOfSystem, 'allTeams'>;
  record: RecordEvent;
  now: () => number;
  newId: () => string;
  logger: Logger;
  /** Rows of a batch. Default 500. */
  batchSize?: number;
  /** Batches of a turn. Default 20. */
  batchesOfTurn?: number;
}>;

const leaseMs = 30_000;
/** Teams are read anew for each turn, so that those made meanwhile are found. */
const usual = { batchSize: 500, batchesOfTurn: 20 };
/** Claims in a row that got nothing done, until the move is given up. The pauses between them add up to a quarter of an hour. */
export const maxStalls = 20;
const longestPauseMs = 60_000;

/**
 * Works off one turn of one move (SPEC §3.4): takes a move that is due, moves the contacts of some batches of rows, and stores how far it
 * came with each batch. Killed at any point, it goes on from the last stored batch once its lease has run out; contacts that were moved
 * already are found as they should be. Answers whether there may be more to do at once. @throws what a turn failed with, after which the move is due again later
 */
export const moveLegacyTeams = async (deps: MoveDependencies, isClosing: () => boolean = () => false): Promise<boolean> => {
  const move = await deps.moves.claim(leaseMs);
  if (move === null) return false;
  if (move.stalls > maxStalls) {
    deps.logger.error({ move: move._id, company_sso_id: move.company_sso_id }, 'a move of old contacts is given up: it came no further in many tries');
    await deps.moves.end(move, { status: 'FAILED' });
    return true;
  }
  try {
    await takeTurn(deps, move, isClosing);
    return true;
  } catch (error) {
    const pauseMs = Math.min(1_000 * 2 ** move.stalls, longestPauseMs);
    // the lease runs out by itself when even this cannot be stored
    await deps.moves.release(move, pauseMs).catch(() => undefined);
    throw error;
  }
};

const takeTurn = async (deps: MoveDependencies, claimed: LegacyMoveDocument, isClosing: () => boolean): Promise<void> => {
  const match = claimed.no_legacy_rows ? null : legacyMatcher(await deps.teams.allTeams(claimed.company_sso_id));
  let move = claimed;
  const { batchesOfTurn = usual.batchesOfTurn } = deps;
  for (let batch = 0; match !== null && batch < batchesOfTurn && !isClosing(); batch += 1) {
    const next = await nextBatch(deps, move, match);
    if (next === null) return finish(deps, move);
    // another worker has taken the move: what is done is done, and it will find so
    if (!(await deps.moves.progress(move, next, leaseMs))) return;
    move = { ...move, ...next };
  }
  if (match === null) return finish(deps, move);
  await deps.moves.release(move, 0);
};

/** How far the move is after one batch more; null when no row is left. */
const nextBatch = async (deps: MoveDependencies, move: LegacyMoveDocument, match: LegacyMatcher): Promise<MoveProgress | null> => {
  const rows = await deps.rows.rowsAfter(move.company_sso_id, move.place, deps.batchSize ?? usual.batchSize, jobWaitMs);
  if (rows.length === 0) return null;
  const visibility = serviceVisibility(move.company_sso_id);
  const done = await moveBatch(deps, { visibility, rows, match, dryRun: move.dry_run, startedBy: move.started_by });
  for (const { contactId, teamOwnerCount } of done.written) {
    const counted = { contact_id: contactId, team_owner_count: teamOwnerCount };
    deps.record({ event: 'cdp_team_owner_set', company_sso_id: move.company_sso_id, ...counted, source: 'migration' });
  }
  return {
    processed: move.processed + rows.length,
    place: rows.at(-1)?.place ?? move.place,
    gained: move.gained + done.gained,
    left_alone: move.left_alone + done.leftAlone,
    unmatched: added(move.unmatched, done.unmatched),
    ambiguous: added(move.ambiguous, done.ambiguous),
  };
};

/** The same list when nothing is added, so that it need not be written again. */
const added = (list: MoveProgress['unmatched'], ids: readonly string[]): MoveProgress['unmatched'] => {
  if (ids.length === 0) return list;
  const before: LegacyTally = new Map(list.map(({ legacy_team_id, contacts }) => [legacy_team_id, contacts]));
  return [...tally(before, ids)].map(([legacy_team_id, contacts]) => ({ legacy_team_id, contacts }));
};

/** Counts, and has the coverage reported before the move is seen to be done: a kill in between asks twice, never not at all. */
const finish = async ({ moves, contacts, coverage }: MoveDependencies, move: LegacyMoveDocument): Promise<void> => {
  const counted = await contacts.coverage(serviceVisibility(move.company_sso_id), jobWaitMs);
  const covered = Math.min(counted.covered + move.gained, counted.contacts);
  if (!move.dry_run) await coverage.ask(move._id, move.company_sso_id);
  await moves.end(move, { status: 'COMPLETED', counted: { contacts: counted.contacts, covered } });
};
