import { randomUUID } from 'node:crypto';
import { MongoClient, type ObjectId } from 'mongodb';
import { startMigratedPostgres } from '../embedded/migratedPostgres.ts';
import { startMongoThread } from '../embedded/mongo/thread.ts';
import { startSystem } from '../embedded/system.ts';
import { createScopeWrites } from '../subgraphs/contacts/store/scopeWrites.ts';
import { createTreeStore } from '../subgraphs/contacts/store/trees.ts';
import { createContactStore } from '../subgraphs/contacts/store/contacts.ts';
import { openDatabase as openContacts } from '../subgraphs/contacts/store/database.ts';
import type { ContactDocument } from '../subgraphs/contacts/store/documents.ts';
import { makeObjectId } from '../subgraphs/contacts/store/ids.ts';
import { serviceVisibility, type Visibility, visibilityOf } from '../subgraphs/shared/access/scope.ts';
import { openDatabase } from '../subgraphs/teams/store/database.ts';
import { migrateUp, readMigrations } from '../subgraphs/teams/store/migrations.ts';
import { addCompany, chat, commandsOf, good, item, pushOf } from '../test/support/migration.ts';
import { freshPostgres, timed, variable } from './place.ts';

/**
 * `npm run bench:embedded`: the same requests on the embedded servers and on the real ones at DATABASE_URL and MONGODB_URL (`npm run -s
 * servers -- env`), in turns, as a table for the README. It asserts nothing: how fast a machine is, is no fault of the code.
 */
const contactCount = 20_000;
const teamCount = 5_000;
const migratedTeams = 10_000;
const pushSize = 1_000;
const listings = 60;
const waitMs = 20_000;

type Row = Readonly<{ what: string; embedded: number; real: number }>;

