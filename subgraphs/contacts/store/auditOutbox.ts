import type { Collection } from 'mongodb';
import type { AuditRecord } from '../../shared/teamsApi.ts';
import type { ContactDocument, NoteDocument } from './documents.ts';
import { claimDue, retryAfterMs, settleDue } from './dueWork.ts';

/** Audit entries of one record, taken for one attempt to deliver them. */
export type ClaimedEntries = Readonly<{
  entries: readonly AuditRecord[];
  /** Removes what teams has stored; the rest is delivered later. */
  acknowledge(ids: readonly string[]): Promise<void>;
  /** Another attempt later. */
  postpone(): Promise<void>;
}>;

/** Audit entries that lie with the records they are about until teams has acknowledged them (SPEC §3.5). */
export type AuditOutboxStore = Readonly<{ claim(now: number): Promise<ClaimedEntries | null> }>;

export const createAuditOutbox = <Document extends ContactDocument | NoteDocument>(collection: Collection<Document>): AuditOutboxStore => ({
  claim: async (databaseTime) => {
    const document = await claimDue(collection, 'audit', databaseTime);
    const state = document?.audit;
    if (document === null || state === undefined) return null;
    const settle = (also: object, update: object): Promise<boolean> => settleDue(collection, 'audit', document, state, also as never, update as never);
    const postpone = async (): Promise<void> => {
      await settle({}, { $set: { 'audit.due_at': new Date(databaseTime + retryAfterMs(state.attempt)) } });
    };
    return {
      entries: state.entries,
      acknowledge: async (ids) => {
        await settle({}, { $pull: { 'audit.entries': { id: { $in: ids } } } });
        // an entry that came meanwhile keeps the outbox, and has made it due
        const isEmpty = await settle({ 'audit.entries': { $size: 0 } }, { $unset: { audit: '' } });
        if (!isEmpty && ids.length < state.entries.length) await postpone();
      },
      postpone,
    };
  },
});
