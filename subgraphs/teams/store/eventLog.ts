import type { FeedEntry, OutsideReader, Sequence } from '../../shared/teamsApi.ts';
import type { Reader, Transaction } from './database.ts';
import { Prisma } from './generated/client.ts';

export type EventRow = Readonly<{
  eventId: string;
  companyId: string;
  eventType: string;
  aggregateType: string;
  aggregateId: string;
  isPublic: boolean;
  app: string | null;
  payload: object;
  occurredAt: Date;
}>;

/** Writes events in their order. */
export const insertEvents = async (tx: Transaction, events: readonly EventRow[]): Promise<void> => {
  if (events.length === 0) return;
  const rows = events.map((event, place) => ({ ...event, place, occurredAt: event.occurredAt.toISOString() }));
  await tx.$executeRaw`
    INSERT INTO events (event_id, company_id, event_type, aggregate_type, aggregate_id, is_public, app, payload, occurred_at)
    SELECT "eventId", "companyId", "eventType", "aggregateType", "aggregateId", "isPublic", app, payload, "occurredAt"
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(place int, "eventId" uuid, "companyId" uuid, "eventType" text,
      "aggregateType" text, "aggregateId" uuid, "isPublic" boolean, app text, payload jsonb, "occurredAt" timestamptz)
    ORDER BY place`;
};

/** Whether company `w` publishes: `publish_team_events` is on unless it was set off (SPEC §2.5). */
const publishes = Prisma.sql`coalesce(
  (SELECT f.value FROM company_flags f WHERE f.company_id = w.company_id AND f.flag = 'publish_team_events'),
  (SELECT d.value FROM flag_defaults d WHERE d.flag = 'publish_team_events'), true)`;

/**
 * Companies that have events in front of the outside sequence and publish them. One look at `idx_events_withheld` for each company that has any, however many it withholds; the order names that index.
 */
const publishing = Prisma.sql`
  WITH RECURSIVE waiting AS (
    (SELECT company_id FROM events WHERE is_public AND outside_position IS NULL AND position IS NOT NULL ORDER BY company_id, position LIMIT 1)
    UNION ALL
    SELECT (SELECT company_id FROM events
      WHERE is_public AND outside_position IS NULL AND position IS NOT NULL AND company_id > waiting.company_id ORDER BY company_id, position LIMIT 1)
    FROM waiting WHERE waiting.company_id IS NOT NULL
  ), publishing AS (
    SELECT w.company_id FROM waiting w
    WHERE w.company_id IS NOT NULL AND ${publishes}
  )`;

/** Whether there are events without a place that they may have now. */
export const hasUnplaced = async (reader: Reader): Promise<boolean> => {
  const [row] = await reader.$queryRaw<{ found: boolean }[]>`
    ${publishing}
    SELECT EXISTS (SELECT 1 FROM events WHERE position IS NULL) OR EXISTS (SELECT 1 FROM publishing) AS found`;
  return row?.found ?? false;
};

/**
 * Gives events their position, in the order they were written, and their place in the outside sequence at once where nothing of their
 * company waits in front of it. Only under the relay's lease. Answers how many.
 */
export const placeEvents = (tx: Transaction, limit: number): Promise<number> =>
  tx.$executeRaw`
    WITH unplaced AS (
      SELECT event_id, company_id, is_public, row_number() OVER (ORDER BY written) AS n
      FROM (SELECT event_id, company_id, is_public, written FROM events WHERE position IS NULL ORDER BY written LIMIT ${limit}) AS oldest
    ), released AS (
      SELECT event_id, row_number() OVER (ORDER BY n) AS n FROM unplaced WHERE is_public AND company_id IN (
        SELECT w.company_id FROM (SELECT DISTINCT company_id FROM unplaced WHERE is_public) AS w
        WHERE ${publishes} AND NOT EXISTS (
          SELECT 1 FROM events e WHERE e.company_id = w.company_id AND e.is_public AND e.outside_position IS NULL AND e.position IS NOT NULL)
      )
    ), log AS (
      UPDATE event_log SET position = position + (SELECT count(*) FROM unplaced), outside_position = outside_position + (SELECT count(*) FROM released)
      RETURNING position - (SELECT count(*) FROM unplaced) AS base, outside_position - (SELECT count(*) FROM released) AS outside_base
    )
    UPDATE events SET position = log.base + unplaced.n, outside_position = log.outside_base + released.n,
      released_at = CASE WHEN released.n IS NOT NULL THEN clock_timestamp() END
    FROM unplaced LEFT JOIN released ON released.event_id = unplaced.event_id, log WHERE events.event_id = unplaced.event_id`;

/**
 * Gives public events that had to wait their place in the outside sequence, in the order of their positions within each company; those of
 * companies that do not publish wait until they do. One company after another, so that it reads no more than it places, however many
 * companies publish again at once. Only under the relay's lease. Answers how many.
 */
