import { defaultLevel, levels, offeredLevels, permissionActions, roles } from '../../shared/access/permissions.ts';
import { orThrow } from '../../shared/edge.ts';
import { notFound } from '../../shared/errors.ts';
import type { PermissionSettingsResolvers, UserLevelResolvers } from '../generated/schema.ts';
import { userLevels } from '../queries/permissionSettings.ts';
import { toWire } from './wire.ts';

const widestFirst = levels.toReversed();

/** Levels per action, role and person (TEAM-S01). */
export const PermissionSettings: PermissionSettingsResolvers = {
  actions: ({ roleLevels }) =>
    permissionActions.map((action) => ({
      action: toWire(action),
      offered: widestFirst.filter((level) => offeredLevels[action].some((offered) => offered === level)).map(toWire),
      roles: roles.map((role) => {
        const set = roleLevels.find((row) => row.role === role && row.action === action);
        return { role, level: toWire(set?.level ?? defaultLevel(role, action)), isDefault: set === undefined };
      }),
    })),
  users: async (_settings, { userId, first, after }, context) => orThrow(await userLevels(context, userId ?? null, { first, after: after ?? null })),
};

/** A level set for one person. */
export const UserLevel: UserLevelResolvers = {
  user: async ({ userId }, _, { loaders }) => orThrow((await loaders.user.load(userId)) ?? notFound('This person is gone.')),
  action: ({ action }) => toWire(action),
  level: ({ level }) => toWire(level),
};
