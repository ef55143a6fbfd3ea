import { MongoFault } from '../fault.ts';
import { compileFilter } from '../query/filter.ts';
import { nameOf } from '../store/catalog.ts';
import { describeIndex, ID_INDEX } from '../store/indexSpec.ts';
import { collectionArgument, countArgument, docArgument, flagArgument, stringArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { firstBatch } from './find.ts';

/** `create`: an empty collection. Options that would change what it holds, such as `capped` or `validator`, are unknown here. */
export const create: Command = {
  fields: [],
  run: (request, { catalog, database }) => {
    const name = stringArgument(request, 'create');
    if (catalog.find(database, name) !== undefined) {
      throw new MongoFault('NamespaceExists', `Collection ${database}.${name} already exists.`);
    }
    catalog.open(database, name);
    return {};
  },
};

/** `drop`: a collection with its documents and indexes. */
export const drop: Command = {
  fields: [],
  run: (request, { catalog, database }) => {
    const dropped = catalog.drop(database, collectionArgument(request, 'drop'));
    if (dropped === undefined) throw new MongoFault('NamespaceNotFound', 'ns not found');
    return { nIndexesWas: dropped.indexes.length, ns: dropped.namespace };
  },
};

/** `dropDatabase`: no error when it is not there. */
export const dropDatabase: Command = {
  fields: [],
  run: (_request, { catalog, database }) => {
    const existed = catalog.databases.includes(database);
    catalog.dropDatabase(database);
    return existed ? { dropped: database } : {};
  },
};

/** `listCollections`, with a filter over what it answers. */
export const listCollections: Command = {
  fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  run: (request, context) => {
    const filter = compileFilter(docArgument(request, 'filter'));
    const nameOnly = flagArgument(request, 'nameOnly');
    const all = context.catalog.collections(context.database).map((collection) => ({
      name: nameOf(collection),
      type: 'collection',
      ...(!nameOnly && { options: {}, info: { readOnly: false }, idIndex: describeIndex(ID_INDEX) }),
    }));
    return firstBatch(context, `${context.database}.$cmd.listCollections`, all.filter((entry) => filter.test(entry)), {
      batchSize: countArgument(docArgument(request, 'cursor'), 'batchSize'),
      single: false,
      expires: true,
    });
  },
};

/** `listDatabases`. Sizes are not kept, so they are answered as 0. */
export const listDatabases: Command = {
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  run: (request, { catalog }) => {
    const filter = compileFilter(docArgument(request, 'filter'));
    const nameOnly = flagArgument(request, 'nameOnly');
    const databases = catalog.databases
      .map((name) => (nameOnly ? { name } : { name, sizeOnDisk: 0, empty: false }))
      .filter((entry) => filter.test(entry));
    return nameOnly ? { databases } : { databases, totalSize: 0, totalSizeMb: 0 };
  },
};
