import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, isAlive } from './daemon.ts';
import type { Kind, ServerUrls } from './kinds.ts';

/** What `start` leaves for `status`, `env` and `stop`. */
export type State =
  | Readonly<{ by: 'docker'; urls: ServerUrls }>
  | Readonly<{ by: 'processes'; urls: ServerUrls; daemons: Readonly<Record<Kind, Daemon>>; folders: readonly string[] }>;

const fileIn = (folder: string): string => join(folder, 'state.json');

/** Undefined when nothing was started. */
export const readState = async (folder: string): Promise<State | undefined> => {
  try {
    return JSON.parse(await readFile(fileIn(folder), 'utf8')) as State;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/** URLs carry passwords: for the owner's eyes. */
export const writeState = async (folder: string, state: State): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const draft = `${fileIn(folder)}.${String(process.pid)}`;
  await writeFile(draft, JSON.stringify(state, null, 2), { mode: 0o600 });
  await rename(draft, fileIn(folder));
};

/** The servers of the state whose processes have ended. */
export const endedIn = (state: Extract<State, { by: 'processes' }>): readonly Kind[] =>
  (Object.keys(state.daemons) as Kind[]).filter((kind) => !isAlive(state.daemons[kind]));
