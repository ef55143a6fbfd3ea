import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TestDatabase } from '../support/postgres.ts';
import { freshDatabase } from '../support/postgres.ts';
import { plantCompany, type TestCompany } from '../support/teams.ts';

let db: TestDatabase;
let acme: TestCompany;
let other: TestCompany;

beforeAll(async () => {
  db = await freshDatabase();
  const plan = { people: { Olga: 'OWNER' }, teams: ['General', 'Chat - Support', 'Sales : Olga'] } as const;
  acme = await plantCompany(db.database, plan);
  other = await plantCompany(db.database, plan);
});
afterAll(() => db.close());

type Columns = Readonly<{ source: string; ref: string | null; parent?: string | undefined; isDefault?: boolean; id?: string }>;
const insert = ({ source, ref, parent, isDefault = false, id = randomUUID() }: Columns) =>
  db.database.prisma.$executeRaw`
    INSERT INTO teams (id, company_id, name, name_key, source_identifier, reference_id, parent_id, is_default)
    VALUES (${id}::uuid, ${acme.id}::uuid, 'x', 'x', ${source}, ${ref}, ${parent ?? null}::uuid, ${isDefault})`;

describe('the database itself refuses', () => {
  const id = randomUUID();
  test.each<[string, () => Columns, string]>([
    ['a source that is none', () => ({ source: 'chat', ref: '1' }), 'chk_teams_source_identifier'],
    ['the same migrated team twice', () => ({ source: 'Chat', ref: 'Chat - Support' }), 'idx_teams_source_ref_unique'],
    ['a migrated team without reference id', () => ({ source: 'CRM', ref: null }), 'chk_teams_reference_id'],
    ['a native team with one', () => ({ source: 'Launchpad', ref: '1' }), 'chk_teams_reference_id'],
    ['a parent in another company', () => ({ source: 'Launchpad', ref: null, parent: other.teams['Sales'] }), 'teams_parent_id_company_id_fkey'],
    ['a team as its own parent', () => ({ source: 'Launchpad', ref: null, parent: id, id }), 'chk_teams_parent_is_another'],
    ['a second default team', () => ({ source: 'Launchpad', ref: null, isDefault: true }), 'idx_teams_default_unique'],
    ['a migrated default team', () => ({ source: 'Chat', ref: '9', isDefault: true }), 'chk_teams_default_is_native'],
  ])('%s', async (_what, columns, constraint) => {
    await expect(insert(columns())).rejects.toThrow(constraint.startsWith('idx_') ? /already exists|23505/ : constraint);
    const rows = await db.database.prisma.team.count({ where: { companyId: acme.id } });
    expect(rows).toBe(3);
  });

  test('the same membership twice, and a member from another company', async () => {
    const member = (userId: string | undefined) =>
      db.database.prisma.$executeRaw`INSERT INTO team_users (team_id, user_id, company_id) VALUES (${acme.teams['Sales']}::uuid, ${userId}::uuid, ${acme.id}::uuid)`;
    await expect(member(acme.people['Olga'])).rejects.toThrow(/already exists|23505/);
    await expect(member(other.people['Olga'])).rejects.toThrow('team_users_user_id_company_id_fkey');
  });

  test('with indexes of the agreed names', async () => {
    const rows = await db.database.prisma.$queryRaw<{ indexname: string; indexdef: string }[]>`
      SELECT indexname::text, indexdef FROM pg_indexes WHERE indexname IN ('idx_teams_source_ref_unique', 'idx_team_user_unique', 'idx_teams_default_unique') ORDER BY 1`;
    expect(rows.map(({ indexdef }) => indexdef)).toEqual([
      expect.stringMatching(/UNIQUE INDEX idx_team_user_unique .*\(team_id, user_id\)/),
      expect.stringMatching(/UNIQUE INDEX idx_teams_default_unique .*\(company_id\) WHERE is_default/),
      expect.stringMatching(/UNIQUE INDEX idx_teams_source_ref_unique .*\(company_id, source_identifier, reference_id\) WHERE \(reference_id IS NOT NULL\)/),
    ]);
  });

  test('nothing of what is allowed: the same reference id in another source, and a source left out', async () => {
    await insert({ source: 'CRM', ref: 'Chat - Support' });
    await db.database.prisma.$executeRaw`INSERT INTO teams (id, company_id, name, name_key) VALUES (${id}::uuid, ${acme.id}::uuid, 'y', 'y')`;
    expect(await db.database.prisma.team.findUniqueOrThrow({ where: { id } })).toMatchObject({ sourceIdentifier: 'Launchpad', referenceId: null });
  });
});
