import { MongoFault } from '../fault.ts';
import { runPipeline } from '../aggregate/pipeline.ts';
import { cloneDoc, cloneValue } from '../values/clone.ts';
import { equalValues } from '../values/compare.ts';
import { type Doc, isDoc } from '../values/kinds.ts';
import { valueAt } from '../values/paths.ts';
import { written } from '../values/written.ts';
import { checkViable, setPath, unsetPath } from './paths.ts';
import { resolvePath, type Positions } from './positions.ts';
import { conflictChecker, type PathChange, type UpdateSpec } from './updateSpec.ts';

/** What an update needs beside the document it changes. */
export interface UpdateSituation {
  readonly now: Date;
  /** True while an upsert builds the document it inserts. */
  readonly inserting: boolean;
  /** The place that the query matched in the array at a path, for `$`. */
  matched(path: string): number | undefined;
}

const rename = (doc: Doc, from: string, to: string): void => {
  const value = valueThrough(doc, from, true);
  if (value === undefined) return;
  valueThrough(doc, to, false);
  setPath(doc, to, value);
  unsetPath(doc, from);
};

/** `$rename` neither takes from nor puts into arrays. */
const valueThrough = (doc: Doc, path: string, source: boolean): unknown => {
  let current: unknown = doc;
  for (const part of path.split('.')) {
    if (Array.isArray(current)) {
      if (source && Number(part) >= current.length) return undefined;
      throw new MongoFault('BadValue', `The field of $rename cannot be an array element, '${path}' in doc with _id: ${written(doc['_id'])} has an array field`);
    }
    current = isDoc(current) && Object.hasOwn(current, part) ? current[part] : undefined;
  }
  return current;
};

/** Operators that only take something away, and yet refuse a path on which nothing could ever be. */
const VIABLE_ONLY = new Set(['$pull', '$pullAll', '$pop', '$rename']);

const applyTo = (doc: Doc, path: string, { operator, change }: PathChange, situation: UpdateSituation): void => {
  if (VIABLE_ONLY.has(operator)) checkViable(doc, path);
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
    .flatMap((change) => resolvePath(doc, change.path, positions).map((path) => ({ path, change })))
    .filter(({ change }) => !change.onInsert || situation.inserting);
  if (spec.changes.some(({ path }) => path.includes('$'))) targets.map(({ path }) => path).forEach(conflictChecker());
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
