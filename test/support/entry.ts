import { spawn } from 'node:child_process';

/** How a process that could not start ended. */
export type Ended = Readonly<{ code: number | null; said: string; tookMs: number }>;

const limitMs = 20_000;

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
