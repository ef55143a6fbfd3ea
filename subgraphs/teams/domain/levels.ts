import { defaultLevel, type Flag, flags, type Flags, type Level, type Levels, type PermissionAction, permissionActions, type Role } from '../../shared/access/permissions.ts';

type Set<Key extends string, Value> = Readonly<Partial<Record<Key, Value>>>;

/** The levels that count for a person: their own win over their role's, those over the product's defaults (SPEC §1, TEAM-S01). */
export const effectiveLevels = (role: Role, ofRole: Set<PermissionAction, Level>, ofPerson: Set<PermissionAction, Level>): Levels =>
  Object.fromEntries(
    permissionActions.map((action) => [action, ofPerson[action] ?? ofRole[action] ?? defaultLevel(role, action)]),
  ) as Record<PermissionAction, Level>;

/** Off unless set; outsiders get events unless a company withholds them. */
const unset = (flag: Flag): boolean => flag === 'publish_team_events';

/** The value of a flag that counts: the company's own, else the global default, else the product's (SPEC §2.5). */
export const effectiveFlag = (flag: Flag, ofCompany: boolean | null, global: boolean | null): boolean => ofCompany ?? global ?? unset(flag);

export const effectiveFlags = (ofCompany: Set<Flag, boolean>, global: Set<Flag, boolean>): Flags =>
  Object.fromEntries(flags.map((flag) => [flag, effectiveFlag(flag, ofCompany[flag] ?? null, global[flag] ?? null)])) as Record<Flag, boolean>;
