import type { Reader, Transaction } from './database.ts';
import type { CompanyReach } from './teams.ts';

/** Ids of the members of each of some teams, sorted; a team without members is left out. One statement. */
export const findMemberIds = async (reader: Reader, { companyId }: CompanyReach, teamIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> => {
  const rows = await reader.$queryRaw<{ teamId: string; userIds: string[] }[]>`
    SELECT m.team_id AS "teamId", array_agg(m.user_id::text ORDER BY m.user_id) AS "userIds" FROM team_users m
    WHERE m.team_id = ANY(${[...teamIds]}::uuid[]) AND m.company_id = ${companyId}::uuid GROUP BY m.team_id`;
  return new Map(rows.map(({ teamId, userIds }) => [teamId, userIds]));
};

/** Makes people members of a team; answers those who were not, sorted. */
export const addMembers = async (tx: Transaction, { companyId }: CompanyReach, teamId: string, userIds: readonly string[], now: Date): Promise<readonly string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO team_users (team_id, user_id, company_id, created_at)
    SELECT ${teamId}::uuid, id, ${companyId}::uuid, ${now} FROM unnest(${[...userIds]}::uuid[]) AS given(id)
    ON CONFLICT (team_id, user_id) DO NOTHING RETURNING user_id AS id`;
  return rows.map(({ id }) => id).sort();
};

/** Ends memberships of a team; answers whose there was one, sorted. */
export const removeMembers = async (tx: Transaction, { companyId }: CompanyReach, teamId: string, userIds: readonly string[]): Promise<readonly string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    DELETE FROM team_users m WHERE m.team_id = ${teamId}::uuid AND m.company_id = ${companyId}::uuid AND m.user_id = ANY(${[...userIds]}::uuid[])
    RETURNING m.user_id AS id`;
  return rows.map(({ id }) => id).sort();
};
