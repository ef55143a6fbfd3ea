import type { Collection, ObjectId } from 'mongodb';
import { within } from './database.ts';
import type { ContactDocument } from './documents.ts';
import { beyond } from './keyset.ts';
import { treeWaitMs } from './trees.ts';

const companiesMs = 60_000;
/** Contacts of one statement. */
const batchSize = 5_000;

/** Which companies and teams contacts name, for comparing them with teams. */
export type CompanyTeams = Readonly<{
  /** One text for each company that has, or had, a contact. */
  companies(): Promise<readonly string[]>;
  /** Team owners of a company's contacts that are not deleted: all contacts are looked at, some at a time, and `goOn` is asked in between; false ends it with a fault. */
  teamIds(companyId: string, goOn: () => Promise<boolean>): Promise<readonly string[]>;
}>;

export const createCompanyTeams = (contacts: Collection<ContactDocument>): CompanyTeams => ({
  companies: async () => (await within(companiesMs, contacts.distinct('company_sso_id'))).filter((id) => typeof id === 'string'),
  teamIds: async (companyId, goOn) => {
    const found = new Set<string>();
    const order = { key: 'created_at', descending: false } as const;
    for (let after: Readonly<{ created_at: Date; _id: ObjectId }> | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
      const place = after === undefined ? null : { value: after.created_at.getTime(), id: after._id.toHexString() };
      const filter = { company_sso_id: companyId, is_deleted: false, ...beyond({ order, backward: false, place, size: batchSize }) };
      const options = { sort: { created_at: 1, _id: 1 }, limit: batchSize, hint: 'live_by_created_at', projection: { created_at: 1, team_owner_ids: 1 }, maxTimeMS: treeWaitMs } as const;
      const batch = await within(treeWaitMs, contacts.find(filter, options).toArray());
      for (const id of batch.flatMap(({ team_owner_ids: ids }) => ids ?? [])) if (typeof id === 'string') found.add(id);
      after = batch.length < batchSize ? undefined : batch.at(-1);
      if (after !== undefined && !(await goOn())) throw new Error(`looking at the teams of company ${companyId} was given up`);
    }
    return [...found];
  },
});
