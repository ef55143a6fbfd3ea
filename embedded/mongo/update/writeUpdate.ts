import { ObjectId } from 'bson';
import type { Filter } from '../query/filter.ts';
import type { Collection } from '../store/collection.ts';
import type { Doc } from '../values/kinds.ts';
import { checkDocument, encode } from '../wire/bson.ts';
import { applyUpdate } from './applyUpdate.ts';
import { matchedPosition } from './matchedPosition.ts';
import type { UpdateSpec } from './updateSpec.ts';
import { seedOf } from './upsert.ts';

/**
 * Updates one stored document.
 * @returns the document as it is now; the stored one itself when nothing changed
 * @throws MongoFault when the update cannot be applied or breaks a unique index; the document stays as it was
 */
export const updateStored = (collection: Collection, stored: Doc, filter: Filter, spec: UpdateSpec, now: Date): Doc => {
  const updated = applyUpdate(stored, spec, {
    now,
    inserting: false,
    matched: (path) => matchedPosition(stored, filter.canonical, path),
  });
  // A replacement without `_id` counts as a change even when it is none, for mongod compares before it puts the `_id` in.
  const compared = spec.kind !== 'replacement' || '_id' in spec.doc;
  if (compared && Buffer.compare(encode(stored), encode(updated)) === 0) return stored;
  checkDocument(updated);
  collection.replace(stored, updated);
  return updated;
};

/**
 * Inserts the document that an upsert makes when its filter matches none.
 * @returns the inserted document
 * @throws MongoFault as an insert does
 */
export const insertUpserted = (collection: Collection, filter: Filter, spec: UpdateSpec, now: Date): Doc => {
  const seed = seedOf(filter.canonical, spec);
  const made = applyUpdate(seed, spec, { now, inserting: true, matched: () => undefined });
  const doc = '_id' in made ? made : { _id: new ObjectId(), ...made };
  checkDocument(doc);
  return collection.insert(doc);
};
