import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Makes a fresh clone runnable: installs packages and generates the Prisma client when they are missing or older than
 * what they are made from. Uses Node's own modules only, because nothing else may be there yet.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const lockWaitMs = 300_000;

export const prepare = () => {
  checkNode();
  if (isPrepared()) return;
  withLock(() => {
    if (!isInstalled()) install();
    if (!isGenerated()) generate();
  });
};

const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`One Team needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
};

const client = {
  made: at('subgraphs', 'teams', 'store', 'generated', '.one-team'),
  from: [at('prisma', 'schema.prisma'), at('package-lock.json')],
};

const fingerprint = ({ from }) => {
  const hash = createHash('sha256').update(process.versions.modules);
  for (const file of from) hash.update(readFileSync(file));
  return hash.digest('hex');
};

/** npm writes its own lock file into node_modules when an install is done. */
const isInstalled = () => {
  const installed = statSync(at('node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  return installed !== undefined && installed.mtimeMs >= statSync(at('package-lock.json')).mtimeMs && existsSync(at('node_modules', 'tsx'));
};
const isGenerated = () => existsSync(client.made) && readFileSync(client.made, 'utf8') === fingerprint(client);
const isPrepared = () => isInstalled() && isGenerated();

const install = () => {
  console.error('Installing packages (once) …');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund'], {});
};

const generate = () => {
  // The CLI insists on a schema engine that `generate` never starts: any existing file will do, and nothing is downloaded.
  run(process.execPath, [at('node_modules', 'prisma', 'build', 'index.js'), 'generate', '--no-hints'], {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  });
  writeFileSync(client.made, fingerprint(client));
};

const run = (command, args, env) => {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return;
  console.error(stdout ?? '', stderr ?? '', error ?? '');
  console.error(`Failed: ${[command, ...args].join(' ')}`);
  process.exit(1);
};

/** Several commands may be started at once in a fresh clone: one prepares, the others wait. */
const withLock = (work) => {
  const lock = at('.data', 'prepare.lock');
  mkdirSync(at('.data'), { recursive: true });
  const until = Date.now() + lockWaitMs;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (Date.now() - statSync(lock, { throwIfNoEntry: false })?.mtimeMs > lockWaitMs) rmdirSync(lock);
      if (Date.now() > until) throw new Error(`Another command holds ${lock}. Remove that folder if none runs.`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    work();
  } finally {
    rmdirSync(lock);
  }
};
