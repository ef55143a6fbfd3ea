import { randomUUID } from 'node:crypto';
import { UUID } from 'bson';
import { MongoFault } from '../fault.ts';
import { type Doc, firstKey, isDoc } from '../values/kinds.ts';
import { asNumber, isNumeric } from '../values/numbers.ts';
import { aggregate, count } from './aggregate.ts';
import { create, drop, dropDatabase, listCollections, listDatabases } from './collections.ts';
import type { Command, CommandContext } from './command.ts';
import { getMore, killCursors } from './cursors.ts';
import { deleteCommand } from './delete.ts';
import { distinct } from './distinct.ts';
import { find } from './find.ts';
import { findAndModify } from './findAndModify.ts';
import { buildInfo, connectionStatus, hello, isMaster, nothing, serverStatus } from './handshake.ts';
import { createIndexes, dropIndexes, listIndexes } from './indexes.ts';
import { insert } from './insert.ts';
import { update } from './update.ts';

const startSession: Command = {
  fields: [],
  run: () => ({ id: { id: new UUID(randomUUID()) }, timeoutMinutes: 30 }),
};

/** Every command there is, by each of its names. */
const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['aggregate', aggregate],
  ['buildInfo', buildInfo],
  ['buildinfo', buildInfo],
  ['connectionStatus', connectionStatus],
  ['count', count],
  ['create', create],
  ['createIndexes', createIndexes],
  ['delete', deleteCommand],
  ['deleteIndexes', dropIndexes],
  ['distinct', distinct],
  ['drop', drop],
  ['dropDatabase', dropDatabase],
  ['dropIndexes', dropIndexes],
  ['endSessions', nothing],
  ['find', find],
  ['findAndModify', findAndModify],
  ['findandmodify', findAndModify],
  ['getMore', getMore],
  ['hello', hello],
  ['insert', insert],
  ['isMaster', isMaster],
  ['ismaster', isMaster],
  ['killCursors', killCursors],
  ['killSessions', nothing],
  ['listCollections', listCollections],
  ['listDatabases', listDatabases],
  ['listIndexes', listIndexes],
  ['ping', nothing],
  ['refreshSessions', nothing],
  ['serverStatus', serverStatus],
  ['startSession', startSession],
  ['update', update],
]);

/** Commands that exist in MongoDB and are refused by name, so that the message says why. */
const REFUSED: ReadonlySet<string> = new Set([
  'abortTransaction', 'commitTransaction', 'bulkWrite', 'collMod', 'collStats', 'dbStats', 'explain', 'getParameter',
  'setParameter', 'hostInfo', 'mapReduce', 'renameCollection', 'saslStart', 'authenticate', 'validate',
]);

/**
 * Fields any command may carry without a change of what it answers: there is one node, one thread and no way to read
 * other than its latest state, and a command runs to its end, so `maxTimeMS` has nothing to cut short.
 */
const EVERYWHERE: ReadonlySet<string> = new Set([
  '$db', 'lsid', '$clusterTime', '$readPreference', 'readConcern', 'writeConcern', 'maxTimeMS', 'comment', 'apiVersion',
  'apiStrict', 'apiDeprecationErrors',
]);

/** Fields that would change the result and are not implemented. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['collation', 'let', 'encryptionInformation', 'min', 'max']);

const checkFields = (name: string, command: Command, request: Doc): void => {
  // A standalone mongod answers 20 to either; the driver turns that into advice about retryable writes, which would mislead here.
  if ('autocommit' in request || 'startTransaction' in request) {
    throw new MongoFault('OperationNotSupportedInTransaction', 'multi-document transactions are not supported by this server, which is a standalone');
  }
  if ('txnNumber' in request) {
    throw new MongoFault('IllegalOperation', 'Transaction numbers are only allowed on a replica set member or mongos');
  }
  for (const field of Object.keys(request)) {
    if (field === name || EVERYWHERE.has(field) || command.fields.includes(field)) continue;
    if (UNSUPPORTED.has(field)) throw new MongoFault('CommandNotSupported', `${field} is not supported by this server (command ${name})`);
    throw new MongoFault('UnknownField', `BSON field '${name}.${field}' is an unknown field.`);
  }
};

const checkConcerns = (request: Doc): void => {
  const [read, write] = [request['readConcern'], request['writeConcern']];
  const level = isDoc(read) ? read['level'] : undefined;
  if (level !== undefined && level !== 'local' && level !== 'majority' && level !== 'available') {
    throw new MongoFault('NotAReplicaSet', `node needs to be a replica set member to use read concern level ${JSON.stringify(level)}; allowed are local, available and majority`);
  }
  const w = isDoc(write) ? write['w'] : undefined;
  if (isNumeric(w) && asNumber(w) > 1) throw new MongoFault('BadValue', "cannot use 'w' > 1 when a host is not replicated");
  if (typeof w === 'string' && w !== 'majority') {
    throw new MongoFault('BadValue', `cannot use non-majority 'w' mode '${w}' when a host is not a member of a replica set`);
  }
};

const run = (request: Doc, context: Omit<CommandContext, 'database'>): Doc => {
  const name = firstKey(request) ?? '';
  const database = request['$db'];
  if (typeof database !== 'string') throw new MongoFault('MissingField', "OP_MSG requests require a $db argument");
  const command = COMMANDS.get(name);
  if (command === undefined) {
    if (REFUSED.has(name)) throw new MongoFault('CommandNotSupported', `the command '${name}' is not supported by this server`);
    throw new MongoFault('CommandNotFound', `no such command: '${name}'`);
  }
  checkFields(name, command, request);
  checkConcerns(request);
  return command.run(request, { ...context, database });
};

/** A fault as it is answered. */
export const errorReply = ({ message, code, codeName, details }: MongoFault): Doc => ({ ok: 0, errmsg: message, code, codeName, ...details });

/** Runs one command and answers in either case: `ok: 1` with its result, or `ok: 0` with the error's code and message. */
export const dispatch = (request: Doc, context: Omit<CommandContext, 'database'>): Doc => {
  try {
    return { ...run(request, context), ok: 1 };
  } catch (error) {
    if (error instanceof MongoFault) return errorReply(error);
    const message = error instanceof Error ? error.message : String(error);
    return { ok: 0, errmsg: message, code: 1, codeName: 'InternalError' };
  }
};
