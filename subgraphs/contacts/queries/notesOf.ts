import { isRefused, type Refusal } from '../../shared/errors.ts';
import { badCursor, type Page, pageOf, readPage } from '../../shared/paging.ts';
import type { Context } from '../context.ts';
import type { Contact, Note } from '../domain/contact.ts';
import type { Order } from '../store/keyset.ts';
import { readPlace } from './place.ts';

/** A page of notes; counted only when the total is asked for. */
export type NotePage = Page<Note> & Readonly<{ total: () => Promise<number | Refusal> }>;

export type NotesPageArguments = Readonly<{ first?: number | null; after?: string | null }>;

const newestFirst: Order = { key: 'created_at', descending: true };

/** Notes of one contact, newest first; the contact is judged once for all of them (SPEC §3.3, TEAM-S12). */
export const notesOf = async (context: Context, contact: Contact, page: NotesPageArguments): Promise<NotePage | Refusal> => {
  const visibility = await context.notesVisibility();
  if (isRefused(visibility)) return visibility;
  const person = context.person();
  if (isRefused(person)) return person;
  const request = readPage(page);
  if (isRefused(request)) return request;
  const binding = [person.companyId, person.userId, 'notes', contact.id];
  const place = request.cursor === null ? null : readPlace(context.cursors.open(binding, request.cursor), newestFirst.key);
  if (place === undefined) return badCursor(request);
  const stretch = { order: newestFirst, backward: false, place, size: request.size };
  const read = await context.notes.list(visibility, contact, stretch, context.waitMs());
  if (isRefused(read)) return read;
  return {
    ...pageOf(request, read, (note) => context.cursors.seal(binding, { value: note.createdAt.getTime(), id: note.id })),
    total: () => context.notes.count(visibility, contact, context.waitMs()),
  };
};

/**
 * Notes of a contact that was read in this request: the newest ones of all contacts of a page are read together, and the contact as it
 * was read is what they are judged by (CDP/CHG-006: no query per note or contact).
 */
export const notesOnContact = async (context: Context, contact: Contact, page: NotesPageArguments): Promise<NotePage | Refusal> => {
  if ((page.after ?? null) !== null) {
    const again = await context.contactOfNotes(contact.id);
    return isRefused(again) ? again : notesOf(context, again, page);
  }
  const visibility = await context.notesVisibility();
  if (isRefused(visibility)) return visibility;
  const person = context.person();
  if (isRefused(person)) return person;
  const request = readPage(page);
  if (isRefused(request)) return request;
  const newest = await context.newestNotes(visibility, contact, request.size);
  if (isRefused(newest)) return newest;
  const binding = [person.companyId, person.userId, 'notes', contact.id];
  const sealed = (note: Note): string => context.cursors.seal(binding, { value: note.createdAt.getTime(), id: note.id });
  return { ...pageOf(request, newest.notes, sealed), total: () => Promise.resolve(newest.total) };
};
