import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, noteBeside, stopDaemon } from './daemon.ts';
import { startKafkaServer } from './kafka.ts';
import { type Kind, kinds } from './kinds.ts';
import { startMongoServer } from './mongo.ts';
import { startPostgresServer } from './postgres.ts';
import type { Recipe, RunningServer } from './recipe.ts';
import type { State } from './state.ts';

const recipes: Readonly<Record<Kind, Recipe>> = { postgres: startPostgresServer, mongo: startMongoServer, kafka: startKafkaServer };
/** Postgres: end sessions, then end. The others end in order with SIGTERM. */
const endings: Readonly<Record<Kind, NodeJS.Signals>> = { postgres: 'SIGINT', mongo: 'SIGTERM', kafka: 'SIGTERM' };

export type ProcessState = Extract<State, { by: 'processes' }>;

/** Brings the three up at once as processes of this machine. @throws what every missing one needs; then none is left running. */
export const startProcesses = async (options: Readonly<{ folder: string; cache: string; say: (text: string) => void }>): Promise<ProcessState> => {
  const { folder, cache, say } = options;
  const started = await Promise.allSettled(kinds.map((kind) => recipes[kind]({ folder: join(folder, kind), cache, say })));
  const running = new Map<Kind, RunningServer>();
  const faults: string[] = [];
  for (const [index, kind] of kinds.entries()) {
    const result = started[index];
    if (result?.status === 'fulfilled') running.set(kind, result.value);
    else faults.push(result?.reason instanceof Error ? result.reason.message : String(result?.reason));
  }
  const of = (kind: Kind): RunningServer => {
    const server = running.get(kind);
    if (server === undefined) throw new Error(faults.join('\n\n'));
    return server;
  };
  try {
    const [postgres, mongo, kafka] = [of('postgres'), of('mongo'), of('kafka')];
    return {
      by: 'processes',
      urls: { postgres: postgres.url, mongo: mongo.url, kafka: kafka.url },
      daemons: { postgres: postgres.daemon, mongo: mongo.daemon, kafka: kafka.daemon },
      folders: [postgres, mongo, kafka].flatMap((server) => server.folders),
    };
  } catch (error) {
    await stopLeftovers(folder);
    await removeAll([...running.values()].flatMap((server) => server.folders));
    throw error;
  }
};

/** Ends the processes and removes their data. */
export const stopProcesses = async ({ daemons, folders }: ProcessState): Promise<void> => {
  await Promise.all(kinds.map((kind) => stopDaemon(daemons[kind], endings[kind])));
  await removeAll(folders);
};

/** Ends what a command left that was cut off before it could tell what it had started. */
export const stopLeftovers = async (folder: string): Promise<void> => {
  for (const kind of kinds) {
    const note = await readFile(noteBeside(join(folder, kind, 'log')), 'utf8').catch(() => undefined);
    if (note !== undefined) await stopDaemon(JSON.parse(note) as Daemon, endings[kind]);
  }
  await removeAll([folder]);
};

const removeAll = async (folders: readonly string[]): Promise<void> => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
};
