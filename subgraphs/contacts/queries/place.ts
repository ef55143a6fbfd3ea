import { nameKey } from '../../shared/text.ts';
import type { Contact } from '../domain/contact.ts';
import { isTime, type Place, type SortKey } from '../store/keyset.ts';

const objectId = /^[0-9a-f]{24}$/;

/** The place that a cursor held, or undefined when it held none for this order. */
export const readPlace = (opened: unknown, key: SortKey): Place | undefined => {
  if (typeof opened !== 'object' || opened === null || !('value' in opened) || !('id' in opened)) return undefined;
  const { value, id } = opened;
  if (typeof id !== 'string' || !objectId.test(id)) return undefined;
  if (isTime(key)) return typeof value === 'number' && Number.isSafeInteger(value) ? { value, id } : undefined;
  return typeof value === 'string' ? { value, id } : undefined;
};

/** Where a contact stands in an order. */
export const placeOf = (contact: Contact, key: SortKey): Place => {
  const { id } = contact;
  switch (key) {
    case 'updated_at':
      return { value: contact.updatedAt.getTime(), id };
    case 'created_at':
      return { value: contact.createdAt.getTime(), id };
    case 'name_key':
      return { value: nameKey(contact.name), id };
    case 'email':
      return { value: contact.email ?? '', id };
    case 'phone':
      return { value: contact.phone ?? '', id };
    default:
      return key satisfies never;
  }
};
