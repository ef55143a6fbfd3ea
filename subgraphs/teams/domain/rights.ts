import { migrationEnabled } from '../../shared/access/permissions.ts';
import type { Access } from '../../shared/viewer.ts';

type Rights = Pick<Access, 'role' | 'levels' | 'flags' | 'expandedTeamIds' | 'userId'>;

/** OWNER and ADMIN: invite, set roles and levels, read the audit log (SPEC §1, Roles). */
export const isAdmin = ({ role }: Pick<Rights, 'role'>): boolean => role === 'OWNER' || role === 'ADMIN';

/** `teams_manage` is on: lists, the whole tree, members, changes. */
export const managesTeams = ({ levels }: Pick<Rights, 'levels'>): boolean => levels.teams_manage === 'everything';

/** Lists of teams: whoever manages them, and whoever picks one for an invitation. */
export const mayListTeams = (of: Pick<Rights, 'role' | 'levels'>): boolean => managesTeams(of) || isAdmin(of);

/** What stands below a team: for whoever manages teams, and within one's own expanded teams. */
export const mayLookBelow = (of: Pick<Rights, 'levels' | 'expandedTeamIds'>, teamId: string): boolean =>
  managesTeams(of) || of.expandedTeamIds.includes(teamId);

/** Contact data and role of a person. */
export const mayReadPerson = (of: Pick<Rights, 'role' | 'userId'>, userId: string): boolean => isAdmin(of) || of.userId === userId;

/** The team field of the invitation form (OTM-S01). */
export const teamMenu = (of: Pick<Rights, 'role' | 'flags'>): Readonly<{ isVisible: boolean; isTeamRequired: boolean }> => ({
  isVisible: isAdmin(of),
  isTeamRequired: isAdmin(of) && migrationEnabled(of.flags),
});
