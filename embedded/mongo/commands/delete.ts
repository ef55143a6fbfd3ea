import { MongoFault } from '../fault.ts';
import { compileFilter } from '../query/filter.ts';
import { collectionArgument, countArgument, docArgument, docsArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { checkHint } from './hint.ts';
import { checkOperation, writeAll } from './write.ts';

/** `delete`: removes the first match of each operation, or with limit 0 all of them. */
export const deleteCommand: Command = {
  fields: ['deletes', 'ordered'],
  run: (request, { catalog, database }) => {
    const collection = catalog.find(database, collectionArgument(request, 'delete'));
    let n = 0;
    const operations = docsArgument(request, 'deletes');
    const limits = operations.map((operation) => {
      checkOperation(operation, 'delete.deletes', ['q', 'limit', 'hint']);
      const limit = countArgument(operation, 'limit');
      if (limit === 0 || limit === 1) return limit;
      throw new MongoFault('FailedToParse', `The limit field in delete objects must be 0 or 1. Got ${String(limit)}`);
    });
    const errors = writeAll(request, operations, (operation, index) => {
      const filter = compileFilter(docArgument(operation, 'q'));
      checkHint(operation, collection);
      for (const stored of collection?.select({ filter, limit: limits[index] ?? 0 }) ?? []) n += collection?.remove(stored) === true ? 1 : 0;
    });
    return { n, ...errors };
  },
};
