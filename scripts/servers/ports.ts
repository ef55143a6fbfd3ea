import { createServer } from 'node:net';

/** Loopback ports that nothing listens on now, all different. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const holders = await Promise.all(Array.from({ length: count }, hold));
  for (const { release } of holders) release();
  return holders.map(({ port }) => port);
};

const hold = (): Promise<Readonly<{ port: number; release: () => void }>> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') {
        reject(new Error('No port on 127.0.0.1 could be had.'));
        return;
      }
      resolve({ port: address.port, release: () => server.close() });
    });
  });
