import { dockerAnswers, startContainers, stopContainers } from './docker.ts';
import { type Kind, kinds, titles, variableOf, type ServerUrls } from './kinds.ts';
import { alone } from './lock.ts';
import { startProcesses, stopLeftovers, stopProcesses } from './processes.ts';
import { endedIn, readState, type State, writeState } from './state.ts';

export type Place = Readonly<{ folder: string; cache: string; say: (text: string) => void }>;

/** Brings up the three, or finds them running. `wasRunning`: nothing was started. @throws what is missing */
export const start = (place: Place): Promise<Started> => alone(place.folder, place.say, () => startAlone(place));

export type Started = Readonly<{ urls: ServerUrls; wasRunning: boolean }>;

const startAlone = async (place: Place): Promise<Started> => {
  const before = await readState(place.folder);
  if (before !== undefined && (before.by === 'docker' || endedIn(before).length === 0)) return { urls: before.urls, wasRunning: true };
  if (before !== undefined) {
    place.say('Some servers have ended: starting anew …');
    await stopAlone(place);
  }
  await stopLeftovers(place.folder);
  const state: State = (await dockerAnswers()) ? await startContainers(place.say) : await startProcesses(place);
  await writeState(place.folder, state);
  return { urls: state.urls, wasRunning: false };
};

/** Ends what `start` started and removes its data; the download cache stays. False: there was nothing. */
export const stop = (place: Place): Promise<boolean> => alone(place.folder, place.say, () => stopAlone(place));

const stopAlone = async ({ folder }: Place): Promise<boolean> => {
  const state = await readState(folder);
  if (state?.by === 'docker') await stopContainers();
  if (state?.by === 'processes') await stopProcesses(state);
  await stopLeftovers(folder);
  return state !== undefined;
};

/** A line per server, and whether all run. */
export const status = async ({ folder }: Place): Promise<Readonly<{ lines: readonly string[]; allRun: boolean }>> => {
  const state = await readState(folder);
  if (state === undefined) return { lines: ['No server runs.'], allRun: false };
  const ended = state.by === 'docker' ? [] : endedIn(state);
  const about = (kind: Kind): string => {
    if (state.by === 'docker') return 'in a container';
    return ended.includes(kind) ? 'has ended' : `runs, process ${String(state.daemons[kind].pid)}`;
  };
  const lines = kinds.map((kind) => `${titles[kind].padEnd(14)} ${about(kind)}  ${state.urls[kind].replace(/:[^:@/]+@/, ':…@')}`);
  return { lines, allRun: ended.length === 0 };
};

/** `NAME=value` per server. */
export const assignments = (urls: ServerUrls): readonly string[] => kinds.map((kind) => `${variableOf[kind]}=${urls[kind]}`);

/** `export NAME='value'` per server, for a shell. @throws when nothing runs */
export const env = async ({ folder }: Place): Promise<readonly string[]> => {
  const state = await readState(folder);
  if (state === undefined) throw new Error('No server runs. Start them: npm run servers -- start');
  return kinds.map((kind) => `export ${variableOf[kind]}='${state.urls[kind]}'`);
};
