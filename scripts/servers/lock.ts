import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Daemon, isAlive, thisProcess } from './daemon.ts';
import { waitUntil } from './waiting.ts';

const limitMs = 600_000;

/** Does something while no other command does; one that died holding the lock does not count. @throws after 10 min */
export const alone = async <T>(folder: string, say: (text: string) => void, work: () => Promise<T>): Promise<T> => {
  const file = `${folder}.lock`;
  await mkdir(dirname(file), { recursive: true });
  let told = false;
  await waitUntil(
    async () => {
      if (await take(file)) return true;
      if (!told) say('Another command is at it: waiting …');
      told = true;
      return false;
    },
    { what: `The command that holds ${file} was to end, and`, limitMs, everyMs: 300 },
  );
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
};

const take = async (file: string): Promise<boolean> => {
  try {
    await writeFile(file, JSON.stringify(thisProcess()), { flag: 'wx' });
    return true;
  } catch {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Daemon;
    if (!isAlive(holder)) await rm(file, { force: true });
    return false;
  }
};
