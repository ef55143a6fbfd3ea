import type { Flags, Level } from './permissions.ts';

/** What the rule needs to know of a contact. */
export type ScopedContact = Readonly<{
  companyId: string;
  isDeleted: boolean;
  ownerId: string | null;
  assigneeId: string | null;
  teamOwnerIds: readonly string[];
  teamOwnersPending: boolean;
}>;

/** What the rule needs to know of a viewer, for one permission action. */
export type VisibilityInput = Readonly<{
  companyId: string;
  viewerId: string;
  level: Level;
  /** `cdp_team_permission_enabled`: while off, team behaves as everything. */
  teamFlag: Flags['cdp_team_permission_enabled'];
  teamIds: readonly string[];
  /** Own teams and all their descendants. */
  expandedTeamIds: readonly string[];
  /** The tree that `expandedTeamIds` was read from. */
  treeVersion: number;
}>;

declare const made: unique symbol;

/** How far a viewer sees within their company. */
export type Reach =
  | Readonly<{ kind: 'nothing' }>
  | Readonly<{ kind: 'own'; viewerId: string }>
  | Readonly<{
      kind: 'team';
      viewerId: string;
      teamIds: ReadonlySet<string>;
      expandedTeamIds: ReadonlySet<string>;
      treeVersion: number;
    }>
  | Readonly<{ kind: 'everything' }>;

/**
 * What someone may see of one company's contacts for one action. Made only here; every read, update and delete
 * of the contact and note stores takes one, so that a path without a check does not compile.
 */
export type Visibility = Readonly<{ companyId: string; reach: Reach; [made]: true }>;

const make = (companyId: string, reach: Reach): Visibility => ({ companyId, reach }) as Visibility;

/** The visibility of a person for one action (SPEC §3.1, TEAM-S02…S09). */
export const visibilityOf = (input: VisibilityInput): Visibility => {
  const { companyId, viewerId, level } = input;
  switch (level) {
    case 'disabled':
      return make(companyId, { kind: 'nothing' });
    case 'own':
      return make(companyId, { kind: 'own', viewerId });
    case 'team':
      return input.teamFlag
        ? make(companyId, {
            kind: 'team',
            viewerId,
            teamIds: new Set(input.teamIds),
            expandedTeamIds: new Set(input.expandedTeamIds),
            treeVersion: input.treeVersion,
          })
        : make(companyId, { kind: 'everything' });
    case 'everything':
      return make(companyId, { kind: 'everything' });
    default:
      return level satisfies never;
  }
};

/** The visibility of a service with scope `contacts:write` in the one company that its call names. */
export const serviceVisibility = (companyId: string): Visibility => make(companyId, { kind: 'everything' });

/** The rule for a single contact. Its list form is `scopeFilter` of the contact store; the two agree on every contact. */
export const canSee = (visibility: Visibility, contact: ScopedContact): boolean => {
  if (contact.companyId !== visibility.companyId || contact.isDeleted) return false;
  const { reach } = visibility;
  switch (reach.kind) {
    case 'nothing':
      return false;
    case 'own':
      return isOwn(reach.viewerId, contact);
    case 'team':
      return isOwn(reach.viewerId, contact) || (!contact.teamOwnersPending && isOfTeams(reach.expandedTeamIds, contact));
    case 'everything':
      return true;
    default:
      return reach satisfies never;
  }
};

const isOwn = (viewerId: string, contact: ScopedContact): boolean =>
  contact.ownerId === viewerId || contact.assigneeId === viewerId;

const isOfTeams = (expanded: ReadonlySet<string>, contact: ScopedContact): boolean =>
  contact.teamOwnerIds.length === 0 || contact.teamOwnerIds.some((id) => expanded.has(id));
