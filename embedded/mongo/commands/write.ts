import { MongoFault } from '../fault.ts';
import type { Doc } from '../values/kinds.ts';
import { flagArgument } from './arguments.ts';

/** The greatest number of operations in one write command. */
export const MAX_WRITE_BATCH = 100_000;

/**
 * Runs the operations of a write command one after the other. A fault of one is reported beside the others' results;
 * when the command is ordered, as it is unless it says otherwise, those after it are not run.
 */
export const writeAll = (request: Doc, operations: readonly Doc[], write: (operation: Doc, index: number) => void): { writeErrors?: Doc[] } => {
  if (operations.length === 0 || operations.length > MAX_WRITE_BATCH) {
    throw new MongoFault('InvalidLength', `Write batch sizes must be between 1 and ${MAX_WRITE_BATCH}. Got ${operations.length} operations.`);
  }
  const ordered = flagArgument(request, 'ordered', true);
  const writeErrors: Doc[] = [];
  for (const [index, operation] of operations.entries()) {
    try {
      write(operation, index);
    } catch (error) {
      if (!(error instanceof MongoFault)) throw error;
      writeErrors.push({ index, code: error.code, ...error.details, errmsg: error.message });
      if (ordered) break;
    }
  }
  return writeErrors.length === 0 ? {} : { writeErrors };
};

/** Refuses a field of an operation that its command does not know. @throws MongoFault UnknownField (40415) */
export const checkOperation = (operation: Doc, what: string, known: readonly string[]): void => {
  if (operation['collation'] !== undefined) throw new MongoFault('CommandNotSupported', 'collation is not supported by this server');
  const unknown = Object.keys(operation).find((field) => field !== 'collation' && !known.includes(field));
  if (unknown !== undefined) throw new MongoFault('UnknownField', `BSON field '${what}.${unknown}' is an unknown field.`);
};
