import { type Collection, type Filter, ObjectId } from 'mongodb';
import type { Visibility } from '../../shared/access/scope.ts';
import type { AuditRecord } from '../../shared/teamsApi.ts';
import type { Counted, MovableContact } from '../domain/legacyMove.ts';
import { type ContactPatch, updateOf } from './contactPatch.ts';
import { within } from './database.ts';
import { type ContactDocument, toContact } from './documents.ts';
import { readObjectId } from './ids.ts';
import { scopeFilter, unassigned } from './scopeFilter.ts';
import { asRead, type ScopeWrites } from './scopeWrites.ts';

/** Contacts as the legacy move and the coverage report need them. Every wait is at most `waitMs`. */
export type MovableContactStore = Readonly<{
  /** Live contacts by id. */
  byIds(visibility: Visibility, ids: readonly string[], waitMs: number): Promise<readonly MovableContact[]>;
  /** Live contacts by the key they came with. */
  byExternalKeys(visibility: Visibility, keys: readonly string[], waitMs: number): Promise<readonly MovableContact[]>;
  /** Only while the contact is as it was read; false when it has changed. */
  setTeamOwners(visibility: Visibility, read: MovableContact, teamOwnerIds: readonly string[], audit: AuditRecord, waitMs: number): Promise<boolean>;
  /** All in scope, and those of them with a team owner. */
  coverage(visibility: Visibility, waitMs: number): Promise<Counted>;
}>;

export const createMovableContactStore = (contacts: Collection<ContactDocument>, scope: ScopeWrites, now: () => number): MovableContactStore => {
  // Coverage and the move look at every contact of a company: no tokens are needed.
  const inScopeOf = (visibility: Visibility): Filter<ContactDocument> => scopeFilter(visibility, 'team owners');
  const find = async (visibility: Visibility, filter: Filter<ContactDocument>, waitMs: number): Promise<readonly MovableContact[]> => {
    const found = contacts.find({ $and: [filter, inScopeOf(visibility)] }, { projection: fields, maxTimeMS: waitMs });
    return (await within(waitMs, found.toArray())).map(toMovable);
  };
  return {
    byIds: async (visibility, ids, waitMs) => {
      const wanted = ids.flatMap((id) => readObjectId(id) ?? []);
      return wanted.length === 0 ? [] : find(visibility, { _id: { $in: wanted } }, waitMs);
    },
    byExternalKeys: async (visibility, keys, waitMs) =>
      // `$exists` says to the planner that the partial index holds all of them
      keys.length === 0 ? [] : find(visibility, { company_sso_id: visibility.companyId, external_key: { $in: [...keys], $exists: true } }, waitMs),
    setTeamOwners: async (visibility, read, teamOwnerIds, audit, waitMs) => {
      const _id = ObjectId.createFromHexString(read.id);
      const document = await within(waitMs, contacts.findOne({ $and: [{ _id, version: read.version }, inScopeOf(visibility)] }, { maxTimeMS: waitMs }));
      if (document === null) return false;
      const patch: ContactPatch = { plain: {}, teamOwners: { kind: 'set', ids: teamOwnerIds, setBy: 'legacy_move' }, audit: [audit] };
      const tokens = await scope.ofPatch(toContact(document), patch, waitMs);
      const unchanged: Filter<ContactDocument> = { $and: [{ _id, ...asRead(document) }, inScopeOf(visibility)] };
      const { matchedCount } = await within(waitMs, contacts.updateOne(unchanged, updateOf(patch, tokens, new Date(now())), { maxTimeMS: waitMs }));
      if (matchedCount === 1) await scope.written(visibility.companyId, _id, teamOwnerIds, tokens.set);
      return matchedCount === 1;
    },
    coverage: async (visibility, waitMs) => {
      const inScope = inScopeOf(visibility);
      const [all, without] = await Promise.all([
        within(waitMs, contacts.countDocuments(inScope, { maxTimeMS: waitMs })),
        // contacts without team owners are the few, and stand together in index 032
        within(waitMs, contacts.countDocuments({ $and: [inScope, unassigned] }, { maxTimeMS: waitMs })),
      ]);
      return { contacts: all, covered: Math.max(all - without, 0) };
    },
  };
};

const fields = { company_sso_id: 1, is_deleted: 1, external_key: 1, version: 1, team_owner_ids: 1, team_owners_pending: 1, team_owners_set_by: 1 } as const;

const toMovable = (document: ContactDocument): MovableContact => {
  const { id, externalKey, version, teamOwnerIds, teamOwnersPending } = toContact(document);
  return { id, externalKey, version, teamOwnerIds, teamOwnersPending, setBy: document.team_owners_set_by };
};
