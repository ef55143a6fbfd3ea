import type { Long } from 'bson';
import { MongoFault } from '../fault.ts';
import { countArgument, cursorIdArgument, stringArgument } from './arguments.ts';
import type { Command } from './command.ts';

/** `getMore`: the next batch of a cursor. */
export const getMore: Command = {
  fields: ['collection', 'batchSize'],
  run: (request, { cursors, database }) => {
    const namespace = `${database}.${stringArgument(request, 'collection')}`;
    const batchSize = countArgument(request, 'batchSize');
    const batch = cursors.next(cursorIdArgument('getMore', request['getMore']), namespace, batchSize === 0 ? undefined : batchSize);
    return { cursor: { nextBatch: batch.docs, id: batch.id, ns: namespace } };
  },
};

/** `killCursors`: closes cursors before their end. */
export const killCursors: Command = {
  fields: ['cursors'],
  run: (request, { cursors }) => {
    stringArgument(request, 'killCursors');
    const list = request['cursors'];
    if (!Array.isArray(list)) throw new MongoFault('TypeMismatch', "BSON field 'killCursors.cursors' must be an array");
    const ids = list.map((id: unknown) => cursorIdArgument('killCursors.cursors', id));
    const killed: Long[] = [];
    const notFound: Long[] = [];
    for (const id of ids) (cursors.kill(id) ? killed : notFound).push(id);
    return { cursorsKilled: killed, cursorsNotFound: notFound, cursorsAlive: [], cursorsUnknown: [] };
  },
};
