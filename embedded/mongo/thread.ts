import { Worker } from 'node:worker_threads';
import type { MongoServer, MongoServerOptions } from './server.ts';
import { readThreadMessage, type ThreadMessage } from './threadMessages.ts';

/** Options of `startMongoThread`. */
export interface MongoThreadOptions extends MongoServerOptions {
  /**
   * Called once if the thread dies without having been closed. Its sockets are gone with it, so that callers of the
   * driver get errors of their own. Default: nothing more is done.
   */
  readonly onFault?: (error: Error) => void;
}

/** How long `close` waits for the thread to end by itself before it is ended, in milliseconds. */
const CLOSE_MS = 2_000;

/**
 * Waits until the worker listens, and from then on watches over it.
 * @throws Error when the worker reports that it cannot listen, or ends before it does
 */
export const superviseThread = async (worker: Worker, onFault?: (error: Error) => void): Promise<MongoServer> => {
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let fault: Error | undefined;
  worker.on('error', (error: unknown) => {
    fault = error instanceof Error ? error : new Error(String(error));
  });

  const first = await new Promise<ThreadMessage>((resolve, reject) => {
    worker.once('message', (data: unknown) => resolve(readThreadMessage(data)));
    void exited.then(() => reject(fault ?? new Error('the MongoDB thread ended before it listened')));
  });
  if (first.kind !== 'listening') {
    await worker.terminate();
    throw new Error(first.kind === 'failed' ? first.message : 'the MongoDB thread closed before it listened');
  }

  let closing: Promise<void> | undefined;
  let ended = false;
  void exited.then(() => {
    ended = true;
    if (closing === undefined) onFault?.(fault ?? new Error('the MongoDB thread ended without having been closed'));
  });
  const close = async (): Promise<void> => {
    if (ended) return;
    worker.postMessage('close');
    const timer = setTimeout(() => void worker.terminate(), CLOSE_MS);
    await exited;
    clearTimeout(timer);
  };
  return { port: first.port, url: first.url, close: () => (closing ??= close()) };
};

/** The worker thread of `startMongoThread`, as yet unsupervised. */
export const createMongoWorker = (options: MongoServerOptions): Worker =>
  new Worker(new URL('./worker.mjs', import.meta.url), {
    // The caller's own flags, such as jest's, are not for this thread.
    execArgv: [],
    workerData: { host: options.host, port: options.port },
  });

/**
 * Starts the server of `startMongoServer` in a worker thread, so that a long query does not hold up the caller.
 * @throws Error when it cannot listen or the thread cannot start
 */
export const startMongoThread = (options: MongoThreadOptions = {}): Promise<MongoServer> =>
  superviseThread(createMongoWorker(options), options.onFault);
