import { checkDocument } from '../wire/bson.ts';
import { collectionArgument, docsArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { writeAll } from './write.ts';

/** Documents in a collection up to which lists stay usable; measured by bench/embedded.ts. */
const COMFORTABLE = 20_000;

/** `insert`: stores documents; creates the collection if need be. */
export const insert: Command = {
  fields: ['documents', 'ordered', 'bypassDocumentValidation'],
  run: (request, { catalog, database }) => {
    const before = catalog.find(database, collectionArgument(request, 'insert'))?.size ?? 0;
    const collection = catalog.open(database, collectionArgument(request, 'insert'));
    let n = 0;
    const errors = writeAll(request, docsArgument(request, 'documents'), (doc) => {
      checkDocument(doc);
      collection.insert(doc);
      n += 1;
    });
    if (before <= COMFORTABLE && collection.size > COMFORTABLE) {
      process.emitWarning(`${collection.namespace} holds more than ${COMFORTABLE.toLocaleString('en')} documents: past what this stand-in is for. Use a real MongoDB (MONGODB_URL).`);
    }
    return { n, ...errors };
  },
};
