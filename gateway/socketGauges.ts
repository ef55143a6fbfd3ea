import type { Server } from 'node:http';
import { Gauge, type Registry } from 'prom-client';
import type { EventHub } from './eventHub.ts';
import type { ProgressHub } from './progressHub.ts';

export type SocketGaugeOptions = Readonly<{ registry: Registry; hub: Pick<EventHub, 'waiting'>; progress: Pick<ProgressHub, 'listeners'> }>;

/** Gauges of what is open; answers what counts the sockets of a server. */
export const addSocketGauges = ({ registry, hub, progress }: SocketGaugeOptions): ((server: Server) => void) => {
  let sockets = 0;
  new Gauge({
    name: 'one_team_sockets_open',
    help: 'WebSockets that are open.',
    registers: [registry],
    collect() {
      this.set(sockets);
    },
  });
  new Gauge({
    name: 'one_team_subscriptions',
    help: 'Subscriptions that are live, by field; those that are still reading what they missed are not.',
    labelNames: ['field'],
    registers: [registry],
    collect() {
      this.set({ field: 'teamMigrated' }, hub.waiting().length);
      this.set({ field: 'migrationJobProgress' }, progress.listeners());
    },
  });
  new Gauge({
    name: 'one_team_subscriber_queue_events',
    help: 'Events that wait for subscribers who read slowly: of all, and of the slowest.',
    labelNames: ['of'],
    registers: [registry],
    collect() {
      const waiting = hub.waiting();
      this.set({ of: 'all' }, waiting.reduce((total, each) => total + each, 0));
      this.set({ of: 'slowest' }, waiting.reduce((most, each) => Math.max(most, each), 0));
    },
  });
  return (server) => {
    server.on('upgrade', (_, socket) => {
      sockets += 1;
      socket.once('close', () => {
        sockets -= 1;
      });
    });
  };
};
