import { MongoFault } from '../fault.ts';
import { compileFilter } from '../query/filter.ts';
import { readUpdate } from '../update/updateSpec.ts';
import { insertUpserted, updateStored } from '../update/writeUpdate.ts';
import type { Doc } from '../values/kinds.ts';
import { collectionArgument, docArgument, docsArgument, flagArgument, optionalDocsArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { checkHint } from './hint.ts';
import { checkOperation, writeAll } from './write.ts';

const OPERATION = ['q', 'u', 'multi', 'upsert', 'arrayFilters', 'hint'];

/** `update`: changes one or all matches of each operation, or inserts a document when there is none and `upsert` is set. */
export const update: Command = {
  fields: ['updates', 'ordered', 'bypassDocumentValidation'],
  run: (request, { catalog, database, now }) => {
    const name = collectionArgument(request, 'update');
    const upserted: Doc[] = [];
    let [n, nModified] = [0, 0];
    const operations = docsArgument(request, 'updates');
    operations.forEach((operation) => checkOperation(operation, 'update.updates', OPERATION));
    const errors = writeAll(request, operations, (operation, index) => {
      const upsert = flagArgument(operation, 'upsert');
      const filter = compileFilter(docArgument(operation, 'q'));
      const spec = readUpdate(operation['u'], optionalDocsArgument(operation, 'arrayFilters'));
      const multi = flagArgument(operation, 'multi');
      if (multi && spec.kind === 'replacement') {
        throw new MongoFault('FailedToParse', 'multi update is not supported for replacement-style update');
      }
      // Not before: what cannot be read creates no collection.
      const collection = upsert ? catalog.open(database, name) : catalog.find(database, name);
      checkHint(operation, collection);
      if (collection === undefined) return;
      const at = now();
      const matches = collection.select({ filter, limit: multi ? 0 : 1 });
      if (matches.length === 0 && upsert) {
        upserted.push({ index, _id: insertUpserted(collection, filter, spec, at)['_id'] });
        n += 1;
      }
      const unchanged = matches.filter((stored) => updateStored(collection, stored, filter, spec, at) === stored).length;
      // Not reached when one cannot be updated: those before it stay as they have become, and are not counted.
      n += matches.length;
      nModified += matches.length - unchanged;
    });
    return { n, nModified, ...(upserted.length > 0 && { upserted }), ...errors };
  },
};
