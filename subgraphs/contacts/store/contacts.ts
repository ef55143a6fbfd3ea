import { type Collection, type Filter, MongoServerError, ObjectId, type UpdateFilter } from 'mongodb';
import { canSee, type Visibility } from '../../shared/access/scope.ts';
import { forbidden, notFound, type Refusal } from '../../shared/errors.ts';
import { excerpt, nameKey } from '../../shared/text.ts';
import type { AuditRecord } from '../../shared/teamsApi.ts';
import type { Contact } from '../domain/contact.ts';
import { type ContactPatch, deletionOf, updateOf } from './contactPatch.ts';
import { within } from './database.ts';
import { type ContactDocument, type Idempotency, type TeamOwnersSetBy, toContact } from './documents.ts';
import { makeObjectId, readObjectId } from './ids.ts';
import type { Place, Stretch } from './keyset.ts';
import { type Narrowing, narrowingConditions } from './narrowing.ts';
import { countBy, readPage } from './readPage.ts';
import { countPlan, readPlan } from './readPlan.ts';
import { formFor, lostTo, scopeFilter } from './scopeFilter.ts';
import { asRead, type ScopeWrites } from './scopeWrites.ts';
import type { TreeStore } from './trees.ts';

/** Counts stop here (SPEC §1). */
export const maxCount = 10_000;

/** A contact to be written. */
export type NewContact = Readonly<{
  name: string;
  email: string | null;
  phone: string | null;
  externalKey: string | null;
  ownerId: string | null;
  assigneeId: string | null;
  teamOwnerIds: readonly string[];
  teamOwnersSetBy: TeamOwnersSetBy | null;
  idempotency: Idempotency | null;
}>;

/** What became of an insert: the new id, or which unique index it ran into. */
export type Inserted = Readonly<{ id: string }> | 'repeated' | 'external key taken';

/** What became of a write that is conditional on what was read: when that had changed it has to be judged again. */
export type Written = 'written' | 'changed meanwhile';

/** An earlier create of the same caller and key. */
export type Earlier = Readonly<{ id: string; hash: string }>;

/** Contacts in MongoDB. Every wait is at most `waitMs`. */
export type ContactStore = Readonly<{
  /** `size` + 1 contacts of a stretch, in reading direction, as its conditions are served best. Looks at a bounded number of documents: `examinedTo` when it ended early. */
  page(visibility: Visibility, narrowing: readonly Narrowing[], stretch: Stretch, waitMs: number): Promise<Readonly<{ contacts: readonly Contact[]; examinedTo: Place | null }>>;
  /** How many there are in scope, up to `maxCount`; capped when there may be more. */
  total(visibility: Visibility, narrowing: readonly Narrowing[], waitMs: number): Promise<Readonly<{ count: number; capped: boolean }>>;
  /** Up to `size` contacts that `visibility` sees and `narrower` does not, however many there are. */
  lost(visibility: Visibility, narrower: Visibility, size: number, waitMs: number): Promise<readonly Contact[]>;
  /** A contact of the company that a narrowing holds for, one in scope before any other; the other's id is for the record, never for the viewer. */
  anyInCompany(visibility: Visibility, narrowing: readonly Narrowing[], waitMs: number): Promise<Readonly<{ id: string; isInScope: boolean }> | null>;
  /** In the order of the ids: FORBIDDEN for one of the own company out of scope, NOT_FOUND for any other. */
  byIds(visibility: Visibility, ids: readonly unknown[], waitMs: number): Promise<readonly (Contact | Refusal)[]>;
  /** Writes into the visibility's company. */
  insert(visibility: Visibility, contact: NewContact, waitMs: number): Promise<Inserted>;
  /** Only while the contact is as it was read: in scope, with that version. */
  update(visibility: Visibility, read: Contact, patch: ContactPatch, waitMs: number): Promise<Written>;
  /** A soft delete, on the same condition. */
  delete(visibility: Visibility, read: Contact, audit: readonly AuditRecord[], waitMs: number): Promise<Written>;
  /** Of the visibility's company only. */
  earlier(visibility: Visibility, idempotency: Pick<Idempotency, 'caller' | 'key'>, waitMs: number): Promise<Earlier | 'in another company' | null>;
}>;

export type StoreDependencies = Readonly<{ now: () => number; newId: () => string }>;
export type ContactStoreDependencies = StoreDependencies & Readonly<{ trees: TreeStore; scope: ScopeWrites; /** Most contacts that a page looks at; 2,000, fewer in tests. */ mostExamined?: number }>;

