import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { GaveUp, waitUntil } from './waiting.ts';

/** A process that outlives the command that started it. */
export type Daemon = Readonly<{
  pid: number;
  /** When the kernel started it, in ticks since boot: a later process with the same number is not it. */
  startedAt: string;
}>;

export type Launch = Readonly<{
  command: string;
  args: readonly string[];
  /** Everything it writes. */
  log: string;
  /** Who runs it. Default: who runs this command. */
  as?: Readonly<{ uid: number; gid: number }> | undefined;
  env?: Readonly<Record<string, string>>;
}>;

/** Where `launch` notes its process at once, for a command that is cut off before all are up. */
export const noteBeside = (log: string): string => `${log}.process.json`;

/** Starts a process of its own group, writing to its log. @throws when the program is not there. */
export const launch = async ({ command, args, log, as, env = {} }: Launch): Promise<Daemon> => {
  const output = openSync(log, 'a');
  const child = spawn(command, [...args], {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
    ...as,
  });
  closeSync(output);
  const { pid } = await new Promise<Readonly<{ pid: number }>>((resolve, reject) => {
    child.once('error', reject).once('spawn', () => {
      resolve({ pid: child.pid ?? 0 });
    });
  });
  child.unref();
  const daemon = { pid, startedAt: startOf(pid) ?? 'gone' };
  writeFileSync(noteBeside(log), JSON.stringify(daemon));
  return daemon;
};

/** The process that asks. */
export const thisProcess = (): Daemon => ({ pid: process.pid, startedAt: startOf(process.pid) ?? 'gone' });

/** Whether it still runs. */
export const isAlive = ({ pid, startedAt }: Daemon): boolean => startOf(pid) === startedAt;

/** Waits for a server that was just launched. @throws with the end of its log when it ended or the limit is over. */
export const untilReady = async (daemon: Daemon, { title, log, limitMs }: Readonly<{ title: string; log: string; limitMs: number }>, look: () => Promise<boolean>): Promise<void> => {
  try {
    await waitUntil(
      () => {
        if (!isAlive(daemon)) throw new GaveUp(`${title} ended while it started`);
        return look();
      },
      { what: `${title} was to get ready, and`, limitMs },
    );
  } catch (error) {
    await stopDaemon(daemon, 'SIGKILL');
    throw new Error(`${error instanceof Error ? error.message : String(error)}. The end of ${log}:\n${await tail(log)}`, { cause: error });
  }
};

/** Asks it to end, and ends it after 10 s. */
export const stopDaemon = async (daemon: Daemon, signal: NodeJS.Signals): Promise<void> => {
  const send = (which: NodeJS.Signals): void => {
    if (isAlive(daemon)) process.kill(daemon.pid, which);
  };
  const gone = (limitMs: number) => waitUntil(() => Promise.resolve(!isAlive(daemon)), { what: `Process ${String(daemon.pid)} was to end, and`, limitMs });
  send(signal);
  await gone(10_000).catch(() => {
    send('SIGKILL');
    return gone(5_000);
  });
};

/** Undefined when there is no such process, or when it only waits to be buried by its parent. */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined;
  }
};

const tail = async (log: string): Promise<string> => (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-15).join('\n');
