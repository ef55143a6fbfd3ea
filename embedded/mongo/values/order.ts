import { MongoFault } from '../fault.ts';
import { compareValues } from './compare.ts';
import { indexKeys } from './indexKeys.ts';
import { type Doc, isDoc } from './kinds.ts';
import { asNumber, isNumeric } from './numbers.ts';

/** One document with the values it is sorted by. */
export type SortKey = readonly unknown[];

/** An order over documents: `keyOf` takes out what is compared, so that it is done once per document. */
export interface Order {
  keyOf(doc: Doc): SortKey;
  compare(a: SortKey, b: SortKey): number;
}

const least = (values: readonly unknown[], direction: 1 | -1): unknown =>
  values.reduce((best, value) => (compareValues(value, best) * direction < 0 ? value : best));

/** An array sorts by its least element going up and by its greatest going down; an empty one before null. */
const sortValue = (doc: Doc, parts: readonly string[], direction: 1 | -1): unknown => {
  const name = parts[0];
  if (parts.length === 1 && name !== undefined) {
    const value = Object.hasOwn(doc, name) ? doc[name] : null;
    if (!Array.isArray(value)) return value;
    return value.length === 0 ? undefined : least(value, direction);
  }
  const values = indexKeys(doc, [parts.join('.')]).map(([value]) => (typeof value === 'symbol' ? undefined : (value ?? null)));
  return least(values, direction);
};

const directionOf = (field: string, value: unknown): 1 | -1 => {
  const direction = isNumeric(value) ? asNumber(value) : undefined;
  if (direction === 1 || direction === -1) return direction;
  if (isDoc(value)) throw new MongoFault('BadValue', `$meta sorting is not supported by this server (sort key '${field}')`);
  throw new MongoFault('BadValue', '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
};

/**
 * Reads a sort specification.
 * @throws MongoFault BadValue when a direction is not 1 or -1 or a field name is empty
 */
export const readOrder = (spec: Doc): Order => {
  const fields = Object.entries(spec).map(([field, value]) => {
    if (field.split('.').includes('')) throw new MongoFault('BadValue', `FieldPath field names may not be empty: '${field}'`);
    if (field.startsWith('$')) throw new MongoFault('BadValue', `FieldPath field names may not start with '$': '${field}'`);
    return { parts: field.split('.'), direction: directionOf(field, value) };
  });
  return {
    keyOf: (doc) => fields.map(({ parts, direction }) => sortValue(doc, parts, direction)),
    compare: (a, b) => {
      for (const [i, { direction }] of fields.entries()) {
        const order = compareValues(a[i], b[i]);
        if (order !== 0) return order * direction;
      }
      return 0;
    },
  };
};
