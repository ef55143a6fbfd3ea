import type { DomainEvent, RecordEvent } from '../../shared/metrics.ts';
import { isUuid } from '../../shared/text.ts';
import { type Applied, applyOutcomes, companyOf, planItems, type Push } from '../commands/applyOutcomes.ts';
import type { KeptItem, SquadApp } from '../domain/migrationItem.ts';
import type { Outcome } from '../domain/migrationPlan.ts';
import type { Database, Transaction } from '../store/database.ts';
import { pendingItems, saveResults } from '../store/migrationItems.ts';
import { countOutcomes, finishJob, holdJob, type MigrationJobRow, takeJob } from '../store/migrationJobs.ts';
import { completesOf, declareComplete, setCompletes } from '../store/migrationRuns.ts';
import { lockCompanies } from '../store/migrationTargets.ts';
import { isOutage } from '../store/outage.ts';

export type WorkDeps = Readonly<{
  database: Database;
  now: () => number;
  newId: () => string;
  record: RecordEvent;
  /** Called after each commit that wrote events. */
  wake: () => void;
  /** Called after each commit that moved the job on. */
  onProgress?: () => void;
  onFault: (error: unknown) => void;
  /** Tests stop the work between two steps by throwing in it. */
  checkpoint?: (step: WorkStep) => void | Promise<void>;
  /** Items created in one transaction. Default 1,000. */
  chunkLength?: number;
  /** Milliseconds after which the rest is left to a new piece of work; below the queue's lease. Default 15,000. */
  budgetMs?: number;
}>;

export type WorkStep = 'taken' | 'held' | 'planned' | 'applied' | 'counted' | 'committed' | 'finishing' | 'finished';

const triesOfOne = 3;

/**
 * Works a migration job off, chunk by chunk, each in one transaction with its teams, events, results and counts. Planned
 * anew from what is left each time, so that it goes on after a crash at any point without loss or repetition.
 * Answers whether there is more to do; false too when the job has ended or another attempt has taken it over.
 */
export const workMigrationJob = async (deps: WorkDeps, jobId: string, signal: AbortSignal): Promise<boolean> => {
  const { database, now, chunkLength = 1_000, budgetMs = 15_000 } = deps;
  const until = now() + budgetMs;
  const job = await database.transaction((tx) => takeJob(tx, jobId, new Date(now())));
  if (job === null) return false;
  await deps.checkpoint?.('taken');
  const left = new Map((await pendingItems(database.prisma, jobId)).map((item) => [item.index, item]));
  let limit = chunkLength;
  let tries = 0;
  while (left.size > 0) {
    if (signal.aborted || now() >= until) return true;
    try {
      const applied = await workChunk(deps, job, left, limit);
      if (applied === null) return false;
      settle(deps, left, applied);
      limit = Math.min(limit * 2, chunkLength);
      tries = 0;
      await deps.checkpoint?.('committed');
    } catch (error) {
      deps.onFault(error);
      // no item's fault: the job goes back to the queue as it is
      if (error instanceof Interrupted || isOutage(error)) throw error;
      tries += limit === 1 ? 1 : 0;
      if (tries < triesOfOne) limit = Math.max(1, Math.floor(limit / 2));
      else {
        const applied = await failFirst(deps, job, left);
        if (applied === null) return false;
        settle(deps, left, applied);
        tries = 0;
      }
    }
  }
  await finish(deps, job);
  return false;
};

