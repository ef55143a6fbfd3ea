import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import type { PageArguments } from '../../shared/paging.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import type { Context } from '../context.ts';
import { findRoleLevels, type RoleLevelRow } from '../store/companies.ts';
import { listUserLevels, type UserLevelPlace, type UserLevelRow } from '../store/people.ts';
import { companyOf } from './company.ts';
import { openListing } from './listing.ts';
import type { Counted } from './teamList.ts';

/** What a company has set for its roles. */
export type Settings = Readonly<{ roleLevels: readonly RoleLevelRow[] }>;

/** Levels per action and role of the viewer's company (TEAM-S01). */
export const permissionSettings = async (context: Context): Promise<Settings | Refusal> => {
  const company = companyOf(context);
  return isRefused(company) ? company : { roleLevels: await findRoleLevels(context.reader, company) };
};

/** Levels set for single people of the viewer's company, by person. */
export const userLevels = async (context: Context, userId: string | null, paging: PageArguments): Promise<Counted<UserLevelRow> | Refusal> => {
  const company = companyOf(context);
  if (isRefused(company)) return company;
  if (userId !== null && !isUuid(userId)) return badInput('userId', `userId is ${excerpt(userId)}; it must be the id of a person.`);
  const listing = openListing<UserLevelPlace>(context, ['userLevels', userId], paging);
  if (isRefused(listing)) return listing;
  const { rows, total } = await listUserLevels(context.reader, company, { userId, after: listing.place, limit: listing.limit });
  return { ...listing.page(rows, (row) => ({ nameKey: row.nameKey, userId: row.userId, action: row.action })), totalCount: total };
};

