import { CannotStart, codeOf, hostOf } from '../../shared/cannotStart.ts';

const authenticationFailed = 18;
const unauthorized = 13;

/** What a failed connection to MongoDB means, and what to do about it. */
export const connectionFault = (url: string, error: unknown): CannotStart =>
  new CannotStart(`MONGODB_URL (${hostOf(url)}): ${meaningOf(error)}`, { cause: error });

const meaningOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (code === authenticationFailed) return 'MongoDB refuses this user or password. Correct the URL; authSource names the database that knows the user.';
  if (code === unauthorized) return `the user lacks a right (${message}). Grant it readWrite on the database of MONGODB_DATABASE.`;
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) return 'there is no host of this name. Correct the URL.';
  const name = error instanceof Error ? error.name : '';
  // the message of a URL that cannot be read repeats it, with the password
  if (name === 'MongoParseError' || name === 'MongoInvalidArgumentError' || name === 'MongoAPIError' || message.includes('//')) {
    return `this URL cannot be used${message.includes('//') ? '' : ` (${message})`}. Write mongodb://user:password@host:27017/?replicaSet=name, with %-codes for signs like @ and / in the password.`;
  }
  if (name === 'MongoServerSelectionError' || name.startsWith('MongoNetwork')) return `no MongoDB answers there (${message}). Start it, or correct the URL; the replica set's name must be that of the servers.`;
  return `MongoDB cannot be used (${message}).`;
};
