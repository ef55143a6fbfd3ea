import { transactionMs, watched, withSession } from './connection.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { TracedPostgres } from './tracedPostgres.ts';
import { createTurns, type InTurn } from './turns.ts';

/** The handle of an open transaction; everything that writes takes one. */
export type Transaction = Prisma.TransactionClient;

/** What a read may run on: an open transaction, or the pool. */
export type Reader = Transaction | PrismaClient;

export type Database = Readonly<{
  prisma: PrismaClient;
  /**
   * Runs work in one transaction: all of it or nothing. Inside, only its handle may be used: where all connections
   * share one server session, a statement outside it would wait for it for good.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Lets a change of a company, by its id, begin when few others of it are at work in this process. They wait for the company's row one after
   * another anyway; without this each would hold a connection meanwhile, and the access of everybody else would wait for one.
   */
  inTurn: InTurn;
  close(): Promise<void>;
}>;

export type DatabaseOptions = Readonly<{
  /** `postgres://user:password@host:port/database` */
  url: string;
  /** Connections, 1–100. */
  poolSize: number;
  /** Milliseconds of silence after which a connection that is waited on is given up. Default 30,000, above the longest statement. */
  silentMs?: number;
}>;

/** Longest time to wait for a connection. Milliseconds. */
const waitMs = 10_000;

/** Changes of one company that hold a connection: one at work and those that follow at once. */
const changesAtOnce = 3;

/** Opens the teams database. Connects on first use. */
export const openDatabase = ({ url, poolSize, silentMs }: DatabaseOptions): Database => {
  const adapter = new TracedPostgres({ connectionString: withSession(url), max: poolSize, connectionTimeoutMillis: waitMs, ...watched(silentMs) });
  const prisma = new PrismaClient({ adapter });
  return {
    prisma,
    transaction: (work) => prisma.$transaction(work, { maxWait: waitMs, timeout: transactionMs }),
    inTurn: createTurns({ atOnce: changesAtOnce, waitMs }),
    close: () => prisma.$disconnect(),
  };
};
