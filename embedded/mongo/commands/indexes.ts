import { MongoFault } from '../fault.ts';
import { describeIndex, readIndexSpec } from '../store/indexSpec.ts';
import { keyOf } from '../values/key.ts';
import { isDoc } from '../values/kinds.ts';
import { written } from '../values/written.ts';
import { countArgument, docArgument, docsArgument, stringArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { firstBatch } from './find.ts';

/** `createIndexes`: creates the collection too if need be; an index that is there already is no error. */
export const createIndexes: Command = {
  fields: ['indexes', 'commitQuorum'],
  run: (request, { catalog, database }) => {
    const name = stringArgument(request, 'createIndexes');
    const specs = docsArgument(request, 'indexes').map(readIndexSpec);
    if (specs.length === 0) throw new MongoFault('BadValue', 'Must specify at least one index to create');
    const existed = catalog.find(database, name) !== undefined;
    const collection = catalog.open(database, name);
    const before = collection.indexes.length;
    const created: string[] = [];
    try {
      for (const spec of specs) if (collection.createIndex(spec)) created.push(spec.name);
    } catch (error) {
      created.forEach((index) => collection.dropIndex(index));
      throw error;
    }
    const after = collection.indexes.length;
    return {
      numIndexesBefore: before,
      numIndexesAfter: after,
      ...(after > before && { createdCollectionAutomatically: !existed }),
      ...(created.length < specs.length && { note: after === before ? 'all indexes already exist' : 'index already exists' }),
    };
  },
};

/** `listIndexes`. */
export const listIndexes: Command = {
  fields: ['cursor'],
  run: (request, context) => {
    const name = stringArgument(request, 'listIndexes');
    const collection = context.catalog.find(context.database, name);
    if (collection === undefined) throw new MongoFault('NamespaceNotFound', `ns does not exist: ${context.database}.${name}`);
    return firstBatch(context, collection.namespace, collection.indexes.map(describeIndex), {
      batchSize: countArgument(docArgument(request, 'cursor'), 'batchSize'),
      single: false,
      expires: true,
    });
  },
};

/** `dropIndexes`: one by name or by key, several by name, or `*` for all but `_id_`. */
export const dropIndexes: Command = {
  fields: ['index'],
  run: (request, { catalog, database }) => {
    const name = stringArgument(request, 'dropIndexes' in request ? 'dropIndexes' : 'deleteIndexes');
    const collection = catalog.find(database, name);
    if (collection === undefined) throw new MongoFault('NamespaceNotFound', `ns not found ${database}.${name}`);
    const before = collection.indexes;
    const wanted = request['index'];
    if (wanted === '*') {
      before.filter((spec) => spec.name !== '_id_').forEach((spec) => collection.dropIndex(spec.name));
      return { nIndexesWas: before.length, msg: 'non-_id indexes dropped for collection' };
    } else if (isDoc(wanted)) {
      const spec = before.find((index) => keyOf(index.key) === keyOf(wanted));
      if (spec === undefined) throw new MongoFault('IndexNotFound', `can't find index with key: ${written(wanted)}`);
      collection.dropIndex(spec.name);
    } else {
      const names: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
      for (const index of names) {
        if (typeof index !== 'string') throw new MongoFault('TypeMismatch', "'index' must be a string, an array of strings or an object");
        collection.dropIndex(index);
      }
    }
    return { nIndexesWas: before.length };
  },
};
