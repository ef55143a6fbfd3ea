import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { append } from '../../subgraphs/teams/events/append.ts';
import { startRelay } from '../../subgraphs/teams/events/relay.ts';
import { startQueue } from '../../subgraphs/teams/jobs/queue.ts';
import { openDatabase } from '../../subgraphs/teams/store/database.ts';
import { isOutage } from '../../subgraphs/teams/store/outage.ts';
import { addCompany, silent } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../support/proxy.ts';
import { realTest } from '../support/realTest.ts';
import { until } from '../support/until.ts';

let db: TestDatabase;
let door: TcpProxy;
let url: string;
beforeAll(async () => {
  db = await freshDatabase();
  const at = new URL(db.url);
  door = await startTcpProxy(at.hostname, Number(at.port));
  at.port = String(door.port);
  url = at.href;
}, 60_000);
afterAll(async () => {
  await door.close();
  await db.close();
});

const silentMs = 1_000;
/** The next statement with this text in it, and all that follows on its connection, never comes to the server; the connection stays open. */
const hold = (text: string): { held: boolean } => {
  const state = { held: false };
  door.setTrap({ fits: (sent) => sent.text.includes(text), then: 'hold', sprung: () => (state.held = true) });
  return state;
};

describe('a connection to Postgres that goes silent', () => {
  test('is an outage to who waits on it, within and outside a transaction, and the pool has another', async () => {
    const database = openDatabase({ url, poolSize: 1, silentMs });
    expect(await database.prisma.company.count()).toBe(0);
    const outside = hold('held outside');
    const fault = await database.prisma.$queryRaw`SELECT 'held outside' AS said`.catch((error: unknown) => error);
    expect([outside.held, isOutage(fault)]).toEqual([true, true]);
    expect(await database.prisma.company.count()).toBe(0);
    const within = hold('held within');
    const taken = await database.transaction((tx) => tx.$queryRaw`SELECT 'held within' AS said`).catch((error: unknown) => error);
    expect([within.held, isOutage(taken)]).toEqual([true, true]);
    expect(await database.prisma.company.count()).toBe(0);
    await database.close();
  }, 30_000);

  test('does not stop the relay: it goes on over another', async () => {
    const company = await addCompany(db.database);
    const database = openDatabase({ url, poolSize: 2, silentMs });
    const relay = startRelay({ database, logger: silent, holder: randomUUID(), onPlaced: () => undefined, pollMs: 20 });
    try {
      const state = hold('publishing');
      await until(() => state.held);
      const payload = { company_sso_id: company, user_id: null, is_active: null };
      await db.database.transaction((tx) => append(tx, [{ eventId: randomUUID(), type: 'ACCESS_CHANGED', companyId: company, aggregateId: company, occurredAt: new Date(), payload }]));
      await until(async () => (await db.database.prisma.event.count({ where: { position: null } })) === 0);
    } finally {
      await relay.close();
      await database.close();
    }
  }, 60_000);

  test('does not stop the job queue: its work is taken over another', async () => {
    const worked: string[] = [];
    const queue = await startQueue({ url, names: ['silence'], logger: silent, workers: 1, silentMs });
    try {
      const state = hold('FOR UPDATE SKIP LOCKED');
      queue.work('silence', (key) => {
        worked.push(key);
        return Promise.resolve();
      });
      await until(() => state.held);
      await db.database.transaction((tx) => queue.send(tx, 'silence', 'a piece'));
      await until(() => worked.includes('a piece'));
    } finally {
      await queue.close();
    }
  }, 60_000);
});

realTest('every session of the pool ends long statements and silent transactions (real servers)', async () => {
  const database = openDatabase({ url: db.url, poolSize: 1 });
  const [{ statement, idle, zone } = { statement: '', idle: '', zone: '' }] = await database.prisma.$queryRaw<{ statement: string; idle: string; zone: string }[]>`
    SELECT current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('TimeZone') AS zone`;
  expect({ statement, idle, zone }).toEqual({ statement: '25s', idle: '5s', zone: 'UTC' });
  await database.close();
});