export const createContactStore = (contacts: Collection<ContactDocument>, { now, newId, trees, scope, mostExamined }: ContactStoreDependencies): ContactStore => ({
  page: async (visibility, narrowing, stretch, waitMs) => {
    const plan = readPlan(visibility, narrowing, stretch.order.key, await formFor(trees, visibility, waitMs));
    const { documents, examinedTo } = await readPage(contacts, plan, stretch, { waitMs, ...(mostExamined !== undefined && { most: mostExamined }) });
    return { contacts: documents.map(toContact), examinedTo };
  },
  total: async (visibility, narrowing, waitMs) =>
    countBy(contacts, countPlan(visibility, narrowing, await formFor(trees, visibility, waitMs)), maxCount, waitMs),
  lost: async (visibility, narrower, size, waitMs) => {
    const cursor = contacts.find({ $and: [scopeFilter(visibility, 'team owners'), ...lostTo(narrower)] }, { limit: size, maxTimeMS: waitMs });
    return (await within(waitMs, cursor.toArray())).map(toContact);
  },
  anyInCompany: async (visibility, narrowing, waitMs) => {
    const conditions = narrowing.flatMap(narrowingConditions);
    const first = async (scope: Filter<ContactDocument>, isInScope: boolean) => {
      const found = await within(waitMs, contacts.findOne({ $and: [scope, ...conditions] }, { projection: { _id: 1 }, maxTimeMS: waitMs }));
      return found && { id: found._id.toHexString(), isInScope };
    };
    return (await first(scopeFilter(visibility, 'team owners'), true)) ?? first({ company_sso_id: visibility.companyId, is_deleted: false }, false);
  },
  byIds: async (visibility, ids, waitMs) => {
    const wanted = ids.flatMap((id) => readObjectId(id) ?? []);
    const inCompany = { _id: { $in: wanted }, company_sso_id: visibility.companyId, is_deleted: false };
    const found = wanted.length === 0 ? [] : await within(waitMs, contacts.find(inCompany, { maxTimeMS: waitMs }).toArray());
    const known = new Map(found.map((document) => [document._id.toHexString(), toContact(document)]));
    return ids.map((id) => judged(visibility, typeof id === 'string' ? known.get(id) : undefined, id));
  },
  insert: async (visibility, contact, waitMs) => {
    const at = now();
    const _id = makeObjectId(at, newId());
    const { companyId } = visibility;
    const tokens = await scope.ofNew(companyId, { ...contact, teamOwnersPending: false }, waitMs);
    try {
      await within(waitMs, contacts.insertOne({ ...documentOf(visibility, contact, _id, new Date(at)), ...tokens }, { maxTimeMS: waitMs }));
      await scope.written(companyId, _id, contact.teamOwnerIds, tokens);
      return { id: _id.toHexString() };
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      const repeated = contact.idempotency !== null && (await findEarlier(contacts, contact.idempotency, waitMs)) !== null;
      return repeated ? 'repeated' : 'external key taken';
    }
  },
  update: async (visibility, read, patch, waitMs) => {
    const tokens = await scope.ofPatch(read, patch, waitMs);
    const written = await writeTo(contacts, visibility, read, updateOf(patch, tokens, new Date(now())), waitMs);
    if (written === 'written' && patch.teamOwners.kind === 'set') await scope.written(read.companyId, ObjectId.createFromHexString(read.id), patch.teamOwners.ids, tokens.set);
    return written;
  },
  delete: (visibility, read, audit, waitMs) => writeTo(contacts, visibility, read, deletionOf(audit, new Date(now())), waitMs),
  earlier: async (visibility, idempotency, waitMs) => {
    const document = await findEarlier(contacts, idempotency, waitMs);
    if (document?.idempotency === undefined) return null;
    if (document.company_sso_id !== visibility.companyId) return 'in another company';
    return { id: document._id.toHexString(), hash: document.idempotency.hash };
  },
});

/** Whether a write ran into a unique index. */
export const isDuplicate = (error: unknown): boolean => error instanceof MongoServerError && error.code === 11000;

/** The scope is part of the condition: a second wall behind the check of what was read. */
const writeTo = async (contacts: Collection<ContactDocument>, visibility: Visibility, read: Contact, update: UpdateFilter<ContactDocument>, waitMs: number): Promise<Written> => {
  const unchanged: Filter<ContactDocument> = { $and: [{ _id: ObjectId.createFromHexString(read.id), ...asRead({ version: read.version, ...read.scope }) }, scopeFilter(visibility, 'team owners')] };
  const { matchedCount } = await within(waitMs, contacts.updateOne(unchanged, update, { maxTimeMS: waitMs }));
  return matchedCount === 1 ? 'written' : 'changed meanwhile';
};

const findEarlier = (contacts: Collection<ContactDocument>, { caller, key }: Pick<Idempotency, 'caller' | 'key'>, waitMs: number) =>
  within(waitMs, contacts.findOne({ 'idempotency.caller': caller, 'idempotency.key': key, idempotency: { $exists: true } }, { maxTimeMS: waitMs }));

const judged = (visibility: Visibility, contact: Contact | undefined, id: unknown): Contact | Refusal => {
  if (contact === undefined) return notFound(`There is no contact ${typeof id === 'string' ? excerpt(id) : 'of that id'}.`);
  return canSee(visibility, contact) ? contact : forbidden(`Contact ${contact.id} is outside what you may do this to.`);
};

const documentOf = ({ companyId }: Visibility, contact: NewContact, _id: ContactDocument['_id'], at: Date): ContactDocument => ({
  _id,
  company_sso_id: companyId,
  is_deleted: false,
  name: contact.name,
  name_key: nameKey(contact.name),
  ...(contact.email !== null && { email: contact.email }),
  ...(contact.phone !== null && { phone: contact.phone }),
  ...(contact.externalKey !== null && { external_key: contact.externalKey }),
  owner_id: contact.ownerId,
  assignee_id: contact.assigneeId,
  team_owner_ids: contact.teamOwnerIds,
  team_owners_pending: false,
  team_owners_set_by: contact.teamOwnersSetBy,
  version: 1,
  created_at: at,
  updated_at: at,
  ...(contact.idempotency !== null && { idempotency: contact.idempotency }),
});
