import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { supergraphSdl } from '../../gateway/supergraph.ts';
import { freePorts } from '../../scripts/servers/ports.ts';

/** A gateway of others that runs over the subgraphs. */
export type OtherGateway = Readonly<{ url: string; child: ChildProcess }>;

type Other = Readonly<{
  /** Also of its folder under `.data/peers`: ignored by git and of the bench alone, so that nothing of it becomes a dependency. */
  name: string;
  /** Installs it into the folder; true: it is there. */
  install(folder: string): boolean;
  /** How it is started over a supergraph's file on a port of loopback, with how much more in its environment. */
  command(folder: string, supergraph: string, port: string): Readonly<{ file: string; args: readonly string[]; env: Readonly<Record<string, string>> }>;
}>;

const ran = (file: string, args: readonly string[], cwd: string): boolean => spawnSync(file, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;

/** Hive Gateway as its command line starts it, in one process: some 750 packages, no install script of which runs. */
const hive: Other = {
  name: 'hive-2.14.2',
  install: (folder) => {
    // as its npm package says that it is installed, but for one that its own ranges would take too new
    const manifest = { private: true, dependencies: { '@graphql-hive/gateway': '2.14.2' }, overrides: { '@graphql-tools/batch-execute': '10.2.0' } };
    writeFileSync(`${folder}/package.json`, JSON.stringify(manifest));
    return ran('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], folder);
  },
  command: (folder, supergraph, port) => ({
    file: process.execPath,
    args: [`${folder}/node_modules/@graphql-hive/gateway/dist/bin.js`, 'supergraph', supergraph, '--port', port, '--host', '127.0.0.1', '--fork', '1'],
    env: { LOG_LEVEL: 'error', NODE_ENV: 'production' },
  }),
};

/** Hive Router, in Rust, with as many threads as it takes by itself. Building it takes cargo and, on two cores, 10 to 40 minutes. */
const hiveRouter: Other = {
  name: 'hive-router-0.1.0',
  install: (folder) => ran('cargo', ['install', 'hive-router@0.1.0', '--locked', '--features', 'graphiql', '--quiet', '--root', folder], folder),
  command: (folder, supergraph, port) => ({
    file: `${folder}/bin/hive_router`,
    args: [],
    env: { HOST: '127.0.0.1', PORT: port, SUPERGRAPH_FILE_PATH: supergraph, LOG_LEVEL: 'error' },
  }),
};

/** Peers of the bench, by the names that PEERS takes. */
export const otherGateways: Readonly<Record<string, Other>> = { hive, 'hive-router': hiveRouter };

const startMs = 120_000;

/** Starts it over the subgraphs at the URL given; installs it first where it is not yet. @throws when it cannot be installed or does not start */
export const startOther = async ({ name, install, command }: Other, subgraphs: string): Promise<OtherGateway> => {
  const folder = fileURLToPath(new URL(`../../.data/peers/${name}`, import.meta.url));
  if (!existsSync(`${folder}/installed`)) {
    console.error(`Installing ${name} into ${folder} (once) …`);
    mkdirSync(folder, { recursive: true });
    if (!install(folder)) throw new Error(`${name} could not be installed`);
    writeFileSync(`${folder}/installed`, '');
  }
  const supergraph = `${folder}/supergraph.graphql`;
  writeFileSync(supergraph, supergraphSdl().replace(/http:\/\/(\w+)\.invalid/g, `${subgraphs}/$1`));
  const [port = 0] = await freePorts(1);
  const { file, args, env } = command(folder, supergraph, String(port));
  const child = spawn(file, args, { cwd: folder, stdio: 'ignore', env: { ...process.env, ...env } });
  const url = `http://127.0.0.1:${String(port)}/graphql`;
  const until = Date.now() + startMs;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill();
      throw new Error(`${name} did not start; try: ${[file, ...args].join(' ')}`);
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
