import { type Level, narrower, type PermissionAction, type Role } from '../shared/access/permissions.ts';
import { type Visibility, visibilityOf } from '../shared/access/scope.ts';
import { forbidden, type Refusal } from '../shared/errors.ts';
import type { Person } from '../shared/viewer.ts';
import type { AccessAnswer } from './access.ts';

/** What a person may do in this request. */
export type Rights = Readonly<{
  person: Person;
  /** Null while teams cannot be asked. */
  role: Role | null;
  /** `cdp_team_permission_enabled`; unknown while teams cannot be asked. */
  teamFlag: boolean | 'unknown';
  /** Own teams; empty while teams cannot be asked. */
  teamIds: readonly string[];
  expandedTeamIds: readonly string[];
  /** How long it took to find out that teams cannot be asked, in ms; null when they were. */
  fallbackMs: number | null;
  levelOf(action: PermissionAction): Level;
  /** FORBIDDEN when the level is disabled. */
  visibilityFor(action: PermissionAction): Visibility | Refusal;
}>;

/** The one place where a person's visibility is made, from what teams said or what is left in an outage (SPEC §3.1). */
export const rightsOf = (person: Person, answer: AccessAnswer): Rights => {
  const access = answer.kind === 'known' ? answer.access : undefined;
  const levelOf = (action: PermissionAction): Level =>
    answer.kind === 'known' ? answer.access.levels[action] : narrower('own', answer.levels[action]);
  return {
    person,
    role: access?.role ?? null,
    teamFlag: access?.flags.cdp_team_permission_enabled ?? 'unknown',
    teamIds: access?.teamIds ?? [],
    expandedTeamIds: access?.expandedTeamIds ?? [],
    fallbackMs: answer.kind === 'fallback' ? answer.latencyMs : null,
    levelOf,
    visibilityFor: (action) => {
      const level = levelOf(action);
      if (level === 'disabled') return forbidden(`You may not do this: your level for ${action} is disabled.`);
      return visibilityOf({
        companyId: person.companyId,
        viewerId: person.userId,
        level,
        teamFlag: access?.flags.cdp_team_permission_enabled ?? true,
        teamIds: access?.teamIds ?? [],
        expandedTeamIds: access?.expandedTeamIds ?? [],
        treeVersion: access?.treeVersion ?? 0,
      });
    },
  };
};
