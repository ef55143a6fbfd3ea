import type { ObjectId } from 'mongodb';
import type { AuditRecord } from '../../shared/teamsApi.ts';
import type { Contact, Note } from '../domain/contact.ts';

/** What set the team owners last: the legacy move leaves alone what anything but itself has set (CDP/CHG-004). */
export type TeamOwnersSetBy = 'auto' | 'person' | 'owner_change' | 'legacy_move';

/** What a create is known again by: caller and key are unique together, the hash is of what was sent. */
export type Idempotency = Readonly<{ caller: string; key: string; hash: string }>;

/**
 * Work that a document still needs, as a field of its own: claimed by moving `due_at` on, which makes it the end of a lease as well, and
 * fenced by `attempt`, which rises with each claim. Times are the database's.
 */
export type DueWork = Readonly<{ due_at: Date; attempt: number }>;

/** Team owners that are to be derived from a new owner's teams (SPEC §3.2); `id` is another with each change of the owner. */
export type Derivation = DueWork & Readonly<{ id: string; owner_id: string; actor_id: string | null; actor_service: string | null }>;

/** Audit entries that teams has not acknowledged. */
export type AuditOutbox = DueWork & Readonly<{ entries: readonly AuditRecord[] }>;

/** A contact as it is stored. What is not there is left out, so that partial indexes need not list it. */
export type ContactDocument = Readonly<{
  _id: ObjectId;
  company_sso_id: string;
  is_deleted: boolean;
  name: string;
  /** `nameKey` of the name: sorted and searched by. */
  name_key: string;
  /** Lower case. */
  email?: string;
  /** E.164. */
  phone?: string;
  external_key?: string;
  owner_id: string | null;
  assignee_id: string | null;
  /** Missing or null on rows that came from elsewhere; the same as empty. */
  team_owner_ids?: readonly string[] | null;
  team_owners_pending?: boolean | null;
  team_owners_set_by: TeamOwnersSetBy | null;
  /** `scopeTokensOf`, written with every change of what it reads. Missing on rows that came from elsewhere, and when teams could not be asked. */
  scope_tokens?: readonly string[];
  /** The tree version that the team tokens were read at. */
  tree_version?: number;
  version: number;
  created_at: Date;
  updated_at: Date;
  idempotency?: Idempotency;
  derivation?: Derivation;
  audit?: AuditOutbox;
}>;

/** A note as it is stored. */
export type NoteDocument = Readonly<{
  _id: ObjectId;
  contact_id: ObjectId;
  company_sso_id: string;
  is_deleted: boolean;
  author_id: string;
  text: string;
  version: number;
  created_at: Date;
  updated_at: Date;
  idempotency?: Idempotency;
  audit?: AuditOutbox;
}>;

/** Anything but a plain false counts as deleted, and anything but false or nothing as pending: as `scopeFilter` reads them. */
export const toContact = (document: ContactDocument): Contact => ({
  id: document._id.toHexString(),
  companyId: document.company_sso_id,
  isDeleted: !Object.is(document.is_deleted, false),
  name: document.name,
  email: document.email ?? null,
  phone: document.phone ?? null,
  externalKey: document.external_key ?? null,
  ownerId: document.owner_id,
  assigneeId: document.assignee_id,
  teamOwnerIds: document.team_owner_ids ?? [],
  teamOwnersPending: ![false, null, undefined].includes(document.team_owners_pending),
  version: document.version,
  createdAt: document.created_at,
  updatedAt: document.updated_at,
  scope: document.scope_tokens === undefined || document.tree_version === undefined ? null : { scope_tokens: document.scope_tokens, tree_version: document.tree_version },
});

export const toNote = (document: NoteDocument, contact: Contact): Note => ({
  id: document._id.toHexString(),
  contact,
  authorId: document.author_id,
  text: document.text,
  version: document.version,
  createdAt: document.created_at,
  updatedAt: document.updated_at,
});
