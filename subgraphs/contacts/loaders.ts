import DataLoader from 'dataloader';
import type { Visibility } from '../shared/access/scope.ts';
import type { Refusal } from '../shared/errors.ts';
import type { Contact, Note } from './domain/contact.ts';
import type { ContactStore } from './store/contacts.ts';
import type { HiddenNote, NoteStore } from './store/notes.ts';

export type LoaderDependencies = Readonly<{ contacts: ContactStore; notes: NoteStore; waitMs: () => number }>;

/** Reads single records in batches. One set per request, each loader bound to one visibility. */
export type Loaders = Readonly<{
  contact(visibility: Visibility, id: unknown): Promise<Contact | Refusal>;
  note(visibility: Visibility, id: unknown): Promise<Note | HiddenNote | Refusal>;
}>;

/** Nothing is cached between batches: what was written by this very request has to be seen after it. */
const options = { cache: false, maxBatchSize: 500 } as const;

export const createLoaders = ({ contacts, notes, waitMs }: LoaderDependencies): Loaders => {
  const contactLoaders = new Map<Visibility, DataLoader<unknown, Contact | Refusal>>();
  const noteLoaders = new Map<Visibility, DataLoader<unknown, Note | HiddenNote | Refusal>>();
  return {
    contact: (visibility, id) => {
      const loader =
        contactLoaders.get(visibility) ?? new DataLoader((ids: readonly unknown[]) => contacts.byIds(visibility, ids, waitMs()), options);
      contactLoaders.set(visibility, loader);
      return loader.load(id ?? '');
    },
    note: (visibility, id) => {
      const loader = noteLoaders.get(visibility) ?? new DataLoader((ids: readonly unknown[]) => notes.byIds(visibility, ids, waitMs()), options);
      noteLoaders.set(visibility, loader);
      return loader.load(id ?? '');
    },
  };
};
