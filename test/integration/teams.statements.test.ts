import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '../../subgraphs/teams/store/generated/client.ts';
import { createLoaders } from '../../subgraphs/teams/loaders.ts';
import { findAccess } from '../../subgraphs/teams/store/access.ts';
import { listTeams } from '../../subgraphs/teams/store/teamList.ts';
import type { CompanyReach } from '../../subgraphs/teams/store/teams.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { plantCompany, type TestCompany } from '../support/teams.ts';

let db: TestDatabase;
let company: TestCompany;
let statements: string[] = [];
let reader: PrismaClient;

beforeAll(async () => {
  db = await freshDatabase();
  const teams = Array.from({ length: 150 }, (_, at) => (at < 2 ? `t${String(at)} : Ani` : `t${String(at)} < t${String(Math.floor(at / 2))}`));
  company = await plantCompany(db.database, { people: { Ani: 'OWNER' }, teams });
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

describe('statements', () => {
  test('a page of 100 teams with ancestors, children, descendants, members and parents costs as many as a page of one', async () => {
    const one = await counted(() => page(1));
    // t0 has no parent, which saves a statement
    expect(one).toBe(6);
    expect(await counted(() => page(100))).toBe(7);
  });

  test("a person's access costs one", async () => {
    const userId = company.people['Ani'] ?? randomUUID();
    expect(await counted(() => findAccess(reader, { companyId: company.id, userId, withTeams: true }))).toBe(1);
    const access = await findAccess(reader, { companyId: company.id, userId, withTeams: true });
    expect(access?.expandedTeamIds).toHaveLength(150);
  });
});
