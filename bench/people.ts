import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import { connect } from '../embedded/demo/client.ts';
import { startSystem } from '../embedded/system.ts';
import { openDatabase } from '../subgraphs/teams/store/database.ts';

/**
 * `npm run bench:people`: `createCompany` with its General team, and `inviteUser`, over the gateway, and in turns with each the very statements
 * that it wrote with, in one transaction by plain `pg`, on the real servers at DATABASE_URL and MONGODB_URL (`npm run -s servers -- env`). The p95 over the
 * gateway is to be at most 5 × that of the statements; ends with 1 when it is not.
 */
const rounds = 300;
const warmUp = 30;
const most = 5;

const variable = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set. Run: eval "$(npm run -s servers -- env)"`);
  return value;
};

type Statement = Readonly<{ text: string; values: readonly unknown[] }>;

/** What each connection was sent while it listens; Prisma, too, speaks through `pg`. */
const recorder = () => {
  const sent = new Map<object, Statement[]>();
  let isOn = false;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the client below
  const original = pg.Client.prototype.query as (this: object, ...args: unknown[]) => unknown;
  pg.Client.prototype.query = function recorded(this: object, ...args: unknown[]) {
    const [query, values] = args as [string | { text: string; values?: unknown[] }, unknown];
    const statement = typeof query === 'string' ? { text: query, values: Array.isArray(values) ? values : [] } : { text: query.text, values: query.values ?? [] };
    if (isOn) sent.set(this, [...(sent.get(this) ?? []), statement]);
    return original.apply(this, args);
  } as typeof pg.Client.prototype.query;
  return {
    during: async (work: () => Promise<unknown>): Promise<readonly (readonly Statement[])[]> => {
      sent.clear();
      isOn = true;
      await work();
      isOn = false;
      return [...sent.values()];
    },
  };
};

const bounds = /^(BEGIN|COMMIT|ROLLBACK|SET TRANSACTION)/i;

/** The statements of transactions that wrote one of some tables, as one transaction. */
const written = (connections: readonly (readonly Statement[])[], tables: RegExp): readonly Statement[] => {
  const transactions = connections.flatMap((statements) => {
    const each: Statement[][] = [];
    let open: Statement[] | null = null;
    for (const statement of statements) {
      if (/^BEGIN/i.test(statement.text)) each.push((open = []));
      else if (/^(COMMIT|ROLLBACK)/i.test(statement.text)) open = null;
      else if (!bounds.test(statement.text)) open?.push(statement);
    }
    return each;
  });
  const ours = transactions.filter((statements) => statements.some(({ text }) => tables.test(text))).flat();
  if (ours.length === 0) throw new Error('nothing was recorded');
  return ours;
};

const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The same statements with new ids for all but those that were there before. */
const afresh = (statements: readonly Statement[], kept: ReadonlySet<string>): readonly Statement[] => {
  const made = new Map<string, string>();
  const fresh = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(ids, (id) => (kept.has(id) ? id : (made.get(id) ?? (made.set(id, randomUUID()), made.get(id) ?? id))));
    return Array.isArray(value) ? value.map(fresh) : value;
  };
  return statements.map(({ text, values }) => ({ text, values: values.map(fresh) }));
};

const inOneTransaction = async (client: pg.Client, statements: readonly Statement[]): Promise<void> => {
  await client.query('BEGIN');
  for (const { text, values } of statements) await client.query(text, [...values]);
  await client.query('COMMIT');
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const percentile = (times: readonly number[], share: number): number => times.toSorted((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? 0;

const onServer = async (statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: variable('DATABASE_URL') });
  await client.connect();
  await client.query(statement).finally(() => client.end());
};

const name = `bench_${randomUUID().replaceAll('-', '')}`;
const url = new URL(variable('DATABASE_URL'));
url.pathname = `/${name}`;
const record = recorder();
await onServer(`CREATE DATABASE ${name} TEMPLATE template0`);
const system = await startSystem({ host: '127.0.0.1', port: 0, logLevel: 'fatal', kafka: null, signingKey: randomUUID(), databaseUrl: url.href, mongoUrl: variable('MONGODB_URL'), mongoDatabase: name });
const plain = new pg.Client({ connectionString: url.href });
await plain.connect();

const ask = async (token: string, query: string, input: object): Promise<void> => {
  const { errors } = await connect(system.url, token).ask(query, { input });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
};

const founder = await system.issuer.mint({ sub: 'bench', scope: 'companies:write' }, { expiresIn: 3_600 });
const newCompany = () => {
  const companySsoId = randomUUID();
  return { companySsoId, name: 'Company', plan: 'GROWTH', ownerSsoId: randomUUID(), ownerEmail: `owner@${companySsoId}.example`, ownerFullName: 'Owner' };
};
const create = (input: ReturnType<typeof newCompany>) =>
  ask(founder, 'mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { company { id name plan } } }', input);

/** One company that people are invited into, with both flags on and a second team. */
const company = newCompany();
await create(company);
const database = openDatabase({ url: url.href, poolSize: 1 });
const general = await database.prisma.team.findFirstOrThrow({ where: { companyId: company.companySsoId } });
const team = randomUUID();
await database.prisma.team.create({ data: { id: team, companyId: company.companySsoId, name: 'Sales', nameKey: 'sales' } });
await database.prisma.companyFlag.createMany({ data: ['unified_app', 'one_team_migration_enabled'].map((flag) => ({ companyId: company.companySsoId, flag, value: true })) });
await database.close();
const owner = await system.issuer.mint({ sub: company.ownerSsoId, company_sso_id: company.companySsoId }, { expiresIn: 3_600 });
const invite = () =>
  ask(owner, 'mutation ($input: InviteUserInput!) { inviteUser(input: $input) { role user { id fullName } teams { id name } } }', {
    email: `${randomUUID()}@example.test`, fullName: 'Invited', roleId: 'AGENT', teamIds: [general.id, team], idempotencyKey: randomUUID(),
  });

const count = async (table: string): Promise<number> => (await plain.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]?.n ?? 0;

const cases = [
  { what: 'createCompany with its General team', makes: 'teams', work: () => create(newCompany()), tables: /INSERT INTO (companies|teams)/, kept: new Set<string>() },
  { what: 'inviteUser into two teams', makes: 'invitations', work: invite, tables: /INSERT INTO users/, kept: new Set([company.companySsoId, company.ownerSsoId, general.id, team]) },
];
console.log('| | statements | over the gateway, p50 | p95 | plain `pg`, p50 | p95 | ratio of p95 |\n|---|---:|---:|---:|---:|---:|---:|');
for (const { what, makes, work, tables, kept } of cases) {
  const before = await count(makes);
  await work();
  const statements = written(await record.during(work), tables);
  const [over, bare]: [number[], number[]] = [[], []];
  for (let n = -warmUp; n < rounds; n += 1) {
    const again = afresh(statements, kept);
    const times = [await timed(work), await timed(() => inOneTransaction(plain, again))] as const;
    if (n < 0) continue;
    over.push(times[0]);
    bare.push(times[1]);
  }
  const made = (await count(makes)) - before;
  if (made !== 2 * (rounds + warmUp) + 2) throw new Error(`${String(made)} ${makes} were made: the plain statements did not write what ours do`);
  const ratio = percentile(over, 0.95) / percentile(bare, 0.95);
  const ms = (times: readonly number[], share: number): string => `${percentile(times, share).toFixed(1)} ms`;
  console.log(`| ${what} | ${String(statements.length)} | ${ms(over, 0.5)} | ${ms(over, 0.95)} | ${ms(bare, 0.5)} | ${ms(bare, 0.95)} | ${ratio.toFixed(2)} × |`);
  if (ratio > most) process.exitCode = 1;
}

await plain.end();
await system.close();
await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
const mongo = new MongoClient(variable('MONGODB_URL'));
await mongo.db(name).dropDatabase();
await mongo.close();
