import { MongoNetworkError, MongoNotConnectedError, MongoOperationTimeoutError, MongoServerClosedError, MongoServerError, MongoServerSelectionError, MongoTopologyClosedError } from 'mongodb';
import { ConnectionBroken, DatabaseTooSlow } from './database.ts';

/** Codes with which a server says that it is not there for now: stopping, stepping down, not the primary, out of time, cut off. */
const codes: ReadonlySet<unknown> = new Set([6, 7, 50, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
const kinds = [ConnectionBroken, DatabaseTooSlow, MongoNetworkError, MongoNotConnectedError, MongoOperationTimeoutError, MongoServerClosedError, MongoServerSelectionError, MongoTopologyClosedError];
/** Of the connection pool, whose errors the driver does not export. */
const poolNames: ReadonlySet<string> = new Set(['MongoPoolClearedError', 'MongoPoolClosedError', 'MongoWaitQueueTimeoutError', 'PoolClearedOnNetworkError']);

/** Whether a fault says that MongoDB could not be used in time, and nothing about what it was asked. */
export const isOutage = (error: unknown): boolean =>
  error instanceof Error && (kinds.some((kind) => error instanceof kind) || poolNames.has(error.name) || (error instanceof MongoServerError && codes.has(error.code)));
