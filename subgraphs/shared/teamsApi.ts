import type { Access } from './viewer.ts';

/**
 * What teams answers to other processes, by operation of the allow-list. Bodies and replies are JSON; status 200
 * unless said otherwise. None of it is in the public schema.
 */
export type TeamsApi = {
  /** A person's access, as it is now. `withTeams` expands the teams also when no level needs it (MY_TEAMS). */
  access: {
    request: Readonly<{ companyId: string; userId: string; withTeams: boolean }>;
    /** Null: not an active user of exactly that active company. */
    reply: Readonly<{ access: Access | null }>;
  };
  /** The teams that a person is a member of, sorted. */
  userTeams: {
    request: Readonly<{ companyId: string; userId: string }>;
    /** Null: not an active user of that company. */
    reply: Readonly<{ teamIds: readonly string[] | null }>;
  };
  /** Which of some people are active in a company; the others are left out. */
  people: {
    request: Readonly<{ companyId: string; userIds: readonly string[] }>;
    reply: Readonly<{ active: readonly string[] }>;
  };
  /** Ancestors of teams, root first, without the team itself; teams that are not the company's are left out. */
  ancestors: {
    request: Readonly<{ companyId: string; teamIds: readonly string[] }>;
    reply: Readonly<{ treeVersion: number; ancestors: Readonly<Record<string, readonly string[]>> }>;
  };
  /** Entries of a sequence after a position; waits up to `waitMs` (≤ 20,000) when there are none yet. */
  feed: {
    request: Readonly<{
      sequence: Sequence;
      /** Entries after this position; null: none, just where the sequence stands now. */
      after: Readonly<{ log: string; position: number }> | null;
      /** 1–1,000. */
      limit: number;
      waitMs: number;
    }>;
    reply: FeedPage;
  };
  /** Where an outside reader that has seen an event goes on. */
  locate: {
    request: Readonly<{ eventId: string; reader: OutsideReader }>;
    /** Position null: unknown, withheld, too old, or not the reader's to see; `oldestEventId` is what it may name. */
    reply: Readonly<{ log: string; position: number | null; oldestEventId: string | null }>;
  };
};

/** `internal`: every event, for gateway and contacts. `outside`: released TEAM_* events, for everybody else (SPEC §5). */
export type Sequence = 'internal' | 'outside';

/** Which events an outside reader may see; left out means no restriction. */
export type OutsideReader = Readonly<{ app?: 'chat' | 'crm'; companyId?: string; type: string }>;

/** One event in a sequence. */
export type FeedEntry = Readonly<{
  /** Its place; rises by one or more from entry to entry. */
  position: number;
  eventId: string;
  /** `TEAM_MIGRATED`, … or, on the internal sequence alone, `ACCESS_CHANGED` and others. */
  type: string;
  companyId: string;
  aggregateId: string;
  /** ISO 8601. */
  occurredAt: string;
  payload: Readonly<Record<string, unknown>>;
}>;

/** Some entries of a sequence, oldest first. */
export type FeedPage = Readonly<{
  /** The log that positions belong to; another log's positions mean nothing here. */
  log: string;
  entries: readonly FeedEntry[];
  /** Where to go on from. */
  position: number;
  /** Whether `after` was of another log, or its next entries have been removed: the reader has to start over. */
  lost: boolean;
}>;

/** Payload of TEAM_MIGRATED (SPEC §5); ids as text. */
export type TeamMigratedPayload = Readonly<{
  team_name: string;
  app: 'chat' | 'crm';
  app_identifier_id: string;
  source_identifier: 'Chat' | 'CRM';
  company_sso_id: string;
  parent_id: string | null;
  members: readonly [];
  created_by_sso_id: '';
}>;
