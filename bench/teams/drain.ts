import { randomUUID } from 'node:crypto';
import { CompressionTypes } from 'kafkajs';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { kafkaPublication } from '../../subgraphs/teams/events/publicationName.ts';
import { startPublisher } from '../../subgraphs/teams/events/publisher.ts';
import { kafkaOutlet, type Outlet } from '../../subgraphs/teams/events/publisherOutlet.ts';
import { teamTopic } from '../../subgraphs/teams/events/publisherTopic.ts';
import { addCompany } from '../../test/support/migration.ts';
import { type TeamsPlace, teamsPlace, timed, type TopicPlace, topicPlace } from '../place.ts';
import { type Measure, ratio } from './figure.ts';

const count = 50_000;
const batch = 500;

/** Events that have their places and wait for Kafka. */
const pile = async ({ database, plain }: TeamsPlace): Promise<void> => {
  const companyId = await addCompany(database);
  await plain.query(
    `INSERT INTO events (event_id, company_id, event_type, aggregate_type, aggregate_id, is_public, app, payload, occurred_at, position, outside_position, released_at)
     SELECT gen_random_uuid(), $1::uuid, 'TEAM_MIGRATED', 'team', gen_random_uuid(), true, 'chat', jsonb_build_object('team_name', 'Chat - Team ' || n, 'app', 'chat',
       'app_identifier_id', n::text, 'source_identifier', 'Chat', 'company_sso_id', $1::text, 'parent_id', null, 'members', '[]'::jsonb, 'created_by_sso_id', ''), now(), n, n, now()
     FROM generate_series(1, $2::int) n`,
    [companyId, count],
  );
  await plain.query('UPDATE event_log SET position = $1, outside_position = $1', [count]);
};

/** The same number of messages of the same size through a bare producer with the same settings. */
const barely = async ({ kafka, options }: TopicPlace): Promise<number> => {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
  const value = JSON.stringify({ event_id: randomUUID(), event_type: 'TEAM_MIGRATED', aggregate_type: 'team', aggregate_id: randomUUID(), version: '1', occurred_at: new Date(), payload: { team_name: 'Chat - Team 12345', app: 'chat', app_identifier_id: '12345', source_identifier: 'Chat', company_sso_id: randomUUID(), parent_id: null, members: [], created_by_sso_id: '' } });
  const key = randomUUID();
  const took = await timed(async () => {
    for (let sent = 0; sent < count; sent += batch) {
      await producer.send({ topic: teamTopic(options), acks: -1, compression: CompressionTypes.None, messages: Array.from({ length: batch }, () => ({ key, value })) });
    }
  });
  await producer.disconnect();
  return took;
};

/** How fast what waited goes out when the broker is back, beside a bare producer. */
export const drain: Measure = async () => {
  const [place, topic] = [await teamsPlace(), await topicPlace()];
  await pile(place);
  const outlet = kafkaOutlet(topic.options);
  const door = { isOpen: false };
  const behind: Outlet = { send: (messages) => (door.isOpen ? outlet.send(messages) : Promise.reject(new Error('the broker is down'))), close: () => outlet.close() };
  const publisher = startPublisher({ database: place.database, outlet: behind, logger: createLogger({ name: 'bench', level: 'fatal' }), record: () => undefined, holder: randomUUID(), now: Date.now, newId: randomUUID });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const bareMs = await barely(topic);
  door.isOpen = true;
  publisher.wake();
  const drainMs = await timed(async () => {
    for (;;) {
      const row = await place.database.prisma.publication.findUnique({ where: { name: kafkaPublication } });
      if (Number(row?.position ?? 0) >= count) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  await publisher.close();
  await Promise.all([place.close(), topic.close()]);
  const perSecond = (ms: number): string => Math.round(count / (ms / 1_000)).toLocaleString('en');
  return [{ what: `${count.toLocaleString('en')} events drained after the broker was down, ${perSecond(drainMs)}/s beside a bare producer's ${perSecond(bareMs)}/s`, value: ratio(drainMs / bareMs), goal: '≥ 1,000/s' }];
};
