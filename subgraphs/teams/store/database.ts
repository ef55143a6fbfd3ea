import { type Prisma, PrismaClient } from './generated/client.ts';
import { TracedPostgres } from './tracedPostgres.ts';

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
  close(): Promise<void>;
}>;

export type DatabaseOptions = Readonly<{
  /** `postgres://user:password@host:port/database` */
  url: string;
  /** Connections, 1–100. */
  poolSize: number;
}>;

/** Longest time to wait for a connection, and that a transaction may take. */
const waitMs = 10_000;
const transactionMs = 25_000;

/** Prisma's adapter writes times without their zone and drops it when it reads: both are right only where the session's zone is UTC, whatever the server's is. */
const zone = '-c TimeZone=UTC';

/**
 * After this a transaction that says nothing is rolled back, so that a process that stands still, or a machine that is gone, does not keep
 * its locks on jobs and companies for as long as its connection seems open. Milliseconds; nothing of ours thinks as long between two statements.
 */
const longestSilenceMs = 5_000;
const noSilence = `-c idle_in_transaction_session_timeout=${String(longestSilenceMs)}`;

const withSession = (url: string): string => {
  const session = new URL(url);
  const given = session.searchParams.get('options');
  session.searchParams.set('options', [...(given === null ? [] : [given]), zone, noSilence].join(' '));
  return session.href;
};

/** Opens the teams database. Connects on first use. */
export const openDatabase = ({ url, poolSize }: DatabaseOptions): Database => {
  const adapter = new TracedPostgres({ connectionString: withSession(url), max: poolSize, connectionTimeoutMillis: waitMs });
  const prisma = new PrismaClient({ adapter });
  return {
    prisma,
    transaction: (work) => prisma.$transaction(work, { maxWait: waitMs, timeout: transactionMs }),
    close: () => prisma.$disconnect(),
  };
};
