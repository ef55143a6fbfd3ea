import type { NamedTeam } from '../../shared/teamsApi.ts';
import type { Reader } from './database.ts';
import { Prisma } from './generated/client.ts';

export const sources = ['Chat', 'CRM', 'Launchpad'] as const;
export type Source = (typeof sources)[number];

/** A team as it is stored. */
export type TeamRow = Readonly<{
  id: string;
  companyId: string;
  name: string;
  /** What lists are sorted and searched by. */
  nameKey: string;
  parentId: string | null;
  source: Source;
  /** Null exactly when the source is Launchpad. */
  referenceId: string | null;
  isDefault: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}>;

/**
 * Whose teams a read may find. Every read of the team stores takes one, so that none can forget it: a person reads
 * their company's, a squad what its own app pushed, of any company (SPEC §1, Roles).
 */
export type TeamReach = CompanyReach | Readonly<{ kind: 'sources'; sources: readonly Source[] }>;
export type CompanyReach = Readonly<{ kind: 'company'; companyId: string }>;

/** Whether migrated teams are shown in lists and trees, or only native ones (OTM §6). */
export type Shown = 'all' | 'native';

/** The columns of a TeamRow, of the table named `t`. */
export const teamColumns = Prisma.sql`t.id, t.company_id AS "companyId", t.name, t.name_key AS "nameKey", t.parent_id AS "parentId",
  t.source_identifier AS "source", t.reference_id AS "referenceId", t.is_default AS "isDefault", t.version,
  t.created_at AS "createdAt", t.updated_at AS "updatedAt"`;

/** The condition of a reach on the table named `t`. */
export const withinReach = (reach: TeamReach): Prisma.Sql => {
  switch (reach.kind) {
    case 'company':
      return Prisma.sql`t.company_id = ${reach.companyId}::uuid`;
    case 'sources':
      return Prisma.sql`t.source_identifier = ANY(${[...reach.sources]}::text[])`;
    default:
      return reach satisfies never;
  }
};

/** The condition of being shown, on the table named `t`. */
export const isShown = (shown: Shown): Prisma.Sql => (shown === 'all' ? Prisma.sql`true` : Prisma.sql`t.source_identifier = 'Launchpad'`);

/** The same as `withinReach`, for a team at hand. */
export const reaches = (reach: TeamReach, team: TeamRow): boolean =>
  reach.kind === 'company' ? team.companyId === reach.companyId : reach.sources.includes(team.source);

/** Teams by id, in no order; those out of reach are left out. Ids must be UUIDs. */
export const findTeams = (reader: Reader, reach: TeamReach, ids: readonly string[]): Promise<TeamRow[]> =>
  reader.$queryRaw<TeamRow[]>`SELECT ${teamColumns} FROM teams t WHERE t.id = ANY(${[...ids]}::uuid[]) AND ${withinReach(reach)}`;

export type MemberTeam = TeamRow & Readonly<{ userId: string }>;

/** The teams that people are members of, by name. */
export const findTeamsOfUsers = (reader: Reader, reach: CompanyReach, userIds: readonly string[]): Promise<MemberTeam[]> =>
  reader.$queryRaw<MemberTeam[]>`
    SELECT m.user_id AS "userId", ${teamColumns} FROM team_users m JOIN teams t ON t.id = m.team_id
    WHERE m.user_id = ANY(${[...userIds]}::uuid[]) AND ${withinReach(reach)} ORDER BY t.name_key, t.id`;

/** Teams of a company by id, behind one, with the tree version they were read at. One statement. */
export const findTeamsById = async (
  reader: Reader,
  { companyId }: CompanyReach,
  after: string | null,
  limit: number,
): Promise<Readonly<{ treeVersion: number; teams: readonly NamedTeam[] }>> => {
  const behind = after === null ? Prisma.sql`true` : Prisma.sql`t.id > ${after}::uuid`;
  const rows = await reader.$queryRaw<(NamedTeam & { treeVersion: number })[]>`
    WITH page AS (
      SELECT t.id, t.name, t.source_identifier AS source, t.reference_id AS "referenceId" FROM teams t
      WHERE t.company_id = ${companyId}::uuid AND ${behind} ORDER BY t.id LIMIT ${limit}
    )
    SELECT c.tree_version AS "treeVersion", page.* FROM companies c LEFT JOIN page ON true WHERE c.id = ${companyId}::uuid ORDER BY page.id`;
  const teams = rows.flatMap(({ treeVersion: _, ...team }) => ((team.id as string | null) === null ? [] : [team]));
  return { treeVersion: rows[0]?.treeVersion ?? 0, teams };
};
