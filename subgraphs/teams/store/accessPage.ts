import type { Access } from '../../shared/viewer.ts';
import { type AccessRow, toAccess } from './access.ts';
import type { Reader } from './database.ts';
import type { CompanyReach } from './teams.ts';
import { maxLevels } from './tree.ts';

/**
 * The access of a company's active people with their expanded teams, by id: those with ids above `after`, at most `limit`. One statement for any
 * number of people, so that levels, teams and tree version are of one instant. None for an inactive company.
 */
export const findAccessPage = async (
  reader: Reader,
  { companyId }: CompanyReach,
  { after, limit }: Readonly<{ after: string | null; limit: number }>,
): Promise<readonly Access[]> => {
  const rows = await reader.$queryRaw<(AccessRow & { userId: string })[]>`
    WITH RECURSIVE people AS (
      SELECT u.id, u.role, u.company_id, c.tree_version FROM users u JOIN companies c ON c.id = u.company_id AND c.is_active
      WHERE u.company_id = ${companyId}::uuid AND u.is_active AND (${after}::uuid IS NULL OR u.id > ${after}::uuid)
      ORDER BY u.id LIMIT ${limit}
    ),
    own AS (SELECT m.user_id, m.team_id AS id FROM team_users m JOIN people p ON m.user_id = p.id AND m.company_id = p.company_id),
    expanded AS (
      SELECT own.user_id, own.id, 0 AS steps FROM own
      UNION
      SELECT e.user_id, t.id, e.steps + 1 FROM expanded e JOIN teams t ON t.parent_id = e.id AND t.company_id = ${companyId}::uuid WHERE e.steps < ${maxLevels}
    ),
    wide AS (SELECT user_id, array_agg(id::text ORDER BY id) AS ids FROM (SELECT DISTINCT user_id, id FROM expanded) d GROUP BY user_id),
    narrow AS (SELECT user_id, array_agg(id::text ORDER BY id) AS ids FROM own GROUP BY user_id)
    SELECT p.id AS "userId", p.role, p.tree_version AS "treeVersion",
      (SELECT json_object_agg(l.action, l.level) FROM role_levels l WHERE l.company_id = p.company_id AND l.role = p.role) AS "roleLevels",
      (SELECT json_object_agg(l.action, l.level) FROM user_levels l WHERE l.user_id = p.id AND l.company_id = p.company_id) AS "userLevels",
      (SELECT json_object_agg(f.flag, f.value) FROM company_flags f WHERE f.company_id = p.company_id) AS "companyFlags",
      (SELECT json_object_agg(d.flag, d.value) FROM flag_defaults d) AS "flagDefaults",
      coalesce(narrow.ids, '{}') AS "teamIds", coalesce(wide.ids, '{}') AS "expandedTeamIds"
    FROM people p LEFT JOIN narrow ON narrow.user_id = p.id LEFT JOIN wide ON wide.user_id = p.id ORDER BY p.id`;
  return rows.map((row) => toAccess({ companyId, userId: row.userId }, row));
};
