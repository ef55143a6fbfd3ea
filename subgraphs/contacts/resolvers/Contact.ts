import { canSee } from '../../shared/access/scope.ts';
import { orThrow } from '../../shared/edge.ts';
import { isRefused } from '../../shared/errors.ts';
import type { AccessReasonResolvers, ContactAssociationConnectionResolvers, ContactAssociationResolvers, ContactConnectionResolvers, ContactResolvers } from '../generated/schema.ts';
import { accessReasonOf, pathOf } from '../queries/accessReasonOf.ts';
import { notesOnContact } from '../queries/notesOf.ts';
import { contactPermission } from '../queries/permissions.ts';
import { teamReference, userReference } from '../references.ts';
import { lost } from './lost.ts';

export const Contact: ContactResolvers = {
  __resolveReference: async ({ id }, context) => orThrow(await context.contact('customers_customers_view', id)),
  owner: ({ ownerId }) => userReference(ownerId),
  assignee: ({ assigneeId }) => userReference(assigneeId),
  teamOwners: ({ teamOwnerIds }) => teamOwnerIds.map(teamReference),
  permission: (contact, _, context) => contactPermission(context, contact),
  accessReason: async (contact, _, context) => orThrow(await accessReasonOf(context, contact)),
  notes: async (contact, page, context) => orThrow(await notesOnContact(context, contact, page)),
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  updatedAt: ({ updatedAt }) => updatedAt.toISOString(),
};

export const AccessReason: AccessReasonResolvers = {
  path: async (reason, _, context) => {
    try {
      return orThrow(await pathOf(context, reason)).map(teamReference);
    } catch (error) {
      // The path may cost its item, never the contact it is about.
      return [lost(error)];
    }
  },
};

export const ContactConnection: ContactConnectionResolvers = {
  nodes: ({ nodes }) => [...nodes],
  notices: ({ notices }) => [...notices],
  totalCount: async ({ total }) => (await total()).count,
  totalCountCapped: async ({ total }) => (await total()).capped,
  partial: ({ partial }) => partial,
};

export const ContactAssociation: ContactAssociationResolvers = {
  contact: async (contact, _, context) => {
    const visibility = await context.visibilityFor('customers_customers_view');
    return !isRefused(visibility) && canSee(visibility, contact) ? contact : null;
  },
};

export const ContactAssociationConnection: ContactAssociationConnectionResolvers = {
  nodes: ({ nodes }) => [...nodes],
  partial: ({ partial }) => partial,
  notices: ({ notices }) => [...notices],
};
