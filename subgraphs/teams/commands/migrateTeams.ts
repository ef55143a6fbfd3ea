import { createHash } from 'node:crypto';
import { badInput, conflict, isRefused, Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid, textFault } from '../../shared/text.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { keptItem, type PushedItem, type SquadApp, storable } from '../domain/migrationItem.ts';
import type { Reader } from '../store/database.ts';
import { insertItems } from '../store/migrationItems.ts';
import { insertJob, jobByKey, type MigrationJobRow } from '../store/migrationJobs.ts';
import { insertCompletes, openRun, runById } from '../store/migrationRuns.ts';
import type { MigrationDeps } from './migrationDeps.ts';
import { squadOf } from './squad.ts';

/** Most items, and most companies in `completes`, of one push (OTM OQ1). */
export const maxItems = 10_000;

export type PushOfTeams = Readonly<{
  app: SquadApp;
  items: readonly PushedItem[];
  runId: string | null;
  idempotencyKey: string | null;
  dryRun: boolean;
  completes: readonly string[];
}>;

/**
 * Accepts a push of many teams (OTM-S05): stores the job with its items and sends it to be worked off, in one transaction.
 * A repeat with the same key and payload answers the same job; with another payload CONFLICT.
 */
export const migrateTeams = async (deps: MigrationDeps, viewer: Viewer, push: PushOfTeams): Promise<MigrationJobRow | Refusal> => {
  const squad = squadOf(viewer, push.app);
  if (isRefused(squad)) return squad;
  const refusal = refusalOf(push) ?? (await runRefusal(deps.database.prisma, push.app, push.runId));
  if (refusal !== undefined) return refusal;

  const payloadHash = hashOf(push);
  const createdAt = new Date(deps.now());
  const stored = await deps.database.transaction(async (tx) => {
    const runId = push.dryRun ? null : (push.runId ?? deps.newId());
    if (runId !== null && push.runId === null) await openRun(tx, { id: runId, app: push.app });
    const job = await insertJob(tx, {
      id: deps.newId(),
      app: push.app,
      caller: squad.id,
      idempotencyKey: push.idempotencyKey,
      payloadHash,
      dryRun: push.dryRun,
      runId,
      total: push.items.length,
      createdAt,
    });
    if (job === null) {
      // the run that was opened for it goes with it
      throw new KeyUsed();
    }
    await insertItems(tx, job.id, push.items.map(keptItem));
    await insertCompletes(tx, job.id, [...new Set(push.completes.map((id) => storable(id) ?? ''))]);
    await deps.send(tx, job.id);
    return job;
  }).catch((error: unknown) => {
    if (error instanceof KeyUsed) return null;
    throw error;
  });
  if (stored !== null) {
    deps.wakeWorkers();
    return stored;
  }
  const job = await jobByKey(deps.database.prisma, squad.id, push.idempotencyKey ?? '');
  // the nightly clean-up took the job in between, and its key with it
  return job === null ? migrateTeams(deps, viewer, push) : sameOrConflict(job, push, payloadHash);
};

class KeyUsed extends Error {}

const sameOrConflict = (job: MigrationJobRow, push: PushOfTeams, payloadHash: string): MigrationJobRow | Refusal =>
  job.payloadHash === payloadHash
    ? job
    : conflict(`input.idempotencyKey is ${excerpt(push.idempotencyKey ?? '')}, which was sent with another payload before; a new push needs a new key.`);

const refusalOf = ({ items, completes, idempotencyKey }: PushOfTeams): Refusal | undefined => {
  if (items.length > maxItems) {
    return new Refusal('BATCH_TOO_LARGE', `input.items has ${items.length} items; at most ${maxItems} are allowed.`, { field: 'input.items' });
  }
  if (completes.length > maxItems) {
    return new Refusal('BATCH_TOO_LARGE', `input.completes names ${completes.length} companies; at most ${maxItems} are allowed.`, { field: 'input.completes' });
  }
  if (items.length === 0 && completes.length === 0) {
    return badInput('input.items', `input.items is empty; it must have 1–${maxItems} items, or completes must name a company.`);
  }
  const fault = idempotencyKey === null ? undefined : textFault(idempotencyKey, 255);
  return fault === undefined ? undefined : badInput('input.idempotencyKey', `input.idempotencyKey is ${fault}; it must be a text of 1–255 characters.`);
};

/** A run must be known and not another squad's. */
export const runRefusal = async (reader: Reader, app: SquadApp, runId: string | null): Promise<Refusal | undefined> => {
  if (runId === null) return undefined;
  const run = isUuid(runId) ? await runById(reader, runId) : null;
  const usable = run !== null && (run.app === null || run.app === app);
  return usable ? undefined : badInput('input.runId', `input.runId is ${excerpt(runId)}, which is no run of ${app.toUpperCase()}.`);
};

const hashOf = ({ app, items, runId, dryRun, completes }: PushOfTeams): string => {
  const rows = items.map((item) => [item.companySsoId, item.name, item.appIdentifierId, item.parentAppIdentifierId]);
  return createHash('sha256').update(JSON.stringify([app, rows, runId, dryRun, completes])).digest('hex');
};
