import { createHash, randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { Pool } from 'pg';
import { demoCompanies, demoPersonId, demoServices } from '../../../embedded/demo/data.ts';
import { seedContacts } from '../../../embedded/demo/seedContacts.ts';
import { type Mint, startIssuer } from '../../../embedded/issuer.ts';
import { prepareTeamsDatabase } from '../../../embedded/prepareTeams.ts';
import { readGatewayConfig } from '../../../gateway/config.ts';
import { startGateway } from '../../../gateway/process.ts';
import { readContactsConfig } from '../../../subgraphs/contacts/config.ts';
import { startContacts } from '../../../subgraphs/contacts/process.ts';
import type { SigningKeys } from '../../../subgraphs/shared/calls.ts';
import { createLogger } from '../../../subgraphs/shared/logger.ts';
import { readTeamsConfig } from '../../../subgraphs/teams/config.ts';
import { startTeams } from '../../../subgraphs/teams/process.ts';
import { freshMongo } from '../mongo.ts';
import { freshPostgres } from '../postgres.ts';
import { type LookedAt, lookAt } from './answer.ts';

/** The whole system with the demo data, its parts over HTTP as in production, and a look into its databases. */
export type HostileWorld = Readonly<{
  /** `http://host:port/graphql` */
  url: string;
  teamsUrl: string;
  contactsUrl: string;
  /** Where the issuer's public keys are. */
  jwksUrl: string;
  keys: SigningKeys;
  mint: Mint;
  /** The token of a demo person or service, of `founder` (companies:write) or of `mover` (contacts:migrate). */
  token(key: string): Promise<string>;
  /** Asks at the gateway as somebody, or as nobody, and looks at the answer. */
  ask(key: string | null, query: string, variables?: object): Promise<LookedAt>;
  /** The same with a body and headers as they are. */
  send(body: string | Uint8Array, headers: Readonly<Record<string, string>>, method?: string, search?: string): Promise<LookedAt>;
  /** Rows of the teams database. */
  rows(statement: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Everything that is kept for people, as one hash: equal when nothing was written, changed or removed. `leaveOut`: tables that do not matter. */
  kept(leaveOut?: readonly string[]): Promise<string>;
  /** @throws unless a plain query answers, over both subgraphs. */
  isAlive(): Promise<void>;
  close(): Promise<void>;
}>;

const services = [...demoServices, { key: 'founder', sub: 'billing', scopes: ['companies:write'] }, { key: 'mover', sub: 'contact-mover', scopes: ['contacts:migrate'] }];

/** What is large takes its time on a loaded machine: no test here is about deadlines. */
const longestDeadline = '25000';

/** Starts one; it takes a few seconds, so that the tests of a file share it. */
export const startHostileWorld = async (): Promise<HostileWorld> => {
  const closers: (() => Promise<unknown>)[] = [];
  const opened = async <T extends { close(): Promise<unknown> }>(opening: Promise<T>): Promise<T> => {
    const part = await opening;
    closers.push(() => part.close());
    return part;
  };
  const logger = createLogger({ name: 'issuer', level: 'fatal' });
  const [issuer, postgres, mongo] = await Promise.all([opened(startIssuer({ port: 0, now: Date.now, logger })), opened(freshPostgres()), opened(freshMongo())]);
  await prepareTeamsDatabase(postgres.url);
  await seedContacts({ url: mongo.url, database: mongo.database, now: Date.now() });
  const key = randomUUID();
  const common = { PORT: '0', LOG_LEVEL: 'fatal', INTERNAL_SIGNING_KEYS: key };
  const teams = await opened(startTeams(readTeamsConfig({ ...common, DATABASE_URL: postgres.url })));
  const contacts = await opened(startContacts(readContactsConfig({ ...common, MONGODB_URL: mongo.url, MONGODB_DATABASE: mongo.database, TEAMS_URL: teams.url })));
  const { issuer: iss, audience, jwksUrl, mint } = issuer;
  const gateway = await opened(
    startGateway(readGatewayConfig({ ...common, REQUEST_DEADLINE_MS: longestDeadline, TEAMS_URL: teams.url, CONTACTS_URL: contacts.url, SSO_ISSUER: iss, SSO_AUDIENCE: audience, SSO_JWKS_URL: jwksUrl })),
  );
  const url = `${gateway.url}/graphql`;
  const pool = new Pool({ connectionString: postgres.url, max: 1 });
  closers.push(() => pool.end());
  const client = await opened(new MongoClient(mongo.url).connect());
  const db = client.db(mongo.database);

  const tokens = new Map<string, Promise<string>>();
  const token = (of: string): Promise<string> => {
    const known = tokens.get(of) ?? mint(claimsOf(of));
    tokens.set(of, known);
    return known;
  };
  const send: HostileWorld['send'] = async (body, headers, method = 'POST', search = '') => {
    const answer = await fetch(`${url}${search}`, { method, headers, ...(method === 'GET' ? {} : { body }), signal: AbortSignal.timeout(28_000) });
    return lookAt(answer.status, await answer.text());
  };
  const ask: HostileWorld['ask'] = async (of, query, variables = {}) =>
    send(JSON.stringify({ query, variables }), { 'content-type': 'application/json', ...(of !== null && { authorization: `Bearer ${await token(of)}` }) });
  const rows: HostileWorld['rows'] = async (statement, values = []) => (await pool.query<Record<string, unknown>>(statement, [...values])).rows;

  const kept: HostileWorld['kept'] = async (leaveOut = []) => {
    const hash = createHash('sha256');
    for (const { found } of await rows(keptStatement(leaveOut))) hash.update(String(found));
    for (const [name, fields] of keptDocuments) {
      const projection = Object.fromEntries(fields.map((field) => [field, 1]));
      hash.update(JSON.stringify(await db.collection(name).find({}, { projection, sort: { _id: 1 } }).toArray()));
    }
    return hash.digest('hex');
  };

  const isAlive = async (): Promise<void> => {
    const { data, errors } = await ask('bayu', '{ me { role } contacts(first: 1) { nodes { id } } }');
    if (errors.length > 0 || data?.['me'] === undefined) throw new Error(`A plain query does not answer: ${JSON.stringify(errors)}`);
  };
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  return { url, teamsUrl: teams.url, contactsUrl: contacts.url, jwksUrl, keys: [key], mint, token, ask, send, rows, kept, isAlive, close };
};

const claimsOf = (key: string) => {
  const service = services.find((each) => each.key === key);
  if (service !== undefined) return { sub: service.sub, scope: service.scopes.join(' ') };
  const company = demoCompanies.find(({ people }) => people.some((person) => person.key === key));
  if (company === undefined) throw new Error(`The demo has no ${key}.`);
  return { sub: demoPersonId(key), company_sso_id: company.id };
};

// Left out: what the background moves by itself (places of events, leases, queues, coverage) and audit entries, which contacts delivers later.
const keptTables = [
  'companies', 'users', 'role_levels', 'user_levels', 'company_flags', 'flag_defaults', 'teams', 'team_users', 'team_tombstones', 'migration_runs', 'migration_run_companies',
  'migration_jobs', 'migration_items', 'migration_job_completes', 'migration_completions', 'migration_failures', 'idempotency_keys', 'invitations', 'dead_letters', 'deleted_teams',
];
const keptStatement = (leaveOut: readonly string[]): string => [
  ...keptTables.filter((table) => !leaveOut.includes(table)).map((table) => `SELECT '${table}' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS found FROM ${table} t`),
  `SELECT 'events' || count(*)::text AS found FROM events`,
].join(' UNION ALL ');
// Left out: tokens of scope, which the background writes.
const keptDocuments = [
  ['contacts', ['name', 'email', 'phone', 'external_key', 'owner_id', 'assignee_id', 'team_owner_ids', 'is_deleted', 'version']],
  ['notes', ['text', 'is_deleted', 'version']],
  ['legacy_rows', []],
  ['legacy_teams', []],
  ['legacy_moves', ['status']],
] as const;
