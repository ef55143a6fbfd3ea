import type { Counted } from '../domain/legacyMove.ts';

/** A row that was loaded; `_id` is company and contact key, so that the same row replaces itself and a company's are read in order. */
export type LegacyRowDocument = Readonly<{ _id: string; company_sso_id: string; contact_key: string; crm_team_hierarchy_id: string | null }>;

/** A name that was loaded; `_id` is company and legacy id. */
export type LegacyTeamDocument = Readonly<{ _id: string; company_sso_id: string; legacy_team_id: string; name: string }>;

export type LegacyMoveStatus = 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED';

type Tallied = readonly Readonly<{ legacy_team_id: string; contacts: number }>[];

/** How far a move is; all of it is written at once, with each batch. */
export type MoveProgress = Readonly<{
  processed: number;
  /** `_id` of the last row worked off. */
  place: string | null;
  /** Of a dry run: contacts without team owner that would get one. */
  gained: number;
  left_alone: number;
  unmatched: Tallied;
  ambiguous: Tallied;
}>;

/** A move, and the work it still needs: claimed by moving `due_at` on, which is the end of a lease as well, fenced by `attempt`. */
export type LegacyMoveDocument = MoveProgress &
  Readonly<{
    /** Lower-case UUID. */
    _id: string;
    company_sso_id: string;
    /** The company, while the move is not ended: unique, so that one runs at a time. */
    active_for?: string;
    status: LegacyMoveStatus;
    dry_run: boolean;
    no_legacy_rows: boolean;
    /** The service that started it. */
    started_by: string;
    total: number;
    /** Null until it is done. */
    counted: Counted | null;
    created_at: Date;
    finished_at: Date | null;
    due_at: Date;
    /** Rises with each claim: what an earlier holder writes is refused. */
    attempt: number;
    /** Claims since the last batch that was worked off. */
    stalls: number;
  }>;

/** State of the job that reports coverage; one document. Times are the database's. */
export type CoverageJobDocument = Readonly<{
  _id: 'coverage';
  /** When the next round over all companies is due. */
  due_at: Date;
  /** How far the round is: the last company reported. */
  after: string | null;
  /** Companies to be reported at once, each with the move that asked for it. */
  asked: readonly Readonly<{ move_id: string; company_sso_id: string }>[];
  lease_until: Date;
  attempt: number;
  /** When it was claimed. */
  claimed_at: Date;
}>;
