import { Refusal } from '../subgraphs/shared/errors.ts';

/** Most items of one list in the variables of an operation: as many as a push may have. */
export const longestList = 10_000;
/** Lists of the schema's inputs stand no deeper than this. */
const deepest = 6;

/**
 * Refuses variables with a list that no argument takes, before each of its items is read as the schema wants it, here and once more in a
 * subgraph: BATCH_TOO_LARGE that names the list.
 */
export const listRefusal = (variables: unknown): Refusal | undefined => {
  let level: (readonly [path: string, value: object])[] = isObject(variables) ? [['variables', variables]] : [];
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const below: typeof level = [];
    for (const [path, value] of level) {
      const isList = Array.isArray(value);
      if (isList && value.length > longestList) {
        return new Refusal('BATCH_TOO_LARGE', `${path} has ${String(value.length)} items; a list may have at most ${String(longestList)}.`, { field: path, limit: { name: 'listItems', max: longestList } });
      }
      for (const [key, each] of Object.entries(value)) if (isObject(each)) below.push([isList ? path : `${path}.${key}`, each]);
    }
    level = below;
  }
  return undefined;
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
