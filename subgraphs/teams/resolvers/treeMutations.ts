import { orThrow } from '../../shared/edge.ts';
import { createTeam } from '../commands/createTeam.ts';
import { deleteTeam } from '../commands/deleteTeam.ts';
import { moveTeam } from '../commands/moveTeam.ts';
import { renameTeam } from '../commands/renameTeam.ts';
import { addTeamMembers, removeTeamMembers } from '../commands/teamMembers.ts';
import type { Context } from '../context.ts';
import type { MutationResolvers } from '../generated/schema.ts';
import { forgetLoaded } from '../loaders.ts';

/** What of the tree is changed (SPEC §2.1). */
export const treeMutations = {
  createTeam: async (_root, { input }, context) => ({
    team: await done(
      context,
      createTeam(context.commands, context.viewer, {
        name: input.name,
        parentId: input.parentId ?? null,
        memberIds: input.memberIds,
        idempotencyKey: input.idempotencyKey ?? null,
      }),
    ),
  }),
  renameTeam: async (_root, { input }, context) => ({
    team: await done(context, renameTeam(context.commands, context.viewer, { id: input.id, name: input.name, expectedVersion: input.expectedVersion ?? null })),
  }),
  moveTeam: async (_root, { input }, context) => ({
    team: await done(context, moveTeam(context.commands, context.viewer, { id: input.id, parentId: input.parentId, expectedVersion: input.expectedVersion ?? null })),
  }),
  deleteTeam: (_root, { input }, context) =>
    done(
      context,
      deleteTeam(context.commands, context.viewer, {
        id: input.id,
        reassignContactsTo: input.reassignContactsTo ?? null,
        confirmUnassigned: input.confirmUnassigned ?? false,
        expectedVersion: input.expectedVersion ?? null,
      }),
    ),
  addTeamMembers: async (_root, { input }, context) => ({ team: await done(context, addTeamMembers(context.commands, context.viewer, input)) }),
  removeTeamMembers: async (_root, { input }, context) => ({ team: await done(context, removeTeamMembers(context.commands, context.viewer, input)) }),
} satisfies MutationResolvers;

/** A change's result. What the request had read before it is read anew, by this mutation's payload and those after it. */
const done = async <T>({ loaders }: Context, change: Promise<T>) => {
  const result = orThrow(await change);
  forgetLoaded(loaders);
  return result;
};
