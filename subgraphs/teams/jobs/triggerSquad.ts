import { setTimeout as pause } from 'node:timers/promises';
import type { SquadApp } from '../domain/migrationItem.ts';
import type { Database } from '../store/database.ts';
import { pendingCompanies, settleTrigger } from '../store/migrationTriggers.ts';
import { type SquadClient, type SquadEndpoint, SquadFault } from './squadClient.ts';

/** The squads that can be triggered; null: none is configured. */
export type Squads = Readonly<Record<SquadApp, SquadEndpoint | null>>;

export type TriggerDeps = Readonly<{
  database: Database;
  squads: Squads;
  client: Pick<SquadClient, 'call'>;
  /** From 0 to below 1. */
  random: () => number;
  /** Milliseconds of the first pause between tries; the next is twice as long, each less by up to half. Default 1,000. */
  pauseMs?: number;
}>;

const tries = 3;

/** The same for all tries of one run and squad, whichever process makes them. */
export const triggerKey = (runId: string, app: SquadApp): string => `${runId}-${app}`;

/**
 * Asks one squad to push the companies of a run that wait for it (OTM-S05, ERR-1): three tries with growing pauses, then FAILED for
 * each of them. What is settled stands in their rows, so a process that dies meanwhile is followed by another with the same key.
 * @throws when it is to stop, or the database is away: the work is then given to another
 */
export const triggerSquad = async (deps: TriggerDeps, app: SquadApp, runId: string, signal: AbortSignal): Promise<void> => {
  const { database, squads } = deps;
  const companySsoIds = await pendingCompanies(database.prisma, runId, app);
  if (companySsoIds.length === 0) return;
  const endpoint = squads[app];
  const name = app.toUpperCase();
  const error =
    endpoint === null
      ? `${name} has no trigger endpoint; set ${name}_TRIGGER_URL and ${name}_TRIGGER_TOKEN for teams.`
      : await tryToCall(deps, endpoint, { idempotencyKey: triggerKey(runId, app), runId, companySsoIds, signal });
  await database.transaction((tx) => settleTrigger(tx, { runId, app, companySsoIds, error }));
};

/** Null when the squad has accepted, else why it did not. */
const tryToCall = async ({ client, random, pauseMs = 1_000 }: TriggerDeps, endpoint: SquadEndpoint, call: Parameters<SquadClient['call']>[1]): Promise<string | null> => {
  for (let at = 1; ; at += 1) {
    try {
      await client.call(endpoint, call);
      return null;
    } catch (error) {
      call.signal.throwIfAborted();
      if (!(error instanceof SquadFault)) throw error;
      if (at === tries) return `The squad ${error.message}, at the last of ${String(tries)} tries.`;
      await pause(pauseMs * 2 ** (at - 1) * (1 - random() / 2), undefined, { signal: call.signal });
    }
  }
};
