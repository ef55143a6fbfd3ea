import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import { createLogger } from '../subgraphs/shared/logger.ts';
import { createMetrics } from '../subgraphs/shared/metrics.ts';
import { connectInProcess, type Peer } from '../subgraphs/shared/peer.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import { buildTeams } from '../subgraphs/teams/service.ts';
import { findAccess } from '../subgraphs/teams/store/access.ts';
import type { Reader } from '../subgraphs/teams/store/database.ts';
import { migrateUp, readMigrations } from '../subgraphs/teams/store/migrations.ts';

/**
 * `npm run bench:viewer`: `me` with expanded teams for a person above 10,000 teams, at the signed door of the teams subgraph, beside the
 * statement that reads their access by plain `pg`, in turns, on the Postgres at DATABASE_URL. It prints the ratio and asserts nothing.
 */
const teamCount = 10_000;
const otherTeams = 50_000;
const rounds = 60;
const warmUp = 15;

const server = process.env['DATABASE_URL'] ?? '';
if (server === '') throw new Error('DATABASE_URL is not set. Run: eval "$(npm run -s servers -- env)"');

const onServer = async (statement: string): Promise<void> => {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

const [company, viewer, root] = [randomUUID(), randomUUID(), randomUUID()];

/** A tree ten wide below the viewer's team, and teams of another company beside it. */
const plant = async (pool: Pool): Promise<void> => {
  const other = randomUUID();
  await pool.query(`INSERT INTO companies (id, name, plan) VALUES ($1, 'Bench', 'growth'), ($2, 'Other', 'growth')`, [company, other]);
  await pool.query(`INSERT INTO users (id, company_id, email, full_name, name_key, role) VALUES ($1, $2, 'v@bench.test', 'V', 'v', 'OWNER')`, [viewer, company]);
  const ids = [root, ...Array.from({ length: teamCount - 1 }, () => randomUUID())];
  const parents = ids.map((_, n) => (n === 0 ? null : (ids[Math.floor((n - 1) / 10)] ?? null)));
  await pool.query(
    `INSERT INTO teams (id, company_id, name, name_key, parent_id) SELECT id, $1, 'Team ' || n, 'team ' || n, parent FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY AS t(id, parent, n)`,
    [company, ids, parents],
  );
  await pool.query(`INSERT INTO teams (id, company_id, name, name_key) SELECT gen_random_uuid(), $1, 'o' || n, 'o' || n FROM generate_series(1, $2::int) AS n`, [other, otherTeams]);
  await pool.query(`INSERT INTO team_users (team_id, user_id, company_id) VALUES ($1, $2, $3)`, [root, viewer, company]);
  await pool.query('ANALYZE');
};

/** The very statement that the subgraph sends. */
const accessStatement = async (): Promise<Readonly<{ text: string; values: readonly unknown[] }>> => {
  let sent: Readonly<{ text: string; values: readonly unknown[] }> | undefined;
  const catching = {
    $queryRaw: (strings: readonly string[], ...values: readonly unknown[]) => {
      sent = { text: strings.reduce((text, part, n) => `${text}$${String(n)}${part}`), values };
      return Promise.resolve([]);
    },
  };
  await findAccess(catching as unknown as Reader, { companyId: company, userId: viewer, withTeams: true });
  if (sent === undefined) throw new Error('findAccess sends no statement');
  return sent;
};

/** The least that expands somebody's teams: no order, and no company, role, levels or flags. */
const simplestExpansion = `
  WITH RECURSIVE expanded AS (
    SELECT team_id AS id FROM team_users WHERE user_id = $1
    UNION SELECT t.id FROM expanded e JOIN teams t ON t.parent_id = e.id
  ) SELECT id FROM expanded`;

const timed = async (work: () => Promise<number>): Promise<number> => {
  const start = performance.now();
  const found = await work();
  if (found !== teamCount) throw new Error(`${String(found)} expanded teams instead of ${String(teamCount)}`);
  return performance.now() - start;
};
const percentile = (times: readonly number[], share: number): number => times.toSorted((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? 0;

const me = async (gateway: Peer, person: Viewer): Promise<number> => {
  const query = '{ me { role expandedTeamIds } }';
  const { body } = await gateway.call({ operation: 'graphql', body: { query }, viewer: person, deadline: Date.now() + 20_000, correlationId: randomUUID() });
  return (body as { data: { me: { expandedTeamIds: readonly string[] } } }).data.me.expandedTeamIds.length;
};

const name = `bench_${randomUUID().replaceAll('-', '')}`;
await onServer(`CREATE DATABASE ${name} TEMPLATE template0`);
const url = new URL(server);
url.pathname = `/${name}`;
try {
  await migrateUp({ url: url.href, migrations: await readMigrations(), newId: randomUUID });
  const pool = new Pool({ connectionString: url.href, max: 5 });
  await plant(pool);
  const logger = createLogger({ name: 'bench', level: 'fatal' });
  const keys = ['a-signing-key-for-the-bench-that-is-long-enough'] as const;
  const common = { keys, now: Date.now };
  const part = await buildTeams({
    ...common, databaseUrl: url.href, poolSize: 5, cursorSecrets: keys, kafka: null, logger, metrics: createMetrics('bench', logger), newId: randomUUID,
  });
  const gateway = connectInProcess({ ...common, caller: 'gateway', audience: 'teams' }, part.endpoint);
  const person: Viewer = { kind: 'person', userId: viewer, companyId: company, platform: 'web' };
  const statement = await accessStatement();
  const sides = {
    bare: async () => (await pool.query<{ expandedTeamIds: string }>(statement.text, [...statement.values])).rows[0]?.expandedTeamIds.split(',').length ?? 0,
    simplest: async () => (await pool.query<{ id: string }>(simplestExpansion, [viewer])).rows.length,
    me: () => me(gateway, person),
  };
  const names = ['bare', 'simplest', 'me'] as const;
  const times = { bare: [] as number[], simplest: [] as number[], me: [] as number[] };
  for (let round = 0; round < rounds + warmUp; round += 1) {
    for (const side of round % 2 === 0 ? names : names.toReversed()) {
      const took = await timed(sides[side]);
      if (round >= warmUp) times[side].push(took);
    }
  }
  console.log(`\nme { expandedTeamIds } of ${teamCount.toLocaleString('en')} teams, ${rounds} rounds in turns\n`);
  console.log('| | me | same statement by plain pg | ratio | simplest statement by plain pg | ratio |\n|---|---:|---:|---:|---:|---:|');
  for (const [what, share] of [['p50', 0.5], ['p95', 0.95]] as const) {
    const [bare, simplest, through] = names.map((side) => percentile(times[side], share)) as [number, number, number];
    const [toBare, toSimplest] = [through / bare, through / simplest];
    console.log(`| ${what} | ${through.toFixed(1)} ms | ${bare.toFixed(1)} ms | ${toBare.toFixed(2)} × | ${simplest.toFixed(1)} ms | ${toSimplest.toFixed(2)} × |`);
  }
  await gateway.close();
  await part.close();
  await pool.end();
} finally {
  await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
}
