import { MongoFault } from '../fault.ts';
import { type Filter, compileFilter } from '../query/filter.ts';
import { indexKeys } from '../values/indexKeys.ts';
import { keyOf } from '../values/key.ts';
import type { Doc } from '../values/kinds.ts';
import { written } from '../values/written.ts';
import type { IndexSpec } from './indexSpec.ts';

/** The keys of one index with the document that holds each; it is what makes a unique index unique. */
export interface UniqueIndex {
  readonly spec: IndexSpec;
  /**
   * Asks whether a document may take its place, without changing anything.
   * @param replacing the document whose keys do not count, because it is the one being replaced
   * @throws MongoFault DuplicateKey (11000) with keyPattern and keyValue
   */
  check(doc: Doc, replacing: Doc | undefined): void;
  add(doc: Doc): void;
  remove(doc: Doc): void;
}

/** An empty unique index of one collection; `namespace` is `database.collection`, for the error message. */
export const createUniqueIndex = (spec: IndexSpec, namespace: string): UniqueIndex => {
  const fields = Object.keys(spec.key);
  const filter: Filter | undefined = spec.partialFilterExpression && compileFilter(spec.partialFilterExpression);
  const holders = new Map<string, Doc>();

  const keysOf = (doc: Doc): { key: string; values: unknown[] }[] => {
    if (filter?.test(doc) === false) return [];
    const all = indexKeys(doc, fields);
    const kept = spec.sparse ? all.filter((values) => values.some((value) => value !== undefined)) : all;
    return kept.map((values) => ({
      values: values.map((value) => (typeof value === 'symbol' ? undefined : (value ?? null))),
      key: values.map((value) => (typeof value === 'symbol' ? 'empty array' : keyOf(value ?? null))).join('\n'),
    }));
  };

  return {
    spec,
    check: (doc, replacing) => {
      for (const { key, values } of keysOf(doc)) {
        const holder = holders.get(key);
        if (holder === undefined || holder === replacing) continue;
        const keyValue = Object.fromEntries(fields.map((field, i) => [field, values[i] ?? null]));
        throw new MongoFault(
          'DuplicateKey',
          `E11000 duplicate key error collection: ${namespace} index: ${spec.name} dup key: ${written(keyValue)}`,
          { keyPattern: spec.key, keyValue },
        );
      }
    },
    add: (doc) => keysOf(doc).forEach(({ key }) => holders.set(key, doc)),
    remove: (doc) =>
      keysOf(doc).forEach(({ key }) => {
        if (holders.get(key) === doc) holders.delete(key);
      }),
  };
};
