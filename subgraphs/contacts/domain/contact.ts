import type { ScopedContact } from '../../shared/access/scope.ts';

/** A contact as the rest of the code knows it: ids are texts, what is not there is null. */
export type Contact = ScopedContact &
  Readonly<{
    /** 24 lower-case hexadecimal digits. */
    id: string;
    name: string;
    email: string | null;
    phone: string | null;
    externalKey: string | null;
    version: number;
    createdAt: Date;
    updatedAt: Date;
    /** The tokens as they are stored; null when it has none. For writing them on, never for judging. */
    scope: Readonly<{ scope_tokens: readonly string[]; tree_version: number }> | null;
  }>;

/** A note, always with the contact that it is judged by (SPEC §3.3: a note has no team of its own). */
export type Note = Readonly<{
  id: string;
  contact: Contact;
  authorId: string;
  text: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}>;
