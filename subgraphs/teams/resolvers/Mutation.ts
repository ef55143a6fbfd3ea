import { notImplemented } from '../../shared/edge.ts';
import type { MutationResolvers } from '../generated/schema.ts';

/** Everything to change but what belongs to the migration; agreed on the wire, not served yet. */
export const Mutation: MutationResolvers = {
  createTeam: notImplemented('Mutation.createTeam'),
  renameTeam: notImplemented('Mutation.renameTeam'),
  moveTeam: notImplemented('Mutation.moveTeam'),
  deleteTeam: notImplemented('Mutation.deleteTeam'),
  addTeamMembers: notImplemented('Mutation.addTeamMembers'),
  removeTeamMembers: notImplemented('Mutation.removeTeamMembers'),
};
