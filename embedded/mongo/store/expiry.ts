import { compileFilter } from '../query/filter.ts';
import { type Doc, isDoc } from '../values/kinds.ts';
import { valuesAt } from '../values/paths.ts';
import type { Catalog } from './catalog.ts';
import type { Collection } from './collection.ts';

/** A document goes once the earliest date in the field is old enough; without a date it stays. */
const isExpired = (doc: Doc, parts: readonly string[], before: number): boolean =>
  valuesAt(doc, parts).some((value) => value instanceof Date && value.getTime() <= before);

const removeFrom = (collection: Collection, now: Date): void => {
  for (const { key, expireAfterSeconds, partialFilterExpression } of collection.indexes) {
    if (expireAfterSeconds === undefined) continue;
    const parts = (Object.keys(key)[0] ?? '').split('.');
    const before = now.getTime() - expireAfterSeconds * 1000;
    const filter = compileFilter(isDoc(partialFilterExpression) ? partialFilterExpression : {});
    for (const doc of collection.select({ filter })) if (isExpired(doc, parts, before)) collection.remove(doc);
  }
};

/** Removes what the TTL indexes of all collections say is past its time. */
export const removeExpired = (catalog: Catalog, now: Date): void => {
  for (const database of catalog.databases) {
    for (const collection of catalog.collections(database)) removeFrom(collection, now);
  }
};
