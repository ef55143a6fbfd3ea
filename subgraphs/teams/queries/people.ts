import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import type { PageArguments } from '../../shared/paging.ts';
import { nameKey, textFault } from '../../shared/text.ts';
import type { Context } from '../context.ts';
import { listUsers, type UserPlace, type UserRow } from '../store/people.ts';
import { companyOf } from './company.ts';
import { openListing } from './listing.ts';
import { type Counted, maxSearchLength } from './teamList.ts';

const minSearchLength = 2;
const placeOf = ({ nameKey: key, id }: UserRow): UserPlace => ({ nameKey: key, id });

/** People of the viewer's company, by name. */
export const people = async (context: Context, search: string | null, paging: PageArguments): Promise<Counted<UserRow> | Refusal> => {
  const company = companyOf(context);
  if (isRefused(company)) return company;
  const fault = search === null ? undefined : textFault(search, maxSearchLength);
  if (fault !== undefined) return badInput('search', `search: the text ${fault === 'blank' ? 'is blank' : fault}.`);
  if (search !== null && Array.from(search).length < minSearchLength) return badInput('search', `search needs at least ${String(minSearchLength)} characters.`);
  const listing = openListing<UserPlace>(context, ['users', search], paging);
  if (isRefused(listing)) return listing;
  const query = { search: search === null ? null : nameKey(search), after: listing.place, limit: listing.limit };
  const { rows, total } = await listUsers(context.reader, company, query);
  return { ...listing.page(rows, placeOf), totalCount: total };
};

/** Members of a team, by name. */
export const membersOf = async (context: Context, teamId: string, paging: PageArguments): Promise<Counted<UserRow> | Refusal> => {
  const listing = openListing<UserPlace>(context, ['members', teamId], paging);
  if (isRefused(listing)) return listing;
  const { rows, total } = await context.loaders.members.load({ teamId, query: { after: listing.place, limit: listing.limit } });
  return { ...listing.page(rows, placeOf), totalCount: total };
};
