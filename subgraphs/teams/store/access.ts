import type { Flag, Level, PermissionAction, Role } from '../../shared/access/permissions.ts';
import type { Access } from '../../shared/viewer.ts';
import { effectiveFlags, effectiveLevels } from '../domain/levels.ts';
import type { Reader } from './database.ts';
import { maxLevels } from './tree.ts';

export type AccessQuery = Readonly<{
  companyId: string;
  userId: string;
  /** Expands the teams also when no level needs it. */
  withTeams: boolean;
}>;

/** What the levels, flags and teams of a person are made from. */
export type AccessRow = Readonly<{
  role: Role;
  treeVersion: number;
  roleLevels: Partial<Record<PermissionAction, Level>> | null;
  userLevels: Partial<Record<PermissionAction, Level>> | null;
  companyFlags: Partial<Record<Flag, boolean>> | null;
  flagDefaults: Partial<Record<Flag, boolean>> | null;
  teamIds: string[];
  expandedTeamIds: string[];
}>;

/**
 * What a person may do, as stored now; null when they are not an active user of exactly that active company. One
 * statement, so that levels, teams and tree version are of one instant. Ids must be UUIDs.
 */
export const findAccess = async (reader: Reader, { companyId, userId, withTeams }: AccessQuery): Promise<Access | null> => {
  const [row] = await reader.$queryRaw<AccessRow[]>`
    WITH RECURSIVE person AS (
      SELECT u.id, u.role, u.company_id, c.tree_version FROM users u JOIN companies c ON c.id = u.company_id AND c.is_active
      WHERE u.id = ${userId}::uuid AND u.company_id = ${companyId}::uuid AND u.is_active
    ),
    wanted AS (
      SELECT FROM person p WHERE ${withTeams} OR (
        EXISTS (SELECT FROM company_flags f WHERE f.company_id = p.company_id AND f.flag = 'cdp_team_permission_enabled' AND f.value)
        AND (EXISTS (SELECT FROM user_levels l WHERE l.user_id = p.id AND l.level = 'team')
          OR EXISTS (SELECT FROM role_levels l WHERE l.company_id = p.company_id AND l.role = p.role AND l.level = 'team'
            AND NOT EXISTS (SELECT FROM user_levels o WHERE o.user_id = p.id AND o.action = l.action)))
      )
    ),
    own AS (SELECT m.team_id AS id FROM team_users m JOIN person p ON m.user_id = p.id AND m.company_id = p.company_id),
    expanded AS (
      SELECT own.id, 0 AS steps FROM own, wanted
      UNION
      SELECT t.id, e.steps + 1 FROM expanded e JOIN teams t ON t.parent_id = e.id JOIN person p ON p.company_id = t.company_id
      WHERE e.steps < ${maxLevels}
    )
    SELECT p.role, p.tree_version AS "treeVersion",
      (SELECT json_object_agg(l.action, l.level) FROM role_levels l WHERE l.company_id = p.company_id AND l.role = p.role) AS "roleLevels",
      (SELECT json_object_agg(l.action, l.level) FROM user_levels l WHERE l.user_id = p.id AND l.company_id = p.company_id) AS "userLevels",
      (SELECT json_object_agg(f.flag, f.value) FROM company_flags f WHERE f.company_id = p.company_id) AS "companyFlags",
      (SELECT json_object_agg(d.flag, d.value) FROM flag_defaults d) AS "flagDefaults",
      ARRAY(SELECT id::text FROM own ORDER BY own.id) AS "teamIds",
      ARRAY(SELECT id::text FROM (SELECT DISTINCT id FROM expanded) d ORDER BY d.id) AS "expandedTeamIds"
    FROM person p`;
  return row === undefined ? null : toAccess({ companyId, userId }, row);
};

/** The access that a row tells of. */
export const toAccess = (of: Pick<Access, 'companyId' | 'userId'>, { role, treeVersion, teamIds, expandedTeamIds, ...row }: AccessRow): Access => ({
  companyId: of.companyId,
  userId: of.userId,
  role,
  levels: effectiveLevels(role, row.roleLevels ?? {}, row.userLevels ?? {}),
  flags: effectiveFlags(row.companyFlags ?? {}, row.flagDefaults ?? {}),
  teamIds,
  expandedTeamIds,
  treeVersion,
});

/** The teams that a person is a member of, sorted; null when they are not an active user of exactly that active company. One statement. */
export const findUserTeams = async (reader: Reader, of: Omit<AccessQuery, 'withTeams'>): Promise<readonly string[] | null> => {
  const [row] = await reader.$queryRaw<{ teamIds: string[] }[]>`
    SELECT ARRAY(SELECT m.team_id::text FROM team_users m WHERE m.user_id = u.id AND m.company_id = u.company_id ORDER BY m.team_id) AS "teamIds"
    FROM users u JOIN companies c ON c.id = u.company_id AND c.is_active
    WHERE u.id = ${of.userId}::uuid AND u.company_id = ${of.companyId}::uuid AND u.is_active`;
  return row?.teamIds ?? null;
};
