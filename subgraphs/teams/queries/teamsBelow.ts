import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import type { PageArguments } from '../../shared/paging.ts';
import type { Context } from '../context.ts';
import { maxLevels } from '../domain/hierarchy.ts';
import type { TeamRow } from '../store/teams.ts';
import type { BelowPlace } from '../store/tree.ts';
import { shownTo } from './company.ts';
import { openListing } from './listing.ts';
import type { Counted } from './teamList.ts';

const deepest = maxLevels - 1;

/** Teams below one, nearest level first, then by name; `depth` null: all levels. As the tree is shown (SPEC §2.1). */
export const teamsBelow = async (
  context: Context,
  field: 'children' | 'descendants',
  teamId: string,
  depth: number | null,
  paging: PageArguments,
): Promise<Counted<TeamRow> | Refusal> => {
  if (depth !== null && (depth < 1 || depth > deepest)) {
    return badInput('depth', `depth is ${String(depth)}; it must be from 1 to ${String(deepest)}.`);
  }
  const access = await context.access();
  if (isRefused(access)) return access;
  const listing = openListing<BelowPlace>(context, [field, teamId, depth], paging);
  if (isRefused(listing)) return listing;
  const query = { depth, shown: shownTo(access), after: listing.place, limit: listing.limit };
  const { rows, total } = await context.loaders.below.load({ teamId, query });
  return { ...listing.page(rows, ({ level, nameKey, id }) => ({ level, nameKey, id })), totalCount: total };
};
