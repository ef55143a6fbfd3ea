import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../../../embedded/demo/client.ts';

/** What a squad sends of one of its own records (SPEC §2.2). */
export type SquadItem = Readonly<{ companySsoId: string; name: string; appIdentifierId: string; parentAppIdentifierId: string | null }>;

/** How a squad meets one call of its trigger; `late` begins to push at once and answers when the caller is gone. */
export type Behaviour = 'accept' | 'fail' | 'hang' | 'late';

export type SquadOptions = Readonly<{
  app: 'CHAT' | 'CRM';
  /** The squad's active records of some companies, as it maps them itself. */
  itemsOf: (companySsoIds: ReadonlySet<string>) => readonly SquadItem[];
  /** How it learns of created teams: as they come, or by asking for what it has not seen. */
  hears: 'subscription' | 'teamEvents';
}>;

/** One call of the trigger, as the squad saw it. */
export type TriggerCall = Readonly<{ key: string | undefined; runId: string; companySsoIds: readonly string[]; answered: number | null }>;

/** A squad: a small service of its own, with a trigger endpoint, its records, and a map from their ids to teams. */
export type Squad = Readonly<{
  url: string;
  /** What it lets a trigger in with. */
  token: string;
  calls: readonly TriggerCall[];
  /** Ids of the jobs that it has pushed. */
  pushes: readonly string[];
  /** Own id → team id. */
  map: ReadonlyMap<string, string>;
  /** Gives it the supergraph, as its own service. */
  connect(client: Client): Promise<void>;
  /** How it meets the next calls; after those it accepts. */
  behaves(...how: readonly Behaviour[]): void;
  /** Takes its endpoint down, or up again at the same address. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}>;

type Pushed = { migrateTeams: { job: { id: string } } };
type Event = Readonly<{ eventId: string; appIdentifierId: string; teamId: string }>;

const pushText = 'mutation ($input: MigrateTeamsInput!) { migrateTeams(input: $input) { job { id } } }';

/** Starts a squad on a free port of loopback. */
export const startSquad = async ({ app, itemsOf, hears }: SquadOptions): Promise<Squad> => {
  const token = `token-of-our-platform-at-${app}`;
  const calls: TriggerCall[] = [];
  const pushes: string[] = [];
  const map = new Map<string, string>();
  const seen = new Map<string, Promise<void>>();
  const behaviours: Behaviour[] = [];
  const closing = new AbortController();
  let client: Client | null = null;
  let stopHearing: () => void = () => undefined;
  let last: string | null = null;

  const hear = ({ eventId, appIdentifierId, teamId }: Event): void => {
    map.set(appIdentifierId, teamId);
    last = eventId;
  };
  const askForEvents = async (supergraph: Client): Promise<void> => {
    const text = 'query ($app: App!, $after: ID) { teamEvents(app: $app, after: $after, first: 100) { hasMore nodes { eventId appIdentifierId teamId } } }';
    while (!closing.signal.aborted) {
      const { data } = await supergraph.ask<{ teamEvents: { hasMore: boolean; nodes: readonly Event[] } }>(text, { app, after: last });
      data?.teamEvents.nodes.forEach(hear);
      if (data?.teamEvents.hasMore !== true) await pause(100);
    }
  };
  /** Once for each key, however often the trigger comes. */
  const push = (key: string, runId: string, companySsoIds: readonly string[]): Promise<void> => {
    const known = seen.get(key);
    if (known !== undefined) return known;
    const work = (async () => {
      if (client === null) throw new Error(`${app} has no supergraph to push to`);
      const items = itemsOf(new Set(companySsoIds));
      const { data, errors } = await client.ask<Pushed>(pushText, { input: { app, runId, items, completes: companySsoIds, idempotencyKey: key } });
      if (data === null) throw new Error(JSON.stringify(errors));
      pushes.push(data.migrateTeams.job.id);
    })();
    seen.set(key, work);
    return work;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (request.method !== 'POST' || request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end();
    const { runId, companySsoIds } = JSON.parse(Buffer.concat(parts).toString('utf8')) as { runId: string; companySsoIds: string[] };
    const header = request.headers['idempotency-key'];
    const key = typeof header === 'string' ? header : undefined;
    const answer = (status: number | null): void => {
      calls.push({ key, runId, companySsoIds, answered: status });
      if (status !== null) response.writeHead(status).end();
    };
    const how = behaviours.shift() ?? 'accept';
    switch (how) {
      case 'fail':
        answer(500);
        return;
      case 'hang':
        answer(null);
        return;
      case 'late': {
        answer(null);
        const gone = once(response, 'close');
        await push(key ?? '', runId, companySsoIds);
        await gone;
        return;
      }
      case 'accept':
        await push(key ?? '', runId, companySsoIds);
        answer(202);
        return;
      default:
        return how satisfies never;
    }
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(503).end(String(error)));
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  };
  const port = await listen(0);
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  let asking: Promise<void> = Promise.resolve();
  return {
    url: `http://127.0.0.1:${String(port)}/migrate?from=one-team`,
    token,
    calls,
    pushes,
    map,
    connect: async (supergraph) => {
      client = supergraph;
      if (hears === 'teamEvents') {
        asking = askForEvents(supergraph).catch(() => undefined);
        return;
      }
      stopHearing = await supergraph.subscribe<{ teamMigrated: Event }>(
        `subscription { teamMigrated(app: ${app}) { eventId appIdentifierId teamId } }`,
        ({ data }) => {
          if (data !== null) hear(data.teamMigrated);
        },
      );
    },
    behaves: (...how) => void behaviours.push(...how),
    down,
    up: () => listen(port).then(() => undefined),
    close: async () => {
      closing.abort();
      stopHearing();
      await asking;
      await down();
    },
  };
};
