import { expect } from '@jest/globals';
import { findAccess } from '../../subgraphs/teams/store/access.ts';
import { lockCompany } from '../../subgraphs/teams/store/companies.ts';
import { openDatabase } from '../../subgraphs/teams/store/database.ts';
import { inCompany } from '../../subgraphs/teams/commands/inCompany.ts';
import { chat, commandsOf, good, item } from '../support/migration.ts';
import { freshDatabase } from '../support/postgres.ts';
import { realTest } from '../support/realTest.ts';
import { until } from '../support/until.ts';
import { migrationOn, plantCompany } from '../support/teams.ts';

realTest('changes of one company that wait for one another leave connections for the access of others (real servers)', async () => {
  const db = await freshDatabase();
  const [busy, other] = [await plantCompany(db.database, { people: { Ani: 'OWNER' }, teams: [], flags: migrationOn }), await plantCompany(db.database, { people: { Budi: 'AGENT' }, teams: [] })];
  const pool = openDatabase({ url: db.url, poolSize: 5 });
  const { deps, migrateTeam } = commandsOf(pool);
  let letGo = (): void => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  let isHeld = (): void => undefined;
  const held = new Promise<void>((resolve) => (isHeld = resolve));
  const holding = db.database.transaction(async (tx) => {
    await lockCompany(tx, { kind: 'company', companyId: busy.id });
    isHeld();
    await released;
  });
  await held;
  const changes = Array.from({ length: 20 }, (_, n) =>
    n % 2 === 0
      ? inCompany(deps, busy.person('Ani'), () => null, () => Promise.resolve(n))
      : migrateTeam(chat, { app: 'chat', item: item(busy.id, String(n)), runId: null }).then((result) => (good(result).outcome === 'CREATED' ? n : result)),
  );
  const waiting = Promise.all(changes);
  await until(async () => {
    const [row] = await db.database.prisma.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return (row?.n ?? 0) >= 3;
  });
  const access = Promise.all(Array.from({ length: 20 }, () => findAccess(pool.prisma, { companyId: other.id, userId: other.people['Budi'] ?? '', withTeams: true })));
  const first = await Promise.race([access.then(() => 'access'), new Promise((resolve) => setTimeout(() => resolve('the change that was held'), 3_000))]);
  letGo();
  await holding;
  expect(first).toBe('access');
  expect((await access).every((each) => each !== null)).toBe(true);
  expect(await waiting).toEqual(changes.map((_, n) => n));
  await pool.close();
  await db.close();
}, 60_000);
