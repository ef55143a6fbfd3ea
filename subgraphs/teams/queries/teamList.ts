import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import type { Page, PageArguments } from '../../shared/paging.ts';
import { excerpt, isUuid, nameKey, textFault } from '../../shared/text.ts';
import type { Context } from '../context.ts';
import { listTeams, placeOf, type TeamOrder, type TeamPlace } from '../store/teamList.ts';
import type { Source, TeamRow } from '../store/teams.ts';
import { companyOf, shownTo } from './company.ts';
import { openListing } from './listing.ts';

export type TeamListArguments = Readonly<{
  paging: PageArguments;
  search: string | null;
  source: Source | null;
  parentId: string | null;
  order: TeamOrder;
}>;

/** A list with its total. */
export type Counted<Item> = Page<Item> & Readonly<{ totalCount: number }>;

/** Longest text to search for, in characters. */
export const maxSearchLength = 255;

/** Teams of the viewer's company, in lists and as options of an invitation (OTM-S01). */
export const teamList = async (context: Context, given: TeamListArguments): Promise<Counted<TeamRow> | Refusal> => {
  const company = companyOf(context);
  if (isRefused(company)) return company;
  const access = await context.access();
  if (isRefused(access)) return access;
  const { search, source, parentId, order } = given;
  if (parentId !== null && !isUuid(parentId)) return badInput('filter.parentId', `parentId is ${excerpt(parentId)}; it must be the id of a team.`);
  const fault = search === null || search === '' ? undefined : textFault(search, maxSearchLength);
  if (fault !== undefined && fault !== 'blank') return badInput('filter.search', `search ${fault}; it may have up to ${String(maxSearchLength)} characters.`);
  const listing = openListing<TeamPlace>(context, ['teams', search, source, parentId, order], given.paging);
  if (isRefused(listing)) return listing;
  const { request, place, limit } = listing;
  const key = search === null || search === '' ? null : nameKey(search);
  const { rows, total } = await listTeams(context.reader, company, {
    shown: shownTo(access),
    search: key,
    source,
    parentId,
    order,
    direction: request.direction,
    place,
    limit,
  });
  return { ...listing.page(rows, (row) => placeOf(order, row)), totalCount: total };
};
