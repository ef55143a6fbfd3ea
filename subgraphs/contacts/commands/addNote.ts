import { createHash } from 'node:crypto';
import type { Visibility } from '../../shared/access/scope.ts';
import { conflict, isRefused, Refusal } from '../../shared/errors.ts';
import { callerOf } from '../../shared/viewer.ts';
import type { Context } from '../context.ts';
import { checkIdempotencyKey, checkText } from '../domain/fields.ts';
import type { Idempotency } from '../store/documents.ts';

export type NoteInput = Readonly<{ contactId: string; text: string; idempotencyKey?: string | null }>;

/** The note that was written, or had been by an earlier call of the same key. */
export type NoteWritten = Readonly<{ noteId: string }>;

/** Longest text of a note, in characters. */
export const maxNoteLength = 10_000;

/** Adds a note and answers with its id: needs `customernotes_add`, and the contact in scope of `customers_view` (SPEC §3.3). */
export const addNote = async (context: Context, input: NoteInput): Promise<NoteWritten | Refusal> => {
  const person = context.person();
  if (isRefused(person)) return person;
  const add = await context.visibilityFor('customers_customernotes_add');
  if (isRefused(add)) return add;
  const visibility = await context.visibilityFor('customers_customers_view');
  if (isRefused(visibility)) return visibility;
  const contact = await context.contact('customers_customers_view', input.contactId);
  if (isRefused(contact)) return contact;
  const text = checkText(input.text, 'input.text', maxNoteLength);
  if (isRefused(text)) return text;
  const key = (input.idempotencyKey ?? null) === null ? null : checkIdempotencyKey(input.idempotencyKey ?? '');
  if (isRefused(key)) return key;

  const { companyId, sub } = callerOf(person);
  const hash = createHash('sha256').update(JSON.stringify([contact.id, text])).digest('base64url');
  const idempotency = key === null ? null : { caller: JSON.stringify([companyId, sub]), key, hash };
  const earlier = idempotency && (await repeated(context, visibility, idempotency));
  if (earlier !== null) return earlier;
  const inserted = await context.notes.insert(visibility, contact, { authorId: person.userId, text, idempotency }, context.waitMs());
  if (isRefused(inserted)) return inserted;
  if (inserted !== 'repeated') return { noteId: inserted.id };
  return (idempotency && (await repeated(context, visibility, idempotency))) ?? conflict('input.idempotencyKey is being used by another call.');
};

const repeated = async (context: Context, visibility: Visibility, idempotency: Idempotency): Promise<NoteWritten | Refusal | null> => {
  const earlier = await context.notes.earlier(visibility, idempotency, context.waitMs());
  if (earlier === null) return null;
  if (earlier.hash === idempotency.hash) return { noteId: earlier.id };
  return new Refusal('CONFLICT', 'input.idempotencyKey was used before with another payload.', { field: 'input.idempotencyKey' });
};
