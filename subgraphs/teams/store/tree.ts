import { groupBy } from '../domain/groups.ts';
import { maxLevels } from '../domain/hierarchy.ts';
import type { Reader } from './database.ts';
import { Prisma } from './generated/client.ts';
import { type CompanyReach, isShown, type Shown, teamColumns, type TeamReach, type TeamRow, withinReach } from './teams.ts';

/** What stands above a team. */
export type LineageStep = TeamRow & Readonly<{ below: string; steps: number }>;

/**
 * All that stands above teams within reach, and the teams themselves (`steps` 0), root first. A squad gets the teams of
 * others too, for their names: whoever hands them on looks at the reach again. One statement.
 */
export const findLineages = (reader: Reader, reach: TeamReach, ids: readonly string[]): Promise<LineageStep[]> =>
  reader.$queryRaw<LineageStep[]>`
    WITH RECURSIVE up AS (
      SELECT t.id AS below, t.id, t.parent_id, t.company_id, 0 AS steps
      FROM teams t WHERE t.id = ANY(${[...ids]}::uuid[]) AND ${withinReach(reach)}
      UNION ALL
      SELECT up.below, p.id, p.parent_id, p.company_id, up.steps + 1
      FROM up JOIN teams p ON p.id = up.parent_id AND p.company_id = up.company_id WHERE up.steps < ${maxLevels}
    )
    SELECT up.below, up.steps, ${teamColumns} FROM up JOIN teams t ON t.id = up.id ORDER BY up.below, up.steps DESC`;

/** A team below another. */
export type BelowRow = TeamRow & Readonly<{ top: string; level: number }>;

/** A place in the list of teams below one: nearest level first, then by name. */
export type BelowPlace = Readonly<{ level: number; nameKey: string; id: string }>;

export type BelowQuery = Readonly<{
  /** How many shown levels down: 1 for children, null for all. */
  depth: number | null;
  shown: Shown;
  after: BelowPlace | null;
  /** Rows per team. */
  limit: number;
}>;

export type BelowPage = Readonly<{ rows: readonly BelowRow[]; total: number }>;

/**
 * Teams below each of some teams, a page of each. While migrated teams are not shown, what is below one stands in its
 * place: levels count shown teams only. One statement for any number of teams.
 */
export const findBelow = async (
  reader: Reader,
  reach: CompanyReach,
  ids: readonly string[],
  { depth, shown, after, limit }: BelowQuery,
): Promise<ReadonlyMap<string, BelowPage>> => {
  const levels = depth ?? maxLevels;
  const place = after === null ? Prisma.sql`true` : Prisma.sql`(level, name_key, id) > (${after.level}::int, ${after.nameKey}, ${after.id}::uuid)`;
  const rows = await reader.$queryRaw<(BelowRow & { total: number })[]>`
    WITH RECURSIVE walk AS (
      SELECT top.id AS top, t.id, t.name_key, 1 AS steps, (${isShown(shown)}) AS is_shown, (CASE WHEN ${isShown(shown)} THEN 1 ELSE 0 END) AS level
      FROM unnest(${[...ids]}::uuid[]) AS top(id) JOIN teams t ON t.parent_id = top.id AND ${withinReach(reach)}
      UNION ALL
      SELECT walk.top, t.id, t.name_key, walk.steps + 1, (${isShown(shown)}), walk.level + (CASE WHEN ${isShown(shown)} THEN 1 ELSE 0 END)
      FROM walk JOIN teams t ON t.parent_id = walk.id AND ${withinReach(reach)}
      WHERE walk.steps < ${maxLevels} AND walk.level < ${levels}
    ),
    totals AS (SELECT top, count(*)::int AS total FROM walk WHERE is_shown GROUP BY top),
    page AS (
      SELECT top, id, level, row_number() OVER (PARTITION BY top ORDER BY level, name_key, id) AS place
      FROM walk WHERE is_shown AND ${place}
    )
    SELECT totals.top, totals.total, page.level, ${teamColumns}
    FROM totals LEFT JOIN page ON page.top = totals.top AND page.place <= ${limit} LEFT JOIN teams t ON t.id = page.id
    ORDER BY totals.top, page.place`;
  const groups = groupBy(rows, ({ top }) => top);
  // A team whose page is empty comes as one row of nulls that carries its total.
  return new Map([...groups].map(([top, group]) => [top, { rows: group.filter((row) => (row.id as string | null) !== null), total: group[0]?.total ?? 0 }]));
};

