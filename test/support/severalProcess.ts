import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A line of a process's log. */
export type LogLine = Readonly<Record<string, unknown> & { msg: string }>;

/** A process of the system, started by a test. */
export type Running = Readonly<{
  url: string;
  pid: number;
  /** Everything that it has logged at `info` and above, oldest first. */
  log: readonly LogLine[];
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  pause(): void;
  resume(): void;
  /** SIGTERM, and kill -9 after 10 s. */
  stop(): Promise<void>;
  /** Its exit code, once it has ended; null when a signal ended it. */
  ended: Promise<number | null>;
}>;

const startLimitMs = 40_000;
const stopLimitMs = 10_000;

/** Starts an entry with these variables and none of ours, and waits until it listens. @throws with what it said, when it ends before. */
export const startProcess = async (entry: string, env: Readonly<Record<string, string>>): Promise<Running> => {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    env: { PATH, HOME, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => void said.push(chunk.toString('utf8')));
  const exited = once(child, 'exit');
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await exited;
    clearTimeout(late);
  };
  const log: LogLine[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (): void => reject(new Error(`${entry} ended before it listened, or took too long:\n${said.join('')}${log.map(({ msg }) => msg).join('\n')}`));
    const late = setTimeout(() => void end('SIGKILL').then(fail), startLimitMs);
    void exited.then(() => {
      clearTimeout(late);
      fail();
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const parsed = JSON.parse(line) as LogLine & { url?: string };
      log.push(parsed);
      if (!parsed.msg.endsWith(' is listening') || parsed.url === undefined) return;
      clearTimeout(late);
      resolve(parsed.url);
    });
  });
  return {
    url,
    pid: child.pid ?? 0,
    log,
    kill: () => end('SIGKILL'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: async () => {
      child.kill('SIGCONT');
      await end('SIGTERM');
    },
    ended: exited.then(([code]) => code as number | null),
  };
};
