import type { Collection } from 'mongodb';
import type { AuditRecord } from '../../shared/teamsApi.ts';
import type { Contact } from '../domain/contact.ts';
import { type ContactPatch, updateOf } from './contactPatch.ts';
import { type ContactDocument, toContact } from './documents.ts';
import { claimDue, leaseMs, retryAfterMs, settleDue } from './dueWork.ts';
import { asRead, type ScopeWrites } from './scopeWrites.ts';

/** A contact whose team owners are to be derived, taken for one attempt. */
export type ClaimedDerivation = Readonly<{
  contact: Contact;
  ownerId: string;
  /** Another with each change of the owner. */
  id: string;
  /** Who changed the owner. */
  actor: Readonly<{ actorId: string | null; actorService: string | null }>;
  /** Writes the team owners and ends the pending state; false, and nothing, when the contact or its owner changed meanwhile. */
  derive(teamIds: readonly string[], audit: readonly AuditRecord[]): Promise<boolean>;
  /** No more attempts; the contact stays pending. */
  stop(): Promise<void>;
  /** Another attempt later. */
  postpone(): Promise<void>;
  /** Another attempt at once: the contact changed, its owner did not. */
  again(): Promise<void>;
}>;

/** Team owners still to be derived (SPEC §3.2, TEAM-S18), of all companies: work of the process itself, for nobody. */
export type DerivationStore = Readonly<{ claim(now: number): Promise<ClaimedDerivation | null> }>;

export const createDerivationStore = (contacts: Collection<ContactDocument>, now: () => number, scope: ScopeWrites): DerivationStore => ({
  claim: async (databaseTime) => {
    const document = await claimDue(contacts, 'derivation', databaseTime);
    const state = document?.derivation;
    if (document === null || state === undefined) return null;
    const { id, owner_id: ownerId, actor_id: actorId, actor_service: actorService } = state;
    const settle = (also: object, update: object): Promise<boolean> => settleDue(contacts, 'derivation', document, state, { 'derivation.id': id, ...also }, update);
    const dueAt = (at: number): Promise<boolean> => settle({}, { $set: { 'derivation.due_at': new Date(at) } });
    return {
      contact: toContact(document),
      ownerId,
      id,
      actor: { actorId, actorService },
      derive: async (ids, audit) => {
        const patch: ContactPatch = { plain: {}, teamOwners: { kind: 'set', ids, setBy: 'owner_change' }, audit };
        const tokens = await scope.ofPatch(toContact(document), patch, leaseMs / 3);
        const derived = await settle({ owner_id: ownerId, is_deleted: false, ...asRead(document) }, updateOf(patch, tokens, new Date(now())));
        if (derived) await scope.written(document.company_sso_id, document._id, ids, tokens.set);
        return derived;
      },
      stop: async () => {
        await settle({}, { $unset: { derivation: '' } });
      },
      postpone: async () => {
        await dueAt(databaseTime + retryAfterMs(state.attempt));
      },
      again: async () => {
        await dueAt(0);
      },
    };
  },
});

