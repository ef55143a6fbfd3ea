import type { Collection, Filter, ObjectId } from 'mongodb';
import { scopeTokensOf, type TokenedContact, withPeopleOf } from '../../shared/access/scopeTokens.ts';
import type { AuditRecord } from '../../shared/teamsApi.ts';
import type { Contact } from '../domain/contact.ts';
import { isSameSet } from '../domain/teamOwners.ts';
import type { Lineage, LineageOf } from '../lineage.ts';
import type { ContactPatch } from './contactPatch.ts';
import { within } from './database.ts';
import { type ContactDocument, toContact } from './documents.ts';
import { type TreeStore, treeWaitMs } from './trees.ts';

/** How tokens are stored; without them a contact is judged by its team owners until they are filled in. */
export type StoredScope = Readonly<{ scope_tokens: readonly string[]; tree_version: number }>;

/** What a write does to the tokens, in the same update as what they are made from. */
export type ScopeUpdate = Readonly<{ set: StoredScope | null; unset: boolean }>;

/** Longest wait for ancestors. */
const lineageMs = 2_000;
const mostTries = 5;
const mendedAtOnce = 500;

/** The tokens of every write that scope depends on. */
export type ScopeWrites = Readonly<{
  /** Of a new contact; null when teams does not answer. */
  ofNew(companyId: string, contact: TokenedContact, waitMs: number): Promise<StoredScope | null>;
  /** Of a contact that is changed. */
  ofPatch(read: Contact, patch: Omit<ContactPatch, 'audit' | 'plain'>, waitMs: number): Promise<ScopeUpdate>;
  /**
   * After team owners were written: replaces those that have been deleted meanwhile, has tokens filled in where there are none, and takes
   * away those of a write that had asked for ancestors before a move that is heard of by now: it may have stood still until the move was
   * through. A fault here is nobody's: the open change asks once more.
   */
  written(companyId: string, id: ObjectId, teamOwnerIds: readonly string[], scope: StoredScope | null): Promise<void>;
  /**
   * Puts what took the place of deleted teams onto one contact, or onto all that a team owns, pending ones too without ending that; answers how
   * many it changed. Asked after each batch whether to go on.
   */
  mend(companyId: string, which: Readonly<{ id: ObjectId } | { teamId: string }>, goOn: () => Promise<boolean>): Promise<number>;
}>;

export type ScopeWritesOptions = Readonly<{
  contacts: Collection<ContactDocument>;
  trees: TreeStore;
  lineageOf: LineageOf;
  onFault: (error: unknown) => void;
  now: () => number;
  newId: () => string;
}>;

export const createScopeWrites = ({ contacts, trees, lineageOf, onFault, now, newId }: ScopeWritesOptions): ScopeWrites => {
  const lineage = async (companyId: string, contact: TokenedContact, waitMs: number): Promise<Lineage | null> =>
    needsTeams(contact) ? lineageOf(companyId, contact.teamOwnerIds, Math.min(waitMs, lineageMs)) : withoutTeams;
  const scopeOf = async (companyId: string, contact: TokenedContact, waitMs: number): Promise<StoredScope | null> => {
    const found = await lineage(companyId, contact, waitMs);
    return found === null ? null : storedScope(contact, found);
  };

  const writes: ScopeWrites = {
    ofNew: scopeOf,
    ofPatch: async (read, patch, waitMs) => {
      const changed = { ...read, ...peopleOf(patch, read) };
      const { teamOwners } = patch;
      switch (teamOwners.kind) {
        case 'kept':
        case 'left':
          return read.scope === null ? unchanged : { set: { ...read.scope, scope_tokens: withPeopleOf(read.scope.scope_tokens, changed) }, unset: false };
        case 'awaited':
          return { set: storedScope({ ...changed, teamOwnersPending: true }, withoutTeams), unset: false };
        case 'set': {
          const set = await scopeOf(read.companyId, { ...changed, teamOwnerIds: teamOwners.ids, teamOwnersPending: false }, waitMs);
          return { set, unset: set === null };
        }
        default:
          return teamOwners satisfies never;
      }
    },
    written: async (companyId, id, teamOwnerIds, scope) => {
      try {
        await trees.take(companyId);
        // whether there are team tokens is asked of the team owners: 0 is a tree's version like any other, a company's first
        const isLate = scope !== null && teamOwnerIds.length > 0 && (await trees.hasPassed(companyId, scope.tree_version));
        if (isLate) await within(treeWaitMs, contacts.updateOne({ _id: id, scope_tokens: scope.scope_tokens, tree_version: scope.tree_version }, { $unset: { scope_tokens: '', tree_version: '' } }));
        if (scope === null || isLate) {
          trees.forget(companyId);
          await trees.fill(companyId);
        }
        const gone = teamOwnerIds.length === 0 ? new Map() : await trees.replacements(companyId, teamOwnerIds, treeWaitMs);
        if (gone.size > 0) await writes.mend(companyId, { id }, () => Promise.resolve(true));
      } catch (error) {
        onFault(error);
      }
    },
    mend: async (companyId, which, goOn) => {
      const gone = 'id' in which ? { _id: which.id } : { team_owner_ids: which.teamId };
      let mended = 0;
      for (let round = 0; ; round += 1) {
        const find = contacts.find({ company_sso_id: companyId, is_deleted: false, ...gone }, { limit: mendedAtOnce, maxTimeMS: treeWaitMs });
        const documents = await within(treeWaitMs, find.toArray());
        const teamIds = documents.flatMap((document) => document.team_owner_ids ?? []);
        const instead = await trees.replacements(companyId, teamIds, treeWaitMs);
        const pairs = documents.map((document) => [document, toContact(document)] as const).map(([document, contact]) => [document, contact, replacedIn(contact.teamOwnerIds, instead)] as const);
        const wrong = pairs.filter(([, contact, teamOwnerIds]) => !isSameSet(teamOwnerIds, contact.teamOwnerIds));
        if (wrong.length === 0) return mended;
        const line = await lineageOf(companyId, wrong.flatMap(([, , teamOwnerIds]) => teamOwnerIds), lineageMs);
        const operations = wrong.map(([document, contact, teamOwnerIds]) => ({
          updateOne: { filter: { _id: document._id, is_deleted: false, ...asRead(document) }, update: mending(contact, teamOwnerIds, line, new Date(now()), newId()) as never },
        }));
        const { modifiedCount } = await within(treeWaitMs, contacts.bulkWrite(operations, { ordered: false, maxTimeMS: treeWaitMs }));
        mended += modifiedCount;
        if (!(await goOn())) return mended;
        if (modifiedCount === 0 && round > mostTries) throw new Error(`contacts of company ${companyId} are changed again and again while a deleted team is taken off them`);
      }
    },
  };
  return writes;
};

