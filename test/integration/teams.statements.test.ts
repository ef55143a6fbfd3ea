import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createSubgraphHandler } from '../../subgraphs/shared/subgraph.ts';
import type { CallClaims } from '../../subgraphs/shared/calls.ts';
import { createContext } from '../../subgraphs/teams/context.ts';
import { resolvers } from '../../subgraphs/teams/resolvers/resolvers.ts';
import { readTypeDefs } from '../../subgraphs/teams/schema.ts';
import { gates } from '../../subgraphs/teams/shield.ts';
import type { PrismaClient } from '../../subgraphs/teams/store/generated/client.ts';
import { createLoaders } from '../../subgraphs/teams/loaders.ts';
import { findAccess } from '../../subgraphs/teams/store/access.ts';
import { findAccessPage } from '../../subgraphs/teams/store/accessPage.ts';
import { listTeams } from '../../subgraphs/teams/store/teamList.ts';
import type { CompanyReach } from '../../subgraphs/teams/store/teams.ts';
import { cursors, silent } from '../support/migration.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { plantCompany, type TestCompany } from '../support/teams.ts';

let db: TestDatabase;
let company: TestCompany;
let statements: string[] = [];
let reader: PrismaClient;

beforeAll(async () => {
  db = await freshDatabase();
  const teams = Array.from({ length: 150 }, (_, at) => (at < 2 ? `t${String(at)} : Ani` : `t${String(at)} < t${String(Math.floor(at / 2))}`));
  company = await plantCompany(db.database, { people: { Ani: 'OWNER' }, teams: [...teams, 'a first one < t0 : Ani', 'y < a first one'] });
  // the first of either order has a parent, a child and a member, so that a page of one asks for all that a longer one does
  const first = company.teams['a first one'] ?? '';
  await db.database.prisma.team.update({ where: { id: first }, data: { createdAt: new Date(Date.now() + 60_000) } });
  reader = db.database.prisma.$extends({
    query: {
      $allOperations: ({ operation, args, query }) => {
        statements.push(operation);
        return query(args);
      },
    },
  }) as unknown as PrismaClient;
});
afterAll(() => db.close());

const counted = async (work: () => Promise<unknown>): Promise<number> => {
  statements = [];
  await work();
  return statements.length;
};

/** A page of teams with everything that hangs on them, as the resolvers load it. */
const page = async (limit: number): Promise<void> => {
  const reach: CompanyReach = { kind: 'company', companyId: company.id };
  const loaders = createLoaders(reader, reach);
  const query = { shown: 'all', search: null, source: null, parentId: null, order: 'name', direction: 'forward', place: null, limit } as const;
  const { rows } = await listTeams(reader, reach, query);
  expect(rows).toHaveLength(limit);
  const below = { shown: 'all', after: null, limit: 21 } as const;
  await Promise.all(
    rows.map(async ({ id, parentId }) => {
      const [lineage] = await Promise.all([
        loaders.lineage.load(id),
        loaders.below.load({ teamId: id, query: { ...below, depth: 1 } }),
        loaders.below.load({ teamId: id, query: { ...below, depth: null } }),
        loaders.members.load({ teamId: id, query: { after: null, limit: 21 } }),
        parentId === null ? null : loaders.team.load(parentId),
      ]);
      expect(lineage.path).toHaveLength(lineage.ancestors.length + 1);
    }),
  );
};

/** The subgraph as a request sees it, shield and all, with its statements counted. */
const graphql = async (): Promise<(query: string, variables: object) => Promise<{ data: unknown; errors?: unknown }>> => {
  const commands = { database: db.database, now: Date.now, newId: randomUUID, record: () => undefined, wakeRelay: () => undefined };
  const migration = { ...commands, send: () => Promise.resolve(), sendTrigger: () => Promise.resolve(), wakeWorkers: () => undefined };
  const handler = await createSubgraphHandler({
    typeDefs: readTypeDefs(),
    resolvers,
    gates,
    contextOf: () => createContext({ database: { ...db.database, prisma: reader }, cursors, migration }, company.person('Ani'), 'test'),
    logger: silent,
    now: Date.now,
  });
  const claims = { viewer: company.person('Ani') } as CallClaims;
  return async (query, variables) => (await handler(claims, { query, variables })).body as { data: unknown; errors?: unknown };
};

const hierarchy = `parent { name } path depth ancestors { name depth } children { totalCount nodes { name path } } descendants(depth: 3) { totalCount nodes { name depth } }
  members { totalCount nodes { fullName teams { name } } }`;

