import type { Transaction } from './database.ts';
import type { CompanyReach } from './teams.ts';

/** A team with its members, sorted, as events tell of it. */
export type TeamWithMembers = Readonly<{ id: string; name: string; parentId: string | null; members: readonly string[] }>;

/** Raises the version of teams whose members changed, and answers them with their members as they are by now, by id. Two statements. */
export const raiseVersions = async (tx: Transaction, { companyId }: CompanyReach, ids: readonly string[], now: Date): Promise<readonly TeamWithMembers[]> => {
  if (ids.length === 0) return [];
  await tx.$executeRaw`UPDATE teams SET version = version + 1, updated_at = ${now} WHERE id = ANY(${[...ids]}::uuid[]) AND company_id = ${companyId}::uuid`;
  return tx.$queryRaw<TeamWithMembers[]>`
    SELECT t.id, t.name, t.parent_id AS "parentId", ARRAY(SELECT m.user_id::text FROM team_users m WHERE m.team_id = t.id ORDER BY m.user_id) AS members
    FROM teams t WHERE t.id = ANY(${[...ids]}::uuid[]) AND t.company_id = ${companyId}::uuid ORDER BY t.id`;
};
