import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How a process that could not start ended. */
export type Ended = Readonly<{ code: number | null; said: string; tookMs: number }>;

const limitMs = 20_000;

/** A process that is ready: what it said until then, and its end with SIGTERM, which answers with the exit code. */
export type Started = Readonly<{ said: string; stop(): Promise<number | null> }>;

const startLimitMs = 50_000;

/** Starts a real entry as its npm script does, with these variables and no others of ours, until it says so on standard output. @throws when it ends before, or after 50 s */
export const startEntry = async (entry: string, env: Readonly<Record<string, string>>, ready: RegExp): Promise<Started> => {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['scripts/run.mjs', entry], { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(([code]: readonly unknown[]) => (typeof code === 'number' ? code : null));
  const late = setTimeout(() => child.kill('SIGKILL'), startLimitMs);
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (ready.test(line)) break;
  }
  clearTimeout(late);
  if (!ready.test(said.at(-1) ?? '')) throw new Error(`${entry} ended before it was ready, with ${String(await ended)}: ${said.join('\n')}`);
  child.stdout.resume();
  const stop = (): Promise<number | null> => {
    const later = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.kill('SIGTERM');
    return ended.finally(() => clearTimeout(later));
  };
  return { said: said.join('\n'), stop };
};

/** Runs a real entry with these variables and no others of ours, until it ends; killed after 20 s, code null. */
export const runEntry = (entry: string, env: Readonly<Record<string, string>>): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const { PATH = '', HOME = '' } = process.env;
    const began = Date.now();
    const child = spawn(process.execPath, ['--import', 'tsx', entry], { env: { PATH, HOME, ...env }, stdio: ['ignore', 'ignore', 'pipe'], timeout: limitMs, killSignal: 'SIGKILL' });
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, said: Buffer.concat(said).toString('utf8').trim(), tookMs: Date.now() - began });
    });
  });
