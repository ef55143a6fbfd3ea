import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { keepWasmCode } from './keepWasmCode.ts';

/** What the thread is told when it starts. */
export type PostgresThreadOptions = Readonly<{
  dataDir: string | null;
  /** A snapshot's bytes, or the path of a file with them. */
  snapshot: Uint8Array | string | null;
  port: number;
}>;

/** What the thread says. */
export type PostgresThreadMessage =
  | Readonly<{ kind: 'ready'; port: number }>
  | Readonly<{ kind: 'failed'; reason: string }>
  | Readonly<{ kind: 'snapshot'; bytes: Uint8Array }>;

/** What the thread is asked. */
export type PostgresThreadRequest = 'snapshot' | 'close';

export type PostgresOptions = Readonly<{
  /** Folder that keeps the data; in memory when left out. One server at a time. */
  dataDir?: string | undefined;
  /** What to start from: a snapshot's bytes, or the path of a file with them. Only for an empty data folder or memory. */
  snapshot?: Uint8Array | string | undefined;
  /** 0 or left out: a free one. */
  port?: number | undefined;
  /** Called when the server stops by itself. Left out: the process ends with the error, as nothing works without it. */
  onDeath?: ((error: Error) => void) | undefined;
}>;

/** A running embedded Postgres. */
export type EmbeddedPostgres = Readonly<{
  /** For `pg`, Prisma and pg-boss. */
  url: string;
  port: number;
  /** The whole server as bytes, to start others from; while no transaction is open. */
  snapshot(): Promise<Uint8Array>;
  /** Ends open connections and the thread. */
  close(): Promise<void>;
}>;

const closeMs = 5_000;

/**
 * Starts Postgres (PGlite) in a thread of its own, on 127.0.0.1. All connections, 50 at most, share one session: one
 * transaction at a time, no LISTEN/NOTIFY.
 * @throws when the port is taken or the data folder is not one of this version.
 */
export const startPostgres = async (options: PostgresOptions = {}): Promise<EmbeddedPostgres> => {
  const workerData: PostgresThreadOptions = {
    dataDir: options.dataDir ?? null,
    snapshot: options.snapshot ?? null,
    port: options.port ?? 0,
  };
  // Flags of V8 hold for all threads, and a thread cannot be given this one.
  keepWasmCode();
  // The caller's own flags, such as jest's, are not for this thread.
  const thread = new Worker(new URL('./postgresWorker.mjs', import.meta.url), { execArgv: [], workerData });
  const port = await started(thread);

  let closing = false;
  let fault: unknown;
  const onDeath = options.onDeath ?? endProcess;
  thread.on('error', (error) => (fault = error));
  thread.once('exit', (code) => {
    if (!closing) onDeath(new Error(`The embedded Postgres stopped by itself (exit code ${code}).`, { cause: fault }));
  });
  const send = (request: PostgresThreadRequest): void => thread.postMessage(request);

  return {
    url: `postgres://postgres:postgres@127.0.0.1:${String(port)}/postgres?sslmode=disable`,
    port,
    snapshot: async () => {
      send('snapshot');
      const message = await nextMessage(thread);
      if (message.kind === 'snapshot') return message.bytes;
      throw new Error(`The embedded Postgres made no snapshot: ${message.kind === 'failed' ? message.reason : message.kind}`);
    },
    close: async () => {
      if (closing) return;
      closing = true;
      const exited = once(thread, 'exit');
      send('close');
      const timer = setTimeout(() => void thread.terminate(), closeMs);
      await exited;
      clearTimeout(timer);
    },
  };
};

const started = async (thread: Worker): Promise<number> => {
  const message = await nextMessage(thread);
  if (message.kind === 'ready') return message.port;
  await thread.terminate();
  throw new Error(`The embedded Postgres did not start: ${message.kind === 'failed' ? message.reason : message.kind}`);
};

/** The thread's next word; its death is one too. */
const nextMessage = (thread: Worker): Promise<PostgresThreadMessage> =>
  new Promise((resolve) => {
    const settle = (message: PostgresThreadMessage): void => {
      thread.off('message', settle).off('error', onError).off('exit', onExit);
      resolve(message);
    };
    const onError = (error: Error): void => settle({ kind: 'failed', reason: error.message });
    const onExit = (code: number): void => settle({ kind: 'failed', reason: `its thread ended with exit code ${String(code)}` });
    thread.on('message', settle).on('error', onError).on('exit', onExit);
  });

const endProcess = (error: Error): void => {
  process.nextTick(() => {
    throw error;
  });
};
