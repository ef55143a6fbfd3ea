import { type Collection, ObjectId } from 'mongodb';
import { canSee, type Visibility } from '../../shared/access/scope.ts';
import { forbidden, isRefused, notFound, type Refusal } from '../../shared/errors.ts';
import type { AuditRecord } from '../../shared/teamsApi.ts';
import { excerpt } from '../../shared/text.ts';
import type { Contact, Note } from '../domain/contact.ts';
import { noteUpdateOf } from './contactPatch.ts';
import { type ContactStore, type Earlier, isDuplicate, maxCount, type StoreDependencies, type Written } from './contacts.ts';
import { within } from './database.ts';
import { type Idempotency, type NoteDocument, toNote } from './documents.ts';
import { makeObjectId, readObjectId } from './ids.ts';
import { beyond, sortOf, type Stretch } from './keyset.ts';

/** A note on a contact out of scope; which contact is for the record, never for the viewer. */
export type HiddenNote = Readonly<{ hiddenBy: string }>;

/** The newest notes of one contact. */
export type NewestNotes = Readonly<{ notes: readonly Note[]; total: number }>;

/** A note to be written. */
export type NewNote = Readonly<{ authorId: string; text: string; idempotency: Idempotency | null }>;

/**
 * Notes in MongoDB. They are judged by their contact: each function takes the visibility and checks the contact
 * once, however many notes it has. Every wait is at most `waitMs`.
 */
export type NoteStore = Readonly<{
  /** `size` + 1 notes of a stretch, in reading direction; FORBIDDEN when the contact is out of scope. */
  list(visibility: Visibility, contact: Contact, stretch: Stretch, waitMs: number): Promise<readonly Note[] | Refusal>;
  /**
   * The newest `size` + 1 notes of each of some contacts, in their order, with how many there are (up to `maxCount`): two queries for
   * any number of contacts. FORBIDDEN for a contact out of scope.
   */
  newestOf(visibility: Visibility, contacts: readonly Contact[], size: number, waitMs: number): Promise<readonly (NewestNotes | Refusal)[]>;
  /** Up to `maxCount`. */
  count(visibility: Visibility, contact: Contact, waitMs: number): Promise<number | Refusal>;
  /** In the order of the ids: hidden when the contact is out of scope, NOT_FOUND when it is deleted or for any other id. */
  byIds(visibility: Visibility, ids: readonly unknown[], waitMs: number): Promise<readonly (Note | HiddenNote | Refusal)[]>;
  /**
   * The id of the new note; 'repeated' when caller and key were used before. The contact is read and judged again right before, as the
   * request may have read it long ago: FORBIDDEN when it is out of scope by now, NOT_FOUND when it is deleted. The write itself cannot be
   * conditional on another document, so a contact may still change within that last step; the note is then judged by it with each read.
   */
  insert(visibility: Visibility, contact: Contact, note: NewNote, waitMs: number): Promise<Readonly<{ id: string }> | 'repeated' | Refusal>;
  /**
   * Writes a new text, or deletes softly when it is null; only while the note is as it was read. FORBIDDEN when its contact is out of scope:
   * as it was read with the note, which is the step before (each try reads both anew).
   */
  update(visibility: Visibility, read: Note, text: string | null, audit: readonly AuditRecord[], waitMs: number): Promise<Written | Refusal>;
  /** Of the visibility's company only. */
  earlier(visibility: Visibility, idempotency: Pick<Idempotency, 'caller' | 'key'>, waitMs: number): Promise<Earlier | null>;
}>;

