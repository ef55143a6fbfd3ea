import type { ObjectId } from 'mongodb';

/**
 * What the tokens of a company's contacts still need. `rebuild`: made anew, twice, so that writes that had asked before the first round are
 * found by the second. `check`: those that differ are repaired and counted. `fill`: only contacts without tokens.
 */
export type TreeWork = Readonly<{
  kind: 'rebuild' | 'check' | 'fill';
  /** The tree version that it began at; null: not begun. */
  from: number | null;
  round: 1 | 2;
  /** The last contact that is done. */
  after: Readonly<{ created_at: Date; _id: ObjectId }> | null;
}>;

/** How far the stored tokens of a company's contacts follow its tree. Times are the database's. */
export type TreeDocument = Readonly<{
  /** The company. */
  _id: string;
  /** Up to this tree version all stored tokens are right; null: they have not been written yet. */
  settled: number | null;
  /** The newest tree version that the feed told of. */
  seen: number;
  work: TreeWork | null;
  /** When there is work, or the next check, and the end of the lease of who does it. */
  due_at: Date;
  /** Rises with each claim: fences what a claim writes. */
  attempt: number;
}>;

/** A move or deletion of a team that stored tokens may not follow yet. It goes when they do. */
export type TreeChange = Readonly<{
  /** The event's id. */
  _id: string;
  company_sso_id: string;
  team_id: string;
  /** The company's tree version that it made. */
  version: number;
  kind: 'moved' | 'deleted';
  /** When nothing was found to do; asked once more after the longest time that a write may take. */
  clean_at: Date | null;
  due_at: Date;
  attempt: number;
}>;

/** What took the place of a deleted team on contacts; kept for good. */
export type ReplacedTeam = Readonly<{
  /** The deleted team. */
  _id: string;
  company_sso_id: string;
  /** Null: Unassigned. */
  to: string | null;
  version: number;
}>;

/** Where contacts' durable work stands in teams' feed: one for all its processes. */
export type FollowerDocument = Readonly<{
  _id: 'teams';
  log: string | null;
  position: number;
  /** Events may have been missed: all team ids of contacts are compared with teams before anything else. */
  comparing: boolean;
  due_at: Date;
  attempt: number;
}>;
