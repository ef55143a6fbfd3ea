import PgBoss from 'pg-boss';
import type { Logger } from '../../shared/logger.ts';
import { job as traced, type Tracer } from '../../shared/tracing.ts';
import { type Loop, startLoop } from '../events/loop.ts';
import { watched, withSession } from '../store/connection.ts';
import type { Transaction } from '../store/database.ts';

/** Works on one piece; when it throws, the piece is tried again. `signal` asks it to stop at the next good place. */
export type Work = (key: string, signal: AbortSignal) => Promise<void>;

/**
 * Background work that survives its process. A piece of work is no more than a key: what there is to do stands in our own
 * tables, and a piece that is taken twice does no harm.
 */
export type Queue = Readonly<{
  /** Sends a piece of work with a transaction: it is there when, and only when, that commits. */
  send(tx: Transaction, name: string, key: string): Promise<void>;
  /** Sends again those of some keys that no process has or will get. Answers how many. */
  resend(name: string, keys: readonly string[]): Promise<number>;
  /** Starts working. Call once per name. */
  work(name: string, work: Work): void;
  /** Pieces that are there, by name and state. */
  counts(): Promise<readonly Readonly<{ queue: string; state: string; total: number }>[]>;
  /** Looks for work now instead of at the next poll. */
  wake(): void;
  /** Stops taking work, lets what is in progress come to a good place (10 s at most), and closes. */
  close(): Promise<void>;
}>;

export type QueueOptions = Readonly<{
  /** The teams database; the library keeps its tables in the schema `pgboss` there. */
  url: string;
  names: readonly string[];
  logger: Logger;
  /** Each piece of work is a trace of it. Default: none is made. */
  tracer?: Tracer | null;
  /** Seconds after which work whose process died is given to another. Default 30. */
  leaseSeconds?: number;
  /** Workers of each name in this process. Default 2. */
  workers?: number;
  /** Milliseconds of silence after which a connection that is waited on is given up. Default 30,000. */
  silentMs?: number;
}>;

const schema = 'pgboss';
// Work of a dead process is with another at most expiryMs, retrySeconds and pollMs after its lease, 2.5 s together: within the lease and 5 s it goes on.
const pollMs = 500;
const expiryMs = 1_000;
const retrySeconds = 1;
const stopMs = 10_000;

/** Starts the queue: pg-boss behind our own port, in its own connections and schema. */
export const startQueue = async ({ url, names, logger, tracer = null, leaseSeconds = 30, workers = 2, silentMs }: QueueOptions): Promise<Queue> => {
  const boss = new PgBoss({
    connectionString: withSession(url),
    // the library hands its pool all that it is given
    ...watched(silentMs),
    schema,
    max: 4,
    schedule: false,
    expireInSeconds: leaseSeconds,
    retryLimit: 1_000_000,
    retryDelay: retrySeconds,
    deleteAfterDays: 1,
  });
  boss.on('error', (error) => logger.warn({ err: error }, 'the job queue tries again'));
  await boss.start();
  for (const name of names) await boss.createQueue(name);
  const stopping = new AbortController();
  // pg-boss looks for dead work every other minute, which is too late for a push that someone watches
  const expiry = startLoop({
    pass: async () => {
      await boss.expire();
      return false;
    },
    pollMs: expiryMs,
    onFault: (error) => logger.warn({ err: error }, 'the job queue could not be asked'),
  });
  const loops: Loop[] = [];
  // fetched by our own loop: pg-boss's own workers give up on long work silently and keep timers after they were stopped
  const takeOne = async (name: string, work: Work): Promise<boolean> => {
    const [job] = await boss.fetch(name, { includeMetadata: true, batchSize: 1 });
    if (job === undefined) return false;
    const isDone = await traced(name, tracer, () => done(job.singletonKey, work)).catch((error: unknown) => {
      logger.warn({ err: error, name, key: job.singletonKey }, 'background work is tried again');
      return false;
    });
    // what made the work fail may make this fail too: said until it is heard, or else the work would lie until its lease is over
    await insist(() => (isDone ? boss.complete(name, job.id) : boss.fail(name, job.id, {})), leaseSeconds * 1_000, stopping.signal);
    return true;
  };
  const done = async (key: string | null, work: Work): Promise<true> => {
    if (key !== null) await work(key, stopping.signal);
    return true;
  };
  return {
    send: async (tx, name, key) => {
      await boss.send(name, {}, { singletonKey: key, db: handleOf(tx) });
    },
    resend: async (name, keys) => {
      if (keys.length === 0) return 0;
      const { rows } = await boss.getDb().executeSql(
        `SELECT k.key FROM unnest($2::text[]) AS k(key) WHERE NOT EXISTS (
           SELECT 1 FROM ${schema}.job j WHERE j.name = $1 AND j.singleton_key = k.key AND j.state < 'completed')`,
        [name, keys],
      );
      const lost = (rows as readonly { key: string }[]).map(({ key }) => key);
      for (const key of lost) await boss.send(name, {}, { singletonKey: key });
      return lost.length;
    },
    work: (name, work) => {
      const onFault = (error: unknown): void => logger.warn({ err: error, name }, 'the job queue could not be asked');
      for (let worker = 0; worker < workers; worker += 1) loops.push(startLoop({ pass: () => takeOne(name, work), pollMs, onFault }));
    },
    counts: async () => {
      const { rows } = await boss.getDb().executeSql(`SELECT name AS queue, state::text AS state, count(*)::float8 AS total FROM ${schema}.job WHERE state < 'completed' GROUP BY name, state`, []);
      const counted = rows as readonly { queue: string; state: string; total: number }[];
      return names.flatMap((queue) => ['created', 'retry', 'active'].map((state) => ({ queue, state, total: counted.find((each) => each.queue === queue && each.state === state)?.total ?? 0 })));
    },
    wake: () => {
      for (const { wake } of loops) wake();
    },
    close: async () => {
      stopping.abort();
      await atMost(stopMs, Promise.all([expiry, ...loops].map((loop) => loop.close())));
      await boss.stop({ graceful: false });
    },
  };
};

/** Repeats until it succeeds; the last fault is thrown after `ms`, or once it is to stop. */
const insist = async (attempt: () => Promise<void>, ms: number, signal: AbortSignal): Promise<void> => {
  for (const until = performance.now() + ms; ; ) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (signal.aborted || performance.now() >= until) throw error;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
};

const atMost = async (ms: number, work: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
};

/** pg-boss writes through the open transaction. */
const handleOf = (tx: Transaction): PgBoss.Db => ({
  executeSql: async (text, values: unknown[]) => ({
    rows: await tx.$queryRawUnsafe<unknown[]>(text, ...values.map((value) => (isObject(value) ? JSON.stringify(value) : value))),
  }),
});

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