export const createNoteStore = (
  notes: Collection<NoteDocument>,
  contacts: ContactStore,
  { now, newId }: StoreDependencies,
): NoteStore => ({
  list: async (visibility, contact, stretch, waitMs) => {
    if (!canSee(visibility, contact)) return outOfScope(contact);
    const cursor = notes.find({ $and: [liveNotesOf(contact), beyond(stretch)] }, { sort: sortOf(stretch), limit: stretch.size + 1, maxTimeMS: waitMs });
    return (await within(waitMs, cursor.toArray())).map((document) => toNote(document, contact));
  },
  newestOf: async (visibility, asked, size, waitMs) => {
    const seen = asked.filter((contact) => canSee(visibility, contact));
    const newest = seen.length === 0 ? [] : await findNewest(notes, visibility, seen.map(contactKey), size + 1, waitMs);
    const byContact = new Map(newest.map((each) => [each._id.toHexString(), each]));
    const ids = newest.flatMap((each) => each.ids);
    const found = ids.length === 0 ? [] : await within(waitMs, notes.find({ _id: { $in: ids }, company_sso_id: visibility.companyId, is_deleted: false }, { maxTimeMS: waitMs }).toArray());
    const byId = new Map(found.map((document) => [document._id.toHexString(), document]));
    return asked.map((contact) => {
      if (!canSee(visibility, contact)) return outOfScope(contact);
      const { ids: own = [], total = 0 } = byContact.get(contact.id) ?? {};
      return { notes: own.flatMap((id) => byId.get(id.toHexString()) ?? []).map((document) => toNote(document, contact)), total: Math.min(total, maxCount) };
    });
  },
  count: async (visibility, contact, waitMs) => {
    if (!canSee(visibility, contact)) return outOfScope(contact);
    return within(waitMs, notes.countDocuments(liveNotesOf(contact), { limit: maxCount, maxTimeMS: waitMs }));
  },
  byIds: async (visibility, ids, waitMs) => {
    const wanted = ids.flatMap((id) => readObjectId(id) ?? []);
    const inCompany = { _id: { $in: wanted }, company_sso_id: visibility.companyId, is_deleted: false };
    const found = wanted.length === 0 ? [] : await within(waitMs, notes.find(inCompany, { maxTimeMS: waitMs }).toArray());
    const contactIds = [...new Set(found.map((note) => note.contact_id.toHexString()))];
    const judged = await contacts.byIds(visibility, contactIds, waitMs);
    const contactOf = new Map(contactIds.map((id, index) => [id, judged[index]]));
    const known = new Map(found.map((note) => [note._id.toHexString(), note]));
    return ids.map((id) => {
      const note = typeof id === 'string' ? known.get(id) : undefined;
      const contact = note && contactOf.get(note.contact_id.toHexString());
      if (note === undefined || contact === undefined || (isRefused(contact) && contact.code === 'NOT_FOUND')) return noNote(id);
      return isRefused(contact) ? { hiddenBy: note.contact_id.toHexString() } : toNote(note, contact);
    });
  },
  insert: async (visibility, contact, note, waitMs) => {
    const [current = outOfScope(contact)] = await contacts.byIds(visibility, [contact.id], waitMs);
    if (isRefused(current)) return current;
    const at = new Date(now());
    const document: NoteDocument = {
      _id: makeObjectId(at.getTime(), newId()),
      contact_id: contactKey(contact),
      company_sso_id: visibility.companyId,
      is_deleted: false,
      author_id: note.authorId,
      text: note.text,
      version: 1,
      created_at: at,
      updated_at: at,
      ...(note.idempotency !== null && { idempotency: note.idempotency }),
    };
    try {
      await within(waitMs, notes.insertOne(document, { maxTimeMS: waitMs }));
      return { id: document._id.toHexString() };
    } catch (error) {
      if (isDuplicate(error)) return 'repeated';
      throw error;
    }
  },
  update: async (visibility, read, text, audit, waitMs) => {
    if (!canSee(visibility, read.contact)) return outOfScope(read.contact);
    const asRead = { _id: ObjectId.createFromHexString(read.id), company_sso_id: visibility.companyId, is_deleted: false, version: read.version };
    const { matchedCount } = await within(waitMs, notes.updateOne(asRead, noteUpdateOf(text, audit, new Date(now())), { maxTimeMS: waitMs }));
    return matchedCount === 1 ? 'written' : 'changed meanwhile';
  },
  earlier: async (visibility, { caller, key }, waitMs) => {
    const filter = { 'idempotency.caller': caller, 'idempotency.key': key, idempotency: { $exists: true }, company_sso_id: visibility.companyId };
    const document = await within(waitMs, notes.findOne(filter, { maxTimeMS: waitMs }));
    return document?.idempotency === undefined ? null : { id: document._id.toHexString(), hash: document.idempotency.hash };
  },
});

type Newest = Readonly<{ _id: ObjectId; total: number; ids: readonly ObjectId[] }>;

/** Ids alone are gathered, which the index has by itself, so that a contact of very many notes costs no more than its keys. */
const findNewest = (notes: Collection<NoteDocument>, { companyId }: Visibility, contactIds: readonly ObjectId[], most: number, waitMs: number): Promise<readonly Newest[]> => {
  const pipeline = [
    { $match: { company_sso_id: companyId, contact_id: { $in: contactIds }, is_deleted: false } },
    { $sort: { contact_id: -1, created_at: -1, _id: -1 } },
    { $group: { _id: '$contact_id', total: { $sum: 1 }, ids: { $push: '$_id' } } },
    { $project: { total: 1, ids: { $slice: ['$ids', most] } } },
  ];
  return within(waitMs, notes.aggregate<Newest>(pipeline, { maxTimeMS: waitMs }).toArray());
};

const liveNotesOf = (contact: Contact) => ({ company_sso_id: contact.companyId, contact_id: contactKey(contact), is_deleted: false });

const contactKey = (contact: Contact): NoteDocument['contact_id'] => {
  const id = readObjectId(contact.id);
  if (id === undefined) throw new Error(`${contact.id} is no contact id`);
  return id;
};

const outOfScope = (contact: Contact): Refusal => forbidden(`Contact ${contact.id} is outside what you may see.`);
const noNote = (id: unknown): Refusal => notFound(`There is no note ${typeof id === 'string' ? excerpt(id) : 'of that id'}.`);
