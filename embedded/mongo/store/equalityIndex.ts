import { BSONRegExp } from 'bson';
import { PATTERN } from '../query/canonical.ts';
import { keyOf } from '../values/key.ts';
import { type Doc, isDoc } from '../values/kinds.ts';
import { valuesAt } from '../values/paths.ts';

/** A stored document with its place in the natural order, which is the order of insertion. */
export interface Entry {
  readonly place: number;
  /** Replaced, never changed, when the document is updated. */
  doc: Doc;
}

/** Entries by the values at one path, so that an equality need not look at every document. */
export interface EqualityIndex {
  add(entry: Entry): void;
  remove(entry: Entry): void;
  /** At least the entries that match one of the values. */
  find(values: readonly unknown[]): Set<Entry>;
  /** At most this many entries match one of the values; costs no more than looking up each of them. */
  estimate(values: readonly unknown[]): number;
}

/** An empty index over the values that the query language sees at `path`, elements of arrays and missing fields included. */
export const createEqualityIndex = (path: string): EqualityIndex => {
  const parts = path.split('.');
  const entries = new Map<string, Set<Entry>>();
  const keysOf = (entry: Entry): Set<string> => new Set(valuesAt(entry.doc, parts).map((value) => keyOf(value ?? null)));
  const sets = (values: readonly unknown[]): Set<Entry>[] =>
    values.map((value) => entries.get(keyOf(value ?? null))).filter((set) => set !== undefined);
  return {
    add: (entry) =>
      keysOf(entry).forEach((key) => {
        const set = entries.get(key);
        if (set === undefined) entries.set(key, new Set([entry]));
        else set.add(entry);
      }),
    remove: (entry) =>
      keysOf(entry).forEach((key) => {
        const set = entries.get(key);
        set?.delete(entry);
        if (set?.size === 0) entries.delete(key);
      }),
    find: (values) => new Set(sets(values).flatMap((set) => [...set])),
    estimate: (values) => sets(values).reduce((sum, set) => sum + set.size, 0),
  };
};

/** A choice of candidates: which index, and the values to look up in it. */
interface Lookup {
  readonly index: EqualityIndex;
  readonly values: readonly unknown[];
  readonly estimate: number;
}

/** The values that a condition admits, or undefined when it is not an equality. */
const admitted = (condition: Doc): readonly unknown[] | undefined => {
  if (Object.hasOwn(condition, '$eq')) return [condition['$eq']];
  const list = condition['$in'];
  if (Array.isArray(list)) return list.some((item) => item instanceof BSONRegExp) ? undefined : list;
  const parts = condition['$every'];
  if (!Array.isArray(parts) || PATTERN in condition) return undefined;
  return parts.filter(isDoc).map(admitted).find((values) => values !== undefined);
};

const estimateOf = (lookups: readonly Lookup[]): number => lookups.reduce((sum, lookup) => sum + lookup.estimate, 0);

/** The lookups whose union holds every match of a canonical filter, the fewest candidates first; undefined: look at all. */
const plan = (canonical: Doc, indexes: ReadonlyMap<string, EqualityIndex>): Lookup[] | undefined => {
  let best: Lookup[] | undefined;
  let least = Infinity;
  const offer = (lookups: Lookup[]): void => {
    const estimate = estimateOf(lookups);
    if (estimate < least) [best, least] = [lookups, estimate];
  };
  for (const [field, condition] of Object.entries(canonical)) {
    if (field === '$and' && Array.isArray(condition)) {
      for (const clause of condition.filter(isDoc)) offerAll(plan(clause, indexes), offer);
    } else if (field === '$or' && Array.isArray(condition)) {
      const branches = condition.filter(isDoc).map((clause) => plan(clause, indexes));
      if (branches.every((branch) => branch !== undefined)) offer(branches.flat());
    } else {
      const index = indexes.get(field);
      const values = index !== undefined && isDoc(condition) ? admitted(condition) : undefined;
      if (index !== undefined && values !== undefined) offer([{ index, values, estimate: index.estimate(values) }]);
    }
  }
  return best;
};

const offerAll = (lookups: Lookup[] | undefined, offer: (lookups: Lookup[]) => void): void => {
  if (lookups !== undefined) offer(lookups);
};

/**
 * Entries among which every match of a canonical filter is, in natural order; undefined when no index narrows `size`
 * documents down enough to be worth more than looking at them all.
 */
export const candidates = (canonical: Doc, indexes: ReadonlyMap<string, EqualityIndex>, size: number): Entry[] | undefined => {
  const lookups = plan(canonical, indexes);
  if (lookups === undefined || estimateOf(lookups) > size / 4) return undefined;
  const found = new Set<Entry>();
  for (const { index, values } of lookups) for (const entry of index.find(values)) found.add(entry);
  return [...found].sort((a, b) => a.place - b.place);
};
