import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildGateway } from '../../gateway/service.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { callHeader, connectHttp, connectInProcess, type Endpoint } from '../../subgraphs/shared/peer.ts';
import { createFeedDouble, subgraphDouble, testKeys } from '../../test/support/subgraphDouble.ts';
import { testIssuer } from '../../test/support/tokens.ts';
import { type Figures, type Order, publishAtRate } from './publishing.ts';

/** Our gateway, with subgraphs that have nothing to compute in this process: asked directly, or with `http` over sockets. Says its URL and a squad's token. */
const overHttp = process.argv[2] === 'http';
const feed = createFeedDouble();
let fetches = 0;

const listening = (endpoint: Endpoint): Promise<URL> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const operation = (request.url ?? '').split('/').at(-1) ?? '';
        const token = request.headers[callHeader];
        endpoint(operation, Buffer.concat(chunks).toString(), typeof token === 'string' ? token : undefined).then(
          ({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
          () => response.writeHead(500).end('{}'),
        );
      });
    });
    server.listen(0, '127.0.0.1', () => resolve(new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`)));
  });

const counted = (endpoint: Endpoint): Endpoint => (operation, body, token) => {
  if (operation === 'graphql') fetches += 1;
  return endpoint(operation, body, token);
};
const teams = counted(await subgraphDouble('teams', { Team: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `Team ${id}` }) } }, feed));
const contacts = counted(await subgraphDouble('contacts', {}));
const peerOf = async (audience: 'teams' | 'contacts', endpoint: Endpoint) => {
  const options = { caller: 'gateway', audience, keys: testKeys, now: Date.now } as const;
  return overHttp ? connectHttp(options, await listening(endpoint)) : connectInProcess(options, endpoint);
};

const issuer = await testIssuer();
const logger = createLogger({ name: 'gateway', level: 'fatal' });
const gateway = await buildGateway({
  teams: await peerOf('teams', teams), contacts: await peerOf('contacts', contacts),
  authenticate: issuer.authenticate, logger, metrics: createMetrics('gateway', logger), now: Date.now, newId: randomUUID, random: Math.random,
  unready: () => Promise.resolve([]), production: true, introspection: false,
  sockets: { sockets: 100_000, subscriptions: 100_000 },
});
const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 });
const token = await issuer.mint({ sub: 'squad', scope: 'teams:migrate:chat' }, { expiresIn: 3_600 });

let published = 0;
let cpu = process.cpuUsage();
const publish = (number: number, name: string): void => {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const payload = { team_name: name, app: 'chat', app_identifier_id: String(number), parent_id: null };
  feed.publish({ eventId: id, type: 'TEAM_MIGRATED', companyId: id, aggregateId: id, occurredAt: '2026-07-01T03:00:00.000Z', payload });
};

process.on('message', (order: Order) => {
  const work = async (): Promise<unknown> => {
    if ('figures' in order) {
      const { user, system } = process.cpuUsage(cpu);
      return { cpuMs: (user + system) / 1_000, fetches } satisfies Figures;
    }
    cpu = process.cpuUsage();
    fetches = 0;
    await publishAtRate(publish, { from: published, ...order });
    published += order.count;
    return 'published';
  };
  work().then((answer) => process.send?.({ answer }), (error: unknown) => process.send?.({ error: String(error) }));
});
process.send?.({ answer: { url: `${url.replace('http', 'ws')}/graphql`, token } });
