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
  /** All teams below one, without itself; none when it is not the company's. */
  descendants: {
    request: Readonly<{ companyId: string; teamId: string }>;
    reply: Readonly<{ treeVersion: number; teamIds: readonly string[] }>;
  };
  /**
   * What stands for teams that a contact names: a team that is there for itself, a deleted one for what took its place on
   * contacts (chains followed), null when that was Unassigned. Ids that never were the company's are left out.
   */
  standing: {
    request: Readonly<{ companyId: string; teamIds: readonly string[] }>;
    reply: Readonly<{ treeVersion: number; standing: Readonly<Record<string, string | null>> }>;
  };
  /** All teams of a company by id, a page at a time: for the move of old contacts, and to compare after lost events. */
  teams: {
    request: Readonly<{ companyId: string; after: string | null; /** 1–1,000. */ limit: number }>;
    reply: Readonly<{ treeVersion: number; teams: readonly NamedTeam[]; hasMore: boolean }>;
  };
  /** Companies by id: those asked for (at most 1,000), or all, a page at a time. Unknown ones are left out. */
  companies: {
    request: Readonly<{ ids: readonly string[] } | { after: string | null; /** 1–1,000. */ limit: number }>;
    reply: Readonly<{ companies: readonly Readonly<{ id: string; isActive: boolean }>[]; hasMore: boolean }>;
  };
  /** The access of a company's active people with their expanded teams, by id, a page at a time: for `teamPermissionImpact`. */
  levels: {
    request: Readonly<{ companyId: string; after: string | null; /** 1–100. */ limit: number }>;
    reply: Readonly<{ people: readonly Access[]; hasMore: boolean }>;
  };
  /** Takes what contacts counted: contacts of a company and how many of them have a team owner. The newest report counts (SPEC §2.5). */
  coverage: {
    request: Readonly<{ reports: readonly Readonly<{ companyId: string; contacts: number; covered: number; /** ISO 8601. */ countedAt: string }>[] }>;
    reply: Readonly<Record<string, never>>;
  };
  /** Takes audit entries of contacts into the company's audit log, each once by its id. */
  audit: {
    /** 1–500. */
    request: Readonly<{ entries: readonly AuditRecord[] }>;
    /** Ids that are stored now; the rest is sent again. An entry of an unknown company is acknowledged and dropped. */
    reply: Readonly<{ acknowledged: readonly string[] }>;
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
      /** A durable reader's name (`contacts`): it has stored the work of everything up to `after`, which may be removed once it is old. */
      durable?: string;
      /** Only what this reader may see, of the outside sequence and without waiting; entries that it may not see may be among them all the same. */
      reader?: OutsideReader;
    }>;
    reply: FeedPage;
  };
  /** How far a migration job is, for whoever may read it; waits up to `waitMs` (≤ 20,000) while it stands where `known` says. */
  jobProgress: {
    request: Readonly<{ jobId: string; known: JobProgress | null; waitMs: number }>;
    /** Null: no such job, or not the viewer's to read. */
    reply: Readonly<{ progress: JobProgress | null }>;
  };
  /** Where an outside reader that has seen an event goes on. */
  locate: {
    request: Readonly<{ eventId: string; reader: OutsideReader }>;
    /** Position null: unknown, withheld, too old, or not the reader's to see; `oldestEventId` is what it may name. */
    reply: Readonly<{ log: string; position: number | null; oldestEventId: string | null }>;
  };
};

/** Where a migration job stands; it has ended when `status` is COMPLETED, COMPLETED_WITH_FAILURES or CANCELLED. */
export type JobProgress = Readonly<{ status: string; processed: number; total: number }>;

/** A team with its name and origin. */
export type NamedTeam = Readonly<{ id: string; name: string; source: 'Chat' | 'CRM' | 'Launchpad'; referenceId: string | null }>;

/** What an audit entry is about (`AuditKind` of the schema). */
export const auditKinds = ['ROLE', 'LEVEL', 'FLAG', 'MEMBERSHIP', 'TEAM', 'TEAM_OWNER', 'OWNER', 'DELETION', 'PERSON', 'PLAN'] as const;
export type AuditKind = (typeof auditKinds)[number];

/** One entry of an audit log: ids and settings only, no personal data. */
export type AuditRecord = Readonly<{
  /** A UUID; the same id is the same entry. */
  id: string;
  companyId: string;
  kind: AuditKind;
  /** ISO 8601. */
  occurredAt: string;
  /** The person who did it; null for a service or the system. */
  actorId: string | null;
  /** The service that did it; null for a person or the system. */
  actorService: string | null;
  subjectId: string | null;
  before: Readonly<Record<string, unknown>> | null;
  after: Readonly<Record<string, unknown>> | null;
}>;

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
