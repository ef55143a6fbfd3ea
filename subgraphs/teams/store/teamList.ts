import type { PageRequest } from '../../shared/paging.ts';
import { maxLevels } from '../domain/hierarchy.ts';
import type { Reader } from './database.ts';
import { Prisma } from './generated/client.ts';
import { type CompanyReach, isShown, type Shown, type Source, teamColumns, type TeamRow, withinReach } from './teams.ts';

/** `name`: A first. `created`: newest first. */
export type TeamOrder = 'name' | 'created';

export type TeamListQuery = Readonly<{
  shown: Shown;
  /** Part of the name key; null for all. */
  search: string | null;
  source: Source | null;
  /** Only teams directly below this one, as the tree is shown. Must be a UUID. */
  parentId: string | null;
  order: TeamOrder;
  direction: PageRequest['direction'];
  /** Rows are those behind it in the page's direction. */
  place: TeamPlace | null;
  limit: number;
}>;

/** A place in the list: the sort value (for `created` milliseconds since 1970) and the id. */
export type TeamPlace = Readonly<{ by: string | number; id: string }>;

export const placeOf = (order: TeamOrder, { id, nameKey, createdAt }: TeamRow): TeamPlace => ({
  by: order === 'name' ? nameKey : createdAt.getTime(),
  id,
});

/** One page of a company's teams, in the page's own direction, and how many there are. Two statements. */
export const listTeams = async (
  reader: Reader,
  reach: CompanyReach,
  query: TeamListQuery,
): Promise<Readonly<{ rows: readonly TeamRow[]; total: number }>> => {
  const wanted = Prisma.sql`${withinReach(reach)} AND ${isShown(query.shown)} AND ${bySearch(query)} AND ${bySource(query)} AND ${byParent(reach, query)}`;
  const rows = await reader.$queryRaw<TeamRow[]>`
    SELECT ${teamColumns} FROM teams t WHERE ${wanted} AND ${behind(query)} ORDER BY ${ordered(query)} LIMIT ${query.limit}`;
  const [counted] = await reader.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total FROM teams t WHERE ${wanted}`;
  return { rows, total: counted?.total ?? 0 };
};

const everything = Prisma.sql`true`;

const bySearch = ({ search }: TeamListQuery): Prisma.Sql => (search === null ? everything : Prisma.sql`position(${search} IN t.name_key) > 0`);

const bySource = ({ source }: TeamListQuery): Prisma.Sql => (source === null ? everything : Prisma.sql`t.source_identifier = ${source}`);

/** Directly below as shown: through teams that are not shown. */
const byParent = (reach: CompanyReach, { parentId, shown }: TeamListQuery): Prisma.Sql => {
  if (parentId === null) return everything;
  if (shown === 'all') return Prisma.sql`t.parent_id = ${parentId}::uuid`;
  return Prisma.sql`t.parent_id IN (
    WITH RECURSIVE through AS (
      SELECT ${parentId}::uuid AS id, 0 AS steps
      UNION ALL
      SELECT t.id, through.steps + 1 FROM through JOIN teams t ON t.parent_id = through.id
      WHERE ${withinReach(reach)} AND NOT (${isShown(shown)}) AND through.steps < ${maxLevels}
    ) SELECT id FROM through)`;
};

const behind = ({ order, direction, place }: TeamListQuery): Prisma.Sql => {
  if (place === null) return everything;
  const forward = direction === 'forward';
  if (order === 'name') {
    return forward
      ? Prisma.sql`(t.name_key, t.id) > (${place.by}, ${place.id}::uuid)`
      : Prisma.sql`(t.name_key, t.id) < (${place.by}, ${place.id}::uuid)`;
  }
  const at = new Date(place.by);
  return forward ? Prisma.sql`(t.created_at, t.id) < (${at}, ${place.id}::uuid)` : Prisma.sql`(t.created_at, t.id) > (${at}, ${place.id}::uuid)`;
};

const ordered = ({ order, direction }: TeamListQuery): Prisma.Sql => {
  const forward = direction === 'forward';
  if (order === 'name') return forward ? Prisma.sql`t.name_key, t.id` : Prisma.sql`t.name_key DESC, t.id DESC`;
  return forward ? Prisma.sql`t.created_at DESC, t.id DESC` : Prisma.sql`t.created_at, t.id`;
};
