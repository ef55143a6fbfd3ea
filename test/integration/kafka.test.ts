import { describe, expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { connectInProcess } from '../../subgraphs/shared/peer.ts';
import type { Part } from '../../subgraphs/shared/process.ts';
import { startPublisher } from '../../subgraphs/teams/events/publisher.ts';
import { kafkaOutlet } from '../../subgraphs/teams/events/publisherOutlet.ts';
import type { KafkaOptions } from '../../subgraphs/teams/events/publisherTopic.ts';
import { requireTopic, teamTopic } from '../../subgraphs/teams/events/publisherTopic.ts';
import { buildTeams } from '../../subgraphs/teams/service.ts';
import { freshKafka, kafkaClient } from '../support/kafka.ts';
import { addCompany, chat, silent } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { realTest } from '../support/realTest.ts';
import { until } from '../support/until.ts';

type Published = Readonly<{ key: string; event: Readonly<{ event_id: string; payload: Readonly<Record<string, unknown>> } & Record<string, unknown>> }>;

const keys = ['a signing key of these tests, long enough'] as const;

/** Reads the topic from its beginning. */
const follow = async (options: KafkaOptions) => {
  const published: Published[] = [];
  const consumer = kafkaClient(options).consumer({ groupId: `${options.topicPrefix}reader` });
  await consumer.connect();
  await consumer.subscribe({ topic: teamTopic(options), fromBeginning: true });
  await consumer.run({
    eachMessage: ({ message }) => {
      published.push({ key: String(message.key), event: JSON.parse(String(message.value)) as Published['event'] });
      return Promise.resolve();
    },
  });
  return { published, close: () => consumer.disconnect() };
};

const startTeams = (db: TestDatabase, kafka: KafkaOptions): Promise<Part> =>
  buildTeams({ databaseUrl: db.url, poolSize: 5, keys, cursorSecrets: keys, kafka, logger: silent, metrics: createMetrics('teams', silent), now: Date.now, newId: randomUUID });

/** Pushes one team and answers its id. */
const push = async (part: Part, companySsoId: string, appIdentifierId: string): Promise<string> => {
  const gateway = connectInProcess({ caller: 'gateway', audience: 'teams', keys, now: Date.now }, part.endpoint);
  const query = 'mutation ($item: MigrateTeamItem!) { migrateTeam(input: { app: CHAT, item: $item }) { outcome team { id } } }';
  const variables = { item: { companySsoId, name: `Team ${appIdentifierId}`, appIdentifierId } };
  const reply = await gateway.call({ operation: 'graphql', body: { query, variables }, viewer: chat, deadline: Date.now() + 10_000, correlationId: 'test' });
  const { data } = reply.body as { data: { migrateTeam: { outcome: string; team: { id: string } } } };
  expect(data.migrateTeam.outcome).toBe('CREATED');
  return data.migrateTeam.team.id;
};

/** A door to the broker that can be shut; the broker names itself, so only the first connection goes through it. */
const openDoor = async (broker: string) => {
  const [host, port] = broker.split(':');
  const sockets = new Set<Socket>();
  let isOpen = false;
  const server: Server = createServer((near) => {
    sockets.add(near.on('error', () => undefined));
    if (!isOpen) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), host);
    sockets.add(far.on('error', () => near.destroy()));
    near.pipe(far).pipe(near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    broker: `127.0.0.1:${String(address.port)}`,
    open: () => {
      isOpen = true;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

describe('team events on Kafka', () => {
  realTest('each released event is there once, in its envelope, keyed by its company; withheld ones come in order when they are released (real servers)', async () => {
    const [db, kafka] = [await freshDatabase(), freshKafka()];
    const parts = [await startTeams(db, kafka.options), await startTeams(db, kafka.options)] as const;
    const [open, quiet] = [await addCompany(db.database), await addCompany(db.database, { publishes: false })];
    const reader = await follow(kafka.options);
    const heldBack = [await push(parts[0], quiet, 'q1'), await push(parts[1], quiet, 'q2')];
    const out: string[] = [];
    for (let n = 0; n < 10; n += 1) out.push(await push(parts[n % 2 === 0 ? 0 : 1], open, String(n)));
    const of = (company: string) => reader.published.filter(({ key }) => key === company).map(({ event }) => event);
    await until(() => of(open).length >= 10);
    expect(of(open).map((event) => event['aggregate_id'])).toEqual(out);
    expect(of(quiet)).toEqual([]);
    expect(of(open)[0]).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      event_type: 'TEAM_MIGRATED',
      aggregate_type: 'team',
      aggregate_id: out[0],
      version: '1',
      occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      payload: {
        team_name: 'Chat - Team 0', app: 'chat', app_identifier_id: '0', source_identifier: 'Chat',
        company_sso_id: open, parent_id: null, members: [], created_by_sso_id: '',
      },
    });
    const [event] = of(open);
    expect(Math.abs(Date.now() - Date.parse(String(event?.['occurred_at'])))).toBeLessThan(60_000);
    await db.database.prisma.companyFlag.update({ where: { companyId_flag: { companyId: quiet, flag: 'publish_team_events' } }, data: { value: true } });
    const later = await push(parts[0], quiet, 'q3');
    await until(() => of(quiet).length >= 3);
    expect(of(quiet).map((each) => each['aggregate_id'])).toEqual([...heldBack, later]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(new Set(reader.published.map(({ event: { event_id } }) => event_id)).size).toBe(reader.published.length);
    expect(reader.published).toHaveLength(13);
    await reader.close();
    await Promise.all(parts.map(({ close }) => close()));
    await kafka.close();
    await db.close();
  }, 60_000);

  realTest('a broker that cannot be reached holds up no mutation, and gets everything in order when it can (real servers)', async () => {
    const [db, kafka] = [await freshDatabase(), freshKafka()];
    await requireTopic(kafka.options);
    const door = await openDoor(kafka.options.brokers[0] ?? '');
    const publisher = startPublisher({ database: db.database, outlet: kafkaOutlet({ ...kafka.options, brokers: [door.broker] }), logger: silent, record: () => undefined, holder: randomUUID(), now: Date.now, newId: randomUUID, pollMs: 50, leaseMs: 1_000 });
    const teams = await buildTeams({ databaseUrl: db.url, poolSize: 5, keys, cursorSecrets: keys, kafka: null, logger: silent, metrics: createMetrics('teams', silent), now: Date.now, newId: randomUUID });
    const company = await addCompany(db.database);
    const reader = await follow(kafka.options);
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const began = Date.now();
      ids.push(await push(teams, company, String(n)));
      expect(Date.now() - began).toBeLessThan(2_000);
      publisher.wake();
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(reader.published).toEqual([]);
    door.open();
    await until(() => reader.published.length >= 5, 30_000);
    expect(reader.published.map(({ event }) => event['aggregate_id'])).toEqual(ids);
    await reader.close();
    await publisher.close();
    await teams.close();
    door.close();
    await kafka.close();
    await db.close();
  }, 60_000);
});
