import type { Visibility } from '../../shared/access/scope.ts';
import type { LegacyRow } from '../domain/legacyInput.ts';
import type { MovableContact } from '../domain/legacyMove.ts';
import type { LegacyRowStore } from '../store/legacyRows.ts';
import type { MovableContactStore } from '../store/movableContacts.ts';
import { jobWaitMs } from './jobWait.ts';

type Stores = Readonly<{ rows: LegacyRowStore; contacts: MovableContactStore }>;

/** A contact with the lists of all rows that name it. */
export type ContactWithLists = Readonly<{ contact: MovableContact; lists: readonly (string | null)[] }>;

/**
 * The contacts that some rows name. A key is a contact's id before it is another one's `externalKey`. A contact that has a row for each
 * of the two comes once, with its row by id, and brings both lists.
 */
export const contactsOfRows = async (stores: Stores, visibility: Visibility, rows: readonly LegacyRow[]): Promise<readonly ContactWithLists[]> => {
  const named = await contactsOfKeys(stores, visibility, rows.map(({ contactKey }) => contactKey));
  const found = rows.flatMap((row) => {
    const contact = named.get(row.contactKey);
    return contact === undefined ? [] : [{ row, contact, byId: row.contactKey === contact.id }];
  });
  const otherKeys = found.flatMap(({ contact, byId }) => (byId ? (contact.externalKey ?? []) : contact.id));
  const otherRows = new Map((await stores.rows.rowsOf(visibility.companyId, otherKeys, jobWaitMs)).map((row) => [row.contactKey, row]));
  // an external key may be the id of another contact, and then its row is that contact's
  const others = await contactsOfKeys(stores, visibility, [...otherRows.keys()]);
  return found.flatMap(({ row, contact, byId }) => {
    const other = byId ? (contact.externalKey === null ? undefined : otherRows.get(contact.externalKey)) : otherRows.get(contact.id);
    const isOwn = other !== undefined && others.get(other.contactKey)?.id === contact.id;
    if (!isOwn) return [{ contact, lists: [row.crmTeamHierarchyId] }];
    return byId ? [{ contact, lists: [row.crmTeamHierarchyId, other.crmTeamHierarchyId] }] : [];
  });
};

const contactsOfKeys = async ({ contacts }: Stores, visibility: Visibility, keys: readonly string[]): Promise<ReadonlyMap<string, MovableContact>> => {
  if (keys.length === 0) return new Map();
  const byId = new Map((await contacts.byIds(visibility, keys, jobWaitMs)).map((contact) => [contact.id, contact]));
  const rest = keys.filter((key) => !byId.has(key));
  const byKey = (await contacts.byExternalKeys(visibility, rest, jobWaitMs)).flatMap((contact) => (contact.externalKey === null ? [] : [[contact.externalKey, contact] as const]));
  return new Map([...byId, ...byKey]);
};
