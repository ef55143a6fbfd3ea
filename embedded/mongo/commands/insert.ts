import { checkDocument } from '../wire/bson.ts';
import { docsArgument, stringArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { writeAll } from './write.ts';

/** `insert`: stores documents; creates the collection if need be. */
export const insert: Command = {
  fields: ['documents', 'ordered', 'bypassDocumentValidation'],
  run: (request, { catalog, database }) => {
    const collection = catalog.open(database, stringArgument(request, 'insert'));
    let n = 0;
    const errors = writeAll(request, docsArgument(request, 'documents'), (doc) => {
      checkDocument(doc);
      collection.insert(doc);
      n += 1;
    });
    return { n, ...errors };
  },
};
