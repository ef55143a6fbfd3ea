/** What a viewer may do for one action, narrowest first. */
export const levels = ['disabled', 'own', 'team', 'everything'] as const;
export type Level = (typeof levels)[number];

export const roles = ['OWNER', 'ADMIN', 'SUPERVISOR', 'AGENT'] as const;
export type Role = (typeof roles)[number];

const scoped = ['own', 'team', 'everything', 'disabled'] as const;
const withoutTeam = ['own', 'everything', 'disabled'] as const;
const onOff = ['everything', 'disabled'] as const;

/** The levels that each permission action offers (SPEC §2.5, TEAM-S01). */
export const offeredLevels = {
  customers_customers_view: scoped,
  customers_customers_manage: scoped,
  customers_customers_delete: scoped,
  customers_customers_searchassoc: scoped,
  customers_customers_profileview: withoutTeam,
  customers_customers_profilemanage: withoutTeam,
  customers_customernotes_view: scoped,
  customers_customernotes_manage: scoped,
  customers_customernotes_delete: scoped,
  customers_customernotes_add: onOff,
  teams_manage: onOff,
} as const satisfies Record<string, readonly Level[]>;

export type PermissionAction = keyof typeof offeredLevels;
export const permissionActions = Object.keys(offeredLevels) as readonly PermissionAction[];

export type Levels = Readonly<Record<PermissionAction, Level>>;

/** The level of a role for an action where the company set none (SPEC §1, Roles). */
export const defaultLevel = (role: Role, action: PermissionAction): Level => {
  if (role === 'OWNER' || role === 'ADMIN') return 'everything';
  if (action === 'customers_customernotes_add') return 'everything';
  return action === 'teams_manage' ? 'disabled' : 'own';
};

/** The narrower of two levels. */
export const narrower = (a: Level, b: Level): Level => (levels.indexOf(a) <= levels.indexOf(b) ? a : b);

/** The flags of a company (SPEC §2.5). */
export const flags = [
  'unified_app',
  'one_team_migration_enabled',
  'cdp_team_permission_enabled',
  'publish_team_events',
] as const;
export type Flag = (typeof flags)[number];
export type Flags = Readonly<Record<Flag, boolean>>;

/** Whether migrated teams are shown and a team is required to invite (OTM §6). */
export const migrationEnabled = (of: Pick<Flags, 'unified_app' | 'one_team_migration_enabled'>): boolean =>
  of.unified_app && of.one_team_migration_enabled;
