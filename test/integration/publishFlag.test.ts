import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { connectInProcess } from '../../subgraphs/shared/peer.ts';
import type { Part } from '../../subgraphs/shared/process.ts';
import type { FeedPage } from '../../subgraphs/shared/teamsApi.ts';
import { startPublisher } from '../../subgraphs/teams/events/publisher.ts';
import { buildTeams } from '../../subgraphs/teams/service.ts';
import { hasUnplaced } from '../../subgraphs/teams/store/eventLog.ts';
import { startTestGateway } from '../support/gateway.ts';
import { addCompany, chat } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { subgraphDouble, testKeys } from '../support/subgraphDouble.ts';
import { testIssuer } from '../support/tokens.ts';
import { until } from '../support/until.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const issuer = await testIssuer();
/** Teams in the order that Kafka got their events. */
const kafka: string[] = [];
let db: TestDatabase;
let teams: Part;
let publisher: ReturnType<typeof startPublisher>;
let gateway: Awaited<ReturnType<typeof startTestGateway>>;

beforeAll(async () => {
  db = await freshDatabase();
  const common = { logger, now: Date.now, newId: randomUUID };
  teams = await buildTeams({ ...common, databaseUrl: db.url, poolSize: 8, keys: testKeys, cursorSecrets: testKeys, kafka: null, metrics: createMetrics('teams', logger) });
  publisher = startPublisher({
    ...common, database: db.database, record: () => undefined, holder: randomUUID(), pollMs: 20,
    outlet: {
      send: (messages) => {
        kafka.push(...messages.map(({ value }) => (JSON.parse(value) as { aggregate_id: string }).aggregate_id));
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    },
  });
  gateway = await startTestGateway({ teams: teams.endpoint, contacts: await subgraphDouble('contacts', {}), authenticate: issuer.authenticate });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await publisher.close();
  await teams.close();
  await db.close();
}, 30_000);

const squad = () => issuer.mint({ sub: chat.id, scope: 'teams:migrate:chat' });
const push = async (companySsoId: string, appIdentifierId: string): Promise<string> => {
  const query = 'mutation ($item: MigrateTeamItem!) { migrateTeam(input: { app: CHAT, item: $item }) { team { id } } }';
  const { data } = await gateway.ask(query, await squad(), { item: { companySsoId, appIdentifierId, name: `Team ${appIdentifierId}` } });
  return (data as { migrateTeam: { team: { id: string } } }).migrateTeam.team.id;
};
const setPublishing = (companyId: string, value: boolean) =>
  db.database.prisma.companyFlag.upsert({
    where: { companyId_flag: { companyId, flag: 'publish_team_events' } },
    create: { companyId, flag: 'publish_team_events', value },
    update: { value },
  });
const teamEvents = async (): Promise<string[]> => {
  const { data } = await gateway.ask('{ teamEvents(app: CHAT, first: 100) { nodes { teamId } } }', await squad());
  return (data as { teamEvents: { nodes: { teamId: string }[] } }).teamEvents.nodes.map(({ teamId }) => teamId);
};
/** The internal feed, as contacts reads it. */
const internal = async (after: unknown, waitMs = 0): Promise<FeedPage> => {
  const peer = connectInProcess({ caller: 'contacts', audience: 'teams', keys: testKeys, now: Date.now }, teams.endpoint);
  const body = { sequence: 'internal', after, limit: 100, waitMs };
  return (await peer.call({ operation: 'feed', body, viewer: null, deadline: Date.now() + 20_000, correlationId: 'test' })).body as FeedPage;
};
describe('publish_team_events (SPEC §5)', () => {
  test('off withholds from Kafka, subscriptions and teamEvents, never from the internal feed; on again releases in order, after everything already delivered', async () => {
    const [quiet, open] = [await addCompany(db.database), await addCompany(db.database)];
    const client = createClient({ url: gateway.socketUrl, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: { authorization: `Bearer ${await squad()}` } });
    const heard: string[] = [];
    client.subscribe<{ teamMigrated: { teamId: string } }>(
      { query: 'subscription { teamMigrated { teamId } }' },
      { next: ({ data }) => heard.push(...(data ? [data.teamMigrated.teamId] : [])), error: () => undefined, complete: () => undefined },
    );
    // a subscription has no acknowledgement: teams are pushed until one comes through
    const first: string[] = [];
    await until(async () => heard.length > 0 || (first.push(await push(open, `first-${String(first.length)}`)), await new Promise((resolve) => setTimeout(resolve, 100)), false));
    await setPublishing(quiet, false);
    const start = await internal(null);
    const withheld = [await push(quiet, 'a'), await push(quiet, 'b')];
    const delivered = [await push(open, 'c'), await push(open, 'd')];
    const outside = [...first, ...delivered];
    await until(async () => heard.at(-1) === delivered[1] && kafka.at(-1) === delivered[1] && (await teamEvents()).at(-1) === delivered[1]);
    expect(kafka).toEqual(outside);
    expect(await teamEvents()).toEqual(outside);
    expect(heard).toEqual(outside.slice(-heard.length));
    expect((await internal(start, 5_000)).entries.map(({ aggregateId }) => aggregateId)).toEqual([...withheld, ...delivered]);
    expect(await db.database.prisma.team.count({ where: { companyId: quiet } })).toBe(2);

    await setPublishing(quiet, true);
    const later = await push(quiet, 'e');
    outside.push(...withheld, later);
    await until(async () => heard.at(-1) === later && kafka.at(-1) === later && (await teamEvents()).at(-1) === later);
    expect(kafka).toEqual(outside);
    expect(await teamEvents()).toEqual(outside);
    expect(heard).toEqual(outside.slice(-heard.length));
    expect((await internal(start)).entries.map(({ aggregateId }) => aggregateId)).toEqual([...withheld, ...delivered, later]);
    await client.dispose();
  }, 60_000);

  test('a company that withholds 50,000 events costs the relay no more to look past than one that withholds 50', async () => {
    const withhold = async (count: number): Promise<void> => {
      const companyId = await addCompany(db.database, { publishes: false });
      await db.database.prisma.$executeRaw`
        INSERT INTO events (event_id, company_id, event_type, aggregate_type, aggregate_id, is_public, payload, occurred_at, position)
        SELECT gen_random_uuid(), ${companyId}::uuid, 'TEAM_CREATED', 'team', gen_random_uuid(), true, '{}', now(), 1000000 + (SELECT count(*) FROM events) + n
        FROM generate_series(1, ${count}::int) AS n`;
    };
    const look = async (): Promise<number> => {
      const times: number[] = [];
      for (let n = 0; n < 41; n += 1) {
        const start = performance.now();
        expect(await hasUnplaced(db.database.prisma)).toBe(false);
        times.push(performance.now() - start);
      }
      return times.toSorted((a, b) => a - b)[20] ?? 0;
    };
    await withhold(50);
    await look();
    const few = await look();
    await withhold(50_000);
    // a look at each row took 40 times as long
    expect((await look()) / few).toBeLessThan(5);
  }, 60_000);
});