/** Ends the work at once, as the death of its process would. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const appOf = (job: MigrationJobRow): SquadApp => (job.app === 'chat' ? 'chat' : 'crm');
const pushOf = ({ now, newId }: WorkDeps, job: MigrationJobRow): Push => ({ app: appOf(job), runId: job.dryRun ? null : job.runId, now: new Date(now()), newId });

const workChunk = (deps: WorkDeps, job: MigrationJobRow, left: ReadonlyMap<number, KeptItem>, limit: number): Promise<Applied | null> =>
  deps.database.transaction(async (tx) => {
    if (!(await holdJob(tx, job.id, job.attempt))) return null;
    await deps.checkpoint?.('held');
    const outcomes = await planItems(tx, appOf(job), companiesOf(left, deps.chunkLength ?? 1_000));
    await deps.checkpoint?.('planned');
    return write(deps, tx, job, job.dryRun ? outcomes : take(outcomes, limit, limit === (deps.chunkLength ?? 1_000)));
  });

const write = async (deps: WorkDeps, tx: Transaction, job: MigrationJobRow, outcomes: readonly Outcome[]): Promise<Applied> => {
  const applied = await applyOutcomes(tx, pushOf(deps, job), outcomes);
  await deps.checkpoint?.('applied');
  await saveResults(tx, job.id, applied.results);
  await countOutcomes(tx, job.id, job.attempt, applied.counts);
  await deps.checkpoint?.('counted');
  return applied;
};

/** Whole companies, as many as it takes for a chunk: parents and duplicates are never of another company. */
const companiesOf = (left: ReadonlyMap<number, KeptItem>, atLeast: number): ReadonlyMap<string, readonly KeptItem[]> => {
  const companies = new Map<string, KeptItem[]>();
  for (const item of left.values()) {
    const id = companyOf(item);
    const items = companies.get(id);
    if (items === undefined) companies.set(id, [item]);
    else items.push(item);
  }
  const chosen = new Map<string, readonly KeptItem[]>();
  let count = 0;
  for (const [id, items] of companies) {
    if (count >= atLeast) break;
    chosen.set(id, items);
    count += items.length;
  }
  return chosen;
};

/** All failures at once, as their reasons depend on one another, and as many others as fit; after a fault only so many. */
const take = (outcomes: readonly Outcome[], limit: number, whole: boolean): readonly Outcome[] => {
  if (!whole) return outcomes.slice(0, limit);
  const failures = outcomes.findIndex(({ kind }) => kind !== 'fail');
  return failures === -1 ? outcomes : outcomes.slice(0, failures + limit);
};

/** Gives up on what cannot be written however small the chunk: one item, so that it never stops the rest. */
const failFirst = (deps: WorkDeps, job: MigrationJobRow, left: ReadonlyMap<number, KeptItem>): Promise<Applied | null> =>
  deps.database.transaction(async (tx) => {
    if (!(await holdJob(tx, job.id, job.attempt))) return null;
    const outcomes = await planItems(tx, appOf(job), companiesOf(left, deps.chunkLength ?? 1_000));
    const failed = (job.dryRun ? outcomes : outcomes.slice(0, 1)).map(({ item }): Outcome => ({
      kind: 'fail',
      item,
      fault: { reason: 'INTERNAL', message: `items[${item.index}] could not be stored by a fault of ours; push it again.` },
    }));
    return write(deps, tx, job, failed);
  });

const settle = ({ record, wake, onProgress }: WorkDeps, left: Map<number, KeptItem>, { results, recorded }: Applied): void => {
  for (const { index } of results) left.delete(index);
  recorded.forEach((event: DomainEvent) => record(event));
  if (recorded.some(({ event }) => event === 'team_migrated')) wake();
  onProgress?.();
};

const finish = async (deps: WorkDeps, job: MigrationJobRow): Promise<void> => {
  const now = new Date(deps.now());
  await deps.database.transaction(async (tx) => {
    if (!(await holdJob(tx, job.id, job.attempt))) return;
    await deps.checkpoint?.('finishing');
    await settleCompletes(tx, job, now);
    await finishJob(tx, job.id, job.attempt, now);
  });
  deps.onProgress?.();
  await deps.checkpoint?.('finished');
};

/** `completes` takes effect now that the job has ended, company by company; a dry run's never does. */
const settleCompletes = async (tx: Transaction, job: MigrationJobRow, now: Date): Promise<void> => {
  const refs = (await completesOf(tx, job.id)).map(({ companyRef }) => companyRef);
  if (refs.length === 0) return;
  if (job.dryRun || job.runId === null) {
    await setCompletes(tx, job.id, refs, 'VOID');
    return;
  }
  const closed = await lockCompanies(tx, refs.filter(isUuid).sort());
  const those = (wanted: (state: 'unknown' | 'inactive' | 'flags off' | null) => boolean): readonly string[] =>
    refs.filter((ref) => wanted(closed.has(ref) ? (closed.get(ref) ?? null) : 'unknown'));
  const effective = those((state) => state === null);
  await declareComplete(tx, { app: appOf(job), runId: job.runId, now }, effective);
  await setCompletes(tx, job.id, effective, 'EFFECTIVE');
  await setCompletes(tx, job.id, those((state) => state === 'flags off'), 'NOT_ENABLED');
  await setCompletes(tx, job.id, those((state) => state === 'unknown' || state === 'inactive'), 'UNKNOWN');
};