const percentile = (times: readonly number[], share: number): number => times.toSorted((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? 0;

const startToReady = async (): Promise<Row> => {
  const base = { host: '127.0.0.1', port: 0, logLevel: 'fatal', kafka: null, signingKey: randomUUID() } as const;
  const run = async (servers: { databaseUrl: string | undefined; mongoUrl: string | undefined; mongoDatabase: string }): Promise<number> => {
    const start = performance.now();
    const system = await startSystem({ ...base, ...servers });
    const took = performance.now() - start;
    await system.close();
    return took;
  };
  const mongoDatabase = `bench_${randomUUID().replaceAll('-', '')}`;
  const embedded = await run({ databaseUrl: undefined, mongoUrl: undefined, mongoDatabase });
  const postgres = await freshPostgres();
  const real = await run({ databaseUrl: postgres.url, mongoUrl: variable('MONGODB_URL'), mongoDatabase });
  await postgres.close();
  await dropMongo(mongoDatabase);
  return { what: 'start to ready, with demo data', embedded, real };
};

const dropMongo = async (database: string): Promise<void> => {
  const client = new MongoClient(variable('MONGODB_URL'));
  await client.db(database).dropDatabase();
  await client.close();
};

const company = randomUUID();
const viewer = randomUUID();
const teams = Array.from({ length: teamCount }, () => randomUUID());

/** One in ten unassigned, one in a hundred pending, the others in one to three teams. */
const contactAt = (n: number): ContactDocument => {
  const at = new Date(1_700_000_000_000 + n * 1_000);
  const name = `customer ${String((n * 7_919) % contactCount)}`;
  const _id: ObjectId = makeObjectId(at.getTime(), randomUUID());
  return {
    _id,
    company_sso_id: company,
    is_deleted: n % 50 === 0,
    name,
    name_key: name,
    email: `c${String(n)}@customer.example`,
    owner_id: n % 500 === 0 ? viewer : randomUUID(),
    assignee_id: null,
    team_owner_ids: n % 10 === 0 ? [] : Array.from({ length: 1 + (n % 3) }, (_, i) => teams[(n * 31 + i * 977) % teamCount] ?? ''),
    team_owners_pending: n % 100 === 1,
    team_owners_set_by: 'auto',
    version: 1,
    created_at: at,
    updated_at: at,
  };
};

const teamLevel = (count: number): Visibility =>
  visibilityOf({ companyId: company, viewerId: viewer, level: 'team', teamFlag: true, teamIds: teams.slice(0, 1), expandedTeamIds: teams.slice(0, count), treeVersion: 1 });

const lists = async (): Promise<Row[]> => {
  const server = await startMongoThread();
  const database = `bench_${randomUUID().replaceAll('-', '')}`;
  const documents = Array.from({ length: contactCount }, (_, n) => contactAt(n));
  const sides = await Promise.all(
    [server.url, variable('MONGODB_URL')].map(async (url) => {
      const opened = await openContacts({ url, database, now: Date.now });
      for (let n = 0; n < contactCount; n += 2_000) await opened.contacts.insertMany(documents.slice(n, n + 2_000));
      const trees = createTreeStore(opened, Date.now);
      const scope = createScopeWrites({ contacts: opened.contacts, trees, lineageOf: () => Promise.resolve(null), onFault: () => undefined, now: Date.now, newId: randomUUID });
      return { opened, store: createContactStore(opened.contacts, { now: Date.now, newId: randomUUID, trees, scope }) };
    }),
  );
  const rows: Row[] = [];
  const cases = [1, 50, 2_000].map((count) => [`team level, ${String(count)} expanded teams`, teamLevel(count)] as const);
  for (const [what, visibility] of [...cases, ['everything', serviceVisibility(company)] as const]) {
    const times = await Promise.all(sides.map(() => Promise.resolve<number[]>([])));
    for (let n = 0; n < listings; n += 1) {
      const place = n % 2 === 0 ? null : { value: 1_700_000_000_000 + ((n * 331) % contactCount) * 1_000, id: 'f'.repeat(24) };
      const stretch = { order: { key: 'updated_at', descending: true }, backward: false, place, size: 25 } as const;
      for (const [side, { store }] of sides.entries()) times[side]?.push(await timed(() => store.page(visibility, [], stretch, waitMs)));
    }
    for (const [name, share] of [['p50', 0.5], ['p95', 0.95]] as const) {
      const [embedded = 0, real = 0] = times.map((each) => percentile(each, share));
      rows.push({ what: `contacts page, ${what}, ${name}`, embedded, real });
    }
  }
  await Promise.all(sides.map(({ opened }) => opened.close()));
  await server.close();
  await dropMongo(database);
  return rows;
};

const migration = async (): Promise<Row> => {
  const run = async ({ url, close }: Awaited<ReturnType<typeof freshPostgres>>): Promise<number> => {
    const database = openDatabase({ url, poolSize: 10 });
    const companyId = await addCompany(database);
    const commands = commandsOf(database);
    const took = await timed(async () => {
      for (let n = 0; n < migratedTeams; n += pushSize) {
        const items = Array.from({ length: pushSize }, (_, i) => item(companyId, String(n + i), { parentAppIdentifierId: n + i === 0 ? null : String(Math.floor((n + i) / 10)) }));
        const job = good(await commands.migrateTeams(chat, pushOf(items)));
        await commands.work(job.id);
      }
    });
    const made = await database.prisma.team.count({ where: { companyId } });
    if (made < migratedTeams) throw new Error(`${String(made)} teams instead of ${String(migratedTeams)} were migrated`);
    await database.close();
    await close();
    return took;
  };
  const embedded = await run(await startMigratedPostgres());
  const place = await freshPostgres();
  await migrateUp({ url: place.url, migrations: await readMigrations(), newId: randomUUID });
  return { what: `migration of ${migratedTeams.toLocaleString('en')} teams`, embedded, real: await run(place) };
};

const shown = (ms: number): string => (ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : ms >= 100 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(1)} ms`);

const rows = [await startToReady(), ...(await lists()), await migration()];
console.log(`\n${contactCount.toLocaleString('en')} contacts in ${teamCount.toLocaleString('en')} teams\n`);
console.log('| | embedded | real | ratio |\n|---|---:|---:|---:|');
for (const { what, embedded, real } of rows) console.log(`| ${what} | ${shown(embedded)} | ${shown(real)} | ${(embedded / real).toFixed(1)} × |`);
