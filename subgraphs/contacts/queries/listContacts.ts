import type { Visibility } from '../../shared/access/scope.ts';
import { isRefused, type Refusal } from '../../shared/errors.ts';
import { badCursor, type Page, type PageArguments, pageOf, readPage } from '../../shared/paging.ts';
import type { Context } from '../context.ts';
import type { Contact } from '../domain/contact.ts';
import type { Order } from '../store/keyset.ts';
import type { Narrowing } from '../store/narrowing.ts';
import { type Notice, noticesOf } from './notices.ts';
import { placeOf, readPlace } from './place.ts';

/** A page of contacts in scope; counted only when the total is asked for. */
export type ContactPage = Page<Contact> & Readonly<{ /** Ended early, see the schema. */ partial: boolean; notices: readonly Notice[]; total: () => Promise<Total> }>;
export type Total = Readonly<{ count: number; capped: boolean }>;

export type ContactList = Readonly<{
  /** The field and arguments that its cursors are bound to, besides company, viewer and sort. */
  binding: readonly unknown[];
  /** All of them hold together. */
  narrowing: readonly Narrowing[];
  order: Order;
  page: PageArguments;
  /** Nothing outside it is listed or counted. */
  visibility: Visibility;
  notices: readonly Notice[];
}>;

/** Reads a page of contacts by keyset, always within the given visibility. */
export const listContacts = async (context: Context, list: ContactList): Promise<ContactPage | Refusal> => {
  const { narrowing, order, visibility } = list;
  const person = context.person();
  if (isRefused(person)) return person;
  const request = readPage(list.page);
  if (isRefused(request)) return request;
  const binding = [person.companyId, person.userId, ...list.binding, order];
  const place = request.cursor === null ? null : readPlace(context.cursors.open(binding, request.cursor), order.key);
  if (place === undefined) return badCursor(request);
  const stretch = { order, backward: request.direction === 'backward', place, size: request.size };
  const { contacts: read, examinedTo } = await context.contacts.page(visibility, narrowing, stretch, context.waitMs());
  const page = pageOf(request, read, (contact) => context.cursors.seal(binding, placeOf(contact, order.key)));
  const goesOn = examinedTo === null ? null : context.cursors.seal(binding, examinedTo);
  let counted: Promise<Total> | undefined;
  return {
    ...(goesOn === null ? page : { nodes: page.nodes, pageInfo: endedEarly(page.pageInfo, request.direction, goesOn) }),
    partial: goesOn !== null,
    notices: list.notices,
    total: () => (counted ??= context.contacts.total(visibility, narrowing, context.waitMs())),
  };
};

/** It goes on where the looking ended, which is beyond the last item. */
const endedEarly = (pageInfo: Page<Contact>['pageInfo'], direction: 'forward' | 'backward', goesOn: string): Page<Contact>['pageInfo'] =>
  direction === 'forward' ? { ...pageInfo, hasNextPage: true, endCursor: goesOn } : { ...pageInfo, hasPreviousPage: true, startCursor: goesOn };

/** Contacts of one team, without those of teams below (`Team.contacts`). */
export const contactsOfTeam = async (context: Context, teamId: string, page: PageArguments): Promise<ContactPage | Refusal> => {
  const visibility = await context.visibilityFor('customers_customers_view');
  const rights = await context.rights();
  if (isRefused(visibility)) return visibility;
  if (isRefused(rights)) return rights;
  const order: Order = { key: 'updated_at', descending: true };
  return listContacts(context, { binding: ['Team.contacts', teamId], narrowing: [{ teamId }], order, page, visibility, notices: noticesOf(rights) });
};
