import { fileURLToPath } from 'node:url';
import { dataFolder } from './config.ts';
import { devSigningKey } from './devKeys.ts';
import { startMigratedPostgres } from './migratedPostgres.ts';
import { startMongoThread } from './mongo/thread.ts';

/** A server's URL, what to call it, and how to let it go. */
export type StandIn = Readonly<{ url: string; name: string; close(): Promise<void> }>;

/** A Postgres: the one at the URL, else an embedded one in memory. */
export const somePostgres = async (url: string | undefined): Promise<StandIn> => {
  if (url !== undefined) return { url, name: `Postgres at ${hostOf(url)}`, close: () => Promise.resolve() };
  const server = await startMigratedPostgres();
  return { url: server.url, name: 'Postgres is PGlite, in memory', close: () => server.close() };
};

/** A MongoDB: the one at the URL, else an embedded one in memory. */
export const someMongo = async (url: string | undefined): Promise<StandIn> => {
  if (url !== undefined) return { url, name: `MongoDB at ${hostOf(url)}`, close: () => Promise.resolve() };
  const server = await startMongoThread();
  return { url: server.url, name: 'MongoDB is an embedded stand-in, in memory', close: () => server.close() };
};

/** The folder of the development keys, as a path. */
export const devFolder = (): string => fileURLToPath(dataFolder);

/** The signing key that processes started apart in this checkout share. */
export const sharedDevKey = (): Promise<string> => devSigningKey(devFolder());

/** Host and port of a URL, never its password; all hosts of a replica set. */
const hostOf = (url: string): string => /^[a-z+]+:\/\/(?:[^@/]*@)?([^/?]+)/i.exec(url)?.[1] ?? '(unreadable URL)';
