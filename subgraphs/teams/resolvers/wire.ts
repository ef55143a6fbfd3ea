import type { Flag, Level, PermissionAction } from '../../shared/access/permissions.ts';
import type { Source } from '../store/teams.ts';

/** Enums of the wire are upper case; what is stored is not (SPEC §1). */
export const toWire = <Stored extends string>(stored: Stored): Uppercase<Stored> => stored.toUpperCase() as Uppercase<Stored>;

/** A source as it is stored. */
export const sourceFromWire = { CHAT: 'Chat', CRM: 'CRM', LAUNCHPAD: 'Launchpad' } as const satisfies Record<Uppercase<Source>, Source>;

type LevelOf = Readonly<{ action: PermissionAction; level: Level }>;
export const levelToWire = ({ action, level }: LevelOf): { action: Uppercase<PermissionAction>; level: Uppercase<Level> } => ({
  action: toWire(action),
  level: toWire(level),
});

type StateOf = Readonly<{ flag: Flag; value: boolean; companyValue: boolean | null; globalDefault: boolean | null }>;
export const flagToWire = ({ flag, ...state }: StateOf): { flag: Uppercase<Flag> } & Omit<StateOf, 'flag'> => ({ flag: toWire(flag), ...state });

/** An enum value of the wire as it is stored: a plan, a level, an action, a flag. */
export const fromWire = <Wire extends string>(wire: Wire): Lowercase<Wire> => wire.toLowerCase() as Lowercase<Wire>;
