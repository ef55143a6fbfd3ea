import { isRefused, type Refusal } from '../../shared/errors.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { keptItem, type PushedItem, type SquadApp } from '../domain/migrationItem.ts';
import type { ItemResult } from '../store/migrationItems.ts';
import { openRun } from '../store/migrationRuns.ts';
import { applyOutcomes, companyOf, planItems } from './applyOutcomes.ts';
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
  const attempt = () =>
    deps.database.transaction(async (tx) => {
      const run = runId ?? deps.newId();
      if (runId === null) await openRun(tx, { id: run, app, createdAt: now });
      const outcomes = await planItems(tx, app, new Map([[companyOf(kept), [kept]]]));
      return applyOutcomes(tx, { app, runId: run, now, newId: deps.newId }, outcomes);
    });
  const { results, recorded } = await again(attempt, tries);
  recorded.forEach((event) => deps.record(event));
  if (results.some(({ outcome }) => outcome === 'CREATED')) deps.wakeRelay();
  const [result] = results;
  if (result === undefined) throw new Error('the plan has no outcome for its item');
  // as it stands in this input, where there is no list
  return { ...result, message: result.message?.replace(/^items\[0\]/, 'input.item') ?? null };
};

/** Repeats what a race with another writer, or a fault that passes, made fail. */
const again = async <T>(attempt: () => Promise<T>, left: number): Promise<T> => {
  try {
    return await attempt();
  } catch (error) {
    if (left <= 1) throw error;
    return again(attempt, left - 1);
  }
};