export const releaseEvents = (tx: Transaction, limit: number): Promise<number> =>
  tx.$executeRaw`
    ${publishing}, oldest AS (
      SELECT e.event_id, e.company_id, e.position FROM publishing p CROSS JOIN LATERAL (
        SELECT event_id, company_id, position FROM events
        WHERE company_id = p.company_id AND is_public AND outside_position IS NULL AND position IS NOT NULL ORDER BY company_id, position LIMIT ${limit}
      ) AS e LIMIT ${limit}
    ), releasable AS (
      SELECT event_id, row_number() OVER (ORDER BY company_id, position) AS n FROM oldest
    ), log AS (
      UPDATE event_log SET outside_position = outside_position + (SELECT count(*) FROM releasable)
      RETURNING outside_position - (SELECT count(*) FROM releasable) AS base
    )
    UPDATE events SET outside_position = log.base + releasable.n, released_at = clock_timestamp()
    FROM releasable, log WHERE events.event_id = releasable.event_id AND events.event_id = ANY(ARRAY(SELECT event_id FROM releasable))`;

/** Where both sequences of this log stand. */
export type Newest = Readonly<{ log: string } & Record<Sequence, number>>;

export const readNewest = async (reader: Reader): Promise<Newest> => {
  const row = await reader.eventLog.findFirstOrThrow();
  return { log: row.id, internal: Number(row.position), outside: Number(row.outsidePosition) };
};

type EntryRow = Omit<FeedEntry, 'position' | 'occurredAt'> & { position: bigint; occurredAt: Date };

const columns = Prisma.sql`e.event_id AS "eventId", e.event_type AS type, e.company_id AS "companyId",
  e.aggregate_id AS "aggregateId", e.occurred_at AS "occurredAt", e.payload`;

const entryOf = ({ position, occurredAt, ...entry }: EntryRow): FeedEntry => ({
  ...entry,
  position: Number(position),
  occurredAt: occurredAt.toISOString(),
});

/** Entries of a sequence after a position, oldest first. */
export const readEntries = async (reader: Reader, sequence: Sequence, after: number, limit: number): Promise<readonly FeedEntry[]> => {
  const place = sequence === 'internal' ? Prisma.sql`e.position` : Prisma.sql`e.outside_position`;
  const rows = await reader.$queryRaw<EntryRow[]>`
    SELECT ${place} AS position, ${columns} FROM events e WHERE ${place} > ${after} ORDER BY ${place} LIMIT ${limit}`;
  return rows.map(entryOf);
};

/**
 * What an outside reader may see, as long as outsiders may go back, from an event's release (SPEC §5). Only TEAM_MIGRATED has an app: said
 * in so many words, an index of such events alone serves, and other events of the log, or of the company, are not read.
 */
const visibleTo = ({ app, companyId, type }: OutsideReader): Prisma.Sql => Prisma.sql`
  ${type === 'TEAM_MIGRATED' ? Prisma.sql`e.app IS NOT NULL` : Prisma.sql`true`}
  AND e.outside_position IS NOT NULL AND e.released_at >= now() - interval '30 days' AND e.event_type = ${type}
  AND ${app === undefined ? Prisma.sql`true` : Prisma.sql`e.app = ${app}`}
  AND ${companyId === undefined ? Prisma.sql`true` : Prisma.sql`e.company_id = ${companyId}::uuid`}`;

/** The outside position of an event that a reader may see, else null. */
export const positionOf = async (reader: Reader, eventId: string, who: OutsideReader): Promise<number | null> => {
  const [row] = await reader.$queryRaw<{ position: bigint }[]>`
    SELECT e.outside_position AS position FROM events e WHERE e.event_id = ${eventId}::uuid AND ${visibleTo(who)}`;
  return row === undefined ? null : Number(row.position);
};

/** Whether a place of the outside sequence is taken by an event that is to be had for a day at least. */
export const isRecent = async (reader: Reader, position: number): Promise<boolean> => {
  const [row] = await reader.$queryRaw<{ found: number }[]>`
    SELECT 1 AS found FROM events WHERE outside_position = ${position} AND released_at >= now() - interval '29 days'`;
  return row !== undefined;
};

/** Events after an outside position that a reader may see, oldest first; up to a position, when one is said. */
export const readVisible = async (reader: Reader, who: OutsideReader, after: number, limit: number, upTo: number = Number.MAX_SAFE_INTEGER): Promise<readonly FeedEntry[]> => {
  const rows = await reader.$queryRaw<EntryRow[]>`
    SELECT e.outside_position AS position, ${columns} FROM events e
    WHERE e.outside_position > ${after} AND e.outside_position <= ${upTo} AND ${visibleTo(who)} ORDER BY e.outside_position LIMIT ${limit}`;
  return rows.map(entryOf);
};

/** Entries of one company in the outside sequence from one place to another, both included, oldest first. */
export const readCompanyEntries = async (
  reader: Reader,
  { companyId, from, to, limit }: Readonly<{ companyId: string; from: number; to: number; limit: number }>,
): Promise<readonly FeedEntry[]> => {
  const rows = await reader.$queryRaw<EntryRow[]>`
    SELECT e.outside_position AS position, ${columns} FROM events e
    WHERE e.company_id = ${companyId}::uuid AND e.outside_position BETWEEN ${from} AND ${to} ORDER BY e.outside_position LIMIT ${limit}`;
  return rows.map(entryOf);
};
