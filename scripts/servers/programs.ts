import { spawn } from 'node:child_process';

export type Ran = Readonly<{ code: number; output: string }>;

/** Runs a program to its end and keeps what it wrote; it is killed at the limit. Code 127: there is no such program. */
export const runProgram = (
  command: string,
  args: readonly string[],
  options: Readonly<{ limitMs: number; as?: Readonly<{ uid: number; gid: number }> | undefined; env?: Readonly<Record<string, string>>; cwd?: string }>,
): Promise<Ran> =>
  new Promise((resolve) => {
    const { limitMs, as, env = {}, cwd } = options;
    const child = spawn(command, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      ...as,
    });
    const written: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => written.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => written.push(chunk));
    child.once('error', (error) => {
      resolve({ code: 127, output: error.message });
    });
    child.once('close', (code, signal) => {
      const output = Buffer.concat(written).toString('utf8').trim();
      resolve({ code: code ?? 1, output: signal === null ? output : `${output}\n${command} was stopped after ${String(limitMs / 1_000)} s` });
    });
  });

/** Runs a program. @throws with the task's name and the end of what the program wrote, unless it ends with 0. */
export const mustRun = async (task: string, command: string, args: readonly string[], options: Parameters<typeof runProgram>[2]): Promise<string> => {
  const { code, output } = await runProgram(command, args, options);
  if (code !== 0) throw new Error(`${task} failed (${command} ended with ${String(code)}):\n${output.split('\n').slice(-10).join('\n')}`);
  return output;
};
