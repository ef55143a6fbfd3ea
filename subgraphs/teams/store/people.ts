import type { Level, PermissionAction, Role } from '../../shared/access/permissions.ts';
import { groupBy } from '../domain/groups.ts';
import type { Reader } from './database.ts';
import { Prisma } from './generated/client.ts';
import type { CompanyReach } from './teams.ts';

/** A person as stored. */
export type UserRow = Readonly<{
  id: string;
  companyId: string;
  fullName: string;
  /** What lists are sorted and searched by. */
  nameKey: string;
  /** Lower case. */
  email: string;
  phone: string | null;
  nik: string | null;
  staffLevel: string | null;
  role: Role;
  isActive: boolean;
}>;

/** The columns of a UserRow, of the table named `u`. */
export const userColumns = Prisma.sql`u.id, u.company_id AS "companyId", u.full_name AS "fullName", u.name_key AS "nameKey", u.email, u.phone, u.nik,
  u.staff_level AS "staffLevel", u.role, u.is_active AS "isActive"`;

/** A place in a list of people by name. */
export type UserPlace = Readonly<{ nameKey: string; id: string }>;

const behind = (place: UserPlace | null): Prisma.Sql =>
  place === null ? Prisma.sql`true` : Prisma.sql`(u.name_key, u.id) > (${place.nameKey}, ${place.id}::uuid)`;

/** People by id, in no order; those of other companies are left out. Ids must be UUIDs. */
export const findUsers = (reader: Reader, { companyId }: CompanyReach, ids: readonly string[]): Promise<UserRow[]> =>
  reader.$queryRaw<UserRow[]>`SELECT ${userColumns} FROM users u WHERE u.id = ANY(${[...ids]}::uuid[]) AND u.company_id = ${companyId}::uuid`;

/** Those of some people who are active in an active company. Ids must be UUIDs. */
export const findActiveUserIds = async (reader: Reader, { companyId }: CompanyReach, ids: readonly string[]): Promise<readonly string[]> => {
  const rows = await reader.$queryRaw<{ id: string }[]>`
    SELECT u.id FROM users u JOIN companies c ON c.id = u.company_id AND c.is_active
    WHERE u.id = ANY(${[...ids]}::uuid[]) AND u.company_id = ${companyId}::uuid AND u.is_active ORDER BY u.id`;
  return rows.map(({ id }) => id);
};

export type UserListQuery = Readonly<{
  /** Start of the name key or of the email; null for all. */
  search: string | null;
  after: UserPlace | null;
  limit: number;
}>;

/** One page of a company's people, by name, and how many there are. Two statements. */
export const listUsers = async (
  reader: Reader,
  { companyId }: CompanyReach,
  { search, after, limit }: UserListQuery,
): Promise<Readonly<{ rows: readonly UserRow[]; total: number }>> => {
  const found = search === null ? Prisma.sql`true` : Prisma.sql`(starts_with(u.name_key, ${search}) OR starts_with(u.email, ${search}))`;
  const wanted = Prisma.sql`u.company_id = ${companyId}::uuid AND ${found}`;
  const rows = await reader.$queryRaw<UserRow[]>`
    SELECT ${userColumns} FROM users u WHERE ${wanted} AND ${behind(after)} ORDER BY u.name_key, u.id LIMIT ${limit}`;
  const [counted] = await reader.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total FROM users u WHERE ${wanted}`;
  return { rows, total: counted?.total ?? 0 };
};

export type MembersPage = Readonly<{ rows: readonly UserRow[]; total: number }>;

/** A page of the members of each of some teams, by name. One statement for any number of teams. */
export const findMembers = async (
  reader: Reader,
  { companyId }: CompanyReach,
  teamIds: readonly string[],
  { after, limit }: Omit<UserListQuery, 'search'>,
): Promise<ReadonlyMap<string, MembersPage>> => {
  const rows = await reader.$queryRaw<(UserRow & { teamId: string; total: number })[]>`
    WITH members AS (
      SELECT m.team_id, m.user_id FROM team_users m WHERE m.team_id = ANY(${[...teamIds]}::uuid[]) AND m.company_id = ${companyId}::uuid
    ),
    totals AS (SELECT team_id, count(*)::int AS total FROM members GROUP BY team_id),
    page AS (
      SELECT members.team_id, u.id, row_number() OVER (PARTITION BY members.team_id ORDER BY u.name_key, u.id) AS place
      FROM members JOIN users u ON u.id = members.user_id WHERE ${behind(after)}
    )
    SELECT totals.team_id AS "teamId", totals.total, ${userColumns}
    FROM totals LEFT JOIN page ON page.team_id = totals.team_id AND page.place <= ${limit} LEFT JOIN users u ON u.id = page.id
    ORDER BY totals.team_id, page.place`;
  const groups = groupBy(rows, ({ teamId }) => teamId);
  return new Map([...groups].map(([id, group]) => [id, { rows: group.filter((row) => (row.id as string | null) !== null), total: group[0]?.total ?? 0 }]));
};

/** A level set for one person. */
export type UserLevelRow = Readonly<{ userId: string; nameKey: string; action: PermissionAction; level: Level }>;
export type UserLevelPlace = Readonly<{ nameKey: string; userId: string; action: string }>;

/** One page of the levels set for single people of a company, by person, and how many there are. Two statements. */
export const listUserLevels = async (
  reader: Reader,
  { companyId }: CompanyReach,
  query: Readonly<{ userId: string | null; after: UserLevelPlace | null; limit: number }>,
): Promise<Readonly<{ rows: readonly UserLevelRow[]; total: number }>> => {
  const { userId, after, limit } = query;
  const wanted = Prisma.sql`l.company_id = ${companyId}::uuid AND ${userId === null ? Prisma.sql`true` : Prisma.sql`l.user_id = ${userId}::uuid`}`;
  const place =
    after === null
      ? Prisma.sql`true`
      : Prisma.sql`(u.name_key, u.id, l.action) > (${after.nameKey}, ${after.userId}::uuid, ${after.action})`;
  const rows = await reader.$queryRaw<UserLevelRow[]>`
    SELECT l.user_id AS "userId", u.name_key AS "nameKey", l.action, l.level FROM user_levels l JOIN users u ON u.id = l.user_id
    WHERE ${wanted} AND ${place} ORDER BY u.name_key, u.id, l.action LIMIT ${limit}`;
  const [counted] = await reader.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total FROM user_levels l WHERE ${wanted}`;
  return { rows, total: counted?.total ?? 0 };
};
