import { compileFilter } from '../query/filter.ts';
import { keyOf } from '../values/key.ts';
import { valuesAt } from '../values/paths.ts';
import { docArgument, stringArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { checkHint } from './hint.ts';

/** `distinct`: each value of a field once, in the order they are met; the elements of an array in its place. */
export const distinct: Command = {
  fields: ['key', 'query', 'hint'],
  run: (request, { catalog, database }) => {
    const collection = catalog.find(database, stringArgument(request, 'distinct'));
    checkHint(request, collection);
    const parts = stringArgument(request, 'key').split('.');
    const filter = compileFilter(docArgument(request, 'query'));
    const values = new Map<string, unknown>();
    for (const doc of collection?.select({ filter }) ?? []) {
      for (const value of valuesAt(doc, parts, false).flat()) {
        const key = keyOf(value);
        if (value !== undefined && !values.has(key)) values.set(key, value);
      }
    }
    return { values: [...values.values()] };
  },
};
