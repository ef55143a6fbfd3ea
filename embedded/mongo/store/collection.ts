import { ObjectId } from 'bson';
import { MongoFault } from '../fault.ts';
import type { Filter } from '../query/filter.ts';
import { keyOf } from '../values/key.ts';
import { type Doc, isDoc, typeName } from '../values/kinds.ts';
import type { Order } from '../values/order.ts';
import { candidates, createEqualityIndex, type Entry, type EqualityIndex } from './equalityIndex.ts';
import { ID_INDEX, type IndexSpec, isAlreadyThere } from './indexSpec.ts';
import { sortDocs, topK } from './topK.ts';
import { createUniqueIndex, type UniqueIndex } from './uniqueIndex.ts';

/** How much of a filter's matches is wanted, and in which order. */
export interface Selection {
  readonly filter: Filter;
  readonly order?: Order | undefined;
  readonly skip?: number;
  /** No limit when 0 or left out. */
  readonly limit?: number;
}

/** The documents of one collection with their indexes. Documents handed out are the stored ones: they must not be changed. */
export interface Collection {
  /** `database.collection` */
  readonly namespace: string;
  readonly size: number;
  readonly indexes: readonly IndexSpec[];
  /** The matches, in natural order unless an order is asked for. */
  select(selection: Selection): Doc[];
  /**
   * @returns the stored document, with an ObjectId as `_id` if it had none
   * @throws MongoFault DuplicateKey, InvalidIdField or CannotIndexParallelArrays; nothing is stored then
   */
  insert(doc: Doc): Doc;
  /** Puts a document in the place of a stored one. @throws MongoFault as `insert` does */
  replace(stored: Doc, doc: Doc): void;
  /** @returns false when it is not there any more */
  remove(stored: Doc): boolean;
  /**
   * Creates an index.
   * @returns false when it was there already
   * @throws MongoFault IndexOptionsConflict, IndexKeySpecsConflict, or DuplicateKey when the documents break it
   */
  createIndex(spec: IndexSpec): boolean;
  /** @throws MongoFault IndexNotFound (27), or InvalidOptions (72) for `_id_` */
  dropIndex(name: string): void;
}

const checkId = (id: unknown): void => {
  const type = typeName(id);
  if (type === 'array' || type === 'regex' || type === 'undefined') {
    throw new MongoFault('InvalidIdField', `The '_id' value cannot be of type ${type}`);
  }
  const dollar = isDoc(id) ? Object.keys(id).find((key) => key.startsWith('$')) : undefined;
  if (dollar !== undefined) throw new MongoFault('DollarPrefixedFieldName', `_id fields may not contain '$'-prefixed fields: ${dollar} is not valid for storage.`);
};

/** `_id` is stored first, whatever place the client gave it. */
const withIdFirst = (doc: Doc): Doc => {
  const id = '_id' in doc ? doc['_id'] : new ObjectId();
  checkId(id);
  if (Object.keys(doc)[0] === '_id') return doc;
  const { _id: _moved, ...rest } = doc;
  return { _id: id, ...rest };
};

function* docsOf(entries: Iterable<Entry>): Iterable<Doc> {
  for (const entry of entries) yield entry.doc;
}

/** An empty collection with its `_id_` index. */
export const createCollection = (namespace: string): Collection => {
  // By `_id`, which never changes, so that an update leaves a document at its place in the natural order.
  const entries = new Map<string, Entry>();
  const byName = new Map<string, UniqueIndex>([[ID_INDEX.name, createUniqueIndex(ID_INDEX, namespace)]]);
  const specs = new Map<string, IndexSpec>([[ID_INDEX.name, ID_INDEX]]);
  const equality = new Map<string, EqualityIndex>([['_id', createEqualityIndex('_id')]]);
  let nextPlace = 0;

  const check = (doc: Doc, replacing: Doc | undefined): void => byName.forEach((index) => index.check(doc, replacing));
  const enter = (entry: Entry): void => {
    byName.forEach((index) => index.add(entry.doc));
    equality.forEach((index) => index.add(entry));
  };
  const leave = (entry: Entry): void => {
    byName.forEach((index) => index.remove(entry.doc));
    equality.forEach((index) => index.remove(entry));
  };
  const entryOf = (stored: Doc): Entry | undefined => {
    const entry = entries.get(keyOf(stored['_id']));
    return entry?.doc === stored ? entry : undefined;
  };
  /** The field an index begins with is looked up by equality; an index only for uniqueness or order needs no more. */
  const leadingField = (spec: IndexSpec): string => Object.keys(spec.key)[0] ?? '_id';

  return {
    namespace,
    get size() {
      return entries.size;
    },
    get indexes() {
      return [...specs.values()];
    },
    select: ({ filter, order, skip = 0, limit = 0 }) => {
      const narrowed = candidates(filter.canonical, equality, entries.size);
      const docs = docsOf(narrowed ?? entries.values());
      const wanted = limit === 0 ? Infinity : skip + limit;
      const test = (doc: Doc): boolean => filter.test(doc);
      if (order !== undefined && wanted < entries.size) return topK(docs, order, wanted, test).slice(skip);
      const found: Doc[] = [];
      for (const doc of docs) {
        if (order === undefined && found.length >= wanted) break;
        if (test(doc)) found.push(doc);
      }
      return (order === undefined ? found : sortDocs(found, order)).slice(skip, wanted);
    },
    insert: (doc) => {
      const stored = withIdFirst(doc);
      check(stored, undefined);
      const entry = { place: (nextPlace += 1), doc: stored };
      entries.set(keyOf(stored['_id']), entry);
      enter(entry);
      return stored;
    },
    replace: (stored, doc) => {
      const entry = entryOf(stored);
      if (entry === undefined) throw new MongoFault('InternalError', `the document to replace is not in ${namespace}`);
      check(doc, stored);
      leave(entry);
      entry.doc = doc;
      enter(entry);
    },
    remove: (stored) => {
      const entry = entryOf(stored);
      if (entry === undefined) return false;
      leave(entry);
      entries.delete(keyOf(stored['_id']));
      return true;
    },
    createIndex: (spec) => {
      if (isAlreadyThere(spec, specs.values())) return false;
      if (spec.unique) {
        const index = createUniqueIndex(spec, namespace);
        for (const { doc } of entries.values()) {
          index.check(doc, undefined);
          index.add(doc);
        }
        byName.set(spec.name, index);
      }
      specs.set(spec.name, spec);
      const field = leadingField(spec);
      if (equality.has(field)) return true;
      const index = createEqualityIndex(field);
      entries.forEach((entry) => index.add(entry));
      equality.set(field, index);
      return true;
    },
    dropIndex: (name) => {
      const spec = specs.get(name);
      if (spec === undefined) throw new MongoFault('IndexNotFound', `index not found with name [${name}]`);
      if (spec === ID_INDEX) throw new MongoFault('InvalidOptions', 'cannot drop _id index');
      specs.delete(name);
      byName.delete(name);
      const field = leadingField(spec);
      if (![...specs.values()].some((other) => leadingField(other) === field)) equality.delete(field);
    },
  };
};
