import { type Database, openDatabase } from '../../subgraphs/teams/store/database.ts';
import { CommandFault, type Flags, type Invocation } from './command.ts';

/** Flags of commands that speak to the teams database. */
export const databaseFlags: Flags = { database: { value: '<url>', about: 'the teams database; DATABASE_URL (better: it does not stand in the list of processes)' } };

/** @throws CommandFault when there is none, or what is no URL of one. */
export const databaseUrl = ({ one, env }: Invocation): string => {
  const url = one('database') ?? env['DATABASE_URL'] ?? '';
  if (url === '') throw new CommandFault('USAGE', 'There is no database. Set DATABASE_URL, or give --database postgres://user:password@host:5432/database.');
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) throw new CommandFault('USAGE', 'The URL of the database must look like postgres://user:password@host:5432/database.');
  return url;
};

/** Runs a work on the database and closes it. @throws CommandFault UNREACHABLE when it does not answer within 10 s. */
export const withDatabase = async <T>(invocation: Invocation, work: (database: Database) => Promise<T>): Promise<T> => {
  const url = databaseUrl(invocation);
  const database = openDatabase({ url, poolSize: 2 });
  try {
    await database.prisma.$queryRaw`SELECT 1 AS up`.catch((error: unknown) => {
      const { hostname, port, pathname } = new URL(url);
      throw new CommandFault('UNREACHABLE', `The database at ${hostname}:${port || '5432'}${pathname} cannot be used: ${reasonOf(error)}`);
    });
    return await work(database);
  } finally {
    await database.close();
  }
};

const reasonOf = (error: unknown): string => (error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error));
