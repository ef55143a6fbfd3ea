import { notImplemented } from '../../shared/edge.ts';
import type { MutationResolvers } from '../generated/schema.ts';

/** Everything to change but the tree and what belongs to the migration; agreed on the wire, not served yet. */
export const Mutation: MutationResolvers = {
  createCompany: notImplemented('Mutation.createCompany'),
  updateCompany: notImplemented('Mutation.updateCompany'),
  inviteUser: notImplemented('Mutation.inviteUser'),
  setUserRole: notImplemented('Mutation.setUserRole'),
  deactivateUser: notImplemented('Mutation.deactivateUser'),
  setPermissionLevel: notImplemented('Mutation.setPermissionLevel'),
  setFlag: notImplemented('Mutation.setFlag'),
};
