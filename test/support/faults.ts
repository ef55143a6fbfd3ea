import { test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client as PostgresClient } from 'pg';
import type { Answer } from '../../embedded/demo/client.ts';
import { launch, stopDaemon } from '../../scripts/servers/daemon.ts';
import { readState, writeState } from '../../scripts/servers/state.ts';
import { connectHttp } from '../../subgraphs/shared/peer.ts';
import type { Viewer } from '../../subgraphs/shared/viewer.ts';
import { type KafkaOptions, requireTopic } from '../../subgraphs/teams/events/publisherTopic.ts';
import type { Database } from '../../subgraphs/teams/store/database.ts';
import { freshKafka } from './kafka.ts';
import type { Pusher } from './ledger.ts';
import { addCompany, chat } from './migration.ts';
import { freshDatabase } from './postgres.ts';
import { startTcpProxy, type TcpProxy, type Trap } from './proxy.ts';
import { type Running, startProcess } from './severalProcess.ts';

/** Folder of a set of servers that the tests may cut and restart; given by `npm run test:faults`. */
const serversFolder = process.env['FAULTS_SERVERS'] ?? '';

/** For what breaks servers and processes; counted as skipped in every other run. */
export const faultTest = serversFolder === '' ? test.skip : test;

export const hasFaultServers = serversFolder !== '';

/** Whether few seeds will do, as in CI: FAULTS=short. */
export const isShort = process.env['FAULTS'] === 'short';

/**
 * Seeds of a test: FAULTS_SEEDS (comma separated) to replay, else so many from FAULTS_FROM (default: new ones each time). They stand in
 * the test's failure and on standard error.
 */
export const seedsOf = (name: string, long: number, short: number): readonly number[] => {
  if (!hasFaultServers) return [1];
  const given = process.env['FAULTS_SEEDS'];
  const first = Number(process.env['FAULTS_FROM'] ?? String(Date.now() % 1_000_000));
  const seeds = given === undefined ? Array.from({ length: isShort ? short : long }, (_, n) => first + n) : given.split(',').map(Number);
  process.stderr.write(`${name}: seeds ${seeds.join(',')} (replay: FAULTS_SEEDS=…)\n`);
  return seeds;
};

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** A teams process, and the door between it and Postgres. */
export type TeamsProcess = Running & Readonly<{ door: TcpProxy; client: Pusher }>;

/** A database of its own with companies to push into, a topic, and teams processes on them. */
export type FaultWorld = Readonly<{
  database: Database;
  companies: readonly [string, string];
  kafka: KafkaOptions;
  /** Starts a teams process whose jobs are taken up again after so many seconds; it publishes to the topic unless told not to. */
  start(options: Readonly<{ leaseSeconds: number; publishes?: boolean }>): Promise<TeamsProcess>;
  close(): Promise<void>;
}>;

/** Makes one. */
export const createFaultWorld = async (): Promise<FaultWorld> => {
  const [{ url, database, close }, kafka] = [await freshDatabase(), freshKafka()];
  await requireTopic(kafka.options);
  const companies = [await addCompany(database), await addCompany(database)] as const;
  const key = randomUUID();
  const closers: (() => Promise<void>)[] = [];
  return {
    database,
    companies,
    kafka: kafka.options,
    start: async ({ leaseSeconds, publishes = true }) => {
      const at = new URL(url);
      const door = await startTcpProxy(at.hostname, Number(at.port));
      at.port = String(door.port);
      const running = await startProcess('test/support/faultsTeams.ts', {
        INTERNAL_SIGNING_KEYS: key,
        DATABASE_URL: at.href,
        LEASE_SECONDS: String(leaseSeconds),
        ...(publishes && { KAFKA_BROKERS: kafka.options.brokers.join(','), KAFKA_TOPIC_PREFIX: kafka.options.topicPrefix }),
      });
      const peer = connectHttp({ caller: 'gateway', audience: 'teams', keys: [key], now: Date.now }, new URL(running.url));
      closers.push(async () => {
        await peer.close();
        running.resume();
        await running.kill();
        await door.close();
      });
      const ask = async <Data>(query: string, variables: object = {}): Promise<Answer<Data>> =>
        (await peer.call({ operation: 'graphql', body: { query, variables }, viewer: squad, deadline: Date.now() + 20_000, correlationId: randomUUID() })).body as Answer<Data>;
      return { ...running, door, client: { ask } };
    },
    close: async () => {
      await Promise.all(closers.splice(0).map((closer) => closer()));
      await kafka.close();
      await close();
    },
  };
};

const squad: Viewer = chat;

/** Restarts Postgres of the fault set as a crash does (SIGQUIT: no checkpoint), with the same port and data; `downMs` between. Resolves when it answers. */
export const restartPostgres = async (downMs: number): Promise<void> => {
  const state = await readState(serversFolder);
  if (state?.by !== 'processes') throw new Error('The servers of these tests must be processes of this machine.');
  const { postgres } = state.daemons;
  const of = (file: string): string => readFileSync(`/proc/${String(postgres.pid)}/${file}`, 'utf8');
  const [command = '', ...args] = of('cmdline').split('\0').filter((part) => part !== '');
  const idOf = (name: string): number => Number(new RegExp(`^${name}:\\t(\\d+)`, 'm').exec(of('status'))?.[1]);
  const as = process.getuid?.() === 0 ? { uid: idOf('Uid'), gid: idOf('Gid') } : undefined;
  await stopDaemon(postgres, 'SIGQUIT');
  await new Promise((resolve) => setTimeout(resolve, downMs));
  const daemon = await launch({ command, args, log: join(serversFolder, 'postgres', 'log'), as });
  await writeState(serversFolder, { ...state, daemons: { ...state.daemons, postgres: daemon } });
  await untilAnswers(state.urls.postgres);
};

/** Where Postgres of the fault set is, with its password. */
export const serverUrl = (): string => process.env['TEST_DATABASE_URL'] ?? '';

/** The broker of the fault set, to be stopped and continued. */
export const kafkaPid = async (): Promise<number> => {
  const state = await readState(serversFolder);
  if (state?.by !== 'processes') throw new Error('The servers of these tests must be processes of this machine.');
  return state.daemons.kafka.pid;
};

const untilAnswers = async (url: string): Promise<void> => {
  for (const until = Date.now() + 30_000; Date.now() < until; ) {
    const client = new PostgresClient({ connectionString: url, connectionTimeoutMillis: 1_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  throw new Error('Postgres did not come back');
};

/** Sets a trap at a process's door and waits for it. @throws after 20 s */
export const trapped = (process: TeamsProcess, { fits, then, act }: Readonly<{ fits: Trap['fits']; then: Trap['then']; act: () => void }>): Promise<void> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the process never came to where it was to be caught')), 20_000);
    const sprung = (): void => {
      clearTimeout(late);
      act();
      resolve();
    };
    process.door.setTrap({ fits, then, sprung });
  });

/** Waits until every event has its place in both sequences; answers how long that took. @throws at the limit */
export const untilPlaced = async ({ prisma }: Database, limitMs: number): Promise<number> => {
  const began = Date.now();
  for (;;) {
    const left = await prisma.event.count({ where: { OR: [{ position: null }, { outsidePosition: null }] } });
    if (left === 0) return Date.now() - began;
    if (Date.now() - began > limitMs) throw new Error(`${String(left)} events have no place after ${String(limitMs)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** What a test measured, for who reads the run. */
export const report = (what: string): void => void process.stderr.write(`  ${what}\n`);
