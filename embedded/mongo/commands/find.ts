import { MongoFault } from '../fault.ts';
import { compileFilter } from '../query/filter.ts';
import { compileProjection } from '../query/projection.ts';
import { FIRST_BATCH } from '../store/cursors.ts';
import type { Doc } from '../values/kinds.ts';
import { readOrder } from '../values/order.ts';
import { collectionArgument, countArgument, docArgument, flagArgument } from './arguments.ts';
import type { Command, CommandContext } from './command.ts';
import { checkHint, refuseReverse } from './hint.ts';

/** The order a request asks for under `name`, or none. */
export const orderArgument = (request: Doc, name: string): ReturnType<typeof readOrder> | undefined => {
  const spec = docArgument(request, name);
  if (!('$natural' in spec)) return Object.keys(spec).length === 0 ? undefined : readOrder(spec);
  refuseReverse(spec['$natural']);
  return undefined;
};

/** Every cursor's first batch is answered alike. */
export const firstBatch = (
  context: CommandContext,
  namespace: string,
  docs: readonly Doc[],
  options: { batchSize: number | undefined; single: boolean; expires: boolean },
): Doc => {
  const batch = context.cursors.open(namespace, docs, { ...options, batchSize: options.batchSize ?? FIRST_BATCH });
  return { cursor: { firstBatch: batch.docs, id: batch.id, ns: namespace } };
};

const refuseTailable = (request: Doc): void => {
  const asked = ['tailable', 'awaitData', 'returnKey', 'showRecordId'].find((name) => flagArgument(request, name));
  if (asked !== undefined) throw new MongoFault('CommandNotSupported', `${asked} is not supported by this server`);
};

/** `find`: the matches as they are now, through a cursor. */
export const find: Command = {
  fields: [
    'filter', 'projection', 'sort', 'skip', 'limit', 'batchSize', 'singleBatch', 'hint', 'noCursorTimeout', 'allowDiskUse',
    'allowPartialResults', 'tailable', 'awaitData', 'returnKey', 'showRecordId', 'oplogReplay',
  ],
  run: (request, context) => {
    const name = collectionArgument(request, 'find');
    const collection = context.catalog.find(context.database, name);
    refuseTailable(request);
    checkHint(request, collection);
    const filter = compileFilter(docArgument(request, 'filter'));
    const project = compileProjection(docArgument(request, 'projection'), true);
    const order = orderArgument(request, 'sort');
    const [skip, limit] = [countArgument(request, 'skip') ?? 0, countArgument(request, 'limit') ?? 0];
    const found = collection?.select({ filter, order, skip, limit }) ?? [];
    return firstBatch(context, `${context.database}.${name}`, project(found), {
      batchSize: countArgument(request, 'batchSize'),
      single: flagArgument(request, 'singleBatch'),
      expires: !flagArgument(request, 'noCursorTimeout'),
    });
  },
};
