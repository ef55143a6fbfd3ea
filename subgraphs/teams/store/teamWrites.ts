import { nameKey } from '../../shared/text.ts';
import { maxLevels } from '../domain/hierarchy.ts';
import type { Reader, Transaction } from './database.ts';
import { Prisma } from './generated/client.ts';
import { type CompanyReach, findTeams, teamColumns, type TeamRow } from './teams.ts';

/** A native team: source Launchpad and no reference id, which no caller can set (OTM-S04). */
export type NewTeam = Readonly<{ id: string; name: string; parentId: string | null }>;

/** Creates a native team. */
export const insertTeam = async (tx: Transaction, reach: CompanyReach, { id, name, parentId }: NewTeam, now: Date): Promise<TeamRow> => {
  await tx.$executeRaw`
    INSERT INTO teams (id, company_id, name, name_key, parent_id, source_identifier, reference_id, created_at, updated_at)
    VALUES (${id}::uuid, ${reach.companyId}::uuid, ${name}, ${nameKey(name)}, ${parentId}::uuid, 'Launchpad', NULL, ${now}, ${now})`;
  return only(await findTeams(tx, reach, [id]), id);
};

/** Changes a team as it was read; its version rises. @throws when it is another by now, which whoever holds the company's row prevents. */
const change = async (tx: Transaction, { id, companyId, version }: TeamRow, set: Prisma.Sql, now: Date): Promise<TeamRow> =>
  only(
    await tx.$queryRaw<TeamRow[]>`
      UPDATE teams t SET ${set} version = t.version + 1, updated_at = ${now}
      WHERE t.id = ${id}::uuid AND t.company_id = ${companyId}::uuid AND t.version = ${version} RETURNING ${teamColumns}`,
    id,
  );

/** Gives a team another name. */
export const renameRow = (tx: Transaction, team: TeamRow, name: string, now: Date): Promise<TeamRow> =>
  change(tx, team, Prisma.sql`name = ${name}, name_key = ${nameKey(name)},`, now);

/** Puts a team below another, or makes it a root. */
export const moveRow = (tx: Transaction, team: TeamRow, parentId: string | null, now: Date): Promise<TeamRow> =>
  change(tx, team, Prisma.sql`parent_id = ${parentId}::uuid,`, now);

/** For what changed beside the team's row: its members. */
export const raiseVersion = (tx: Transaction, team: TeamRow, now: Date): Promise<TeamRow> => change(tx, team, Prisma.empty, now);

/** Puts all children of a team below its parent; answers them, by name. */
export const moveChildrenUp = async (tx: Transaction, { id, companyId, parentId }: TeamRow, now: Date): Promise<readonly TeamRow[]> => {
  const rows = await tx.$queryRaw<TeamRow[]>`
    UPDATE teams t SET parent_id = ${parentId}::uuid, version = t.version + 1, updated_at = ${now}
    WHERE t.parent_id = ${id}::uuid AND t.company_id = ${companyId}::uuid RETURNING ${teamColumns}`;
  return rows.toSorted((a, b) => (a.nameKey < b.nameKey || (a.nameKey === b.nameKey && a.id < b.id) ? -1 : 1));
};

/** Removes a team without children; its memberships go with it. */
export const deleteRow = async (tx: Transaction, { id, companyId, version }: TeamRow): Promise<void> => {
  const deleted = await tx.$executeRaw`DELETE FROM teams t WHERE t.id = ${id}::uuid AND t.company_id = ${companyId}::uuid AND t.version = ${version}`;
  if (deleted !== 1) throw new Error(`team ${id} was changed while its company was held`);
};

/** Levels from a team down to the lowest team below it; 1 for one without children. */
export const countLevels = async (reader: Reader, { companyId }: CompanyReach, id: string): Promise<number> => {
  const [row] = await reader.$queryRaw<{ levels: number }[]>`
    WITH RECURSIVE down AS (
      SELECT t.id, 1 AS level FROM teams t WHERE t.id = ${id}::uuid AND t.company_id = ${companyId}::uuid
      UNION ALL
      SELECT t.id, down.level + 1 FROM down JOIN teams t ON t.parent_id = down.id AND t.company_id = ${companyId}::uuid WHERE down.level < ${maxLevels}
    )
    SELECT coalesce(max(level), 0)::int AS levels FROM down`;
  return row?.levels ?? 0;
};

const only = ([row]: readonly TeamRow[], id: string): TeamRow => {
  if (row === undefined) throw new Error(`team ${id} was changed while its company was held`);
  return row;
};
