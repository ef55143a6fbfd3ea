import type { Reader } from './database.ts';

/** A company as contacts needs to know it. */
export type ListedCompany = Readonly<{ id: string; isActive: boolean }>;

/** Some companies, by id; unknown ones are left out. Ids must be UUIDs. */
export const findCompaniesById = (reader: Reader, ids: readonly string[]): Promise<ListedCompany[]> =>
  reader.$queryRaw<ListedCompany[]>`SELECT c.id, c.is_active AS "isActive" FROM companies c WHERE c.id = ANY(${[...ids]}::uuid[]) ORDER BY c.id`;

/** Companies with ids above `after`, by id. */
export const listCompanies = (reader: Reader, after: string | null, limit: number): Promise<ListedCompany[]> =>
  reader.$queryRaw<ListedCompany[]>`
    SELECT c.id, c.is_active AS "isActive" FROM companies c WHERE ${after}::uuid IS NULL OR c.id > ${after}::uuid ORDER BY c.id LIMIT ${limit}`;
