import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { type Figures, type Order, publishAtRate } from './publishing.ts';

/** The bare loop: a plain `ws` server that sends the same bytes at the same rate to every socket. Says its URL. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'graphql-transport-ws' });
let published = 0;
let cpu = process.cpuUsage();

const publish = (number: number, name: string): void => {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const payload = JSON.stringify({ data: { teamMigrated: { eventId: id, teamName: name } } });
  let place = 0;
  for (const socket of server.clients) {
    socket.send(`{"id":"${String(place)}","type":"next","payload":${payload}}`);
    place += 1;
  }
};

process.on('message', (order: Order) => {
  const work = async (): Promise<unknown> => {
    if ('figures' in order) {
      const { user, system } = process.cpuUsage(cpu);
      return { cpuMs: (user + system) / 1_000, fetches: 0 } satisfies Figures;
    }
    cpu = process.cpuUsage();
    await publishAtRate(publish, { from: published, ...order });
    published += order.count;
    return 'published';
  };
  work().then((answer) => process.send?.({ answer }), (error: unknown) => process.send?.({ error: String(error) }));
});
server.on('listening', () => process.send?.({ answer: { url: `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/graphql`, token: null } }));
