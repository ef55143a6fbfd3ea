import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Database, openDatabase } from '../../subgraphs/teams/store/database.ts';
import { addCompany, chat, commandsOf, good, item } from '../support/migration.ts';
import { freshPostgres, type FreshPostgres } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../support/proxy.ts';

let server: FreshPostgres;
let door: TcpProxy;
let database: Database;
let company: string;

beforeAll(async () => {
  server = await freshPostgres();
  const at = new URL(server.url);
  door = await startTcpProxy(at.hostname, Number(at.port));
  at.port = String(door.port);
  database = openDatabase({ url: at.href, poolSize: 2 });
  company = await addCompany(database);
});
afterAll(async () => {
  await database.close();
  await door.close();
  await server.close();
});

/** Lets the COMMIT of the next push through and loses the answer to it; `lost` holds once that was done. */
const loseReply = (): { lost: boolean } => {
  const state = { lost: false };
  door.setTrap({ fits: ({ text, seen }) => text.includes('COMMIT') && seen.includes('migration_run_companies'), then: 'dropReply', sprung: () => (state.lost = true) });
  return state;
};

const totals = (runId: string) => database.prisma.migrationRunCompany.findMany({ where: { runId }, select: { created: true, skipped: true, failed: true } });

describe('migrateTeam, when only the answer to COMMIT is lost', () => {
  let commands: ReturnType<typeof commandsOf>;
  beforeEach(() => {
    commands = commandsOf(database);
  });

  test('says CREATED with the team, tells of it once, and counts it once in a run of its own', async () => {
    const before = await database.prisma.migrationRun.findMany({ select: { id: true } });
    const reply = loseReply();
    const result = good(await commands.migrateTeam(chat, { app: 'chat', item: item(company, 'lost'), runId: null }));
    expect(reply.lost).toBe(true);
    const team = await database.prisma.team.findFirstOrThrow({ where: { companyId: company, referenceId: 'lost' } });
    expect(result).toMatchObject({ outcome: 'CREATED', reason: null, teamId: team.id });
    expect(commands.recorded).toEqual([expect.objectContaining({ event: 'team_migrated', team_id: team.id })]);
    expect(await database.prisma.event.count({ where: { aggregateId: team.id } })).toBe(1);
    const opened = await database.prisma.migrationRun.findMany({ where: { id: { notIn: before.map(({ id }) => id) } } });
    expect(opened).toHaveLength(1);
    expect(await totals(opened[0]?.id ?? '')).toEqual([{ created: 1, skipped: 0, failed: 0 }]);
  });

  test('counts what it skipped and what failed once in the run that it names', async () => {
    const runId = randomUUID();
    await database.prisma.migrationRun.create({ data: { id: runId, app: 'chat', triggered: true } });
    good(await commands.migrateTeam(chat, { app: 'chat', item: item(company, 'there'), runId }));
    for (const [pushed, outcome] of [[item(company, 'there'), 'SKIPPED'], [item(company, 'below', { parentAppIdentifierId: 'nobody' }), 'FAILED']] as const) {
      const reply = loseReply();
      expect(good(await commands.migrateTeam(chat, { app: 'chat', item: pushed, runId })).outcome).toBe(outcome);
      expect(reply.lost).toBe(true);
    }
    expect(await totals(runId)).toEqual([{ created: 1, skipped: 1, failed: 1 }]);
    expect(commands.recorded.map(({ event }) => event)).toEqual(['team_migrated', 'team_migration_failed']);
  });

  test('tries again what was not committed', async () => {
    const sprung = { cut: false };
    door.setTrap({
      fits: ({ text, seen }) => text.includes('COMMIT') && seen.includes('migration_run_companies'),
      then: 'hold',
      sprung: () => {
        sprung.cut = true;
        door.cut(false);
      },
    });
    const result = good(await commands.migrateTeam(chat, { app: 'chat', item: item(company, 'again'), runId: null }));
    expect(sprung.cut).toBe(true);
    expect(result.outcome).toBe('CREATED');
    expect(commands.recorded).toHaveLength(1);
    expect(await database.prisma.team.count({ where: { companyId: company, referenceId: 'again' } })).toBe(1);
  });
});
