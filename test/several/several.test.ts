import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../../embedded/demo/client.ts';
import { demoCompanies, demoPersonId, demoTeamId } from '../../embedded/demo/data.ts';
import { append } from '../../subgraphs/teams/events/append.ts';
import { breachesOfL, breachesOfTopic, closeTopics, createLedger, followTopic, treeOf, untilWorkedOff } from '../support/ledger.ts';
import { realTest } from '../support/realTest.ts';
import { type SeveralSystem, startSeveral } from '../support/several.ts';
import type { Running } from '../support/severalProcess.ts';

const [qontak, sinar] = demoCompanies;
const companies = [qontak.id, sinar.id];
/** As deployed: the default of the queue. */
const leaseMs = 30_000;
const hasServers = process.env['TEST_KAFKA_BROKERS'] !== undefined;

let system: SeveralSystem;
beforeAll(async () => {
  if (hasServers) system = await startSeveral();
}, 120_000);
afterEach(closeTopics);
afterAll(async () => {
  if (hasServers) await system.close();
}, 60_000);

type Listed = { contacts: { nodes: { name: string }[]; notices: unknown[] } };
const contactsQuery = '{ contacts(first: 100) { nodes { name } notices { code } } }';
const initials = ({ data }: Answer<Listed>): string => data?.contacts.nodes.map(({ name }) => name[0]).sort().join('') ?? 'none';

/** What one contacts process lists for a person of the first company. */
const listedBy = async (process: Running, key: string): Promise<string> => {
  const peer = system.peerOf('contacts', process);
  const viewer = { kind: 'person', userId: demoPersonId(key), companyId: qontak.id, platform: 'web' } as const;
  const reply = await peer.call({ operation: 'graphql', body: { query: contactsQuery }, viewer, deadline: Date.now() + 5_000, correlationId: randomUUID() });
  return initials(reply.body as Answer<Listed>);
};

const ownTeamsAt = async (process: Running, key: string): Promise<number> => {
  const viewer = { kind: 'person', userId: demoPersonId(key), companyId: qontak.id, platform: 'web' } as const;
  const reply = await system.peerOf('teams', process).call({ operation: 'graphql', body: { query: '{ me { teams { id } } }' }, viewer, deadline: Date.now() + 5_000, correlationId: randomUUID() });
  return (reply.body as Answer<{ me: { teams: unknown[] } }>).data?.me.teams.length ?? -1;
};

/** As the mutation does it: the row and its event in one transaction. */
const setMembership = (key: string, team: string, isMember: boolean): Promise<void> =>
  system.database.transaction(async (tx) => {
    const [teamId, userId, companyId] = [demoTeamId(qontak, team), demoPersonId(key), qontak.id];
    await tx.$queryRaw`SELECT 1 AS held FROM companies WHERE id = ${companyId}::uuid FOR UPDATE`;
    if (isMember) await tx.teamUser.create({ data: { teamId, userId, companyId } });
    else await tx.teamUser.deleteMany({ where: { teamId, userId } });
    await append(tx, [{ eventId: randomUUID(), type: 'ACCESS_CHANGED', companyId, aggregateId: companyId, occurredAt: new Date(), payload: { company_sso_id: companyId, user_id: userId, is_active: true } }]);
  });

const migratedBy = (process: Running): number => process.log.filter(({ msg }) => msg === 'team_migrated').length;

/** Opens `teamMigrated` of the chat squad at one gateway; collects event ids. */
const subscribeAt = async (gateway: Running): Promise<{ ids: string[]; stop: () => void }> => {
  const ids: string[] = [];
  const stop = await system.at(gateway, 'chat').subscribe<{ teamMigrated: { eventId: string } }>('subscription { teamMigrated { eventId teamName } }', ({ data }) => {
    if (data !== null) ids.push(data.teamMigrated.eventId);
  });
  await pause(500);
  return { ids, stop };
};

