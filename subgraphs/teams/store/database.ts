import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from './generated/client.ts';

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

/** Opens the teams database. Connects on first use. */
export const openDatabase = ({ url, poolSize }: DatabaseOptions): Database => {
  const adapter = new PrismaPg({ connectionString: url, max: poolSize, connectionTimeoutMillis: waitMs });
  const prisma = new PrismaClient({ adapter });
  return {
    prisma,
    transaction: (work) => prisma.$transaction(work, { maxWait: waitMs, timeout: transactionMs }),
    close: () => prisma.$disconnect(),
  };
};
