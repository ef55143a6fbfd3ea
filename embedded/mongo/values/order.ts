import { MongoFault } from '../fault.ts';
import { compareValues } from './compare.ts';
import { indexKeys } from './indexKeys.ts';
import { type Doc, isDoc } from './kinds.ts';
import { asNumber, isNumeric } from './numbers.ts';
import { isIndex } from './paths.ts';

/** One document with the values it is sorted by. */
export type SortKey = readonly unknown[];

/** An order over documents: `keyOf` takes out what is compared, so that it is done once per document. */
export interface Order {
  /** @throws MongoFault BadValue when two fields lead into different arrays */
  keyOf(doc: Doc): SortKey;
  compare(a: SortKey, b: SortKey): number;
}

/** The value of a field that is neither dotted nor an array; undefined when it takes more to find what it sorts by. */
const plainValue = (doc: Doc, { path, dotted }: Field): unknown => {
  if (dotted) return undefined;
  const value = Object.hasOwn(doc, path) ? doc[path] : null;
  return Array.isArray(value) ? undefined : value;
};

/** Through arrays there is a key for each element, of all fields together; the first in the order counts. An empty array comes before null. */
const firstKey = (doc: Doc, paths: readonly string[], compare: Order['compare']): SortKey => {
  try {
    return indexKeys(doc, paths)
      .map((key) => key.map((value) => (typeof value === 'symbol' ? undefined : (value ?? null))))
      .reduce((best, key) => (compare(key, best) < 0 ? key : best));
  } catch (error) {
    if (error instanceof MongoFault) throw new MongoFault('BadValue', 'Executor error :: caused by :: cannot sort with keys that are parallel arrays');
    throw error;
  }
};

interface Field {
  readonly path: string;
  readonly dotted: boolean;
  readonly direction: 1 | -1;
}

const directionOf = (field: string, value: unknown): 1 | -1 => {
  const direction = isNumeric(value) ? asNumber(value) : undefined;
  if (direction === 1 || direction === -1) return direction;
  if (isDoc(value)) throw new MongoFault('BadValue', `$meta sorting is not supported by this server (sort key '${field}')`);
  throw new MongoFault(
    direction === undefined ? 'SortNotNumeric' : 'SortNotOneOrMinusOne',
    '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
  );
};

/**
 * Reads a sort specification.
 * @throws MongoFault BadValue when a direction is not 1 or -1 or a field name is empty
 */
export const readOrder = (spec: Doc): Order => {
  const fields = Object.entries(spec).map(([field, value]): Field => {
    if (field.split('.').includes('')) throw new MongoFault('BadValue', `FieldPath field names may not be empty: '${field}'`);
    if (field.startsWith('$')) throw new MongoFault('BadValue', `FieldPath field names may not start with '$': '${field}'`);
    if (field.split('.').some(isIndex)) {
      throw new MongoFault('CommandNotSupported', `sorting by a place in an array ('${field}') is not supported by this server`);
    }
    return { path: field, dotted: field.includes('.'), direction: directionOf(field, value) };
  });
  const paths = fields.map(({ path }) => path);
  const compare: Order['compare'] = (a, b) => {
    for (const [i, { direction }] of fields.entries()) {
      const order = compareValues(a[i], b[i]);
      if (order !== 0) return order * direction;
    }
    return 0;
  };
  return {
    keyOf: (doc) => {
      const plain = fields.map((field) => plainValue(doc, field));
      return plain.includes(undefined) ? firstKey(doc, paths, compare) : plain;
    },
    compare,
  };
};
