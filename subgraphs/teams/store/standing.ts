import type { Reader } from './database.ts';

/** Events that wait on their way out, and how far behind readers are. Ages in seconds; null: nothing waits. */
export type OutboxStanding = Readonly<{
  unplaced: number;
  unplacedAge: number | null;
  withheld: number;
  unpublished: number;
  unpublishedAge: number | null;
  parkedCompanies: number;
  /** Events that contacts has not passed; null: it has never said how far it is. */
  contactsBehind: number | null;
}>;

/** How the events of this log stand; `publication`: the name that Kafka's publisher keeps its place under. One statement, by indexes. */
export const readOutbox = async (reader: Reader, publication: string): Promise<OutboxStanding | null> => {
  const [row] = await reader.$queryRaw<OutboxStanding[]>`
    WITH log AS (SELECT position, outside_position FROM event_log),
    published AS (SELECT coalesce((SELECT position FROM publications WHERE name = ${publication}), 0) AS position),
    unplaced AS (SELECT count(*) AS waiting, min(occurred_at) AS oldest FROM events WHERE position IS NULL),
    next AS (SELECT released_at FROM events WHERE outside_position > (SELECT position FROM published) ORDER BY outside_position LIMIT 1)
    SELECT unplaced.waiting::float8 AS unplaced, extract(epoch FROM clock_timestamp() - unplaced.oldest)::float8 AS "unplacedAge",
      (SELECT count(*) FROM events WHERE is_public AND outside_position IS NULL AND position IS NOT NULL)::float8 AS withheld,
      (log.outside_position - published.position)::float8 AS unpublished,
      (SELECT extract(epoch FROM clock_timestamp() - released_at) FROM next)::float8 AS "unpublishedAge",
      (SELECT count(*) FROM parked_companies)::float8 AS "parkedCompanies",
      (log.position - (SELECT position FROM feed_readers WHERE name = 'contacts'))::float8 AS "contactsBehind"
    FROM log, published, unplaced`;
  return row ?? null;
};

export type Counted = Readonly<{ label: string; total: number }>;

/** Migration jobs by status. */
export const countJobs = (reader: Reader): Promise<Counted[]> =>
  reader.$queryRaw<Counted[]>`SELECT status AS label, count(*)::float8 AS total FROM migration_jobs GROUP BY status`;

/** Open dead letters by kind. */
export const countDeadLetters = (reader: Reader): Promise<Counted[]> =>
  reader.$queryRaw<Counted[]>`SELECT kind AS label, count(*)::float8 AS total FROM dead_letters WHERE redriven_at IS NULL GROUP BY kind`;

/** Active companies by what contacts reported of them, with and without the flag that the gate of 95 % guards. */
export type CoverageStanding = Readonly<{
  isOn: boolean;
  companies: number;
  missing: number;
  stale: number;
  /** Of reports that are fresh: companies below `leastPercent`. */
  below: number;
  contacts: number;
  covered: number;
}>;

/** How coverage stands over all active companies (SPEC §2.5): a company without contacts is covered. */
export const readCoverage = (reader: Reader, leastPercent: number): Promise<CoverageStanding[]> =>
  reader.$queryRaw<CoverageStanding[]>`
    WITH company AS (
      SELECT c.id, coalesce((SELECT f.value FROM company_flags f WHERE f.company_id = c.id AND f.flag = 'cdp_team_permission_enabled'), false) AS is_on,
        r.contacts, r.covered, r.reported_at >= clock_timestamp() - interval '7 days' AS is_fresh
      FROM companies c LEFT JOIN company_coverage r ON r.company_id = c.id WHERE c.is_active
    )
    SELECT is_on AS "isOn", count(*)::float8 AS companies, (count(*) FILTER (WHERE contacts IS NULL))::float8 AS missing,
      (count(*) FILTER (WHERE NOT is_fresh))::float8 AS stale,
      (count(*) FILTER (WHERE is_fresh AND covered::bigint * 100 < contacts::bigint * ${leastPercent}))::float8 AS below,
      coalesce(sum(contacts), 0)::float8 AS contacts, coalesce(sum(covered), 0)::float8 AS covered
    FROM company GROUP BY is_on`;

/** The largest share of items that failed in one run, of the runs of the last 24 hours; null: none was attempted. */
export const worstRun = async (reader: Reader): Promise<number | null> => {
  const [row] = await reader.$queryRaw<{ share: number | null }[]>`
    SELECT max(share)::float8 AS share FROM (
      SELECT sum(c.failed)::float8 / nullif(sum(c.created + c.skipped + c.failed), 0) AS share
      FROM migration_runs r JOIN migration_run_companies c ON c.run_id = r.id
      WHERE r.created_at >= clock_timestamp() - interval '24 hours' GROUP BY r.id
    ) AS run`;
  return row?.share ?? null;
};
