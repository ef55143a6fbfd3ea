import { test } from '@jest/globals';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { until } from './until.ts';
import { freePorts } from '../../scripts/servers/ports.ts';

const isThere = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/** For what a real Redis alone can show; such a test's name ends in `(real servers)`. Skipped in embedded mode, and where there is no `redis-server`. */
export const redisTest = process.env['TEST_KAFKA_BROKERS'] === undefined || !isThere() ? test.skip : test;

/** A real Redis on a free port, that keeps nothing. */
export type TestRedis = Readonly<{
  url: URL;
  /** Ends it at once; `start` brings an empty one up on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Makes it hang, connections open, and go on. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}>;

export const startRedis = async (): Promise<TestRedis> => {
  const folder = mkdtempSync(join(tmpdir(), 'one-team-redis-'));
  const [port = 0] = await freePorts(1);
  const url = new URL(`redis://127.0.0.1:${String(port)}`);
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder], { stdio: 'ignore' });
    await until(() => answers(url));
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url,
    start,
    kill,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    close: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const answers = async (url: URL): Promise<boolean> => {
  const client = new Redis(url.href, { lazyConnect: true, disconnectTimeout: 100, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
    return true;
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
};