/**
 * kill -9 of a teams process in the middle of a chunk of each of its workers: the companies' rows are held until all four workers of both processes wait for
 * them. Answers with what the four were at, and when it happened.
 */
const killAtWork = (victim: Running): Promise<Readonly<{ at: number; jobs: readonly string[] }>> =>
  system.database.transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS held FROM companies WHERE id = ANY(${companies}::uuid[]) ORDER BY id FOR UPDATE`;
    let [before, since] = ['', 0];
    for (const until = Date.now() + 4_000; Date.now() < until; ) {
      await pause(20);
      const running = await system.database.prisma.migrationJob.findMany({ where: { status: 'RUNNING' }, select: { id: true }, orderBy: { id: 'asc' } });
      const ids = running.map(({ id }) => id).join();
      if (ids !== before) [before, since] = [ids, Date.now()];
      // one that was through when the rows were taken is not at work any more, and ends in this time
      if (running.length < 4 || Date.now() < since + 500) continue;
      const at = Date.now();
      await victim.kill();
      return { at, jobs: running.map(({ id }) => id) };
    }
    throw new Error('the workers had too little to do');
  });

describe('two processes of each kind', () => {
  realTest('either gateway answers alike, whichever subgraph processes it reaches (real servers)', async () => {
    const answers = [];
    for (const gateway of [...system.gateways, ...system.gateways]) answers.push(initials(await system.at(gateway, 'zhelia').ask<Listed>(contactsQuery)));
    expect(answers).toEqual(['ABCG', 'ABCG', 'ABCG', 'ABCG']);
    const other = await Promise.all(system.gateways.map((gateway) => system.at(gateway, 'sinar-zhelia').ask<Listed>(contactsQuery)));
    expect(other.map(initials)).toEqual(['ABCG', 'ABCG']);
  }, 30_000);

  realTest('pushes that one teams process accepts are worked off by both, each team has one event on the topic, and a subscriber of either gateway gets each once (real servers)', async () => {
    const topic = await followTopic(system.kafka);
    const subscribers = await Promise.all(system.gateways.map(subscribeAt));
    const before = system.teams.map(migratedBy);
    const ledger = createLedger();
    const [accepting] = system.teams;
    const peer = system.peerOf('teams', accepting);
    // straight to one process, past what takes turns
    const client = {
      ask: async <Data>(query: string, variables: object = {}) =>
        (await peer.call({
          operation: 'graphql',
          body: { query, variables },
          viewer: { kind: 'service', id: 'chat-squad', scopes: ['teams:migrate:chat'], platform: 'openapi' },
          deadline: Date.now() + 20_000,
          correlationId: randomUUID(),
        })).body as Answer<Data>,
    };
    const pushes = await Promise.all(Array.from({ length: 8 }, (_, n) => ledger.push(client, `both-${String(n)}`, treeOf(`both-${String(n)}`, companies, 250))));
    expect(pushes.map(({ outcome }) => outcome)).toEqual(pushes.map(() => 'ok'));
    await untilWorkedOff(system.database, 60_000);
    const seen = await topic.untilIds(2_000, 30_000);
    expect(await breachesOfL(system.database, ledger)).toEqual([]);
    expect(await breachesOfTopic(system.database, seen, 1)).toEqual([]);
    const worked = system.teams.map((process, place) => migratedBy(process) - (before[place] ?? 0));
    expect(worked.reduce((sum, count) => sum + count, 0)).toBe(2_000);
    expect(Math.min(...worked)).toBeGreaterThan(0);
    const all = [...seen.ids].sort();
    for (let n = 0; n < 200 && subscribers.some(({ ids }) => ids.length < all.length); n += 1) await pause(100);
    await pause(300);
    expect(subscribers.map(({ ids }) => ids.toSorted())).toEqual([all, all]);
    for (const { stop } of subscribers) stop();
  }, 150_000);

  realTest('a membership that changes at one process is obeyed by every other within 1 s (real servers)', async () => {
    const everywhere = () => Promise.all(system.contacts.map((process) => listedBy(process, 'nita')));
    expect(await everywhere()).toEqual(['G', 'G']);
    for (const [isMember, expected] of [[true, 'FGH'], [false, 'G'], [true, 'FGH'], [false, 'G']] as const) {
      // asked the moment before, so that an answer is kept for as long as it may be
      await everywhere();
      await setMembership('nita', 'Sales', isMember);
      const committed = Date.now();
      expect(await Promise.all(system.teams.map((process) => ownTeamsAt(process, 'nita')))).toEqual(isMember ? [1, 1] : [0, 0]);
      await pause(Math.max(0, committed + 1_000 - Date.now()));
      expect(await everywhere()).toEqual([expected, expected]);
    }
  }, 30_000);

  realTest('after kill -9 of one process of each kind in the middle nothing acknowledged is lost, and the others go on (real servers)', async () => {
    const topic = await followTopic(system.kafka);
    const ledger = createLedger();
    const created: { key: string; told: boolean }[] = [];
    const create = async (n: number): Promise<void> => {
      const key = `killed ${String(n)}`;
      const answer = await system
        .as('sync')
        .ask<{ createContact: { contactId: string } }>('mutation ($input: CreateContactInput!) { createContact(input: $input) { contactId } }', { input: { companySsoId: qontak.id, name: key, idempotencyKey: key } })
        .catch(() => null);
      created.push({ key, told: answer?.data?.createContact !== undefined });
    };
    let n = 0;
    let stopped = false;
    const traffic = Array.from({ length: 3 }, async () => {
      while (!stopped) {
        n += 1;
        const key = `kill-${String(n)}`;
        await Promise.all([create(n), ledger.push(system.as('chat'), key, treeOf(key, companies, 200))]);
        await pause(100);
      }
    });
    const kills = async (): Promise<Awaited<ReturnType<typeof killAtWork>>> => {
      await pause(1_500);
      const first = await killAtWork(system.teams[0]);
      await pause(700);
      await system.contacts[0].kill();
      await pause(700);
      await system.gateways[0].kill();
      await pause(1_500);
      return first;
    };
    const killed = await kills().finally(() => (stopped = true));
    await Promise.all(traffic);
    const accepted = ledger.entries.filter(({ outcome }) => outcome === 'ok').length;
    expect(accepted).toBeGreaterThan(5);
    await untilWorkedOff(system.database, killed.at + leaseMs + 5_000 - Date.now());
    process.stderr.write(`  all pushes were worked off ${String(Date.now() - killed.at)} ms after the kill\n`);
    const attempts = (await system.database.prisma.migrationJob.findMany({ where: { id: { in: [...killed.jobs] } } })).map(({ attempt }) => attempt);
    // the two of the killed process were taken up again, those of the other were not
    expect(attempts.sort()).toEqual([1, 1, 2, 2]);
    const events = await system.database.prisma.event.count({ where: { isPublic: true } });
    const seen = await topic.untilIds(events, 15_000);
    expect(await breachesOfTopic(system.database, seen, 2)).toEqual([]);
    const mine = await breachesOfL(system.database, ledger);
    // the teams of the test before are of no push of this ledger
    expect(mine.filter((breach) => !breach.endsWith('teams are of no push'))).toEqual([]);
    const { data } = await system.at(system.gateways[1], 'bayu').ask<Listed>('{ contacts(first: 100, filter: { name: "killed" }) { nodes { name } notices { code } } }');
    const names = data?.contacts.nodes.map(({ name }) => name) ?? [];
    expect(new Set(names).size).toBe(names.length);
    expect(created.filter(({ key, told }) => told && !names.includes(key))).toEqual([]);
    expect(initials(await system.at(system.gateways[1], 'zhelia').ask<Listed>(contactsQuery))).toMatch(/^ABCG/);
  }, 150_000);
});
