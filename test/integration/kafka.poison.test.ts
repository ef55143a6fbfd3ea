import { describe, expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConfigResourceTypes } from 'kafkajs';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import { connectInProcess } from '../../subgraphs/shared/peer.ts';
import { redriveTeamEvents } from '../../subgraphs/teams/commands/redriveTeamEvents.ts';
import { teamTopic } from '../../subgraphs/teams/events/publisherTopic.ts';
import { buildTeams } from '../../subgraphs/teams/service.ts';
import { freshKafka, kafkaClient } from '../support/kafka.ts';
import { addCompany, chat, silent } from '../support/migration.ts';
import { freshDatabase } from '../support/postgres.ts';
import { realTest } from '../support/realTest.ts';
import { testKeys } from '../support/teams.ts';
import { until } from '../support/until.ts';

describe('a topic whose broker refuses messages above a size', () => {
  realTest('parks the company of the event that is too large after 5 tries, all others flow, and redriving after the limit is raised keeps its order (real servers)', async () => {
    const [db, kafka] = [await freshDatabase(), freshKafka()];
    const topic = teamTopic(kafka.options);
    const admin = kafkaClient(kafka.options).admin();
    await admin.connect();
    // one event of an ordinary name fits, two together do not
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 3, configEntries: [{ name: 'max.message.bytes', value: '900' }] }] });
    const consumer = kafkaClient(kafka.options).consumer({ groupId: randomUUID() });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const published: { key: string; id: string; team: string }[] = [];
    await consumer.run({
      eachMessage: ({ message }) => {
        const { event_id, aggregate_id } = JSON.parse(String(message.value)) as { event_id: string; aggregate_id: string };
        published.push({ key: String(message.key), id: event_id, team: aggregate_id });
        return Promise.resolve();
      },
    });
    const metrics = createMetrics('teams', silent);
    const teams = await buildTeams({ databaseUrl: db.url, poolSize: 5, keys: testKeys, cursorSecrets: testKeys, kafka: kafka.options, logger: silent, metrics, now: Date.now, newId: randomUUID });
    const peer = connectInProcess({ caller: 'gateway', audience: 'teams', keys: testKeys, now: Date.now }, teams.endpoint);
    const push = async (companySsoId: string, appIdentifierId: string, name = `Team ${appIdentifierId}`): Promise<string> => {
      const query = 'mutation ($item: MigrateTeamItem!) { migrateTeam(input: { app: CHAT, item: $item }) { team { id } } }';
      const reply = await peer.call({ operation: 'graphql', body: { query, variables: { item: { companySsoId, appIdentifierId, name } } }, viewer: chat, deadline: Date.now() + 10_000, correlationId: 'test' });
      return (reply.body as { data: { migrateTeam: { team: { id: string } } } }).data.migrateTeam.team.id;
    };
    try {
      const [sick, well] = [await addCompany(db.database), await addCompany(db.database)];
      const ofSick = [await push(sick, '1'), await push(sick, '2', '名'.repeat(240)), await push(sick, '3'), await push(sick, '4')];
      const ofWell: string[] = [];
      for (let n = 0; n < 6; n += 1) ofWell.push(await push(well, String(n)));
      const of = (key: string) => [...new Map(published.filter((each) => each.key === key).map(({ id, team }) => [id, team])).values()];
      const { prisma } = db.database;
      await until(async () => of(well).length === 6 && (await prisma.deadLetter.count()) === 1);
      expect(of(well)).toEqual(ofWell);
      expect(of(sick)).toEqual(ofSick.slice(0, 1));
      expect(await prisma.deadLetter.findMany()).toMatchObject([{ kind: 'team_event', companyId: sick, tries: 5, redrivenAt: null, error: expect.stringContaining('MESSAGE_TOO_LARGE') }]);
      expect(await metrics.registry.getSingleMetricAsString('one_team_domain_events_total')).toContain('event="team_event_parked",detail="MESSAGE_TOO_LARGE"');

      await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'max.message.bytes', value: '1000000' }] }] });
      ofSick.push(await push(sick, '5'));
      ofWell.push(await push(well, 'after'));
      await until(() => of(well).length === 7);
      expect(of(sick)).toHaveLength(1);
      expect(await redriveTeamEvents(db.database, { publication: 'kafka', companyIds: null })).toEqual({ companies: 1 });
      await until(() => of(sick).length === 5);
      ofSick.push(await push(sick, '6'));
      await until(() => of(sick).length === 6);
      expect(of(sick)).toEqual(ofSick);
      expect(await prisma.parkedCompany.count()).toBe(0);
      expect(await prisma.deadLetter.count({ where: { redrivenAt: null } })).toBe(0);
    } finally {
      await consumer.disconnect();
      await teams.close();
      await admin.disconnect();
      await kafka.close();
      await db.close();
    }
  }, 60_000);
});
