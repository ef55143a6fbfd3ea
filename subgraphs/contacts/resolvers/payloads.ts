import { isRefused } from '../../shared/errors.ts';
import type { ContactPayloadResolvers, NotePayloadResolvers } from '../generated/schema.ts';

/** What a write hands back is judged by what the caller may see now (SPEC §3.1); it is no single read, so a denial is not recorded. */
export const ContactPayload: ContactPayloadResolvers = {
  contact: async ({ contactId }, _, context) => {
    const visibility = await context.visibilityFor('customers_customers_view');
    if (isRefused(visibility)) return null;
    const [contact] = await context.contacts.byIds(visibility, [contactId], context.waitMs());
    return contact !== undefined && !isRefused(contact) ? contact : null;
  },
};

export const NotePayload: NotePayloadResolvers = {
  note: async ({ noteId }, _, context) => {
    const visibility = await context.notesVisibility();
    if (isRefused(visibility)) return null;
    const [note] = await context.notes.byIds(visibility, [noteId], context.waitMs());
    return note === undefined || isRefused(note) || 'hiddenBy' in note ? null : note;
  },
};
