import { badInput, type Refusal } from './errors.ts';

export const defaultPageSize = 20;
export const maxPageSize = 100;

/** Paging arguments as they come. */
export type PageArguments = Readonly<{
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}>;

/** Which page: so many items after, or before, a cursor. */
export type PageRequest = Readonly<{ direction: 'forward' | 'backward'; size: number; cursor: string | null }>;

/** Reads paging arguments; `first` or `last` 1–100, default `first: 20`, never both ways at once (SPEC §1). */
export const readPage = (given: PageArguments): PageRequest | Refusal => {
  const { first = null, after = null, last = null, before = null } = given;
  const backward = last !== null || before !== null;
  if (backward && (first !== null || after !== null)) {
    return badInput('last', 'A page is asked with first and after, or with last and before, not with both.');
  }
  const field = backward ? 'last' : 'first';
  const size = (backward ? last : first) ?? defaultPageSize;
  if (size < 1 || size > maxPageSize) {
    return badInput(field, `${field} is ${String(size)}; it must be from 1 to ${String(maxPageSize)}.`);
  }
  return { direction: backward ? 'backward' : 'forward', size, cursor: backward ? before : after };
};

/** The refusal of a cursor that does not open, whatever the reason. */
export const badCursor = (page: PageRequest): Refusal => {
  const field = page.direction === 'forward' ? 'after' : 'before';
  return badInput(field, `${field} is not a cursor of this list for this viewer and these arguments.`);
};

/** A page of items with the cursors of its ends; the shape of every connection's `pageInfo`. */
export type Page<Item> = Readonly<{
  nodes: readonly Item[];
  pageInfo: Readonly<{
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  }>;
}>;

/**
 * Makes a page of `size + 1` items read in the page's own direction: the extra one tells whether there are more,
 * and a backward page is turned into list order.
 */
export const pageOf = <Item>(request: PageRequest, read: readonly Item[], cursorOf: (item: Item) => string): Page<Item> => {
  const more = read.length > request.size;
  const kept = read.slice(0, request.size);
  const nodes = request.direction === 'forward' ? kept : kept.reverse();
  const start = nodes[0];
  const end = nodes.at(-1);
  const came = request.cursor !== null;
  return {
    nodes,
    pageInfo: {
      hasNextPage: request.direction === 'forward' ? more : came,
      hasPreviousPage: request.direction === 'forward' ? came : more,
      startCursor: start === undefined ? null : cursorOf(start),
      endCursor: end === undefined ? null : cursorOf(end),
    },
  };
};
