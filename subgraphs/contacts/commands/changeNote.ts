import { conflict, forbidden, isRefused, type Refusal } from '../../shared/errors.ts';
import type { Visibility } from '../../shared/access/scope.ts';
import type { Context } from '../context.ts';
import type { Note } from '../domain/contact.ts';
import { checkText } from '../domain/fields.ts';
import { mayChangeNote } from '../domain/notePermission.ts';
import { type NoteWritten, maxNoteLength } from './addNote.ts';
import { auditEntry } from './auditEntry.ts';
import { judgedWrite, oldVersion } from './judgedWrite.ts';

export type UpdateNoteInput = Readonly<{ id: string; text: string; expectedVersion?: number | null }>;
export type DeleteNoteInput = Readonly<{ id: string; expectedVersion?: number | null }>;

type Action = 'customers_customernotes_manage' | 'customers_customernotes_delete';

/** Changes the text of a note that the person may change (SPEC §3.3; TEAM-S14, S15). */
export const updateNote = (context: Context, { id, text: given, expectedVersion }: UpdateNoteInput): Promise<NoteWritten | Refusal> =>
  changeNote(context, 'customers_customernotes_manage', id, expectedVersion, (visibility, note) => {
    const text = checkText(given, 'input.text', maxNoteLength);
    return isRefused(text) ? Promise.resolve(text) : context.notes.update(visibility, note, text, [], context.waitMs());
  });

/** Deletes a note that the person may delete, softly (SPEC §3.3; TEAM-S16, S17). */
export const deleteNote = (context: Context, { id, expectedVersion }: DeleteNoteInput): Promise<NoteWritten | Refusal> =>
  changeNote(context, 'customers_customernotes_delete', id, expectedVersion, async (visibility, note) => {
    const person = context.person();
    if (isRefused(person)) return person;
    const { companyId, id: contactId } = note.contact;
    const entry = auditEntry(context, person, { companyId, kind: 'DELETION', subjectId: note.id, before: { noteId: note.id, contactId }, after: null });
    const written = await context.notes.update(visibility, note, null, [entry], context.waitMs());
    context.wakeJobs();
    return written;
  });

const changeNote = async (
  context: Context,
  action: Action,
  id: string,
  expectedVersion: number | null | undefined,
  write: (visibility: Visibility, note: Note) => Promise<'written' | 'changed meanwhile' | Refusal>,
): Promise<NoteWritten | Refusal> => {
  const judged = await judgeNote(context, action, id);
  if (isRefused(judged)) return judged;
  return judgedWrite({
    read: judged,
    readAgain: () => judgeNote(context, action, id),
    attempt: async ({ visibility, note }) => {
      if (oldVersion(expectedVersion, note)) return conflict(`input.expectedVersion is ${String(expectedVersion)}; note ${note.id} has version ${String(note.version)} by now.`);
      const written = await write(visibility, note);
      return written === 'written' ? { noteId: note.id } : written;
    },
  });
};

/** The note, when its contact lets the person change it: with the flag on by the action's level, with it off by `customers_view` and the author. */
const judgeNote = async (context: Context, action: Action, id: string): Promise<Readonly<{ visibility: Visibility; note: Note }> | Refusal> => {
  const rights = await context.rights();
  if (isRefused(rights)) return rights;
  const byAction = await context.visibilityFor(action);
  if (isRefused(byAction)) return byAction;
  const view = rights.teamFlag === true ? byAction : await context.visibilityFor('customers_customers_view');
  const visibility = rights.teamFlag === false ? view : byAction;
  if (isRefused(visibility)) return visibility;
  const note = await context.noteIn(visibility, action, id);
  if (isRefused(note)) return note;
  const { teamFlag, person } = rights;
  if (mayChangeNote({ viewerId: person.userId, teamFlag, view, action: byAction }, note)) return { visibility, note };
  return forbidden('This note is outside what you may do this to.');
};
