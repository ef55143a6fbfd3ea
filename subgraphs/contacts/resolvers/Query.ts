import { notImplemented, orThrow } from '../../shared/edge.ts';
import type { ContactSort, QueryResolvers } from '../generated/schema.ts';
import { contactsByEmail, contactsByPhone } from '../queries/contactsByKey.ts';
import { notesOf } from '../queries/notesOf.ts';
import { searchAssociations } from '../queries/searchAssociations.ts';
import { type SidebarView, viewContacts } from '../queries/viewContacts.ts';
import type { Order, SortKey } from '../store/keyset.ts';

const sortKeys = { UPDATED_AT: 'updated_at', CREATED_AT: 'created_at', NAME: 'name_key' } as const satisfies Record<string, SortKey>;

const orderOf = ({ field = 'UPDATED_AT', direction = 'DESC' }: ContactSort): Order => ({ key: sortKeys[field], descending: direction === 'DESC' });

/** A null that is sent outright is not replaced by the argument's default. */
const viewOf = (view: SidebarView | null): SidebarView => view ?? 'ALL';

export const Query: QueryResolvers = {
  contacts: async (_, { view, filter, sort, ...page }, context) =>
    orThrow(await viewContacts(context, { view: viewOf(view), filter: filter ?? {}, order: orderOf(sort ?? {}), page })),
  contact: async (_, { id }, context) => orThrow(await context.contact('customers_customers_view', id)),
  notes: async (_, { contactId, ...page }, context) => orThrow(await notesOf(context, orThrow(await context.contactOfNotes(contactId)), page)),
  note: async (_, { id }, context) => orThrow(await context.note(id)),
  contactsByEmail: async (_, { email, ...page }, context) => orThrow(await contactsByEmail(context, email, page)),
  contactsByPhone: async (_, { phone, ...page }, context) => orThrow(await contactsByPhone(context, phone, page)),
  searchContactAssociations: async (_, search, context) => orThrow(await searchAssociations(context, search)),
  canAssociateContact: async (_, { id }, context) => {
    orThrow(await context.contact('customers_customers_searchassoc', id));
    return true;
  },
  teamPermissionImpact: notImplemented('Query.teamPermissionImpact'),
  legacyMove: notImplemented('Query.legacyMove'),
  teamOwnerCoverage: notImplemented('Query.teamOwnerCoverage'),
};
