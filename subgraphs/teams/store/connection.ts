import { Socket } from 'node:net';

/** Prisma's adapter writes times without their zone and drops it when it reads: both are right only where the session's zone is UTC, whatever the server's is. */
const zone = '-c TimeZone=UTC';

/**
 * After this a transaction that says nothing is rolled back, so that a process that stands still, or a machine that is gone, does not keep
 * its locks on jobs and companies for as long as its connection seems open. Milliseconds; nothing of ours thinks as long between two statements.
 */
const longestSilenceMs = 5_000;

/** Longest time that a transaction may take, and that one statement of it may: what takes longer would hold a connection for nobody. Milliseconds. */
export const transactionMs = 25_000;

const settings = [zone, `-c idle_in_transaction_session_timeout=${String(longestSilenceMs)}`, `-c statement_timeout=${String(transactionMs)}`];

/** A URL whose sessions have our settings. Not for migrations, whose statements take as long as they take. */
export const withSession = (url: string): string => {
  const session = new URL(url);
  const given = session.searchParams.get('options');
  session.searchParams.set('options', [...(given === null ? [] : [given]), ...settings].join(' '));
  return session.href;
};

/** Above the time in which the server ends every statement of ours. Milliseconds. */
const silentMs = 30_000;
const keepAliveMs = 10_000;

/**
 * How a pool connects: one on which nothing comes or goes for longer than any statement takes is ended, with whoever waits on it. The other
 * end is gone then without a word: a machine that died, a firewall that forgot the connection. Nothing else would notice for a quarter of
 * an hour, and pg's own `query_timeout` gives up on the statement and keeps the connection. Pools end idle connections sooner themselves.
 */
export const watched = (afterMs = silentMs) => ({
  keepAlive: true,
  keepAliveInitialDelayMillis: keepAliveMs,
  stream: () => {
    const socket = new Socket();
    return socket.setTimeout(afterMs, () => socket.destroy(silence(afterMs)));
  },
});

/** As the system says it of a connection that it gives up. */
const silence = (ms: number): Error => Object.assign(new Error(`Postgres has said nothing for ${String(ms)} ms`), { code: 'ETIMEDOUT', errno: -110, syscall: 'read' });