export type CompanyTeams = Readonly<{ treeVersion: number; teams: readonly TeamRow[] }>;

/** All teams of a company, by name, and the tree version they were read at. One statement. */
export const findCompanyTeams = async (reader: Reader, { companyId }: CompanyReach): Promise<CompanyTeams> => {
  const rows = await reader.$queryRaw<(TeamRow & { treeVersion: number })[]>`
    SELECT c.tree_version AS "treeVersion", ${teamColumns} FROM companies c LEFT JOIN teams t ON t.company_id = c.id
    WHERE c.id = ${companyId}::uuid ORDER BY t.name_key, t.id`;
  return { treeVersion: rows[0]?.treeVersion ?? 0, teams: rows.filter(({ id }) => (id as string | null) !== null) };
};

/** Ancestors' ids of teams of a company, root first, with the tree version they were read at. One statement. */
export const findAncestorIds = async (
  reader: Reader,
  { companyId }: CompanyReach,
  ids: readonly string[],
): Promise<Readonly<{ treeVersion: number; ancestors: ReadonlyMap<string, readonly string[]> }>> => {
  const rows = await reader.$queryRaw<{ treeVersion: number; below: string | null; ancestors: string[] | null }[]>`
    WITH RECURSIVE up AS (
      SELECT t.id AS below, t.id, t.parent_id, 0 AS steps FROM teams t WHERE t.id = ANY(${[...ids]}::uuid[]) AND t.company_id = ${companyId}::uuid
      UNION ALL
      SELECT up.below, p.id, p.parent_id, up.steps + 1 FROM up JOIN teams p ON p.id = up.parent_id WHERE up.steps < ${maxLevels}
    ),
    lines AS (SELECT below, array_agg(id::text ORDER BY steps DESC) FILTER (WHERE steps > 0) AS ancestors FROM up GROUP BY below)
    SELECT c.tree_version AS "treeVersion", lines.below, lines.ancestors FROM companies c LEFT JOIN lines ON true WHERE c.id = ${companyId}::uuid`;
  return {
    treeVersion: rows[0]?.treeVersion ?? 0,
    ancestors: new Map(rows.flatMap(({ below, ancestors }) => (below === null ? [] : [[below, ancestors ?? []]]))),
  };
};

/** Ids of all teams below one of a company, with the tree version they were read at. One statement. */
export const findDescendantIds = async (reader: Reader, { companyId }: CompanyReach, id: string): Promise<Readonly<{ treeVersion: number; teamIds: readonly string[] }>> => {
  const rows = await reader.$queryRaw<{ treeVersion: number; id: string | null }[]>`
    WITH RECURSIVE down AS (
      SELECT t.id, 1 AS steps FROM teams t WHERE t.parent_id = ${id}::uuid AND t.company_id = ${companyId}::uuid
      UNION ALL
      SELECT t.id, down.steps + 1 FROM down JOIN teams t ON t.parent_id = down.id WHERE down.steps < ${maxLevels}
    )
    SELECT c.tree_version AS "treeVersion", down.id FROM companies c LEFT JOIN down ON true WHERE c.id = ${companyId}::uuid ORDER BY down.id`;
  return { treeVersion: rows[0]?.treeVersion ?? 0, teamIds: rows.flatMap((row) => row.id ?? []) };
};
