import { badInput, forbidden, Refusal } from '../../shared/errors.ts';
import { hasScope, type Viewer } from '../../shared/viewer.ts';
import { type SquadApp, storable } from '../domain/migrationItem.ts';
import type { MigrationRunRow } from '../store/migrationRuns.ts';
import { openTriggeredRun, pendingCompanies } from '../store/migrationTriggers.ts';
import { maxItems } from './migrateTeams.ts';
import type { MigrationDeps } from './migrationDeps.ts';

export type Trigger = Readonly<{
  apps: readonly SquadApp[];
  /** Null: all active companies with both flags on. */
  companySsoIds: readonly string[] | null;
}>;

/**
 * Opens a run and has the squads called in the background (OTM-S05). Each call opens a new run: a repeat asks the squads again, under
 * another key, and what they push again is SKIPPED.
 */
export const triggerTeamMigration = async (deps: MigrationDeps, viewer: Viewer, trigger: Trigger): Promise<MigrationRunRow | Refusal> => {
  if (!hasScope(viewer, 'teams:trigger')) return forbidden('Only a service with scope teams:trigger may trigger a migration.');
  const refusal = refusalOf(trigger);
  if (refusal !== undefined) return refusal;
  const apps = [...new Set(trigger.apps)];
  const companyRefs = trigger.companySsoIds === null ? null : [...new Set(trigger.companySsoIds.map((id) => storable(id) ?? ''))];
  const id = deps.newId();
  const run = await deps.database.transaction(async (tx) => {
    const opened = await openTriggeredRun(tx, { id, apps, companyRefs });
    for (const app of apps) if ((await pendingCompanies(tx, id, app)).length > 0) await deps.sendTrigger(tx, app, id);
    return opened;
  });
  deps.wakeWorkers();
  return run;
};

const refusalOf = ({ apps, companySsoIds }: Trigger): Refusal | undefined => {
  if (apps.length === 0) return badInput('input.apps', 'input.apps is empty; it must name CHAT, CRM or both.');
  if (companySsoIds === null) return undefined;
  if (companySsoIds.length === 0) return badInput('input.companySsoIds', 'input.companySsoIds is empty; name a company, or leave it out for all that are enabled.');
  if (companySsoIds.length <= maxItems) return undefined;
  const message = `input.companySsoIds names ${String(companySsoIds.length)} companies; at most ${String(maxItems)} are allowed, or leave it out for all that are enabled.`;
  return new Refusal('BATCH_TOO_LARGE', message, { field: 'input.companySsoIds' });
};
