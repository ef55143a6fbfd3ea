import { orThrow } from '../../shared/edge.ts';
import { createCompany } from '../commands/createCompany.ts';
import { deactivateUser, setUserRole } from '../commands/changePerson.ts';
import { inviteUser } from '../commands/inviteUser.ts';
import { setFlag } from '../commands/setFlag.ts';
import { setPermissionLevel } from '../commands/setPermissionLevel.ts';
import { updateCompany } from '../commands/updateCompany.ts';
import type { MutationResolvers } from '../generated/schema.ts';
import { flagStates } from '../queries/flagStates.ts';
import { permissionSettings } from '../queries/permissionSettings.ts';
import { flagToWire, fromWire } from './wire.ts';

/** Companies, people, their roles and levels, and flags. */
export const peopleMutation = {
  createCompany: async (_root, { input }, { commands, viewer }) => ({
    company: orThrow(
      await createCompany(commands, viewer, {
        id: input.companySsoId,
        name: input.name,
        plan: fromWire(input.plan),
        ownerId: input.ownerSsoId,
        ownerEmail: input.ownerEmail,
        ownerFullName: input.ownerFullName,
        idempotencyKey: input.idempotencyKey ?? null,
      }),
    ),
  }),
  updateCompany: async (_root, { input: { companySsoId, plan, ...update } }, { commands, viewer }) => ({
    company: orThrow(
      await updateCompany(commands, viewer, { ...update, companyId: companySsoId, ...(plan !== undefined && { plan: plan && fromWire(plan) }) }),
    ),
  }),
  inviteUser: async (_root, { input }, { commands, viewer }) =>
    orThrow(
      await inviteUser(commands, viewer, {
        email: input.email,
        fullName: input.fullName,
        phone: input.phone ?? null,
        nik: input.nik ?? null,
        roleId: input.roleId,
        staffLevel: input.staffLevel ?? null,
        teamIds: input.teamIds ?? [],
        idempotencyKey: input.idempotencyKey ?? null,
      }),
    ),
  setUserRole: async (_root, { input }, { commands, viewer }) => ({ user: orThrow(await setUserRole(commands, viewer, input)) }),
  deactivateUser: async (_root, { input }, { commands, viewer }) => ({ user: orThrow(await deactivateUser(commands, viewer, input)) }),
  setPermissionLevel: async (_root, { input: { action, level, role, userId } }, context) => {
    const setting = { action: fromWire(action), level: level == null ? null : fromWire(level), role: role ?? null, userId: userId ?? null };
    orThrow(await setPermissionLevel(context.commands, context.viewer, setting));
    return { settings: orThrow(await permissionSettings(context)) };
  },
  setFlag: async (_root, { input }, { commands, viewer, reader }) => {
    const { flag, companySsoId, value, force, reason } = input;
    const setting = { flag: fromWire(flag), companyId: companySsoId ?? null, value: value ?? null, force: force ?? false, reason: reason ?? null };
    orThrow(await setFlag(commands, viewer, setting));
    return { flags: orThrow(await flagStates(reader, setting.companyId)).map(flagToWire) };
  },
} satisfies MutationResolvers;
