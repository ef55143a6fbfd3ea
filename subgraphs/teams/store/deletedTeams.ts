import type { Reader, Transaction } from './database.ts';
import type { CompanyReach, TeamRow } from './teams.ts';

/**
 * Keeps for good what took a deleted team's place: on contacts, and for a migrated team as the parent of what is pushed later. What had
 * pointed at the team is moved on, so that nothing ever points at a team that is gone.
 */
export const keepDeletion = async (tx: Transaction, team: TeamRow, contactsTo: string | null, now: Date): Promise<void> => {
  const { id, companyId, parentId, source, referenceId } = team;
  await tx.$executeRaw`
    UPDATE deleted_teams SET contacts_to = ${contactsTo}::uuid WHERE company_id = ${companyId}::uuid AND contacts_to = ${id}::uuid`;
  await tx.$executeRaw`
    INSERT INTO deleted_teams (id, company_id, contacts_to, deleted_at) VALUES (${id}::uuid, ${companyId}::uuid, ${contactsTo}::uuid, ${now})`;
  await tx.$executeRaw`
    UPDATE team_tombstones SET stands_for = ${parentId}::uuid WHERE company_id = ${companyId}::uuid AND stands_for = ${id}::uuid`;
  if (referenceId === null) return;
  await tx.$executeRaw`
    INSERT INTO team_tombstones (company_id, source_identifier, reference_id, stands_for, deleted_at)
    VALUES (${companyId}::uuid, ${source}, ${referenceId}, ${parentId}::uuid, ${now})`;
};

export type Standing = Readonly<{ treeVersion: number; standing: ReadonlyMap<string, string | null> }>;

/** What stands for each of some teams on contacts, as agreed in `TeamsApi.standing`. One statement. Ids must be UUIDs. */
export const findStanding = async (reader: Reader, { companyId }: CompanyReach, ids: readonly string[]): Promise<Standing> => {
  const rows = await reader.$queryRaw<{ treeVersion: number; id: string | null; stands: string | null }[]>`
    WITH known AS (
      SELECT t.id, t.id AS stands FROM teams t WHERE t.id = ANY(${[...ids]}::uuid[]) AND t.company_id = ${companyId}::uuid
      UNION ALL
      SELECT d.id, d.contacts_to FROM deleted_teams d WHERE d.id = ANY(${[...ids]}::uuid[]) AND d.company_id = ${companyId}::uuid
    )
    SELECT c.tree_version AS "treeVersion", known.id, known.stands FROM companies c LEFT JOIN known ON true WHERE c.id = ${companyId}::uuid`;
  return { treeVersion: rows[0]?.treeVersion ?? 0, standing: new Map(rows.flatMap(({ id, stands }) => (id === null ? [] : [[id, stands]]))) };
};
