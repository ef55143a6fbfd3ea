import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const fileName = 'signing-key';

/**
 * The development key that signs calls between processes: 32 random bytes, base64url. Read from `<folder>/signing-key`, or made
 * there by the first of several processes that start at once; all get the same. Only its owner may read it. Never for production.
 */
export const devSigningKey = (folder: string): Promise<string> =>
  onceOnDisk(join(folder, fileName), () => Promise.resolve(randomBytes(32).toString('base64url')));

/**
 * The text of a private file (mode 0600), made when it is not there. Written beside and then linked, which fails when another
 * process was first: so nobody ever reads half a file, and every process gets the first one's.
 */
export const onceOnDisk = async (file: string, make: () => Promise<string>): Promise<string> => {
  const present = await readIfThere(file);
  if (present !== undefined) return present;
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, await make(), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  return readFile(file, 'utf8');
};

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
