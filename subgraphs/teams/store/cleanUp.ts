import type { Transaction } from './database.ts';
import { durableReaders } from './feedReaders.ts';
import { Prisma } from './generated/client.ts';

// by the database's clock: a process whose own is wrong removes nothing too early
const old = Prisma.sql`clock_timestamp() - interval '30 days'`;

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
 * Removes events that nobody is to read any more: outside 30 days after their release, or, internal ones, after they happened; passed by
 * every durable reader, and by Kafka's publisher when there is one. Never one without a place, withheld, parked, or behind one of its company
 * that is parked. Answers how many.
 */
export const removeOldEvents = (tx: Transaction, { limit, isPublished }: Readonly<{ limit: number; isPublished: boolean }>): Promise<number> => {
  const published = isPublished
    ? Prisma.sql`e.outside_position <= coalesce((SELECT p.position FROM publications p WHERE p.name = 'kafka'), 0)`
    : Prisma.sql`true`;
  return tx.$executeRaw`
    DELETE FROM events WHERE event_id IN (
      SELECT e.event_id FROM events e WHERE e.position <= ${passed} AND CASE WHEN e.is_public
        THEN e.outside_position IS NOT NULL AND e.released_at < ${old} AND ${published}
          AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.kind = 'team_event' AND d.redriven_at IS NULL AND d.reference = e.event_id::text)
          AND NOT EXISTS (SELECT 1 FROM parked_companies c WHERE c.company_id = e.company_id AND c.position <= e.outside_position)
        ELSE e.occurred_at < ${old} END
      ORDER BY e.position LIMIT ${limit})`;
};
