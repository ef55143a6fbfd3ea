import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { LegacyData, LegacyRow } from '../domain/legacyInput.ts';
import { within } from './database.ts';
import type { LegacyRowDocument, LegacyTeamDocument } from './legacyDocuments.ts';

/** A row with its place in the order of its company's rows. */
export type PlacedRow = LegacyRow & Readonly<{ place: string }>;

/** Legacy rows and names, each company's apart. Every wait is at most `waitMs`. */
export type LegacyRowStore = Readonly<{
  /** A row or name that was there already is replaced. Repeating it changes nothing. */
  load(data: LegacyData, waitMs: number): Promise<void>;
  countRows(companyId: string, waitMs: number): Promise<number>;
  countNames(companyId: string, waitMs: number): Promise<number>;
  /** Up to `size` rows after a place. */
  rowsAfter(companyId: string, place: string | null, size: number, waitMs: number): Promise<readonly PlacedRow[]>;
  /** Rows of some contact keys. */
  rowsOf(companyId: string, contactKeys: readonly string[], waitMs: number): Promise<readonly LegacyRow[]>;
  /** Names by legacy id, of those that have one. */
  namesOf(companyId: string, legacyTeamIds: readonly string[], waitMs: number): Promise<ReadonlyMap<string, string>>;
}>;

const chunk = 1_000;

export const createLegacyRowStore = (rows: Collection<LegacyRowDocument>, names: Collection<LegacyTeamDocument>): LegacyRowStore => ({
  load: async ({ companyId, ...data }, waitMs) => {
    const ofRows = data.rows.map(({ contactKey, crmTeamHierarchyId }): AnyBulkWriteOperation<LegacyRowDocument> => ({
      replaceOne: {
        filter: { _id: idOf(companyId, contactKey) },
        replacement: { company_sso_id: companyId, contact_key: contactKey, crm_team_hierarchy_id: crmTeamHierarchyId },
        upsert: true,
      },
    }));
    const ofNames = data.names.map(({ legacyTeamId, name }): AnyBulkWriteOperation<LegacyTeamDocument> => ({
      replaceOne: {
        filter: { _id: idOf(companyId, legacyTeamId) },
        replacement: { company_sso_id: companyId, legacy_team_id: legacyTeamId, name },
        upsert: true,
      },
    }));
    await inChunks(ofRows, waitMs, (some, maxTimeMS) => rows.bulkWrite(some, { ordered: false, maxTimeMS }));
    await inChunks(ofNames, waitMs, (some, maxTimeMS) => names.bulkWrite(some, { ordered: false, maxTimeMS }));
  },
  countRows: (companyId, waitMs) => within(waitMs, rows.countDocuments({ _id: ofCompany(companyId) }, { maxTimeMS: waitMs })),
  countNames: (companyId, waitMs) => within(waitMs, names.countDocuments({ _id: ofCompany(companyId) }, { maxTimeMS: waitMs })),
  rowsAfter: async (companyId, place, size, waitMs) => {
    const { $gt, $lt } = ofCompany(companyId);
    const found = rows.find({ _id: { $gt: place ?? $gt, $lt } }, { sort: { _id: 1 }, limit: size, maxTimeMS: waitMs });
    return (await within(waitMs, found.toArray())).map((row) => ({ ...rowOf(row), place: row._id }));
  },
  rowsOf: async (companyId, contactKeys, waitMs) => {
    if (contactKeys.length === 0) return [];
    const found = rows.find({ _id: { $in: contactKeys.map((key) => idOf(companyId, key)) } }, { maxTimeMS: waitMs });
    return (await within(waitMs, found.toArray())).map(rowOf);
  },
  namesOf: async (companyId, legacyTeamIds, waitMs) => {
    if (legacyTeamIds.length === 0) return new Map();
    const found = names.find({ _id: { $in: legacyTeamIds.map((id) => idOf(companyId, id)) } }, { maxTimeMS: waitMs });
    return new Map((await within(waitMs, found.toArray())).map(({ legacy_team_id, name }) => [legacy_team_id, name]));
  },
});

/** A company's ids start with its UUID and a blank; `!` is the sign after the blank. */
const idOf = (companyId: string, key: string): string => `${companyId} ${key}`;
const ofCompany = (companyId: string) => ({ $gt: `${companyId} `, $lt: `${companyId}!` });

const rowOf = ({ contact_key, crm_team_hierarchy_id }: LegacyRowDocument): LegacyRow => ({ contactKey: contact_key, crmTeamHierarchyId: crm_team_hierarchy_id });

/** Writes in pieces, within one wait. */
const inChunks = async <T>(all: readonly T[], waitMs: number, write: (some: T[], leftMs: number) => Promise<unknown>): Promise<void> => {
  const until = performance.now() + waitMs;
  for (let from = 0; from < all.length; from += chunk) {
    const left = Math.max(Math.floor(until - performance.now()), 1);
    await within(left, write(all.slice(from, from + chunk), left));
  }
};
