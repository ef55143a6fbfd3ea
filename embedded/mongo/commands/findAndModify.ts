import { MongoFault } from '../fault.ts';
import { compileFilter } from '../query/filter.ts';
import { compileProjection } from '../query/projection.ts';
import { readUpdate } from '../update/updateSpec.ts';
import { insertUpserted, updateStored } from '../update/writeUpdate.ts';
import type { Doc } from '../values/kinds.ts';
import { docArgument, flagArgument, optionalDocsArgument, stringArgument } from './arguments.ts';
import type { Command } from './command.ts';
import { orderArgument } from './find.ts';
import { checkHint } from './hint.ts';

const checkCombination = (request: Doc): void => {
  const [remove, hasUpdate] = [flagArgument(request, 'remove'), request['update'] !== undefined];
  if (remove && hasUpdate) throw new MongoFault('FailedToParse', 'Cannot specify both an update and remove=true');
  if (!remove && !hasUpdate) throw new MongoFault('FailedToParse', 'Either an update or remove=true must be specified');
  if (remove && flagArgument(request, 'upsert')) throw new MongoFault('FailedToParse', 'Cannot specify both upsert=true and remove=true');
  if (remove && flagArgument(request, 'new')) {
    throw new MongoFault('FailedToParse', "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
  }
};

/** `findAndModify`: changes or removes the first match in an order and answers it, as it was or as it has become. */
export const findAndModify: Command = {
  fields: ['query', 'sort', 'update', 'remove', 'new', 'fields', 'upsert', 'arrayFilters', 'hint', 'bypassDocumentValidation'],
  run: (request, { catalog, database, now }) => {
    checkCombination(request);
    const name = stringArgument(request, 'findAndModify' in request ? 'findAndModify' : 'findandmodify');
    const remove = flagArgument(request, 'remove');
    const upsert = flagArgument(request, 'upsert');
    const filter = compileFilter(docArgument(request, 'query'));
    const order = orderArgument(request, 'sort');
    const project = compileProjection(docArgument(request, 'fields'), true);
    const shown = (doc: Doc): Doc | null => project([doc])[0] ?? null;
    const spec = remove ? undefined : readUpdate(request['update'], optionalDocsArgument(request, 'arrayFilters'));
    const collection = upsert ? catalog.open(database, name) : catalog.find(database, name);
    checkHint(request, collection);
    const stored = collection?.select({ filter, order, limit: 1 })[0];

    if (spec === undefined) {
      if (stored === undefined) return { lastErrorObject: { n: 0 }, value: null };
      collection?.remove(stored);
      return { lastErrorObject: { n: 1 }, value: shown(stored) };
    }
    const wantsNew = flagArgument(request, 'new');
    if (stored !== undefined && collection !== undefined) {
      const updated = updateStored(collection, stored, filter, spec, now());
      return { lastErrorObject: { n: 1, updatedExisting: true }, value: shown(wantsNew ? updated : stored) };
    }
    if (!upsert || collection === undefined) return { lastErrorObject: { n: 0, updatedExisting: false }, value: null };
    const inserted = insertUpserted(collection, filter, spec, now());
    return {
      lastErrorObject: { n: 1, updatedExisting: false, upserted: inserted['_id'] },
      value: wantsNew ? shown(inserted) : null,
    };
  },
};