const replacedIn = (teamOwnerIds: readonly string[], instead: ReadonlyMap<string, string | null>): readonly string[] => [
  ...new Set(teamOwnerIds.flatMap((team) => (instead.has(team) ? (instead.get(team) ?? []) : [team]))),
];

/** A visible change, with its audit entry. Without ancestors the contact has no tokens until they are filled in. */
const mending = (contact: Contact, teamOwnerIds: readonly string[], line: Lineage | null, at: Date, entryId: string) => {
  const { id: subjectId, companyId } = contact;
  const changed = { ...contact, teamOwnerIds };
  const scope = line === null && needsTeams(changed) ? null : storedScope(changed, line ?? withoutTeams);
  const entry: AuditRecord = {
    id: entryId, companyId, kind: 'TEAM_OWNER', occurredAt: at.toISOString(), actorId: null, actorService: null, subjectId,
    before: { teamOwnerIds: contact.teamOwnerIds }, after: { teamOwnerIds },
  };
  return {
    $set: { team_owner_ids: teamOwnerIds, updated_at: at, 'audit.due_at': new Date(0), ...scope },
    $inc: { version: 1 },
    $push: { 'audit.entries': entry },
    ...(scope === null && { $unset: { scope_tokens: '', tree_version: '' } }),
  };
};

const unchanged: ScopeUpdate = { set: null, unset: false };
/** No team token comes from it, so no tree version is too old for it. */
const withoutTeams: Lineage = { treeVersion: 0, ancestorsOf: () => [] };

/** The tokens of a contact; the tree version is that of its team tokens, 0 when it has none. */
export const storedScope = (contact: TokenedContact, { treeVersion, ancestorsOf }: Lineage): StoredScope => ({
  scope_tokens: scopeTokensOf(contact, ancestorsOf),
  tree_version: needsTeams(contact) ? treeVersion : 0,
});

const needsTeams = ({ teamOwnerIds, teamOwnersPending }: TokenedContact): boolean => !teamOwnersPending && teamOwnerIds.length > 0;

/**
 * The condition that a document still has the tokens, and what they were made from, that were read: background work changes tokens
 * without raising the version.
 */
export const asRead = ({ version, scope_tokens, tree_version }: Pick<ContactDocument, 'version' | 'scope_tokens' | 'tree_version'>): Filter<ContactDocument> =>
  scope_tokens === undefined || tree_version === undefined
    ? { version, $or: [{ scope_tokens: { $exists: false } }, { tree_version: { $exists: false } }] }
    : { version, scope_tokens, tree_version };

const peopleOf = ({ ownerId, assigneeId }: Pick<ContactPatch, 'ownerId' | 'assigneeId'>, read: TokenedContact): Pick<TokenedContact, 'ownerId' | 'assigneeId'> => ({
  ownerId: ownerId === undefined ? read.ownerId : ownerId,
  assigneeId: assigneeId === undefined ? read.assigneeId : assigneeId,
});
