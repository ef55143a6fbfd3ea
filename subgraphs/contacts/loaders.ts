import DataLoader from 'dataloader';
import type { Visibility } from '../shared/access/scope.ts';
import type { Refusal } from '../shared/errors.ts';
import type { Contact, Note } from './domain/contact.ts';
import type { ContactStore } from './store/contacts.ts';
import type { HiddenNote, NewestNotes, NoteStore } from './store/notes.ts';

export type LoaderDependencies = Readonly<{ contacts: ContactStore; notes: NoteStore; waitMs: () => number }>;

/** Reads single records in batches. One set per request, each loader bound to one visibility. */
export type Loaders = Readonly<{
  contact(visibility: Visibility, id: unknown): Promise<Contact | Refusal>;
  note(visibility: Visibility, id: unknown): Promise<Note | HiddenNote | Refusal>;
  /** The newest `size` + 1 notes of a contact, for all contacts of a page at once. */
  newestNotes(visibility: Visibility, contact: Contact, size: number): Promise<NewestNotes | Refusal>;
}>;

/** Nothing is cached between batches: what was written by this very request has to be seen after it. */
const options = { cache: false, maxBatchSize: 500 } as const;

export const createLoaders = ({ contacts, notes, waitMs }: LoaderDependencies): Loaders => {
  const contactLoaders = new Map<Visibility, DataLoader<unknown, Contact | Refusal>>();
  const newestLoaders = new Map<Visibility, Map<number, DataLoader<Contact, NewestNotes | Refusal>>>();
  const noteLoaders = new Map<Visibility, DataLoader<unknown, Note | HiddenNote | Refusal>>();
  return {
    contact: (visibility, id) => {
      const loader =
        contactLoaders.get(visibility) ?? new DataLoader((ids: readonly unknown[]) => contacts.byIds(visibility, ids, waitMs()), options);
      contactLoaders.set(visibility, loader);
      return loader.load(id ?? '');
    },
    newestNotes: (visibility, contact, size) => {
      const bySize = newestLoaders.get(visibility) ?? new Map<number, DataLoader<Contact, NewestNotes | Refusal>>();
      newestLoaders.set(visibility, bySize);
      const loader = bySize.get(size) ?? new DataLoader((asked: readonly Contact[]) => notes.newestOf(visibility, asked, size, waitMs()), options);
      bySize.set(size, loader);
      return loader.load(contact);
    },
    note: (visibility, id) => {
      const loader = noteLoaders.get(visibility) ?? new DataLoader((ids: readonly unknown[]) => notes.byIds(visibility, ids, waitMs()), options);
      noteLoaders.set(visibility, loader);
      return loader.load(id ?? '');
    },
  };
};
