import type { Cursors } from '../../shared/cursor.ts';
import { isRefused, type Refusal } from '../../shared/errors.ts';
import { badCursor, type Page, type PageArguments, pageOf, type PageRequest, readPage } from '../../shared/paging.ts';
import { callerOf, type Viewer } from '../../shared/viewer.ts';

/** What a list is asked for, and how its cursors are sealed. */
export type Listing<Place> = Readonly<{
  request: PageRequest;
  /** Where the page starts; null at the end of the list that it is read from. */
  place: Place | null;
  /** Rows to read: one more than the page, to see whether there are more. */
  limit: number;
  page<Item>(rows: readonly Item[], placeOf: (row: Item) => Place): Page<Item>;
}>;

/** What a cursor fits: a viewer's list, by its field and the arguments that say what is in it and in which order. */
export type ListName = readonly [field: string, ...args: (string | number | boolean | null)[]];

/** Reads the paging arguments of a list; `BAD_USER_INPUT` for a size out of range or a cursor of anything else. */
export const openListing = <Place>(
  { cursors, viewer }: Readonly<{ cursors: Cursors; viewer: Viewer }>,
  name: ListName,
  given: PageArguments,
): Listing<Place> | Refusal => {
  const request = readPage(given);
  if (isRefused(request)) return request;
  const { companyId, sub } = callerOf(viewer);
  const binding = ['teams', companyId, sub, ...name];
  const opened = request.cursor === null ? null : cursors.open(binding, request.cursor);
  if (opened === undefined) return badCursor(request);
  return {
    request,
    // Bound to this very list, so it can only be what the next line sealed.
    place: opened as Place | null,
    limit: request.size + 1,
    page: (rows, placeOf) => pageOf(request, rows, (row) => cursors.seal(binding, placeOf(row))),
  };
};
