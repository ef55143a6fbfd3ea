import type { Collection } from 'mongodb';
import { within } from './database.ts';
import type { ContactDocument } from './documents.ts';

const waitMs = 60_000;

/** Which companies and teams contacts name, for comparing them with teams. */
export type CompanyTeams = Readonly<{
  companies(): Promise<readonly string[]>;
  /** Team owners of a company's contacts that are not deleted. */
  teamIds(companyId: string): Promise<readonly string[]>;
}>;

export const createCompanyTeams = (contacts: Collection<ContactDocument>): CompanyTeams => {
  const live = (companyId: string) => ({ company_sso_id: companyId, is_deleted: false });
  return {
    companies: async () => (await within(waitMs, contacts.distinct('company_sso_id'))).filter((id) => typeof id === 'string'),
    teamIds: async (companyId) => {
      const found: readonly unknown[] = await within(waitMs, contacts.distinct('team_owner_ids', live(companyId)));
      return found.filter((id) => typeof id === 'string');
    },
  };
};
