import { MongoFault } from '../fault.ts';
import { setOwn } from '../values/clone.ts';
import { type Doc, isDoc } from '../values/kinds.ts';
import { isIndex } from '../values/paths.ts';
import { written } from '../values/written.ts';

/** mongod refuses to fill an array with more nulls than this to reach an element. */
const MAX_PADDING = 1_500_000;

const notViable = (part: string, holder: string, value: unknown): MongoFault =>
  new MongoFault('PathNotViable', `Cannot create field '${part}' in element {${holder}: ${written(value)}}`);

const setIn = (target: unknown, part: string, holder: string, value: unknown): void => {
  if (isDoc(target)) {
    setOwn(target, part, value);
    return;
  }
  if (!Array.isArray(target) || !isIndex(part)) throw notViable(part, holder, target);
  const index = Number(part);
  if (index - target.length > MAX_PADDING) throw new MongoFault('BadValue', `can't backfill more than ${MAX_PADDING} elements`);
  while (target.length < index) target.push(null);
  target[index] = value;
};

/**
 * Sets a concrete path in a document that may be changed, creating documents on the way and padding arrays with nulls.
 * @throws MongoFault PathNotViable when the way leads through something that is neither
 */
export const setPath = (doc: Doc, path: string, value: unknown): void => {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let target: unknown = doc;
  let holder = '';
  for (const part of parts) {
    let next = isDoc(target) && !Object.hasOwn(target, part) ? undefined : childOf(target, part);
    if (next === undefined) {
      next = {};
      setIn(target, part, holder, next);
    }
    target = next;
    holder = part;
  }
  setIn(target, last, holder, value);
};

const childOf = (target: unknown, part: string): unknown => {
  if (Array.isArray(target)) return isIndex(part) ? target[Number(part)] : undefined;
  return isDoc(target) ? target[part] : undefined;
};

/**
 * Checks that a concrete path could be followed if what is missing on it were there.
 * @throws MongoFault PathNotViable when it leads through something that is neither a document nor, for a place, an array
 */
export const checkViable = (doc: Doc, path: string): void => {
  let holder = '';
  let target: unknown = doc;
  for (const part of path.split('.')) {
    if (target === undefined) return;
    if (!isDoc(target) && !(Array.isArray(target) && isIndex(part))) {
      throw new MongoFault('PathNotViable', `Cannot use the part (${part}) of (${path}) to traverse the element ({${holder}: ${written(target)}})`);
    }
    target = isDoc(target) && !Object.hasOwn(target, part) ? undefined : childOf(target, part);
    holder = part;
  }
};

/** Removes a concrete path; an array element becomes null instead, so that the others keep their places. */
export const unsetPath = (doc: Doc, path: string): void => {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let target: unknown = doc;
  for (const part of parts) target = childOf(target, part);
  if (Array.isArray(target)) {
    if (isIndex(last) && Number(last) < target.length) target[Number(last)] = null;
  } else if (isDoc(target) && Object.hasOwn(target, last)) Reflect.deleteProperty(target, last);
};
