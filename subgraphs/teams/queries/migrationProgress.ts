import { isRefused, type Refusal } from '../../shared/errors.ts';
import type { Page, PageArguments } from '../../shared/paging.ts';
import type { Context } from '../context.ts';
import { type CompanyProgressRow, countCompanyProgress, findProgress, listCompanyProgress, type MigrationState, type Progress } from '../store/migrationProgress.ts';
import { openListing } from './listing.ts';
import { triggerRefusal } from './migrationRuns.ts';

type Read = Pick<Context, 'reader' | 'viewer' | 'cursors'>;

/** How far the migration of all companies is (OTM §13). One statement. */
export const migrationProgress = async (read: Read): Promise<Progress | Refusal> => triggerRefusal(read) ?? (await findProgress(read.reader));

export type CompanyProgressPage = Page<CompanyProgressRow> & Readonly<{ totalCount: () => Promise<number> }>;

/** How far each active company's migration is, by id. */
export const companyProgress = async (read: Read, state: MigrationState | null, paging: PageArguments): Promise<CompanyProgressPage | Refusal> => {
  const listing = openListing<string>(read, ['MigrationProgress.companies', state], paging);
  if (isRefused(listing)) return listing;
  const rows = await listCompanyProgress(read.reader, { state, after: listing.place, limit: listing.limit });
  return { ...listing.page(rows, ({ companyId }) => companyId), totalCount: () => countCompanyProgress(read.reader, state) };
};
