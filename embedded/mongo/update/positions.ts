import { MongoFault } from '../fault.ts';
import { type Filter, compileFilter } from '../query/filter.ts';
import { type Doc, isArray, isDoc, typeName } from '../values/kinds.ts';
import { valueAt } from '../values/paths.ts';

/** The filters of an update's `arrayFilters`, by the identifier that stands in `$[identifier]`. */
export type ArrayFilters = ReadonlyMap<string, Filter>;

const identifierOf = (filter: Doc): string => {
  const names = Object.entries(filter).flatMap(([key, value]): string[] => {
    // An empty $all can match nothing, which mongod notices before it looks for the name.
    if (isDoc(value) && isArray(value['$all']) && value['$all'].length === 0) return [];
    if (!key.startsWith('$')) return [key.split('.')[0] ?? ''];
    return Array.isArray(value) ? value.filter(isDoc).map(identifierOf) : [];
  });
  const [first] = names;
  if (first === undefined) throw new MongoFault('FailedToParse', 'Cannot use an expression without a top-level field name in arrayFilters');
  const other = names.find((name) => name !== first);
  if (other !== undefined) {
    throw new MongoFault('FailedToParse', `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${first}' and '${other}'`);
  }
  return first;
};

/**
 * Compiles `arrayFilters`.
 * @throws MongoFault FailedToParse when a filter has none or several top-level fields, an ill-formed or a repeated one
 */
export const readArrayFilters = (filters: readonly Doc[]): ArrayFilters => {
  const byName = new Map<string, Filter>();
  for (const filter of filters) {
    const name = identifierOf(filter);
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) {
      throw new MongoFault('BadValue', `Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`);
    }
    if (byName.has(name)) throw new MongoFault('FailedToParse', `Found multiple array filters with the same top-level field name ${name}`);
    byName.set(name, compileFilter(filter));
  }
  return byName;
};

/** What the positional parts of an update path are resolved with. */
export interface Positions {
  readonly filters: ArrayFilters;
  /** The place that the query matched in the array at a path, for `$`. */
  matched(path: string): number | undefined;
}

const arrayAt = (doc: Doc, parts: readonly string[]): readonly unknown[] => {
  const value = valueAt(doc, parts);
  const path = parts.join('.');
  if (value === undefined) {
    throw new MongoFault('BadValue', `The path '${path}' must exist in the document in order to apply array updates.`);
  }
  if (!Array.isArray(value)) {
    throw new MongoFault('BadValue', `Cannot apply array updates to non-array element ${parts.at(-1) ?? ''} of type ${typeName(value)}`);
  }
  return value;
};

/**
 * Turns a path with `$`, `$[]` or `$[identifier]` into the concrete paths it means in one document.
 * @throws MongoFault BadValue when the query matched no array element, a filter is missing or there is no array
 */
export const resolvePath = (doc: Doc, path: string, positions: Positions): string[] => {
  if (!path.includes('$')) return [path];
  const resolve = (done: readonly string[], rest: readonly string[]): string[][] => {
    const [part, ...after] = rest;
    if (part === undefined) return [[...done]];
    if (part === '$') {
      const index = positions.matched(done.join('.'));
      if (index === undefined) {
        throw new MongoFault('BadValue', 'The positional operator did not find the match needed from the query.');
      }
      return resolve([...done, String(index)], after);
    }
    const name = /^\$\[(.*)\]$/.exec(part)?.[1];
    if (name === undefined) return resolve([...done, part], after);
    const filter = positions.filters.get(name);
    if (name !== '' && filter === undefined) {
      throw new MongoFault('BadValue', `No array filter found for identifier '${name}' in path '${path}'`);
    }
    return arrayAt(doc, done).flatMap((element, i) =>
      filter === undefined || filter.test({ [name]: element }) ? resolve([...done, String(i)], after) : [],
    );
  };
  return resolve([], path.split('.')).map((parts) => parts.join('.'));
};
