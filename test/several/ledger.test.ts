import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../embedded/demo/client.ts';
import { breachesOfL, createLedger, treeOf, untilWorkedOff } from '../support/ledger.ts';
import { addCompany, chat } from '../support/migration.ts';
import { startTestTeams, type TestTeams } from '../support/teams.ts';

let teams: TestTeams;
beforeAll(async () => {
  teams = await startTestTeams();
}, 60_000);
afterAll(() => teams.close());

describe('check L of the ledger', () => {
  test('holds for pushes that were told the truth, and names each way in which it can be broken', async () => {
    const { database } = teams;
    const { prisma } = database;
    const companies = [await addCompany(database), await addCompany(database)];
    const client = {
      ask: async <Data>(query: string, variables: object = {}) => {
        const { data, full } = await teams.ask(chat, query, { ...variables });
        return { data, ...(full.length > 0 && { errors: full }) } as unknown as Answer<Data>;
      },
    };
    const ledger = createLedger();
    const items = treeOf('a', companies, 12);
    await ledger.push(client, 'a', items);
    await untilWorkedOff(database, 20_000);
    for (let n = 0; n < 100 && (await prisma.event.count({ where: { outsidePosition: null } })) > 0; n += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    const told = (outcome: 'ok' | 'fail' | 'unknown', key = 'a', of = items) => breachesOfL(database, { ...ledger, entries: [{ key, outcome, jobId: outcome === 'ok' ? (ledger.entries[0]?.jobId ?? null) : null, items: of }] });

    expect(await breachesOfL(database, ledger)).toEqual([]);
    expect(await told('unknown')).toEqual([]);
    expect(await told('fail')).toEqual([expect.stringContaining('a (fail): 1 jobs')]);
    expect(await told('ok', 'lost', treeOf('lost', companies, 2))).toContainEqual(expect.stringContaining('lost (ok): 0 jobs'));

    const first = await prisma.event.findFirstOrThrow({ orderBy: { position: 'asc' } });
    const last = await prisma.event.findFirstOrThrow({ where: { companyId: first.companyId }, orderBy: { position: 'desc' } });
    await prisma.event.update({ where: { eventId: first.eventId }, data: { outsidePosition: 99n } });
    expect(await told('ok')).toEqual(['the order of a company is lost', 'places have gaps, or are missing']);
    await prisma.event.update({ where: { eventId: first.eventId }, data: { outsidePosition: first.outsidePosition } });
    await prisma.event.delete({ where: { eventId: last.eventId } });
    expect(await told('ok')).toContain('11 events of 11 teams for 12 teams');
    await prisma.team.delete({ where: { id: last.aggregateId } });
    expect(await told('unknown')).toContainEqual(expect.stringContaining('11 of 12 teams'));
  }, 60_000);
});
