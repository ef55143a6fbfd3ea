import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { supergraphSdl } from '../../gateway/supergraph.ts';

const version = '2.14.2';
/** Ignored by git; of the bench alone, so that nothing of it becomes a dependency. */
const folder = fileURLToPath(new URL(`../../.data/peers/hive-${version}`, import.meta.url));
/** As its npm package says that it is installed, but for one that its own ranges would take too new. */
const manifest = { private: true, dependencies: { '@graphql-hive/gateway': version }, overrides: { '@graphql-tools/batch-execute': '10.2.0' } };
const startMs = 120_000;

/** Installs Hive Gateway where it is not yet: some 750 packages, no install script of which runs. @throws when npm cannot */
const install = (): void => {
  if (existsSync(`${folder}/installed`)) return;
  console.error(`Installing @graphql-hive/gateway ${version} into ${folder} (once) …`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, JSON.stringify(manifest));
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`npm could not install Hive Gateway: it ended with ${String(status)}`);
  writeFileSync(`${folder}/installed`, '');
};

/** Hive Gateway as its command line starts it, in one process, over the subgraphs at the URL given. */
export const startHive = async (subgraphs: string): Promise<Readonly<{ url: string; child: ChildProcess }>> => {
  install();
  const supergraph = `${folder}/supergraph.graphql`;
  writeFileSync(supergraph, supergraphSdl().replace(/http:\/\/(\w+)\.invalid/g, `${subgraphs}/$1`));
  const port = String(await freePort());
  const args = [`${folder}/node_modules/@graphql-hive/gateway/dist/bin.js`, 'supergraph', supergraph, '--port', port, '--host', '127.0.0.1', '--fork', '1'];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore', env: { ...process.env, LOG_LEVEL: 'error', NODE_ENV: 'production' } });
  const url = `http://127.0.0.1:${port}/graphql`;
  const until = Date.now() + startMs;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill();
      throw new Error(`Hive Gateway did not start; try: node ${args.join(' ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { url, child };
};

const answers = async (url: string): Promise<boolean> => {
  try {
    const reply = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ __typename }"}', signal: AbortSignal.timeout(2_000) });
    return (await reply.text()).includes('"Query"');
  } catch {
    return false;
  }
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
