import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { launch, untilReady } from './daemon.ts';
import { titles } from './kinds.ts';
import { freePorts } from './ports.ts';
import { mustRun, runProgram } from './programs.ts';
import type { Recipe } from './recipe.ts';

const binaries = '/usr/lib/postgresql/15/bin';
const owner = 'one_team';

/**
 * Nothing here outlives its test, so a crash of the machine may lose it: `fsync` is off. A killed process loses nothing.
 * Zone and collation differ from the embedded server's on purpose: what depends on them shows.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '256MB',
  fsync: 'off',
  full_page_writes: 'off',
  timezone: 'Asia/Jakarta',
};

/** Debian's Postgres 15, run as the user `postgres` when this is root, which it refuses. */
export const startPostgresServer: Recipe = async ({ folder, say }) => {
  await havePostgres(say);
  const as = await unprivileged();
  await mkdir(folder, { recursive: true });
  const home = await reachable(folder, as);
  const data = join(home, 'data');
  const log = join(folder, 'log');
  const secret = randomBytes(12).toString('hex');
  const secretFile = join(home, 'password');
  await writeFile(secretFile, secret, { mode: 0o600 });
  if (as !== undefined) await chown(secretFile, as.uid, as.gid);
  const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US'];
  await mustRun('Making the Postgres data folder', join(binaries, 'initdb'), ['-D', data, '-U', owner, '--auth=scram-sha-256', `--pwfile=${secretFile}`, '--no-sync', ...locale], {
    limitMs: 60_000,
    as,
  });
  const [port = 0] = await freePorts(1);
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const daemon = await launch({ command: join(binaries, 'postgres'), args: ['-D', data, '-p', String(port), ...flags], log, as });
  const server = `postgres://${owner}:${secret}@127.0.0.1:${String(port)}`;
  await untilReady(daemon, { title: titles.postgres, log, limitMs: 60_000 }, async () => {
    await query(`${server}/postgres`, `CREATE DATABASE ${owner}`);
    return true;
  });
  return { url: `${server}/${owner}`, daemon, folders: [folder, home] };
};

const havePostgres = async (say: (text: string) => void): Promise<void> => {
  if (existsSync(join(binaries, 'postgres'))) return;
  const missing = `${titles.postgres} is not on this machine (${binaries}/postgres).`;
  if (process.getuid?.() !== 0) throw new Error(`${missing} Install Debian's package postgresql-15: sudo apt-get install postgresql-15`);
  say('Postgres: installing the package postgresql-15 (once) …');
  // RUNLEVEL=1 keeps the package from starting a server of its own.
  const quiet = { limitMs: 300_000, env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' } };
  try {
    await mustRun('apt-get update', 'apt-get', ['update', '-qq'], quiet);
    await mustRun('apt-get install postgresql-15', 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql-15'], quiet);
  } catch (error) {
    throw new Error(`${missing} Install Debian's package postgresql-15. Tried, and ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
};

/** The user `postgres` for root, else nobody else. */
const unprivileged = async (): Promise<Readonly<{ uid: number; gid: number }> | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string): Promise<number> => Number(await mustRun('Finding the user postgres', 'id', [flag, 'postgres'], { limitMs: 5_000 }));
  return { uid: await id('-u'), gid: await id('-g') };
};

/** A folder of that user's under ours, or under the machine's temporary folder when that user may not come so far. */
const reachable = async (folder: string, as: Readonly<{ uid: number; gid: number }> | undefined): Promise<string> => {
  const inside = join(folder, 'home');
  await mkdir(inside);
  if (as === undefined) return inside;
  await chown(inside, as.uid, as.gid);
  const { code } = await runProgram('ls', [inside], { limitMs: 5_000, as, cwd: '/' });
  if (code === 0) return inside;
  const outside = await mkdtemp(join(tmpdir(), 'one-team-postgres-'));
  await chown(outside, as.uid, as.gid);
  return outside;
};

const query = async (url: string, text: string): Promise<void> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A server that is still starting may cut a connection: the fault comes with the query as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end();
  }
};
