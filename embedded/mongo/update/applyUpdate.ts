import { MongoFault } from '../fault.ts';
import { runPipeline } from '../aggregate/pipeline.ts';
import { cloneDoc, cloneValue } from '../values/clone.ts';
import { equalValues } from '../values/compare.ts';
import { type Doc, isDoc } from '../values/kinds.ts';
import { valueAt } from '../values/paths.ts';
import { written } from '../values/written.ts';
import { setPath, unsetPath } from './paths.ts';
import { resolvePath, type Positions } from './positions.ts';
import { checkConflicts, type PathChange, type UpdateSpec } from './updateSpec.ts';

/** What an update needs beside the document it changes. */
export interface UpdateSituation {
  readonly now: Date;
  /** True while an upsert builds the document it inserts. */
  readonly inserting: boolean;
  /** The place that the query matched in the array at a path, for `$`. */
  matched(path: string): number | undefined;
}

const rename = (doc: Doc, from: string, to: string): void => {
  const value = valueThrough(doc, from);
  if (value === undefined) return;
  valueThrough(doc, to);
  setPath(doc, to, value);
  unsetPath(doc, from);
};

/** `$rename` neither takes from nor puts into arrays. */
const valueThrough = (doc: Doc, path: string): unknown => {
  let current: unknown = doc;
  for (const part of path.split('.')) {
    if (Array.isArray(current)) {
      throw new MongoFault('BadValue', `The field of $rename cannot be an array element, '${path}' in doc with _id: ${written(doc['_id'])} has an array field`);
    }
    current = isDoc(current) && Object.hasOwn(current, part) ? current[part] : undefined;
  }
  return current;
};

const applyTo = (doc: Doc, path: string, { change }: PathChange, situation: UpdateSituation): void => {
  if (typeof change !== 'function') {
    if ('unset' in change) unsetPath(doc, path);
    else rename(doc, path, change.renameTo);
    return;
  }
  const current = valueAt(doc, path.split('.'));
  const next = change(current, { path, id: doc['_id'], now: situation.now });
  if (next !== undefined && next !== current) setPath(doc, path, cloneValue(next));
};

const applyOperators = (doc: Doc, spec: UpdateSpec & { kind: 'operators' }, situation: UpdateSituation): Doc => {
  const changed = cloneDoc(doc);
  const positions: Positions = { filters: spec.filters, matched: (path) => situation.matched(path) };
  const targets = spec.changes
    .filter(({ onInsert }) => !onInsert || situation.inserting)
    .flatMap((change) => resolvePath(doc, change.path, positions).map((path) => ({ path, change })));
  if (spec.changes.some(({ path }) => path.includes('$'))) checkConflicts(targets.map(({ path }) => path));
  for (const { path, change } of targets) {
    applyTo(changed, path, change, situation);
    if ('_id' in doc && !equalValues(doc['_id'], changed['_id'])) {
      throw new MongoFault('ImmutableField', `Performing an update on the path '${path}' would modify the immutable field '_id'`);
    }
  }
  return changed;
};

/** A replacement keeps the document's `_id`, which it may repeat but not change. */
const replace = (doc: Doc, replacement: Doc): Doc => {
  if (!('_id' in doc)) return replacement;
  if ('_id' in replacement && !equalValues(doc['_id'], replacement['_id'])) {
    throw new MongoFault('ImmutableField', `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${written(replacement['_id'])}`);
  }
  const { _id: _repeated, ...rest } = replacement;
  return { _id: doc['_id'], ...rest };
};

/**
 * The document that an update makes of another one; the given one is left as it is.
 * @throws MongoFault when an operator does not fit what it finds, or `_id` would change
 */
export const applyUpdate = (doc: Doc, spec: UpdateSpec, situation: UpdateSituation): Doc => {
  switch (spec.kind) {
    case 'operators':
      return applyOperators(doc, spec, situation);
    case 'replacement':
      return replace(doc, spec.doc);
    case 'pipeline': {
      const [result = {}] = runPipeline([doc], spec.stages);
      return replace(doc, result);
    }
    default:
      return spec satisfies never;
  }
};
