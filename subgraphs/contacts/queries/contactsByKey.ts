import { forbidden, isRefused, notFound, type Refusal } from '../../shared/errors.ts';
import { excerpt } from '../../shared/text.ts';
import type { Context } from '../context.ts';
import { checkEmail, checkPhone } from '../domain/fields.ts';
import type { Narrowing } from '../store/narrowing.ts';
import { type ContactPage, listContacts } from './listContacts.ts';
import { noticesOf } from './notices.ts';

export type KeyPage = Readonly<{ first?: number | null; after?: string | null }>;

const view = 'customers_customers_view';

/** Contacts with an email, compared in lower case (SPEC §3.1, TEAM-S02). */
export const contactsByEmail = (context: Context, email: string, page: KeyPage): Promise<ContactPage | Refusal> => {
  const stored = checkEmail(email, 'email');
  return isRefused(stored) ? Promise.resolve(stored) : byKey(context, { email: stored }, `the email ${excerpt(email)}`, page);
};

/** Contacts with a phone number, compared in E.164. */
export const contactsByPhone = (context: Context, phone: string, page: KeyPage): Promise<ContactPage | Refusal> => {
  const stored = checkPhone(phone, 'phone', context.phoneRegion);
  return isRefused(stored) ? Promise.resolve(stored) : byKey(context, { phone: stored }, `the phone number ${excerpt(phone)}`, page);
};

/** The matches in scope; FORBIDDEN when the company has only others, NOT_FOUND when it has none. */
const byKey = async (context: Context, key: Pick<Narrowing, 'email' | 'phone'>, what: string, page: KeyPage): Promise<ContactPage | Refusal> => {
  const rights = await context.rights();
  if (isRefused(rights)) return rights;
  const visibility = await context.visibilityFor(view);
  if (isRefused(visibility)) return visibility;
  const order = { key: 'updated_at', descending: true } as const;
  const found = await listContacts(context, { binding: ['by key', key], narrowing: [key], order, page, visibility, notices: noticesOf(rights) });
  if (isRefused(found) || found.nodes.length > 0) return found;
  const match = await context.contacts.anyInCompany(visibility, [key], context.waitMs());
  if (match === null) return notFound(`There is no contact with ${what}.`);
  // a page behind the last one, of a list that has contacts
  if (match.isInScope) return found;
  context.recordDenial(visibility, view, match.id);
  return forbidden(`The contacts with ${what} are outside what you may see.`);
};