/**
 * The same for every size, but for what batches share: the lineages of a page and of what hangs on it are read together or one after
 * another, by which answer comes first. A statement for each team would be ten more at the least.
 */
const expectConstant = (costs: readonly number[]): void => {
  expect(costs).toHaveLength(3);
  expect(Math.max(...costs) - Math.min(...costs)).toBeLessThanOrEqual(2);
  expect(Math.max(...costs)).toBeLessThanOrEqual(13);
};

describe('statements', () => {
  test.each(['NAME', 'CREATED'])('a page of 1, 10 and 100 teams by %s with path, depth, parent, ancestors, children and descendants costs the same number', async (sort) => {
    const ask = await graphql();
    const query = `query ($first: Int!) { teams(first: $first, sort: ${sort}) { totalCount nodes { id name source ${hierarchy} } } }`;
    const costs: number[] = [];
    for (const first of [1, 10, 100]) {
      let answer: Awaited<ReturnType<typeof ask>> | undefined;
      costs.push(await counted(async () => (answer = await ask(query, { first }))));
      expect(answer?.errors).toBeUndefined();
      const { nodes, totalCount } = (answer?.data as { teams: { totalCount: number; nodes: { parent: unknown }[] } }).teams;
      expect([nodes.length, totalCount]).toEqual([first, 152]);
      expect(nodes[0]?.parent).not.toBeNull();
    }
    expectConstant(costs);
  });

  test('1, 10 and 100 teams asked for as entities with their hierarchy cost the same number', async () => {
    const ask = await graphql();
    const query = `query ($teams: [_Any!]!) { _entities(representations: $teams) { ... on Team { name ${hierarchy} } } }`;
    const ids = ['a first one', ...Array.from({ length: 99 }, (_, n) => `t${n + 2}`)].map((name) => company.teams[name]);
    const costs: number[] = [];
    for (const size of [1, 10, 100]) costs.push(await counted(() => ask(query, { teams: ids.slice(0, size).map((id) => ({ __typename: 'Team', id })) })));
    expectConstant(costs);
  });

  test('the whole tree of a company costs as many for 152 teams as for one', async () => {
    const ask = await graphql();
    const query = '{ companyTree { treeVersion nodes { depth parentId team { name path } } } }';
    const costs = [await counted(() => ask(query, {}))];
    const whole = company;
    company = await plantCompany(db.database, { people: { Ani: 'OWNER' }, teams: ['only'] });
    costs.push(await counted(() => ask(query, {})));
    company = whole;
    expect(new Set(costs).size).toBe(1);
  });

  test('a page of 100 teams with ancestors, children, descendants, members and parents costs as many as a page of one', async () => {
    for (const size of [1, 10, 100]) expect(await counted(() => page(size))).toBe(7);
  });

  test('a page of the audit log does not count the log unless it is asked how many there are', async () => {
    const ask = await graphql();
    const cost = (fields: string): Promise<number> =>
      counted(async () => expect(await ask(`{ auditLog(first: 1) { ${fields} } }`, {})).toMatchObject({ data: { auditLog: { pageInfo: { hasNextPage: false } } } }));
    const page = await cost('nodes { id } pageInfo { hasNextPage }');
    expect(await cost('totalCount nodes { id } pageInfo { hasNextPage }')).toBe(page + 1);
  });

  test("a person's access costs one", async () => {
    const userId = company.people['Ani'] ?? randomUUID();
    expect(await counted(() => findAccess(reader, { companyId: company.id, userId, withTeams: true }))).toBe(1);
    const access = await findAccess(reader, { companyId: company.id, userId, withTeams: true });
    expect(access?.expandedTeamIds).toHaveLength(152);
  });

  test('the access of a page of 100 people costs as many as that of one', async () => {
    const reach: CompanyReach = { kind: 'company', companyId: company.id };
    const ids = Array.from({ length: 120 }, () => randomUUID());
    await db.database.prisma.user.createMany({ data: ids.map((id) => ({ id, companyId: company.id, email: `${id}@example.test`, fullName: id, nameKey: id, role: 'AGENT' })) });
    await db.database.prisma.teamUser.createMany({ data: ids.map((userId) => ({ userId, teamId: company.teams['t1'] ?? '', companyId: company.id })) });
    for (const limit of [1, 100]) {
      expect(await counted(async () => expect(await findAccessPage(reader, reach, { after: null, limit })).toHaveLength(limit))).toBe(1);
    }
  });
});
