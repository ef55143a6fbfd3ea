import { checkStages, runPipeline } from '../aggregate/pipeline.ts';
import { MongoFault } from '../fault.ts';
import { compileFilter } from '../query/filter.ts';
import type { Collection } from '../store/collection.ts';
import { type Doc, isDoc } from '../values/kinds.ts';
import { asNumber, isNumeric } from '../values/numbers.ts';
import { readOrder } from '../values/order.ts';
import { countArgument, docArgument, flagArgument, stringArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { firstBatch } from './find.ts';
import { checkHint } from './hint.ts';

/** A leading $match, $sort, $skip and $limit are a find: they get its indexes and need not sort everything. */
const selectFirst = (collection: Collection, stages: readonly Doc[]): { docs: readonly Doc[]; rest: readonly Doc[] } => {
  let rest = stages;
  const take = (name: string): unknown => {
    const argument = rest[0]?.[name];
    if (argument !== undefined) rest = rest.slice(1);
    return argument;
  };
  const [match, sort, skip, limit] = [take('$match'), take('$sort'), take('$skip'), take('$limit')];
  const docs = collection.select({
    filter: compileFilter(isDoc(match) ? match : {}),
    order: isDoc(sort) ? readOrder(sort) : undefined,
    skip: isNumeric(skip) ? asNumber(skip) : 0,
    limit: isNumeric(limit) ? asNumber(limit) : 0,
  });
  return { docs, rest };
};

/** `aggregate`: the result of a pipeline over a collection, through a cursor. */
export const aggregate: Command = {
  fields: ['pipeline', 'cursor', 'allowDiskUse', 'bypassDocumentValidation', 'hint', 'explain'],
  run: (request, context) => {
    if (request['explain'] !== undefined && flagArgument(request, 'explain')) {
      throw new MongoFault('CommandNotSupported', 'explain is not supported by this server');
    }
    const name = stringArgument(request, 'aggregate');
    const pipeline = request['pipeline'];
    if (!Array.isArray(pipeline)) throw new MongoFault('TypeMismatch', "BSON field 'aggregate.pipeline' must be an array");
    if (request['cursor'] === undefined) {
      throw new MongoFault('FailedToParse', "The 'cursor' option is required, except for aggregate with the explain argument");
    }
    const stages = checkStages(pipeline, 'aggregate');
    const collection = context.catalog.find(context.database, name);
    checkHint(request, collection);
    const first = collection === undefined ? { docs: [], rest: stages } : selectFirst(collection, stages);
    return firstBatch(context, `${context.database}.${name}`, runPipeline(first.docs, first.rest), {
      batchSize: countArgument(docArgument(request, 'cursor'), 'batchSize'),
      single: false,
      expires: true,
    });
  },
};

/** `count`: how many documents match, within `skip` and `limit`. */
export const count: Command = {
  fields: ['query', 'skip', 'limit', 'hint'],
  run: (request, { catalog, database }) => {
    const collection = catalog.find(database, stringArgument(request, 'count'));
    checkHint(request, collection);
    const filter = compileFilter(docArgument(request, 'query'));
    const [skip, limit] = [countArgument(request, 'skip') ?? 0, countArgument(request, 'limit') ?? 0];
    if (collection === undefined) return { n: 0 };
    if (Object.keys(filter.canonical).length === 0) {
      const left = Math.max(0, collection.size - skip);
      return { n: limit === 0 ? left : Math.min(left, limit) };
    }
    return { n: collection.select({ filter, skip, limit }).length };
  },
};
