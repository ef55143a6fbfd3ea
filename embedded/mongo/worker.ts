import { parentPort, workerData } from 'node:worker_threads';
import { startMongoServer } from './server.ts';
import { readThreadOptions, type ThreadMessage } from './threadMessages.ts';

const port = parentPort;
if (port === null) throw new Error('embedded/mongo/worker.ts runs in a worker thread; start it with startMongoThread');

const send = (message: ThreadMessage): void => port.postMessage(message);

try {
  const server = await startMongoServer(readThreadOptions(workerData));
  port.once('message', () => {
    void server.close().then(() => {
      send({ kind: 'closed' });
      port.close();
    });
  });
  send({ kind: 'listening', port: server.port, url: server.url });
} catch (error) {
  send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}
