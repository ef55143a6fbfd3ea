import { randomUUID } from 'node:crypto';
import { connectInProcess, type Peer } from '../../subgraphs/shared/peer.ts';
import { createLogger } from '../../subgraphs/shared/logger.ts';
import { createMetrics } from '../../subgraphs/shared/metrics.ts';
import type { Operation, SigningKeys } from '../../subgraphs/shared/calls.ts';
import type { Part } from '../../subgraphs/shared/process.ts';
import type { Scope, Viewer } from '../../subgraphs/shared/viewer.ts';
import { buildTeams } from '../../subgraphs/teams/service.ts';
import type { Database } from '../../subgraphs/teams/store/database.ts';
import { freshDatabase } from './postgres.ts';

/** Signing keys that tests share. */
export const testKeys: SigningKeys = ['a-signing-key-that-only-tests-use-long-enough'];

/** What tests look at in answers; only what was selected is there. */
export interface Answered {
  readonly me: Answered;
  readonly team: Answered;
  readonly other: Answered;
  readonly below: Answered;
  readonly near: Answered;
  readonly user: Answered;
  readonly teams: Answered;
  readonly users: Answered;
  readonly children: Answered;
  readonly descendants: Answered;
  readonly companyTree: Answered;
  readonly permissionSettings: Answered;
  readonly teamMenuVisibility: Answered;
  readonly pageInfo: Readonly<{ hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string }>;
  readonly nodes: readonly Answered[];
  readonly actions: readonly Answered[];
  readonly flags: readonly Answered[];
  readonly permissions: readonly Answered[];
  readonly _entities: readonly (Answered | null)[];
  readonly expandedTeamIds: readonly string[];
  readonly offered: readonly string[];
  readonly roles: readonly unknown[];
  readonly action: string;
  readonly name: string;
  readonly totalCount: number;
  readonly depth: number;
}

export type Answer = Readonly<{
  data: Answered;
  /** `code path`, sorted. */
  errors: readonly string[];
  full: readonly Readonly<{ message: string; path?: readonly (string | number)[]; extensions: Record<string, unknown> }>[];
}>;

/** A running teams subgraph with an empty database, called as gateway and contacts call it. */
export type TestTeams = Readonly<{
  part: Part;
  database: Database;
  /** A query or mutation for somebody, through the signed door. */
  ask(viewer: Viewer, query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** An internal operation, as contacts. */
  call(operation: Operation, body: unknown): Promise<unknown>;
  close(): Promise<void>;
}>;

/** A person's viewer. */
export const personOf = (companyId: string, userId: string): Viewer => ({ kind: 'person', userId, companyId, platform: 'web' });
/** A service's viewer. */
export const serviceWith = (...scopes: readonly Scope[]): Viewer => ({ kind: 'service', id: `service ${scopes.join(' ')}`, scopes, platform: 'openapi' });

/** Starts one. */
export const startTestTeams = async (): Promise<TestTeams> => {
  const { url, database, close } = await freshDatabase();
  const logger = createLogger({ name: 'teams test', level: 'fatal' });
  const metrics = createMetrics('teams test', logger);
  const common = { keys: testKeys, now: Date.now };
  const part = await buildTeams({ ...common, databaseUrl: url, poolSize: 5, cursorSecrets: testKeys, kafka: null, logger, metrics, newId: randomUUID });
  const gateway = connectInProcess({ ...common, caller: 'gateway', audience: 'teams' }, part.endpoint);
  const contacts = connectInProcess({ ...common, caller: 'contacts', audience: 'teams' }, part.endpoint);
  const send = async (peer: Peer, operation: Operation, body: unknown, viewer: Viewer | null): Promise<unknown> =>
    (await peer.call({ operation, body, viewer, deadline: Date.now() + 20_000, correlationId: randomUUID() })).body;
  return {
    part,
    database,
    ask: async (viewer, query, variables = {}) => {
      const { data, errors = [] } = (await send(gateway, 'graphql', { query, variables }, viewer)) as { data: Answered; errors?: Answer['full'] };
      return { data, full: errors, errors: errors.map(({ extensions, path }) => [extensions['code'], ...(path ?? [])].join(' ')).sort() };
    },
    call: (operation, body) => send(contacts, operation, body, null),
    close: async () => {
      await part.close();
      await close();
    },
  };
};

type Names = Readonly<Record<string, string>>;

/** What a company starts with in a test: people by name and role, teams by name, the parent after `<`, members after `:`. */
export type CompanyPlan = Readonly<{
  people: Readonly<Record<string, 'OWNER' | 'ADMIN' | 'SUPERVISOR' | 'AGENT'>>;
  /** `'Sales < Head : ani, budi'`; a name that starts with `Chat - ` or `CRM - ` is a migrated team, its reference id its name. Parents first. */
  teams: readonly string[];
  flags?: Readonly<Record<string, boolean>>;
}>;

export type TestCompany = Readonly<{ id: string; people: Names; teams: Names; person(name: string): Viewer }>;

/** Puts a company into the database. */
export const plantCompany = async ({ prisma }: Database, plan: CompanyPlan): Promise<TestCompany> => {
  const companyId = randomUUID();
  const people = Object.fromEntries(Object.keys(plan.people).map((name) => [name, randomUUID()]));
  const teams: Record<string, string> = {};
  const idOf = (names: Names, name: string): string => names[name] ?? fail(name);
  await prisma.company.create({ data: { id: companyId, name: 'Company', plan: 'growth' } });
  await prisma.user.createMany({
    data: Object.entries(plan.people).map(([name, role]) => ({
      id: idOf(people, name), companyId, email: `${name.toLowerCase()}@example.test`, fullName: name, nameKey: name.toLowerCase(), role,
    })),
  });
  for (const line of plan.teams) {
    const [left = '', members = ''] = line.split(' : ');
    const [name = '', parent] = left.split(' < ');
    const source = /^(Chat|CRM) - /.exec(name)?.[1] ?? 'Launchpad';
    const id = randomUUID();
    teams[name] = id;
    await prisma.team.create({
      data: {
        id, companyId, name, nameKey: name.toLowerCase(), parentId: parent === undefined ? null : idOf(teams, parent),
        sourceIdentifier: source, referenceId: source === 'Launchpad' ? null : name, isDefault: name === 'General',
      },
    });
    const userIds = members.split(', ').filter((member) => member !== '').map((member) => idOf(people, member));
    await prisma.teamUser.createMany({ data: userIds.map((userId) => ({ teamId: id, userId, companyId })) });
  }
  await prisma.companyFlag.createMany({ data: Object.entries(plan.flags ?? {}).map(([flag, value]) => ({ companyId, flag, value })) });
  return { id: companyId, people, teams, person: (name) => personOf(companyId, idOf(people, name)) };
};

const fail = (name: string): never => {
  throw new Error(`The plan has no ${name}`);
};

/** Both flags of the migration. */
export const migrationOn = { unified_app: true, one_team_migration_enabled: true };
