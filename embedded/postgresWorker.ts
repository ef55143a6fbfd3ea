import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { keepTurns } from './postgresTurns.ts';
import type { PostgresThreadMessage, PostgresThreadOptions, PostgresThreadRequest } from './postgres.ts';

/** The thread behind `startPostgres`. */
const maxConnections = 50;

const { dataDir, snapshot, port } = workerData as PostgresThreadOptions;
const say = (message: PostgresThreadMessage): void => parentPort?.postMessage(message);
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const host = '127.0.0.1';

/** Opening the database takes seconds; a taken port is told before. @throws EADDRINUSE */
const checkPort = async (): Promise<void> => {
  const probe = createServer().listen(port, host);
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
};

const start = async (): Promise<void> => {
  if (port !== 0) await checkPort();
  const bytes = typeof snapshot === 'string' ? await readFile(snapshot) : snapshot;
  const db = await PGlite.create({
    ...(dataDir !== null && { dataDir }),
    ...(bytes !== null && { loadDataDir: new Blob([Uint8Array.from(bytes)]) }),
    relaxedDurability: dataDir === null,
  });
  const server = new PGLiteSocketServer({ db: keepTurns(db), host: '127.0.0.1', port, maxConnections });
  await server.start();

  parentPort?.on('message', (request: PostgresThreadRequest) => {
    answer(request, db, server).catch((error: unknown) => say({ kind: 'failed', reason: reasonOf(error) }));
  });
  say({ kind: 'ready', port: Number(server.getServerConn().split(':').at(-1)) });
};

const answer = async (request: PostgresThreadRequest, db: PGlite, server: PGLiteSocketServer): Promise<void> => {
  switch (request) {
    case 'snapshot': {
      const dump = await db.dumpDataDir('none');
      say({ kind: 'snapshot', bytes: new Uint8Array(await dump.arrayBuffer()) });
      return;
    }
    case 'close':
      await server.stop();
      await db.close();
      parentPort?.close();
      return;
    default:
      request satisfies never;
  }
};

start().catch((error: unknown) => say({ kind: 'failed', reason: reasonOf(error) }));
