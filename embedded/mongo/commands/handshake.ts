import { MAX_DOCUMENT_BYTES } from '../wire/bson.ts';
import { MAX_MESSAGE_BYTES } from '../wire/frames.ts';
import type { Doc } from '../values/kinds.ts';
import type { Command } from './command.ts';
import { MAX_WRITE_BATCH } from './write.ts';

const VERSION = '6.0.0';
/** The wire version of MongoDB 6.0. */
const MAX_WIRE_VERSION = 17;

/** What a driver sends along when it greets; nothing of it is needed here. */
const GREETING = ['helloOk', 'client', 'compression', 'saslSupportedMechs', 'speculativeAuthenticate', 'topologyVersion', 'maxAwaitTimeMS', 'loadBalanced', 'hostInfo', 'internalClient', 'backpressure'];

/**
 * The server presents itself as a standalone mongod. Drivers then send no transaction numbers, which a server without
 * an oplog could not honour, while sessions and `w: 'majority'` still work. Without a topologyVersion they poll instead of
 * holding a streaming `hello` open.
 */
const greet =
  (primaryField: 'isWritablePrimary' | 'ismaster'): Command['run'] =>
  (request, { now }): Doc => ({
    ...(request['helloOk'] === true && { helloOk: true }),
    [primaryField]: true,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: MAX_WRITE_BATCH,
    localTime: now(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: 1,
    minWireVersion: 0,
    maxWireVersion: MAX_WIRE_VERSION,
    readOnly: false,
  });

/** `hello`, the greeting of today. */
export const hello: Command = { fields: GREETING, run: greet('isWritablePrimary') };

/** `isMaster`, the greeting before it was renamed. */
export const isMaster: Command = { fields: GREETING, run: greet('ismaster') };

/** `buildInfo`: the version whose behaviour is followed. */
export const buildInfo: Command = {
  fields: [],
  run: () => ({
    version: VERSION,
    gitVersion: 'none',
    modules: [],
    versionArray: [6, 0, 0, 0],
    bits: 64,
    debug: false,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  }),
};

/** `connectionStatus`: nobody signs in here. */
export const connectionStatus: Command = {
  fields: ['showPrivileges'],
  run: () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } }),
};

/** `serverStatus`: only what identifies the server and its open cursors. */
export const serverStatus: Command = {
  fields: [],
  run: (_request, { now, cursors }) => ({
    host: '127.0.0.1',
    version: VERSION,
    process: 'mongod',
    pid: process.pid,
    uptime: Math.floor(process.uptime()),
    localTime: now(),
    metrics: { cursor: { open: { total: cursors.size } } },
  }),
};

/** Commands that succeed without doing anything: there is nothing to keep for a session. */
export const nothing: Command = { fields: [], run: () => ({}) };
