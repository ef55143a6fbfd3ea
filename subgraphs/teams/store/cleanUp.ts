import type { Transaction } from './database.ts';
import { durableReaders } from './feedReaders.ts';
import { Prisma } from './generated/client.ts';

// By the database's clock: a process whose own is wrong removes nothing too early. The transaction's: an index cannot look for a time that goes on while it looks.
const old = Prisma.sql`now() - interval '30 days'`;

/** Removes ended jobs of more than 30 days with their results; their runs keep the totals (OTM §6.1). Answers how many. */
export const removeOldJobs = (tx: Transaction, limit: number): Promise<number> =>
  tx.$executeRaw`
    DELETE FROM migration_jobs WHERE id IN (
      SELECT id FROM migration_jobs WHERE created_at < ${old} AND finished_at < ${old} ORDER BY created_at LIMIT ${limit})`;

/** Removes keys of creates of more than 30 days. Answers how many. */
export const removeOldKeys = (tx: Transaction, limit: number): Promise<number> =>
  tx.$executeRaw`
    DELETE FROM idempotency_keys WHERE id IN (SELECT id FROM idempotency_keys WHERE created_at < ${old} ORDER BY created_at LIMIT ${limit})`;

/** The place up to which every durable reader has come; one that never came has passed nothing. */
const passed = Prisma.sql`(
  SELECT coalesce(min(coalesce(r.position, 0)), 0) FROM unnest(${[...durableReaders]}::text[]) AS wanted(name) LEFT JOIN feed_readers r ON r.name = wanted.name)`;

/**
 * Removes public events that nobody is to read any more: 30 days after their release, passed by every durable reader, and by Kafka's
 * publisher when there is one. Never one without a place, withheld, parked, or behind one of its company that is parked. Answers how many.
 */
export const removeOldPublicEvents = (tx: Transaction, { limit, isPublished }: Readonly<{ limit: number; isPublished: boolean }>): Promise<number> => {
  const published = isPublished
    ? Prisma.sql`e.outside_position <= coalesce((SELECT p.position FROM publications p WHERE p.name = 'kafka'), 0)`
    : Prisma.sql`true`;
  return tx.$executeRaw`
    DELETE FROM events WHERE event_id = ANY(ARRAY(
      SELECT e.event_id FROM events e
      WHERE e.released_at < ${old} AND e.is_public AND e.outside_position IS NOT NULL AND e.position <= ${passed} AND ${published}
        AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.kind = 'team_event' AND d.redriven_at IS NULL AND d.reference = e.event_id::text)
        AND NOT EXISTS (SELECT 1 FROM parked_companies c WHERE c.company_id = e.company_id AND c.position <= e.outside_position)
      ORDER BY e.released_at LIMIT ${limit}))`;
};

/** Removes internal events 30 days after they happened, passed by every durable reader; never one without a place. Answers how many. */
export const removeOldInternalEvents = (tx: Transaction, limit: number): Promise<number> =>
  tx.$executeRaw`
    DELETE FROM events WHERE event_id = ANY(ARRAY(
      SELECT e.event_id FROM events e WHERE NOT e.is_public AND e.occurred_at < ${old} AND e.position <= ${passed} ORDER BY e.occurred_at LIMIT ${limit}))`;
