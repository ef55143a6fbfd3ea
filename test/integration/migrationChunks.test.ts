import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { addCompany, chat, commandsOf, good, item, outcomesOf, pushOf } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
}, 60_000);
afterAll(() => db.close());

/** A chain of items below `top`, pushed in reverse, worked five at a time; `between` runs once, after the first five. */
const workChain = async (companyId: string, length: number, between: () => Promise<unknown>): Promise<readonly string[]> => {
  const commands = commandsOf(db.database);
  await commands.work(good(await commands.migrateTeams(chat, pushOf([item(companyId, 'top')]))).id);
  const chain = Array.from({ length }, (_, n) => item(companyId, String(n + 1), { parentAppIdentifierId: n === 0 ? 'top' : String(n) }));
  const job = good(await commands.migrateTeams(chat, pushOf(chain.toReversed())));
  let committed = 0;
  await commands.work(job.id, {
    chunkLength: 5,
    checkpoint: async (step) => {
      if (step !== 'committed') return;
      committed += 1;
      if (committed === 1) await between();
    },
  });
  return (await outcomesOf(db.database, job.id)).toReversed();
};

describe('OTM-S05: what changes between two chunks of a push', () => {
  test('is seen by the next: flags that are turned off fail the rest', async () => {
    const companyId = await addCompany(db.database);
    const outcomes = await workChain(companyId, 20, () => db.database.prisma.companyFlag.updateMany({ where: { companyId, flag: 'unified_app' }, data: { value: false } }));
    expect(outcomes).toEqual([...Array<string>(5).fill('CREATED'), ...Array<string>(15).fill('FAILED FLAG_OFF')]);
  });

  test('is seen by the next: a parent that has moved down leaves room for fewer levels', async () => {
    const companyId = await addCompany(db.database);
    const { prisma } = db.database;
    const outcomes = await workChain(companyId, 20, async () => {
      let parentId: string | null = null;
      for (let level = 0; level < 20; level += 1) {
        const id = randomUUID();
        await prisma.team.create({ data: { id, companyId, name: 'Level', nameKey: 'level', parentId } });
        parentId = id;
      }
      await prisma.team.updateMany({ where: { companyId, referenceId: 'top' }, data: { parentId } });
    });
    // top stands on level 20, the first on 21, and the last level is 31
    expect(outcomes.slice(0, 11)).toEqual(Array(11).fill('CREATED'));
    expect(outcomes[11]).toBe('FAILED DEPTH_EXCEEDED');
    expect(outcomes.slice(12).filter((outcome) => !/^FAILED (DEPTH_EXCEEDED|PARENT_UNKNOWN)$/.test(outcome))).toEqual([]);
    expect(await prisma.team.count({ where: { companyId, sourceIdentifier: 'Chat' } })).toBe(12);
  });

  test('is seen by the next: a team that another push has created meanwhile is SKIPPED, and its children stand below it', async () => {
    const companyId = await addCompany(db.database);
    const outcomes = await workChain(companyId, 12, async () => {
      const other = commandsOf(db.database);
      const of = [item(companyId, '7'), item(companyId, '8', { parentAppIdentifierId: '7' })];
      await other.work(good(await other.migrateTeams(chat, pushOf(of))).id);
    });
    expect(outcomes.map((outcome, n) => [n + 1, outcome]).filter(([, outcome]) => outcome !== 'CREATED')).toEqual([[7, 'SKIPPED'], [8, 'SKIPPED']]);
    const teams = await db.database.prisma.team.findMany({ where: { companyId } });
    const idOf = new Map(teams.map(({ referenceId, id }) => [referenceId, id]));
    expect(teams.find(({ referenceId }) => referenceId === '9')?.parentId).toBe(idOf.get('8'));
    expect(teams).toHaveLength(13);
  });
});
