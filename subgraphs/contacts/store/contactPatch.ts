import type { UpdateFilter } from 'mongodb';
import type { AuditRecord } from '../../shared/teamsApi.ts';
import { nameKey } from '../../shared/text.ts';
import type { PlainFields } from '../domain/contactChange.ts';
import type { ContactDocument, Derivation, NoteDocument, TeamOwnersSetBy } from './documents.ts';
import type { ScopeUpdate } from './scopeWrites.ts';

/** What a write does to the team owners. */
export type TeamOwnersPatch =
  | Readonly<{ kind: 'kept' }>
  /** A whole new set; ends a pending state. */
  | Readonly<{ kind: 'set'; ids: readonly string[]; setBy: TeamOwnersSetBy }>
  /** The teams of the new owner could not be had: the old ones stay, pending, until they are derived. */
  | Readonly<{ kind: 'awaited'; derivation: Omit<Derivation, 'due_at' | 'attempt'> }>
  /** The owner is gone from the contact: nothing more is derived; a pending state stays. */
  | Readonly<{ kind: 'left' }>;

/** What one write changes of a contact; what is left out stays. */
export type ContactPatch = Readonly<{
  plain: PlainFields;
  ownerId?: string | null;
  assigneeId?: string | null;
  teamOwners: TeamOwnersPatch;
  /** Stored with the change, delivered afterwards. */
  audit: readonly AuditRecord[];
}>;

/** Due at once, whatever the clocks say. */
const now0 = new Date(0);

/**
 * The update of a patch: the one place where what scope reads (owner, assignee, team owners, pending) is written to a contact that is
 * there, with its tokens, all of it in one update.
 */
export const updateOf = ({ plain, ownerId, assigneeId, teamOwners, audit }: ContactPatch, scope: ScopeUpdate, at: Date): UpdateFilter<ContactDocument> => {
  const { name, email, phone } = plain;
  const cleared = { ...(email === null && { email: '' as const }), ...(phone === null && { phone: '' as const }) };
  const [owned, unset] = teamOwnersUpdate(teamOwners);
  return merged(
    {
      ...(name !== undefined && { name, name_key: nameKey(name) }),
      ...(typeof email === 'string' && { email }),
      ...(typeof phone === 'string' && { phone }),
      ...(ownerId !== undefined && { owner_id: ownerId }),
      ...(assigneeId !== undefined && { assignee_id: assigneeId }),
      ...owned,
      ...scope.set,
      updated_at: at,
    },
    { ...cleared, ...unset, ...(scope.unset && { scope_tokens: '', tree_version: '' }) },
    audit,
  );
};

/** The update of a soft delete. What was still to be derived is not any more. */
export const deletionOf = (audit: readonly AuditRecord[], at: Date): UpdateFilter<ContactDocument> =>
  merged({ is_deleted: true, updated_at: at }, { derivation: '' }, audit);

/** The update of a note: its new text, or null for a soft delete. */
export const noteUpdateOf = (text: string | null, audit: readonly AuditRecord[], at: Date): UpdateFilter<NoteDocument> =>
  merged({ ...(text === null ? { is_deleted: true } : { text }), updated_at: at }, {}, audit);

const teamOwnersUpdate = (patch: TeamOwnersPatch): [set: object, unset: Record<string, ''>] => {
  switch (patch.kind) {
    case 'kept':
      return [{}, {}];
    case 'set':
      return [{ team_owner_ids: patch.ids, team_owners_pending: false, team_owners_set_by: patch.setBy }, { derivation: '' }];
    case 'awaited':
      return [{ team_owners_pending: true, derivation: { ...patch.derivation, due_at: now0, attempt: 0 } }, {}];
    case 'left':
      return [{}, { derivation: '' }];
    default:
      return patch satisfies never;
  }
};

const merged = (set: object, unset: Record<string, ''>, audit: readonly AuditRecord[]) => ({
  $set: { ...set, ...(audit.length > 0 && { 'audit.due_at': now0 }) },
  $inc: { version: 1 },
  ...(Object.keys(unset).length > 0 && { $unset: unset }),
  ...(audit.length > 0 && { $push: { 'audit.entries': { $each: audit } } }),
});
