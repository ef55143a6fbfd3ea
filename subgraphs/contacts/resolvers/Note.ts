import { canSee } from '../../shared/access/scope.ts';
import { orThrow } from '../../shared/edge.ts';
import { isRefused } from '../../shared/errors.ts';
import type { NoteConnectionResolvers, NoteResolvers } from '../generated/schema.ts';
import { notePermission } from '../queries/permissions.ts';
import { userReference } from '../references.ts';

export const Note: NoteResolvers = {
  __resolveReference: async ({ id }, context) => orThrow(await context.note(id)),
  contact: async ({ contact }, _, context) => {
    const visibility = await context.visibilityFor('customers_customers_view');
    return !isRefused(visibility) && canSee(visibility, contact) ? contact : null;
  },
  author: ({ authorId }) => userReference(authorId),
  permission: async (note, _, context) => orThrow(await notePermission(context, note)),
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  updatedAt: ({ updatedAt }) => updatedAt.toISOString(),
};

export const NoteConnection: NoteConnectionResolvers = {
  nodes: ({ nodes }) => [...nodes],
  totalCount: async ({ total }) => orThrow(await total()),
};
