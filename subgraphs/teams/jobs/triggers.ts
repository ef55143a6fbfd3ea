import type { SquadApp } from '../domain/migrationItem.ts';
import type { Database, Transaction } from '../store/database.ts';
import { pendingTriggers } from '../store/migrationTriggers.ts';
import type { Queue } from './queue.ts';
import { createSquadClient, type SquadClientOptions } from './squadClient.ts';
import { type Squads, type TriggerDeps, triggerSquad } from './triggerSquad.ts';

/** How squads are triggered. */
export type TriggerOptions = SquadClientOptions & Readonly<{ squads: Squads }> & Pick<TriggerDeps, 'random' | 'pauseMs'>;

const apps = ['chat', 'crm'] as const satisfies readonly SquadApp[];
// a queue for each squad, so that one that hangs keeps no worker from the other
const queueOf = { chat: 'trigger-chat', crm: 'trigger-crm' } as const satisfies Record<SquadApp, string>;
export const triggerQueues: readonly string[] = apps.map((app) => queueOf[app]);

/** The background calls of squads. */
export type Triggers = Readonly<{
  /** Sends the call of a run's squad with a transaction. */
  send(tx: Transaction, app: SquadApp, runId: string): Promise<void>;
  /** Sends again what waits and no process has. */
  resend(): Promise<void>;
  close(): Promise<void>;
}>;

const nobody: TriggerOptions = { squads: { chat: null, crm: null }, allowLoopback: false, random: () => 0 };

/** Starts calling squads for the runs that ask for it. */
export const startTriggers = ({ database, queue }: Readonly<{ database: Database; queue: Queue }>, options: TriggerOptions = nobody): Triggers => {
  const client = createSquadClient(options);
  const { squads, random, pauseMs } = options;
  const deps = { database, squads, client, random, ...(pauseMs !== undefined && { pauseMs }) };
  for (const app of apps) queue.work(queueOf[app], (runId, signal) => triggerSquad(deps, app, runId, signal));
  return {
    send: (tx, app, runId) => queue.send(tx, queueOf[app], runId),
    resend: async () => {
      const waiting = await pendingTriggers(database.prisma);
      for (const app of apps) await queue.resend(queueOf[app], waiting.filter((each) => each.app === app).map(({ runId }) => runId));
    },
    close: client.close,
  };
};
