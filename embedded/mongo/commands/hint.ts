import { MongoFault } from '../fault.ts';
import type { Collection } from '../store/collection.ts';
import { keyOf } from '../values/key.ts';
import { type Doc, isDoc } from '../values/kinds.ts';

/** @throws MongoFault CommandNotSupported when the natural order is wanted backwards */
export const refuseReverse = (natural: unknown): void => {
  if (natural !== 1) throw new MongoFault('CommandNotSupported', '$natural other than 1 is not supported by this server');
};

/**
 * Checks that an index named by `hint` exists; which one is used is not for the client to say here.
 * @throws MongoFault BadValue when there is no such index
 */
export const checkHint = (request: Doc, collection: Collection | undefined): void => {
  const hint = request['hint'];
  if (hint === undefined || (isDoc(hint) && Object.keys(hint).length === 0)) return;
  if (isDoc(hint) && '$natural' in hint) {
    refuseReverse(hint['$natural']);
    return;
  }
  const exists = collection?.indexes.some((spec) => spec.name === hint || (isDoc(hint) && keyOf(spec.key) === keyOf(hint)));
  if (exists === false) {
    throw new MongoFault('BadValue', 'error processing query: planner returned error: hint provided does not correspond to an existing index');
  }
};
