import { MongoFault } from '../fault.ts';
import { checkStages } from '../aggregate/pipeline.ts';
import { type Doc, firstKey, isDoc, typeName } from '../values/kinds.ts';
import { written } from '../values/written.ts';
import { type Change, OPERATORS } from './operators.ts';
import { type ArrayFilters, readArrayFilters } from './positions.ts';

/** One path of an operator update with what happens there. */
export interface PathChange {
  readonly operator: string;
  readonly path: string;
  readonly change: Change | { readonly unset: true } | { readonly renameTo: string };
  /** Applied only when the document is being inserted by an upsert. */
  readonly onInsert: boolean;
}

/** An update as a client may write it. */
export type UpdateSpec =
  | { readonly kind: 'replacement'; readonly doc: Doc }
  | { readonly kind: 'pipeline'; readonly stages: readonly Doc[] }
  | { readonly kind: 'operators'; readonly changes: readonly PathChange[]; readonly filters: ArrayFilters };

const checkPath = (path: string): void => {
  const parts = path.split('.');
  if (path === '') throw new MongoFault('EmptyFieldName', "An empty update path is not valid.");
  if (parts.includes('')) {
    throw new MongoFault('EmptyFieldName', `The update path '${path}' contains an empty field name, which is not allowed.`);
  }
  if (parts[0]?.startsWith('$') === true && /^\$(\[.*\])?$/.test(parts[0])) {
    throw new MongoFault('BadValue', `Cannot have array filter identifier (i.e. '$[<id>]') element in the first position in path '${path}'`);
  }
  const dollar = parts.find((part) => part.startsWith('$') && part !== '$' && !/^\$\[.*\]$/.test(part));
  if (dollar !== undefined) {
    throw new MongoFault('DollarPrefixedFieldName', `The dollar ($) prefixed field '${dollar}' in '${path}' is not valid for storage.`);
  }
};

const readRename = (from: string, to: unknown): PathChange['change'] => {
  if (typeof to !== 'string') throw new MongoFault('BadValue', `The 'to' field for $rename must be a string: ${from}: ${String(to)}`);
  checkPath(to);
  if (from === to) throw new MongoFault('BadValue', `The source and target field for $rename must differ: ${from}: "${to}"`);
  if (isPrefix(from, to) || isPrefix(to, from)) {
    throw new MongoFault('BadValue', `The source and target field for $rename must not be on the same path: ${from}: "${to}"`);
  }
  if (`${from}.${to}`.includes('$')) throw new MongoFault('BadValue', `The source and target field for $rename may not be dynamic: ${from}: "${to}"`);
  return { renameTo: to };
};

const readChange = (operator: string, path: string, argument: unknown): PathChange['change'] => {
  if (operator === '$unset') return { unset: true };
  if (operator === '$rename') return readRename(path, argument);
  const read = OPERATORS[operator === '$setOnInsert' ? '$set' : operator];
  if (read === undefined) {
    throw new MongoFault('FailedToParse', `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`);
  }
  return read(argument, path);
};

const isPrefix = (a: string, b: string): boolean => a === b || b.startsWith(`${a}.`);

const isPlaceholder = (part: string | undefined): boolean => part?.startsWith('$[') === true;

/**
 * Remembers the paths of an update and refuses one that meets another: the same, a part of it, or `$[…]` beside a name or place.
 * @throws MongoFault ConflictingUpdateOperators (40)
 */
export const conflictChecker = (): ((path: string) => void) => {
  const whole = new Set<string>();
  const within = new Map<string, boolean>();
  return (path) => {
    const parts = path.split('.');
    const conflict = (at: string): MongoFault => new MongoFault('ConflictingUpdateOperators', `Updating the path '${path}' would create a conflict at '${at}'`);
    for (let length = 1; length < parts.length; length += 1) {
      const prefix = parts.slice(0, length).join('.');
      const placeholder = isPlaceholder(parts[length]);
      if (whole.has(prefix) || within.get(prefix) === !placeholder) throw conflict(prefix);
      within.set(prefix, placeholder);
    }
    if (whole.has(path) || within.has(path)) throw conflict(path);
    whole.add(path);
  };
};

const readOperators = (update: Doc, arrayFilters: readonly Doc[]): UpdateSpec => {
  const filters = readArrayFilters(arrayFilters);
  const checkConflict = conflictChecker();
  const changes = Object.entries(update).flatMap(([operator, fields]): PathChange[] => {
    if (!Object.hasOwn(OPERATORS, operator) && !['$unset', '$rename', '$setOnInsert'].includes(operator)) readChange(operator, '', undefined);
    if (!isDoc(fields)) {
      throw new MongoFault(
        'FailedToParse',
        `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${written(fields)}}`,
      );
    }
    return Object.entries(fields).map(([path, argument]) => {
      checkPath(path);
      const missing = [...path.matchAll(/\$\[([^\]]+)\]/g)].find(([, name = '']) => !filters.has(name))?.[1];
      if (missing !== undefined) throw new MongoFault('BadValue', `No array filter found for identifier '${missing}' in path '${path}'`);
      checkConflict(path);
      const change = readChange(operator, path, argument);
      if ('renameTo' in change) checkConflict(change.renameTo);
      return { operator, path, change, onInsert: operator === '$setOnInsert' };
    });
  });
  const paths = changes.map(({ path }) => path).join(' ');
  const unused = [...filters.keys()].find((name) => !paths.includes(`$[${name}]`));
  if (unused !== undefined) {
    throw new MongoFault('FailedToParse', `The array filter for identifier '${unused}' was not used in the update ${written(update)}`);
  }
  return { kind: 'operators', changes: changes.toSorted((a, b) => comparePaths(placeOf(a), placeOf(b))), filters };
};

/** A field that is renamed belongs to its new place. */
const placeOf = ({ path, change }: PathChange): string => ('renameTo' in change ? change.renameTo : path);

/** mongod applies changes in the order of their paths, places in arrays by number; new fields appear in that order. */
const comparePaths = (a: string, b: string): number => {
  const [left, right] = [a.split('.'), b.split('.')];
  for (const [i, part] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (part === other) continue;
    const numbers = Number(part) - Number(other);
    return Number.isNaN(numbers) || numbers === 0 ? (part < other ? -1 : 1) : numbers;
  }
  return left.length - right.length;
};

/**
 * Reads the `u` of an update: operators, a whole new document or a pipeline.
 * @throws MongoFault when an operator is unknown, paths collide, or kinds are mixed
 */
export const readUpdate = (update: unknown, arrayFilters: readonly Doc[]): UpdateSpec => {
  if (Array.isArray(update)) {
    if (arrayFilters.length > 0) throw new MongoFault('FailedToParse', 'arrayFilters may not be specified for pipeline-syle updates');
    return { kind: 'pipeline', stages: checkStages(update, 'update') };
  }
  if (!isDoc(update)) throw new MongoFault('FailedToParse', 'Update argument must be either an object or an array');
  if (firstKey(update)?.startsWith('$') === true) return readOperators(update, arrayFilters);
  if (arrayFilters.length > 0) throw new MongoFault('FailedToParse', 'arrayFilters may not be specified for replacement-style updates');
  const dollar = Object.keys(update).find((key) => key.startsWith('$'));
  if (dollar !== undefined) {
    throw new MongoFault('DollarPrefixedFieldName', `The dollar ($) prefixed field '${dollar}' in '${dollar}' is not valid for storage.`);
  }
  return { kind: 'replacement', doc: update };
};
