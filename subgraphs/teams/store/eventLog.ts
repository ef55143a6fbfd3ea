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

/**
 * Companies that have events in front of the outside sequence and publish them: `publish_team_events` is on unless it was set off
 * (SPEC §2.5). One look at `idx_events_withheld` for each company that has any, however many it withholds; the order names that index.
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
    WHERE w.company_id IS NOT NULL AND coalesce(
      (SELECT f.value FROM company_flags f WHERE f.company_id = w.company_id AND f.flag = 'publish_team_events'),
      (SELECT d.value FROM flag_defaults d WHERE d.flag = 'publish_team_events'), true)
  )`;

/** Whether there are events without a place that they may have now. */
export const hasUnplaced = async (reader: Reader): Promise<boolean> => {
  const [row] = await reader.$queryRaw<{ found: boolean }[]>`
    ${publishing}
    SELECT EXISTS (SELECT 1 FROM events WHERE position IS NULL) OR EXISTS (SELECT 1 FROM publishing) AS found`;
  return row?.found ?? false;
};

/** Gives events their position, in the order they were written. Only under the relay's lease. Answers how many. */
export const placeEvents = (tx: Transaction, limit: number): Promise<number> =>
  tx.$executeRaw`
    WITH unplaced AS (
      SELECT event_id, row_number() OVER (ORDER BY written) AS n
      FROM (SELECT event_id, written FROM events WHERE position IS NULL ORDER BY written LIMIT ${limit}) AS oldest
    ), log AS (
      UPDATE event_log SET position = position + (SELECT count(*) FROM unplaced)
      RETURNING position - (SELECT count(*) FROM unplaced) AS base
    )
    UPDATE events SET position = log.base + unplaced.n FROM unplaced, log WHERE events.event_id = unplaced.event_id`;

/**
 * Gives public events their place in the outside sequence, in the order of their positions; those of companies that do not
 * publish wait until they do. Only under the relay's lease. Answers how many.
 */
export const releaseEvents = (tx: Transaction, limit: number): Promise<number> =>
  tx.$executeRaw`
    ${publishing}, releasable AS (
      SELECT event_id, row_number() OVER (ORDER BY position) AS n
      FROM (
        SELECT e.event_id, e.position FROM publishing p CROSS JOIN LATERAL (
          SELECT event_id, position FROM events
          WHERE company_id = p.company_id AND is_public AND outside_position IS NULL AND position IS NOT NULL ORDER BY position LIMIT ${limit}
        ) AS e ORDER BY e.position LIMIT ${limit}
      ) AS oldest
    ), log AS (
      UPDATE event_log SET outside_position = outside_position + (SELECT count(*) FROM releasable)
      RETURNING outside_position - (SELECT count(*) FROM releasable) AS base
    )
    UPDATE events SET outside_position = log.base + releasable.n, released_at = clock_timestamp()
    FROM releasable, log WHERE events.event_id = releasable.event_id`;

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

/** How long outsiders may go back, from an event's release (SPEC §5). */
const visibleTo = ({ app, companyId, type }: OutsideReader): Prisma.Sql => Prisma.sql`
  e.outside_position IS NOT NULL AND e.released_at >= now() - interval '30 days' AND e.event_type = ${type}
  AND ${app === undefined ? Prisma.sql`true` : Prisma.sql`e.app = ${app}`}
  AND ${companyId === undefined ? Prisma.sql`true` : Prisma.sql`e.company_id = ${companyId}::uuid`}`;

/** The outside position of an event that a reader may see, else null. */
export const positionOf = async (reader: Reader, eventId: string, who: OutsideReader): Promise<number | null> => {
  const [row] = await reader.$queryRaw<{ position: bigint }[]>`
    SELECT e.outside_position AS position FROM events e WHERE e.event_id = ${eventId}::uuid AND ${visibleTo(who)}`;
  return row === undefined ? null : Number(row.position);
};

/** Events after an outside position that a reader may see, oldest first. */
export const readVisible = async (reader: Reader, who: OutsideReader, after: number, limit: number): Promise<readonly FeedEntry[]> => {
  const rows = await reader.$queryRaw<EntryRow[]>`
    SELECT e.outside_position AS position, ${columns} FROM events e
    WHERE e.outside_position > ${after} AND ${visibleTo(who)} ORDER BY e.outside_position LIMIT ${limit}`;
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
