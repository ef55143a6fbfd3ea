import { isRefused, type Refusal } from '../../shared/errors.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { keptItem, type PushedItem, type SquadApp } from '../domain/migrationItem.ts';
import { transactionNumber, wasCommitted } from '../store/committed.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { ItemResult } from '../store/migrationItems.ts';
import { openRun } from '../store/migrationRuns.ts';
import { type Applied, applyOutcomes, companyOf, planItems } from './applyOutcomes.ts';
import { runRefusal } from './migrateTeams.ts';
import type { MigrationDeps } from './migrationDeps.ts';
import { squadOf } from './squad.ts';

export type PushOfTeam = Readonly<{ app: SquadApp; item: PushedItem; runId: string | null }>;

const tries = 3;

/** Migrates one team at once, by the rules of a batch (OTM-S05). A FAILED item is a result, not a refusal. */
export const migrateTeam = async (deps: MigrationDeps, viewer: Viewer, { app, item, runId }: PushOfTeam): Promise<ItemResult | Refusal> => {
  const squad = squadOf(viewer, app);
  if (isRefused(squad)) return squad;
  const refusal = await runRefusal(deps.database.prisma, app, runId);
  if (refusal !== undefined) return refusal;

  const kept = keptItem(item, 0);
  const now = new Date(deps.now());
  const attempt = async (tx: Transaction): Promise<Applied> => {
    const run = runId ?? deps.newId();
    if (runId === null) await openRun(tx, { id: run, app });
    const outcomes = await planItems(tx, app, new Map([[companyOf(kept), [kept]]]));
    return applyOutcomes(tx, { app, runId: run, now, newId: deps.newId }, outcomes);
  };
  const work = () => again(deps.database, attempt, tries);
  const company = companyOf(kept);
  // an item that names no company locks none
  const { results, recorded } = await (company === '' ? work() : deps.database.inTurn(company, work));
  recorded.forEach((event) => deps.record(event));
  if (results.some(({ outcome }) => outcome === 'CREATED')) deps.wakeRelay();
  const [result] = results;
  if (result === undefined) throw new Error('the plan has no outcome for its item');
  // as it stands in this input, where there is no list
  return { ...result, message: result.message?.replace(/^items\[0\]/, 'input.item') ?? null };
};

/**
 * Repeats what a race with another writer, or a fault that passes, made fail. Not what was done all the same, when only the answer to its
 * COMMIT was lost: its own results stand, as a second try would find the team that the first one made, and count it again.
 */
const again = async <T>(database: Database, attempt: (tx: Transaction) => Promise<T>, left: number): Promise<T> => {
  const done: Readonly<{ number: string; result: T }>[] = [];
  try {
    return await database.transaction(async (tx) => {
      const result = await attempt(tx);
      done.push({ number: await transactionNumber(tx), result });
      return result;
    });
  } catch (error) {
    const [unanswered] = done;
    if (unanswered !== undefined && (await wasCommitted(database.prisma, unanswered.number))) return unanswered.result;
    if (left <= 1) throw error;
    return again(database, attempt, left - 1);
  }
};
