import { orThrow } from '../../shared/edge.ts';
import { notFound } from '../../shared/errors.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import type { TeamResolvers } from '../generated/schema.ts';
import { contactsOfTeam } from '../queries/listContacts.ts';
import { teamReference } from '../references.ts';

export const Team: TeamResolvers = {
  // The id of a representation is not checked by GraphQL: it may be anything.
  __resolveReference: ({ id }: Readonly<{ id: unknown }>) =>
    typeof id === 'string' && isUuid(id) ? teamReference(id) : orThrow(notFound(`There is no team ${typeof id === 'string' ? excerpt(id) : 'of that id'}.`)),
  contacts: async ({ id }, page, context) => orThrow(await contactsOfTeam(context, id, page)),
};
