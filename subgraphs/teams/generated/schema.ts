import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { CompanyRow } from '../store/companies.ts';
import type { UserRow, UserLevelRow } from '../store/people.ts';
import type { TeamRow } from '../store/teams.ts';
import type { Access } from '../../shared/viewer.ts';
import type { Settings } from '../queries/permissionSettings.ts';
import type { MigrationJobRow } from '../store/migrationJobs.ts';
import type { MigrationItemRow, ItemResult } from '../store/migrationItems.ts';
import type { ResultsPage } from '../queries/migrationJob.ts';
import type { CompletesRow, MigrationRunRow } from '../store/migrationRuns.ts';
import type { RunSquad, RunCompanyRow } from '../store/migrationRunPages.ts';
import type { RunPage, RunCompanyPage } from '../queries/migrationRuns.ts';
import type { Progress, CompanyProgressRow } from '../store/migrationProgress.ts';
import type { CompanyProgressPage } from '../queries/migrationProgress.ts';
import type { FeedEntry } from '../../shared/teamsApi.ts';
import type { AuditEntryRow } from '../store/auditEntries.ts';
import type { AuditPage } from '../queries/auditLog.ts';
import type { Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant in UTC, ISO 8601 with milliseconds: `2026-07-01T03:00:00.000Z`. */
  DateTime: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

/** A product whose service (squad) pushes its own teams. */
export type App =
  /** Chat: its divisions. */
  | 'CHAT'
  /** CRM: its teams. */
  | 'CRM';

/** Who changed what. Append only. */
export type AuditEntry = {
  readonly __typename?: 'AuditEntry';
  /** The person who did it; null for a service, the system, or a person who is gone. */
  readonly actor: Maybe<User>;
  /** The service that did it, when no person did. */
  readonly actorService: Maybe<Scalars['String']['output']>;
  /** What it was after, as JSON; ids and settings only, no personal data. */
  readonly after: Maybe<Scalars['String']['output']>;
  /** What it was before, as JSON; ids and settings only, no personal data. */
  readonly before: Maybe<Scalars['String']['output']>;
  /** Lower-case UUID; the same id is the same entry. */
  readonly id: Scalars['ID']['output'];
  /** What it is about. */
  readonly kind: AuditKind;
  /** When. */
  readonly occurredAt: Scalars['DateTime']['output'];
  /** The person, team, contact or note it was done to. */
  readonly subjectId: Maybe<Scalars['ID']['output']>;
};

/** A page of audit entries, newest first. */
export type AuditEntryConnection = {
  readonly __typename?: 'AuditEntryConnection';
  /** The entries of this page. */
  readonly nodes: ReadonlyArray<AuditEntry>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** Entries in the whole list. */
  readonly totalCount: Scalars['Int']['output'];
};

/** Which audit entries to list. */
export type AuditFilter = {
  /** Only done by this person. */
  readonly actorId?: InputMaybe<Scalars['ID']['input']>;
  /** Only at or after this time. */
  readonly from?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only of this kind. */
  readonly kind?: InputMaybe<AuditKind>;
  /** Only before this time. */
  readonly to?: InputMaybe<Scalars['DateTime']['input']>;
};

/** What an audit entry is about. */
export type AuditKind =
  /** A contact or note was deleted. */
  | 'DELETION'
  /** A flag was set. */
  | 'FLAG'
  /** A level was set for a role or a person. */
  | 'LEVEL'
  /** Someone joined or left a team. */
  | 'MEMBERSHIP'
  /** The owner of a contact changed. */
  | 'OWNER'
  /** A person was invited, deactivated or made active again. */
  | 'PERSON'
  /** A company's plan, name or activity was changed. */
  | 'PLAN'
  /** A role was set. */
  | 'ROLE'
  /** A team was created, renamed, moved or deleted. */
  | 'TEAM'
  /** Team owners of a contact changed. */
  | 'TEAM_OWNER';

/** A tenant. Everything belongs to exactly one. */
export type Company = {
  readonly __typename?: 'Company';
  /** `companySsoId`, a lower-case UUID. */
  readonly id: Scalars['ID']['output'];
  /** Its name. */
  readonly name: Scalars['String']['output'];
  /** What it has bought. */
  readonly plan: Plan;
  /** Rises with each move or deletion of a team. */
  readonly treeVersion: Scalars['Int']['output'];
};

/** How far one company's migration is. */
export type CompanyMigration = {
  readonly __typename?: 'CompanyMigration';
  /** The company. */
  readonly companySsoId: Scalars['ID']['output'];
  /** Apps that declared it complete. */
  readonly completedApps: ReadonlyArray<App>;
  /** Invitations with a team ÷ invitations; null when there was none. */
  readonly invitationCoverage: Maybe<Scalars['Float']['output']>;
  /** Failed items that are still open. */
  readonly openFailures: Scalars['Int']['output'];
  /** Where it stands. */
  readonly state: MigrationState;
};

/** A page of companies. */
export type CompanyMigrationConnection = {
  readonly __typename?: 'CompanyMigrationConnection';
  /** The companies of this page. */
  readonly nodes: ReadonlyArray<CompanyMigration>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** Companies in the whole list. */
  readonly totalCount: Scalars['Int']['output'];
};

/** The changed company. */
export type CompanyPayload = {
  readonly __typename?: 'CompanyPayload';
  /** As it is now. */
  readonly company: Company;
};

/** The whole tree of a company: every node comes after its parent, siblings by name. */
export type CompanyTree = {
  readonly __typename?: 'CompanyTree';
  /** All teams shown, depth first. */
  readonly nodes: ReadonlyArray<CompanyTreeNode>;
  /** Rises with each move or deletion. */
  readonly treeVersion: Scalars['Int']['output'];
};

/** One team in the whole tree of a company, as it is shown now. */
export type CompanyTreeNode = {
  readonly __typename?: 'CompanyTreeNode';
  /** 0 for a root of this tree. */
  readonly depth: Scalars['Int']['output'];
  /** The node it stands under here; null for a root. Differs from `team.parent` while migrated teams are not shown. */
  readonly parentId: Maybe<Scalars['ID']['output']>;
  /** The team. */
  readonly team: Team;
};

/** A company named in `completes`. */
export type CompletesEntry = {
  readonly __typename?: 'CompletesEntry';
  /** As it was sent. */
  readonly companySsoId: Scalars['ID']['output'];
  /** What it does. */
  readonly status: CompletesStatus;
};

/** What happens to a company named in `completes`. */
export type CompletesStatus =
  /** In effect: the squad has declared all its teams of this company pushed. */
  | 'EFFECTIVE'
  /** No effect: the company's flags are not both on. */
  | 'NOT_ENABLED'
  /** Takes effect when the job ends COMPLETED or COMPLETED_WITH_FAILURES. */
  | 'PENDING'
  /** No effect: no company of ours. */
  | 'UNKNOWN'
  /** No effect: the job was a dry run or was cancelled. */
  | 'VOID';

/** A new company. */
export type CreateCompanyInput = {
  /** Its id at the SSO. */
  readonly companySsoId: Scalars['ID']['input'];
  /** 1–255 characters; a repeat by the same caller answers with the first result. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** 1–255 characters, not blank. */
  readonly name: Scalars['String']['input'];
  /** The first OWNER's email. */
  readonly ownerEmail: Scalars['String']['input'];
  /** The first OWNER's name. */
  readonly ownerFullName: Scalars['String']['input'];
  /** The first OWNER's id at the SSO. */
  readonly ownerSsoId: Scalars['ID']['input'];
  /** What it has bought. */
  readonly plan: Plan;
};

/** A new native team. */
export type CreateTeamInput = {
  /** 1–255 characters; a repeat by the same caller answers with the first result. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** 1–100 active people of the company; the same one twice counts once. */
  readonly memberIds: ReadonlyArray<Scalars['ID']['input']>;
  /** 1–255 characters, not blank. */
  readonly name: Scalars['String']['input'];
  /** Below this team; a root when left out. */
  readonly parentId?: InputMaybe<Scalars['ID']['input']>;
};

/** A person to sign out for good. */
export type DeactivateUserInput = {
  /** The person. */
  readonly userId: Scalars['ID']['input'];
};

/** A deletion. */
export type DeleteTeamInput = {
  /** For a root: its contacts may become Unassigned, which everybody at level TEAM sees. */
  readonly confirmUnassigned?: InputMaybe<Scalars['Boolean']['input']>;
  /** CONFLICT when the team has another version by now. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The team. */
  readonly id: Scalars['ID']['input'];
  /** For a root, unless `confirmUnassigned`: the team that takes its place on contacts. BAD_USER_INPUT for any other, whose parent does. */
  readonly reassignContactsTo?: InputMaybe<Scalars['ID']['input']>;
};

/** What a deletion left. */
export type DeleteTeamPayload = {
  readonly __typename?: 'DeleteTeamPayload';
  /** The team that takes its place on contacts; null when they became Unassigned. */
  readonly contactsTo: Maybe<Team>;
  /** The deleted team. */
  readonly teamId: Scalars['ID']['output'];
  /** The company's tree version after it. */
  readonly treeVersion: Scalars['Int']['output'];
};

/** Switches per company. All are off unless said otherwise. */
export type Flag =
  /** TEAM narrows to the viewer's teams; while off, TEAM behaves as EVERYTHING. No global default. */
  | 'CDP_TEAM_PERMISSION_ENABLED'
  /** Migrated teams are shown and a team is required to invite; counts only with UNIFIED_APP. */
  | 'ONE_TEAM_MIGRATION_ENABLED'
  /** Team events go to outsiders (Kafka, subscriptions). On by default; while off they are withheld, and go out in order when it is on again. */
  | 'PUBLISH_TEAM_EVENTS'
  /** Qontak One for this company. */
  | 'UNIFIED_APP';

/** The state of one flag. */
export type FlagState = {
  readonly __typename?: 'FlagState';
  /** The company's own value; null when none was set. */
  readonly companyValue: Maybe<Scalars['Boolean']['output']>;
  /** The flag. */
  readonly flag: Flag;
  /** The global default; null when the flag has none. */
  readonly globalDefault: Maybe<Scalars['Boolean']['output']>;
  /** What counts: the company's own value, else the global default, else off (PUBLISH_TEAM_EVENTS: on). */
  readonly value: Scalars['Boolean']['output'];
};

/** The changed flags. */
export type FlagsPayload = {
  readonly __typename?: 'FlagsPayload';
  /** As they are now. */
  readonly flags: ReadonlyArray<FlagState>;
};

/** An invitation. Its source is set by the system. */
export type InviteUserInput = {
  /** Counts once per company, ignoring case. That of an active person is CONFLICT; that of a deactivated one makes the same person active again. */
  readonly email: Scalars['String']['input'];
  /** 1–255 characters, not blank. */
  readonly fullName: Scalars['String']['input'];
  /** 1–255 characters; a repeat by the same caller answers with the first result. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Employee number. */
  readonly nik?: InputMaybe<Scalars['String']['input']>;
  /** A phone number. */
  readonly phone?: InputMaybe<Scalars['String']['input']>;
  /** A role name: OWNER, ADMIN, SUPERVISOR or AGENT. Only an OWNER may invite an OWNER. */
  readonly roleId: Scalars['ID']['input'];
  /** Free text. */
  readonly staffLevel?: InputMaybe<Scalars['String']['input']>;
  /** Teams of the own company, at most 1,000; at least one while the company's flags are on. */
  readonly teamIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};

/** The invited person. */
export type InviteUserPayload = {
  readonly __typename?: 'InviteUserPayload';
  /** Their role. */
  readonly role: Role;
  /** Their teams. */
  readonly teams: ReadonlyArray<Team>;
  /** The person. */
  readonly user: User;
};

/** How far a permission action reaches. */
export type Level =
  /** Never: every attempt is FORBIDDEN. */
  | 'DISABLED'
  /** Every contact of the company. For `TEAMS_MANAGE` and `CUSTOMERS_CUSTOMERNOTES_ADD`: on. */
  | 'EVERYTHING'
  /** Contacts the viewer owns or is assigned to. */
  | 'OWN'
  /** Own, Unassigned, and contacts of the viewer's teams and all teams below them. */
  | 'TEAM';

/** A text for people in the two languages of the product. */
export type Messages = {
  readonly __typename?: 'Messages';
  /** English. */
  readonly en: Scalars['String']['output'];
  /** Indonesian. */
  readonly id: Scalars['String']['output'];
};

/** A push of one team. */
export type MigrateTeamInput = {
  /** The squad's own app; another is FORBIDDEN. */
  readonly app: App;
  /** The team. */
  readonly item: MigrateTeamItem;
  /** The run of the trigger that asked for it; left out, the push opens its own. */
  readonly runId?: InputMaybe<Scalars['ID']['input']>;
};

/** One pushed team. Fields are checked item by item: a missing or bad one is a FAILED item, never a refused call. */
export type MigrateTeamItem = {
  /** Its id in the app, as text; 1–255 characters. */
  readonly appIdentifierId?: InputMaybe<Scalars['String']['input']>;
  /** The company it belongs to. */
  readonly companySsoId?: InputMaybe<Scalars['String']['input']>;
  /** Ignored: structures are migrated, memberships are not. */
  readonly memberIds?: InputMaybe<ReadonlyArray<InputMaybe<Scalars['String']['input']>>>;
  /** Its name in the app, without prefix; 1–255 characters. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** Its parent's id in the app: in this batch, before or after it, or in an earlier one. Null, missing or blank: no parent. */
  readonly parentAppIdentifierId?: InputMaybe<Scalars['String']['input']>;
};

/** What became of one pushed team. */
export type MigrateTeamPayload = {
  readonly __typename?: 'MigrateTeamPayload';
  /** Names the value, the place and what is allowed, for FAILED. */
  readonly message: Maybe<Scalars['String']['output']>;
  /** CREATED, SKIPPED or FAILED. */
  readonly outcome: MigrationOutcome;
  /** For FAILED, and for SKIPPED when deleted here. */
  readonly reason: Maybe<MigrationReason>;
  /** The created or existing team; null for FAILED and DELETED. */
  readonly team: Maybe<Team>;
};

/** A push of many teams. */
export type MigrateTeamsInput = {
  /** The squad's own app; another is FORBIDDEN. */
  readonly app: App;
  /** Companies of which the squad has now pushed everything. */
  readonly completes?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Answer what would happen and touch nothing else. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** 1–255 characters. Same key and same payload: the same job. Same key and another payload: CONFLICT. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** 1–10,000 items, more is BATCH_TOO_LARGE; empty only with `completes`. */
  readonly items: ReadonlyArray<InputMaybe<MigrateTeamItem>>;
  /** The run of the trigger that asked for it; left out, the push opens its own. */
  readonly runId?: InputMaybe<Scalars['ID']['input']>;
};

/** The job. */
export type MigrateTeamsPayload = {
  readonly __typename?: 'MigrateTeamsPayload';
  /** As it is now. */
  readonly job: MigrationJob;
};

/** What became of one pushed item. */
export type MigrationItem = {
  readonly __typename?: 'MigrationItem';
  /** As it was sent. */
  readonly appIdentifierId: Maybe<Scalars['String']['output']>;
  /** As it was sent. */
  readonly companySsoId: Maybe<Scalars['String']['output']>;
  /** Its place in the pushed list, from 0. */
  readonly index: Scalars['Int']['output'];
  /** Names the value, the place and what is allowed, for FAILED. */
  readonly message: Maybe<Scalars['String']['output']>;
  /** What became of it. */
  readonly outcome: MigrationOutcome;
  /** For FAILED, and for SKIPPED when deleted here. */
  readonly reason: Maybe<MigrationReason>;
  /** The created or existing team; null when there is none, or it is gone by now. */
  readonly team: Maybe<Team>;
};

/** A page of item results. */
export type MigrationItemConnection = {
  readonly __typename?: 'MigrationItemConnection';
  /** The items of this page. */
  readonly nodes: ReadonlyArray<MigrationItem>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** Items in the whole list. */
  readonly totalCount: Scalars['Int']['output'];
};

/** One push of a squad, worked off in the background (OTM-S05). Kept 30 days, then NOT_FOUND. Readable by the squad that pushed it and with scope `teams:trigger`. */
export type MigrationJob = {
  readonly __typename?: 'MigrationJob';
  /** Whose teams. */
  readonly app: App;
  /** Items CANCELLED. */
  readonly cancelled: Scalars['Int']['output'];
  /** Companies that the squad declared complete with this push. */
  readonly completes: ReadonlyArray<CompletesEntry>;
  /** Items CREATED. */
  readonly created: Scalars['Int']['output'];
  /** When it was accepted. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** A dry run answers what would happen and touches nothing else. */
  readonly dryRun: Scalars['Boolean']['output'];
  /** Items FAILED. */
  readonly failed: Scalars['Int']['output'];
  /** When it ended. */
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** Lower-case UUID. */
  readonly id: Scalars['ID']['output'];
  /** Items that have an outcome. */
  readonly processed: Scalars['Int']['output'];
  /** What became of each item, in the order they were pushed. */
  readonly results: MigrationItemConnection;
  /** The run it counts to: the one named, or one of its own. Null for a dry run. */
  readonly runId: Maybe<Scalars['ID']['output']>;
  /** Items SKIPPED. */
  readonly skipped: Scalars['Int']['output'];
  /** When work on it began. */
  readonly startedAt: Maybe<Scalars['DateTime']['output']>;
  /** Where it stands. */
  readonly status: MigrationJobStatus;
  /** Items pushed. */
  readonly total: Scalars['Int']['output'];
};


/** One push of a squad, worked off in the background (OTM-S05). Kept 30 days, then NOT_FOUND. Readable by the squad that pushed it and with scope `teams:trigger`. */
export type MigrationJobResultsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  outcome: InputMaybe<MigrationOutcome>;
};

/** Where a migration job stands. */
export type MigrationJobStatus =
  /** Cancelled by its squad; items not yet worked are CANCELLED. */
  | 'CANCELLED'
  /** Done; no item FAILED. */
  | 'COMPLETED'
  /** Done; at least one item FAILED. */
  | 'COMPLETED_WITH_FAILURES'
  /** Accepted, not started. */
  | 'PENDING'
  /** Being worked off. */
  | 'RUNNING';

/** What became of one pushed item. */
export type MigrationOutcome =
  /** Its job was cancelled before it was worked. */
  | 'CANCELLED'
  /** A team was created, and its TEAM_MIGRATED event written with it. In a dry run: would be. */
  | 'CREATED'
  /** Refused for its `reason`; every other item goes on. */
  | 'FAILED'
  /** Not worked off yet. */
  | 'PENDING'
  /** Already there (the existing team is answered), or a duplicate within the batch, or deleted here (reason DELETED). Nothing changed. */
  | 'SKIPPED';

/** How far the migration of all companies is. */
export type MigrationProgress = {
  readonly __typename?: 'MigrationProgress';
  /** Each active company. */
  readonly companies: CompanyMigrationConnection;
  /** Of those, COMPLETE. */
  readonly completeCompanies: Scalars['Int']['output'];
  /** completeCompanies ÷ enabledCompanies; 0 when none is enabled. Target 1 within 30 days. */
  readonly completeShare: Scalars['Float']['output'];
  /** Active companies with both flags on. */
  readonly enabledCompanies: Scalars['Int']['output'];
  /** failed ÷ attempted over all runs. Target ≤ 0.01. */
  readonly failureRate: Scalars['Float']['output'];
  /** Invitations with a team ÷ invitations, for enabled companies; null when there was none. Target 1. */
  readonly invitationCoverage: Maybe<Scalars['Float']['output']>;
};


/** How far the migration of all companies is. */
export type MigrationProgressCompaniesArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  state: InputMaybe<MigrationState>;
};

/** Why an item FAILED, or was SKIPPED because the team was deleted here. */
export type MigrationReason =
  /** `companySsoId` is missing, malformed, or no company of ours. */
  | 'COMPANY_UNKNOWN'
  /** SKIPPED: the team was deleted here and stays deleted. */
  | 'DELETED'
  /** It would stand deeper than 32 levels. */
  | 'DEPTH_EXCEEDED'
  /** The company's flags `unified_app` and `one_team_migration_enabled` are not both on. */
  | 'FLAG_OFF'
  /** A fault of ours; push it again. */
  | 'INTERNAL'
  /** `appIdentifierId` (or the parent's) is missing, blank, longer than 255 characters, or holds a NUL or a lone surrogate. */
  | 'INVALID_APP_IDENTIFIER'
  /** `name` is missing, blank, longer than 255 characters, or holds a NUL or a lone surrogate. */
  | 'INVALID_NAME'
  /** The item is its own ancestor within the batch. */
  | 'PARENT_CYCLE'
  /** `parentAppIdentifierId` names no team of this app and company, here or in the batch, or one that failed. */
  | 'PARENT_UNKNOWN';

/** One trigger of the squads, or a push that named no run. Kept for good; readable with scope `teams:trigger`. */
export type MigrationRun = {
  readonly __typename?: 'MigrationRun';
  /** When it was opened. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** Lower-case UUID. */
  readonly id: Scalars['ID']['output'];
  /** Each squad. */
  readonly squads: ReadonlyArray<MigrationRunSquad>;
  /** All squads together. */
  readonly totals: MigrationTotals;
  /** Whether `triggerTeamMigration` opened it. */
  readonly triggered: Scalars['Boolean']['output'];
};

/** A company in a squad's part of a run. */
export type MigrationRunCompany = {
  readonly __typename?: 'MigrationRunCompany';
  /** The company, as it was named. */
  readonly companySsoId: Scalars['ID']['output'];
  /** Why the trigger failed. */
  readonly error: Maybe<Scalars['String']['output']>;
  /** Its counts. */
  readonly totals: MigrationTotals;
  /** What became of the trigger; null when the run was opened by a push. */
  readonly trigger: Maybe<TriggerStatus>;
};

/** A page of companies of a run. */
export type MigrationRunCompanyConnection = {
  readonly __typename?: 'MigrationRunCompanyConnection';
  /** The companies of this page. */
  readonly nodes: ReadonlyArray<MigrationRunCompany>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** Companies in the whole list. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A page of runs, newest first. */
export type MigrationRunConnection = {
  readonly __typename?: 'MigrationRunConnection';
  /** The runs of this page. */
  readonly nodes: ReadonlyArray<MigrationRun>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** Runs in the whole list. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A squad's part of a run. */
export type MigrationRunSquad = {
  readonly __typename?: 'MigrationRunSquad';
  /** Which squad. */
  readonly app: App;
  /** Each company it was triggered for or pushed items of. */
  readonly companies: MigrationRunCompanyConnection;
  /** Its counts. */
  readonly totals: MigrationTotals;
};


/** A squad's part of a run. */
export type MigrationRunSquadCompaniesArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** How far a company's migration is. */
export type MigrationState =
  /** Both apps have declared it complete and no failure is open. */
  | 'COMPLETE'
  /** Enabled, not complete, nothing running. */
  | 'ENABLED'
  /** Its flags are not both on. */
  | 'NOT_ENABLED'
  /** A job with items of it is unfinished. */
  | 'RUNNING';

/** Counts of pushed items. */
export type MigrationTotals = {
  readonly __typename?: 'MigrationTotals';
  /** Items that came to an end. */
  readonly attempted: Scalars['Int']['output'];
  /** Items CREATED. */
  readonly created: Scalars['Int']['output'];
  /** Items FAILED. */
  readonly failed: Scalars['Int']['output'];
  /** failed ÷ attempted; 0 when nothing was attempted. */
  readonly failureRate: Scalars['Float']['output'];
  /** Items SKIPPED. */
  readonly skipped: Scalars['Int']['output'];
};

/** A new place. */
export type MoveTeamInput = {
  /** CONFLICT when the team has another version by now. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The team. */
  readonly id: Scalars['ID']['input'];
  /** Below this team; null makes it a root. BAD_USER_INPUT when it is left out. */
  readonly parentId?: InputMaybe<Scalars['ID']['input']>;
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Adds people to a team. Needs TEAMS_MANAGE. */
  readonly addTeamMembers: TeamPayload;
  /** Stops a job; items that were worked stay. The squad that pushed it. A finished job is CONFLICT. */
  readonly cancelMigrationJob: MigrateTeamsPayload;
  /** Creates a company with its first OWNER and its General team (OTM-S02). Scope `companies:write`. */
  readonly createCompany: CompanyPayload;
  /** Creates a native team. A 33rd level is UNPROCESSABLE. Needs TEAMS_MANAGE. */
  readonly createTeam: TeamPayload;
  /** Signs a person out for good: tokens are refused, sockets close. OWNER and ADMIN; only an OWNER deactivates an OWNER. What leaves no active OWNER is CONFLICT. */
  readonly deactivateUser: UserPayload;
  /** Deletes a team: children move up to its parent, which takes its place on contacts. The default team is UNPROCESSABLE. Needs TEAMS_MANAGE. */
  readonly deleteTeam: DeleteTeamPayload;
  /** Invites a person into teams (OTM-S01). OWNER and ADMIN. */
  readonly inviteUser: InviteUserPayload;
  /** Pushes one team at once. A FAILED item is a result, not an error. Scope `teams:migrate:chat` or `teams:migrate:crm`. */
  readonly migrateTeam: MigrateTeamPayload;
  /** Pushes up to 10,000 teams of the calling squad's own app; answers at once with a job (OTM-S05). Scope `teams:migrate:chat` or `teams:migrate:crm`. */
  readonly migrateTeams: MigrateTeamsPayload;
  /** Moves a team below another, or to the root. Needs TEAMS_MANAGE. A cycle or a 33rd level is UNPROCESSABLE. */
  readonly moveTeam: TeamPayload;
  /** Takes people out of a team. Needs TEAMS_MANAGE. */
  readonly removeTeamMembers: TeamPayload;
  /** Renames a team. Needs TEAMS_MANAGE. */
  readonly renameTeam: TeamPayload;
  /** Sets a flag for a company, or its global default. Scope `flags:write`. */
  readonly setFlag: FlagsPayload;
  /** Sets a level for a role or one person (TEAM-S01). OWNER and ADMIN. */
  readonly setPermissionLevel: PermissionSettingsPayload;
  /** Sets an active person's role. OWNER and ADMIN; only an OWNER makes or unmakes an OWNER. What leaves no active OWNER is CONFLICT. */
  readonly setUserRole: UserPayload;
  /** Asks the squads to push. Engineer-run, never automatic. Scope `teams:trigger`. */
  readonly triggerTeamMigration: TriggerTeamMigrationPayload;
  /** Changes a company's name, plan or activity. Scope `companies:write`. */
  readonly updateCompany: CompanyPayload;
};


export type MutationAddTeamMembersArgs = {
  input: TeamMembersInput;
};


export type MutationCancelMigrationJobArgs = {
  id: Scalars['ID']['input'];
};


export type MutationCreateCompanyArgs = {
  input: CreateCompanyInput;
};


export type MutationCreateTeamArgs = {
  input: CreateTeamInput;
};


export type MutationDeactivateUserArgs = {
  input: DeactivateUserInput;
};


export type MutationDeleteTeamArgs = {
  input: DeleteTeamInput;
};


export type MutationInviteUserArgs = {
  input: InviteUserInput;
};


export type MutationMigrateTeamArgs = {
  input: MigrateTeamInput;
};


export type MutationMigrateTeamsArgs = {
  input: MigrateTeamsInput;
};


export type MutationMoveTeamArgs = {
  input: MoveTeamInput;
};


export type MutationRemoveTeamMembersArgs = {
  input: TeamMembersInput;
};


export type MutationRenameTeamArgs = {
  input: RenameTeamInput;
};


export type MutationSetFlagArgs = {
  input: SetFlagInput;
};


export type MutationSetPermissionLevelArgs = {
  input: SetPermissionLevelInput;
};


export type MutationSetUserRoleArgs = {
  input: SetUserRoleInput;
};


export type MutationTriggerTeamMigrationArgs = {
  input: TriggerTeamMigrationInput;
};


export type MutationUpdateCompanyArgs = {
  input: UpdateCompanyInput;
};

/** A page's place in its list. Cursors are encrypted and bound to the company, the viewer, the arguments and the sort they were made for; any other is BAD_USER_INPUT. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** Send as `after` to get the next page; null on an empty page. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
  /** Whether there are items after this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether there are items before this page. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** Send as `before` to get the page before this one; null on an empty page. */
  readonly startCursor: Maybe<Scalars['String']['output']>;
};

/** What a level is set for. Which levels an action offers is answered by `permissionSettings`. */
export type PermissionAction =
  /** Add notes. Offers EVERYTHING (on) or DISABLED (off). */
  | 'CUSTOMERS_CUSTOMERNOTES_ADD'
  /** Delete notes. */
  | 'CUSTOMERS_CUSTOMERNOTES_DELETE'
  /** Edit notes. */
  | 'CUSTOMERS_CUSTOMERNOTES_MANAGE'
  /** Read the notes of a customer. */
  | 'CUSTOMERS_CUSTOMERNOTES_VIEW'
  /** Delete customers. */
  | 'CUSTOMERS_CUSTOMERS_DELETE'
  /** Create (any level but DISABLED) and edit customers. */
  | 'CUSTOMERS_CUSTOMERS_MANAGE'
  /** Change the customer profile panel. Offers no TEAM. */
  | 'CUSTOMERS_CUSTOMERS_PROFILEMANAGE'
  /** Open the customer profile panel. Offers no TEAM. */
  | 'CUSTOMERS_CUSTOMERS_PROFILEVIEW'
  /** Find a customer from a deal, task, ticket or company form. */
  | 'CUSTOMERS_CUSTOMERS_SEARCHASSOC'
  /** List and open customers. */
  | 'CUSTOMERS_CUSTOMERS_VIEW'
  /** Manage teams: lists, the whole tree, members, create, move, delete. Offers EVERYTHING (on) or DISABLED (off). */
  | 'TEAMS_MANAGE';

/** The level of one permission action. */
export type PermissionLevel = {
  readonly __typename?: 'PermissionLevel';
  /** The action. */
  readonly action: PermissionAction;
  /** How far it reaches. */
  readonly level: Level;
};

/** What a permission action offers and has. */
export type PermissionSetting = {
  readonly __typename?: 'PermissionSetting';
  /** The action. */
  readonly action: PermissionAction;
  /** Levels that may be set, narrowest last. */
  readonly offered: ReadonlyArray<Level>;
  /** The level of each role. */
  readonly roles: ReadonlyArray<RoleLevel>;
};

/** All levels of a company (TEAM-S01). */
export type PermissionSettings = {
  readonly __typename?: 'PermissionSettings';
  /** Every action. */
  readonly actions: ReadonlyArray<PermissionSetting>;
  /** Levels set for single people. */
  readonly users: UserLevelConnection;
};


/** All levels of a company (TEAM-S01). */
export type PermissionSettingsUsersArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  userId: InputMaybe<Scalars['ID']['input']>;
};

/** The changed settings. */
export type PermissionSettingsPayload = {
  readonly __typename?: 'PermissionSettingsPayload';
  /** As they are now. */
  readonly settings: PermissionSettings;
};

/** What a company has bought. */
export type Plan =
  /** No limits on flags. */
  | 'ENTERPRISE'
  /** No limits on flags. */
  | 'GROWTH'
  /** `cdp_team_permission_enabled` is refused on this plan. */
  | 'STARTER';

export type Query = {
  readonly __typename?: 'Query';
  /** Who changed what in the own company. OWNER and ADMIN. */
  readonly auditLog: AuditEntryConnection;
  /** The whole tree of the own company. Needs TEAMS_MANAGE. */
  readonly companyTree: CompanyTree;
  /** Flags of a company, or the global defaults when none is named. Scope `flags:write`. */
  readonly flags: ReadonlyArray<FlagState>;
  /** The signed-in person; UNAUTHENTICATED without a token or for a person who is not active in that company, FORBIDDEN for services. */
  readonly me: Viewer;
  /** A push of the calling squad, or with scope `teams:trigger` any. NOT_FOUND otherwise and after 30 days; FORBIDDEN for people. */
  readonly migrationJob: Maybe<MigrationJob>;
  /** How far the migration is. Scope `teams:trigger`. */
  readonly migrationProgress: MigrationProgress;
  /** One run. Scope `teams:trigger`. */
  readonly migrationRun: Maybe<MigrationRun>;
  /** Runs, newest first. Scope `teams:trigger`. */
  readonly migrationRuns: MigrationRunConnection;
  /** Levels per action, role and person. OWNER and ADMIN. */
  readonly permissionSettings: PermissionSettings;
  /** One team of the own company; for a squad one that its app pushed. NOT_FOUND otherwise. */
  readonly team: Maybe<Team>;
  /** Published TEAM_MIGRATED events of the calling squad's app, oldest first; kept 30 days. A bad `after` is BAD_USER_INPUT that names the oldest event to be had. */
  readonly teamEvents: TeamEventPage;
  /** Whether to show and require the team field when inviting (OTM-S01). */
  readonly teamMenuVisibility: TeamMenuVisibility;
  /** Teams of the own company; also the options of an invitation. Needs TEAMS_MANAGE, or the right to invite. Migrated teams only while both flags are on. */
  readonly teams: TeamConnection;
  /** One person of the own company; NOT_FOUND otherwise. */
  readonly user: Maybe<User>;
  /** People of the own company, by name. OWNER, ADMIN, or TEAMS_MANAGE. */
  readonly users: UserConnection;
};


export type QueryAuditLogArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  filter: InputMaybe<AuditFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryFlagsArgs = {
  companySsoId: InputMaybe<Scalars['ID']['input']>;
};


export type QueryMigrationJobArgs = {
  id: Scalars['ID']['input'];
};


export type QueryMigrationRunArgs = {
  id: Scalars['ID']['input'];
};


export type QueryMigrationRunsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryTeamArgs = {
  id: Scalars['ID']['input'];
};


export type QueryTeamEventsArgs = {
  after: InputMaybe<Scalars['ID']['input']>;
  app: App;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryTeamsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  before: InputMaybe<Scalars['String']['input']>;
  filter: InputMaybe<TeamFilter>;
  first: InputMaybe<Scalars['Int']['input']>;
  last: InputMaybe<Scalars['Int']['input']>;
  sort?: InputMaybe<TeamSort>;
};


export type QueryUserArgs = {
  id: Scalars['ID']['input'];
};


export type QueryUsersArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  search: InputMaybe<Scalars['String']['input']>;
};

/** A new name. */
export type RenameTeamInput = {
  /** CONFLICT when the team has another version by now. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The team. */
  readonly id: Scalars['ID']['input'];
  /** 1–255 characters, not blank. */
  readonly name: Scalars['String']['input'];
};

/** What a person is in their company. Stored by the teams subgraph; never taken from a token. */
export type Role =
  /** Invites people, sets roles and levels, reads the audit log. */
  | 'ADMIN'
  /** Customer service or sales. Sees and changes what is their own by default; may be given more. */
  | 'AGENT'
  /** Everything an ADMIN may. A company always keeps at least one active OWNER. */
  | 'OWNER'
  /** Sees and changes what is their own by default; may be given more. */
  | 'SUPERVISOR';

/** The level of a role for one action. */
export type RoleLevel = {
  readonly __typename?: 'RoleLevel';
  /** Whether it is the product's default, not set by the company. */
  readonly isDefault: Scalars['Boolean']['output'];
  /** What counts for it. */
  readonly level: Level;
  /** The role. */
  readonly role: Role;
};

/** A flag's value. */
export type SetFlagInput = {
  /** For this company; the global default when left out. */
  readonly companySsoId?: InputMaybe<Scalars['ID']['input']>;
  /** The flag. */
  readonly flag: Flag;
  /** Turn CDP_TEAM_PERMISSION_ENABLED on in spite of its coverage gate; needs `reason`. */
  readonly force?: InputMaybe<Scalars['Boolean']['input']>;
  /** Why; recorded, and needed with `force`. 1–255 characters. */
  readonly reason?: InputMaybe<Scalars['String']['input']>;
  /** On or off; null goes back to the global default, for CDP_TEAM_PERMISSION_ENABLED to off. */
  readonly value?: InputMaybe<Scalars['Boolean']['input']>;
};

/** A level for a role or for one person: exactly one of `role` and `userId`. */
export type SetPermissionLevelInput = {
  /** The action. */
  readonly action: PermissionAction;
  /** The level, one that the action offers; null goes back to the default (of a person: to their role's level). */
  readonly level?: InputMaybe<Level>;
  /** For this role. */
  readonly role?: InputMaybe<Role>;
  /** For this person; wins over their role's level. */
  readonly userId?: InputMaybe<Scalars['ID']['input']>;
};

/** A person's role. */
export type SetUserRoleInput = {
  /** Their new role. */
  readonly role: Role;
  /** The person. */
  readonly userId: Scalars['ID']['input'];
};

/** Where a team came from. Written once, never changed. */
export type Source =
  /** A Chat division that was pushed here. */
  | 'CHAT'
  /** A CRM team that was pushed here. */
  | 'CRM'
  /** Created here. */
  | 'LAUNCHPAD';

/**
 * A node in a company's tree, at most 32 levels deep. Everybody of the company may read id, name, parent, ancestors, depth and path;
 * children and descendants within their own expanded teams; the rest needs TEAMS_MANAGE. A squad may read teams that its app pushed.
 */
export type Team = {
  readonly __typename?: 'Team';
  /** Root first, without the team itself. For a squad only those its app pushed; `path` has all names. */
  readonly ancestors: ReadonlyArray<Team>;
  /** Teams directly below, by name. While migrated teams are not shown, visible teams below one stand here in its place. */
  readonly children: TeamConnection;
  /** Needs TEAMS_MANAGE. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** 0 for a root, at most 31. */
  readonly depth: Scalars['Int']['output'];
  /** All teams below, nearest level first, then by name. */
  readonly descendants: TeamConnection;
  /** Lower-case UUID. */
  readonly id: Scalars['ID']['output'];
  /** Whether it is the company's default team (General), which can be renamed but not deleted. Needs TEAMS_MANAGE. */
  readonly isDefault: Scalars['Boolean']['output'];
  /** Its members, by name. Needs TEAMS_MANAGE. */
  readonly members: UserConnection;
  /** Migrated teams carry their origin: `Chat - Support`, `CRM - Sales`. */
  readonly name: Scalars['String']['output'];
  /** Null for a root. For a squad also null when its app did not push the parent. */
  readonly parent: Maybe<Team>;
  /** Names from the root to this team. */
  readonly path: ReadonlyArray<Scalars['String']['output']>;
  /** The id it has in its source; null for native teams. Needs TEAMS_MANAGE, or the squad that pushed it. */
  readonly referenceId: Maybe<Scalars['String']['output']>;
  /** Where it came from. Needs TEAMS_MANAGE, or the squad that pushed it. */
  readonly source: Source;
  /** Needs TEAMS_MANAGE. */
  readonly updatedAt: Scalars['DateTime']['output'];
  /** Rises with every visible change; send as `expectedVersion`. Needs TEAMS_MANAGE. */
  readonly version: Scalars['Int']['output'];
};


/**
 * A node in a company's tree, at most 32 levels deep. Everybody of the company may read id, name, parent, ancestors, depth and path;
 * children and descendants within their own expanded teams; the rest needs TEAMS_MANAGE. A squad may read teams that its app pushed.
 */
export type TeamChildrenArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * A node in a company's tree, at most 32 levels deep. Everybody of the company may read id, name, parent, ancestors, depth and path;
 * children and descendants within their own expanded teams; the rest needs TEAMS_MANAGE. A squad may read teams that its app pushed.
 */
export type TeamDescendantsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  depth: InputMaybe<Scalars['Int']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * A node in a company's tree, at most 32 levels deep. Everybody of the company may read id, name, parent, ancestors, depth and path;
 * children and descendants within their own expanded teams; the rest needs TEAMS_MANAGE. A squad may read teams that its app pushed.
 */
export type TeamMembersArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of teams. */
export type TeamConnection = {
  readonly __typename?: 'TeamConnection';
  /** The teams of this page. */
  readonly nodes: ReadonlyArray<Team>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** Teams in the whole list. */
  readonly totalCount: Scalars['Int']['output'];
};

/** What a squad missed. */
export type TeamEventPage = {
  readonly __typename?: 'TeamEventPage';
  /** Whether there are more after the last one. */
  readonly hasMore: Scalars['Boolean']['output'];
  /** In the order they were published. */
  readonly nodes: ReadonlyArray<TeamMigratedEvent>;
};

/** Which teams to list. */
export type TeamFilter = {
  /** Only directly below this team. */
  readonly parentId?: InputMaybe<Scalars['ID']['input']>;
  /** Part of the name, ignoring case. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
  /** Only from this source. */
  readonly source?: InputMaybe<Source>;
};

/** People to add or to take out. */
export type TeamMembersInput = {
  /** The team. */
  readonly id: Scalars['ID']['input'];
  /** 1–100 people of the company, to be added only active ones; the same one twice counts once. */
  readonly userIds: ReadonlyArray<Scalars['ID']['input']>;
};

/** Whether to show the team field on the invitation form (OTM-S01). */
export type TeamMenuVisibility = {
  readonly __typename?: 'TeamMenuVisibility';
  /** Mark it required. */
  readonly isTeamRequired: Scalars['Boolean']['output'];
  /** Show it. */
  readonly isVisible: Scalars['Boolean']['output'];
};

/** A TEAM_MIGRATED event: a pushed team was created here. */
export type TeamMigratedEvent = {
  readonly __typename?: 'TeamMigratedEvent';
  /** Whose team it was. */
  readonly app: App;
  /** The id it has in the app: what a squad maps back from. */
  readonly appIdentifierId: Scalars['String']['output'];
  /** The company. */
  readonly companySsoId: Scalars['ID']['output'];
  /** Send as `after` to go on behind this event. The same id is the same event. */
  readonly eventId: Scalars['ID']['output'];
  /** When the team was created. */
  readonly occurredAt: Scalars['DateTime']['output'];
  /** Its parent when it was created. */
  readonly parentId: Maybe<Scalars['ID']['output']>;
  /** The team as it is now; null when it was deleted since, or is not the subscriber's to see. */
  readonly team: Maybe<Team>;
  /** The id it has here: what a squad maps to. */
  readonly teamId: Scalars['ID']['output'];
  /** Its name when it was created, with its prefix. */
  readonly teamName: Scalars['String']['output'];
};

/** The changed team. */
export type TeamPayload = {
  readonly __typename?: 'TeamPayload';
  /** As it is now. */
  readonly team: Team;
};

/** The order of a list of teams. */
export type TeamSort =
  /** Newest first. */
  | 'CREATED'
  /** By name, A first, ignoring case. */
  | 'NAME';

/** What became of calling a squad's trigger for one company. */
export type TriggerStatus =
  /** The squad answered 2xx. */
  | 'ACCEPTED'
  /** Three tries failed; `error` tells how. */
  | 'FAILED'
  /** Unknown, inactive, or its flags are not both on: not sent. */
  | 'NOT_ENABLED'
  /** Not sent yet. */
  | 'PENDING';

/** A call to the squads. */
export type TriggerTeamMigrationInput = {
  /** Which squads; at least one. */
  readonly apps: ReadonlyArray<App>;
  /** Which companies; all active ones with both flags on when left out. */
  readonly companySsoIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};

/** The run that was opened. */
export type TriggerTeamMigrationPayload = {
  readonly __typename?: 'TriggerTeamMigrationPayload';
  /** As it is now. */
  readonly run: MigrationRun;
};

/** Changes to a company; what is left out stays. */
export type UpdateCompanyInput = {
  /** Which company. */
  readonly companySsoId: Scalars['ID']['input'];
  /** An inactive company's people cannot sign in and it is not triggered. */
  readonly isActive?: InputMaybe<Scalars['Boolean']['input']>;
  /** 1–255 characters, not blank. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** A change of plan changes no flag. */
  readonly plan?: InputMaybe<Plan>;
};

/** A person of a company. */
export type User = {
  readonly __typename?: 'User';
  /** Lower-cased email. OWNER, ADMIN and the person themself; FORBIDDEN for others. */
  readonly email: Maybe<Scalars['String']['output']>;
  /** Full name; readable by everybody of the company. */
  readonly fullName: Scalars['String']['output'];
  /** The `sub` of their token, a lower-case UUID. */
  readonly id: Scalars['ID']['output'];
  /** False after `deactivateUser`. */
  readonly isActive: Scalars['Boolean']['output'];
  /** Employee number. OWNER, ADMIN and the person themself; FORBIDDEN for others. */
  readonly nik: Maybe<Scalars['String']['output']>;
  /** As given at the invitation. OWNER, ADMIN and the person themself; FORBIDDEN for others. */
  readonly phone: Maybe<Scalars['String']['output']>;
  /** OWNER, ADMIN and the person themself; FORBIDDEN for others. */
  readonly role: Maybe<Role>;
  /** As given at the invitation. OWNER, ADMIN and the person themself; FORBIDDEN for others. */
  readonly staffLevel: Maybe<Scalars['String']['output']>;
  /** Teams they are a member of. Needs TEAMS_MANAGE, or the person themself. */
  readonly teams: Maybe<ReadonlyArray<Team>>;
};

/** A page of people. */
export type UserConnection = {
  readonly __typename?: 'UserConnection';
  /** The people of this page. */
  readonly nodes: ReadonlyArray<User>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** People in the whole list. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A level set for one person, which wins over the role's. */
export type UserLevel = {
  readonly __typename?: 'UserLevel';
  /** The action. */
  readonly action: PermissionAction;
  /** Their level. */
  readonly level: Level;
  /** The person. */
  readonly user: User;
};

/** A page of levels set for single people. */
export type UserLevelConnection = {
  readonly __typename?: 'UserLevelConnection';
  /** The levels of this page. */
  readonly nodes: ReadonlyArray<UserLevel>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** Levels in the whole list. */
  readonly totalCount: Scalars['Int']['output'];
};

/** The changed person. */
export type UserPayload = {
  readonly __typename?: 'UserPayload';
  /** As they are now. */
  readonly user: User;
};

/** The signed-in person. */
export type Viewer = {
  readonly __typename?: 'Viewer';
  /** Their company. */
  readonly company: Company;
  /** Ids of their teams and all teams below them, sorted. */
  readonly expandedTeamIds: ReadonlyArray<Scalars['ID']['output']>;
  /** The flags of their company. */
  readonly flags: ReadonlyArray<FlagState>;
  /** Their level for every action. */
  readonly permissions: ReadonlyArray<PermissionLevel>;
  /** What they are in the company. */
  readonly role: Role;
  /** Teams they are a member of, by name; empty for someone in no team. */
  readonly teams: ReadonlyArray<Team>;
  /** Who it is. */
  readonly user: User;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Company: Company;
  MigrationJob: MigrationJob;
  Team: Team;
  User: User;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Company:
    ( { __typename: 'Company' }
    & GraphQLRecursivePick<FederationTypes['Company'], {"id":true}> );
  MigrationJob:
    ( { __typename: 'MigrationJob' }
    & GraphQLRecursivePick<FederationTypes['MigrationJob'], {"id":true}> );
  Team:
    ( { __typename: 'Team' }
    & GraphQLRecursivePick<FederationTypes['Team'], {"id":true}> );
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  App: App;
  AuditEntry: ResolverTypeWrapper<AuditEntryRow>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  AuditEntryConnection: ResolverTypeWrapper<AuditPage>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  AuditFilter: AuditFilter;
  AuditKind: AuditKind;
  Company: ResolverTypeWrapper<CompanyRow>;
  CompanyMigration: ResolverTypeWrapper<CompanyProgressRow>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  CompanyMigrationConnection: ResolverTypeWrapper<CompanyProgressPage>;
  CompanyPayload: ResolverTypeWrapper<Omit<CompanyPayload, 'company'> & { company: ResolversTypes['Company'] }>;
  CompanyTree: ResolverTypeWrapper<Omit<CompanyTree, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['CompanyTreeNode']> }>;
  CompanyTreeNode: ResolverTypeWrapper<Omit<CompanyTreeNode, 'team'> & { team: ResolversTypes['Team'] }>;
  CompletesEntry: ResolverTypeWrapper<CompletesRow>;
  CompletesStatus: CompletesStatus;
  CreateCompanyInput: CreateCompanyInput;
  CreateTeamInput: CreateTeamInput;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeactivateUserInput: DeactivateUserInput;
  DeleteTeamInput: DeleteTeamInput;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  DeleteTeamPayload: ResolverTypeWrapper<Omit<DeleteTeamPayload, 'contactsTo'> & { contactsTo?: Maybe<ResolversTypes['Team']> }>;
  Flag: Flag;
  FlagState: ResolverTypeWrapper<FlagState>;
  FlagsPayload: ResolverTypeWrapper<FlagsPayload>;
  InviteUserInput: InviteUserInput;
  InviteUserPayload: ResolverTypeWrapper<Omit<InviteUserPayload, 'teams' | 'user'> & { teams: ReadonlyArray<ResolversTypes['Team']>, user: ResolversTypes['User'] }>;
  Level: Level;
  Messages: ResolverTypeWrapper<Messages>;
  MigrateTeamInput: MigrateTeamInput;
  MigrateTeamItem: MigrateTeamItem;
  MigrateTeamPayload: ResolverTypeWrapper<ItemResult>;
  MigrateTeamsInput: MigrateTeamsInput;
  MigrateTeamsPayload: ResolverTypeWrapper<Omit<MigrateTeamsPayload, 'job'> & { job: ResolversTypes['MigrationJob'] }>;
  MigrationItem: ResolverTypeWrapper<MigrationItemRow>;
  MigrationItemConnection: ResolverTypeWrapper<ResultsPage>;
  MigrationJob: ResolverTypeWrapper<MigrationJobRow>;
  MigrationJobStatus: MigrationJobStatus;
  MigrationOutcome: MigrationOutcome;
  MigrationProgress: ResolverTypeWrapper<Progress>;
  MigrationReason: MigrationReason;
  MigrationRun: ResolverTypeWrapper<MigrationRunRow>;
  MigrationRunCompany: ResolverTypeWrapper<RunCompanyRow>;
  MigrationRunCompanyConnection: ResolverTypeWrapper<RunCompanyPage>;
  MigrationRunConnection: ResolverTypeWrapper<RunPage>;
  MigrationRunSquad: ResolverTypeWrapper<RunSquad>;
  MigrationState: MigrationState;
  MigrationTotals: ResolverTypeWrapper<MigrationTotals>;
  MoveTeamInput: MoveTeamInput;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  PermissionAction: PermissionAction;
  PermissionLevel: ResolverTypeWrapper<PermissionLevel>;
  PermissionSetting: ResolverTypeWrapper<PermissionSetting>;
  PermissionSettings: ResolverTypeWrapper<Settings>;
  PermissionSettingsPayload: ResolverTypeWrapper<Omit<PermissionSettingsPayload, 'settings'> & { settings: ResolversTypes['PermissionSettings'] }>;
  Plan: Plan;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RenameTeamInput: RenameTeamInput;
  Role: Role;
  RoleLevel: ResolverTypeWrapper<RoleLevel>;
  SetFlagInput: SetFlagInput;
  SetPermissionLevelInput: SetPermissionLevelInput;
  SetUserRoleInput: SetUserRoleInput;
  Source: Source;
  Team: ResolverTypeWrapper<TeamRow>;
  TeamConnection: ResolverTypeWrapper<Omit<TeamConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['Team']> }>;
  TeamEventPage: ResolverTypeWrapper<Omit<TeamEventPage, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['TeamMigratedEvent']> }>;
  TeamFilter: TeamFilter;
  TeamMembersInput: TeamMembersInput;
  TeamMenuVisibility: ResolverTypeWrapper<TeamMenuVisibility>;
  TeamMigratedEvent: ResolverTypeWrapper<FeedEntry>;
  TeamPayload: ResolverTypeWrapper<Omit<TeamPayload, 'team'> & { team: ResolversTypes['Team'] }>;
  TeamSort: TeamSort;
  TriggerStatus: TriggerStatus;
  TriggerTeamMigrationInput: TriggerTeamMigrationInput;
  TriggerTeamMigrationPayload: ResolverTypeWrapper<Omit<TriggerTeamMigrationPayload, 'run'> & { run: ResolversTypes['MigrationRun'] }>;
  UpdateCompanyInput: UpdateCompanyInput;
  User: ResolverTypeWrapper<UserRow>;
  UserConnection: ResolverTypeWrapper<Omit<UserConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['User']> }>;
  UserLevel: ResolverTypeWrapper<UserLevelRow>;
  UserLevelConnection: ResolverTypeWrapper<Omit<UserLevelConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['UserLevel']> }>;
  UserPayload: ResolverTypeWrapper<Omit<UserPayload, 'user'> & { user: ResolversTypes['User'] }>;
  Viewer: ResolverTypeWrapper<Access>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AuditEntry: AuditEntryRow;
  String: Scalars['String']['output'];
  ID: Scalars['ID']['output'];
  AuditEntryConnection: AuditPage;
  Int: Scalars['Int']['output'];
  AuditFilter: AuditFilter;
  Company: CompanyRow;
  CompanyMigration: CompanyProgressRow;
  Float: Scalars['Float']['output'];
  CompanyMigrationConnection: CompanyProgressPage;
  CompanyPayload: Omit<CompanyPayload, 'company'> & { company: ResolversParentTypes['Company'] };
  CompanyTree: Omit<CompanyTree, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['CompanyTreeNode']> };
  CompanyTreeNode: Omit<CompanyTreeNode, 'team'> & { team: ResolversParentTypes['Team'] };
  CompletesEntry: CompletesRow;
  CreateCompanyInput: CreateCompanyInput;
  CreateTeamInput: CreateTeamInput;
  DateTime: Scalars['DateTime']['output'];
  DeactivateUserInput: DeactivateUserInput;
  DeleteTeamInput: DeleteTeamInput;
  Boolean: Scalars['Boolean']['output'];
  DeleteTeamPayload: Omit<DeleteTeamPayload, 'contactsTo'> & { contactsTo?: Maybe<ResolversParentTypes['Team']> };
  FlagState: FlagState;
  FlagsPayload: FlagsPayload;
  InviteUserInput: InviteUserInput;
  InviteUserPayload: Omit<InviteUserPayload, 'teams' | 'user'> & { teams: ReadonlyArray<ResolversParentTypes['Team']>, user: ResolversParentTypes['User'] };
  Messages: Messages;
  MigrateTeamInput: MigrateTeamInput;
  MigrateTeamItem: MigrateTeamItem;
  MigrateTeamPayload: ItemResult;
  MigrateTeamsInput: MigrateTeamsInput;
  MigrateTeamsPayload: Omit<MigrateTeamsPayload, 'job'> & { job: ResolversParentTypes['MigrationJob'] };
  MigrationItem: MigrationItemRow;
  MigrationItemConnection: ResultsPage;
  MigrationJob: MigrationJobRow;
  MigrationProgress: Progress;
  MigrationRun: MigrationRunRow;
  MigrationRunCompany: RunCompanyRow;
  MigrationRunCompanyConnection: RunCompanyPage;
  MigrationRunConnection: RunPage;
  MigrationRunSquad: RunSquad;
  MigrationTotals: MigrationTotals;
  MoveTeamInput: MoveTeamInput;
  Mutation: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  PermissionLevel: PermissionLevel;
  PermissionSetting: PermissionSetting;
  PermissionSettings: Settings;
  PermissionSettingsPayload: Omit<PermissionSettingsPayload, 'settings'> & { settings: ResolversParentTypes['PermissionSettings'] };
  Query: Record<PropertyKey, never>;
  RenameTeamInput: RenameTeamInput;
  RoleLevel: RoleLevel;
  SetFlagInput: SetFlagInput;
  SetPermissionLevelInput: SetPermissionLevelInput;
  SetUserRoleInput: SetUserRoleInput;
  Team: TeamRow;
  TeamConnection: Omit<TeamConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['Team']> };
  TeamEventPage: Omit<TeamEventPage, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['TeamMigratedEvent']> };
  TeamFilter: TeamFilter;
  TeamMembersInput: TeamMembersInput;
  TeamMenuVisibility: TeamMenuVisibility;
  TeamMigratedEvent: FeedEntry;
  TeamPayload: Omit<TeamPayload, 'team'> & { team: ResolversParentTypes['Team'] };
  TriggerTeamMigrationInput: TriggerTeamMigrationInput;
  TriggerTeamMigrationPayload: Omit<TriggerTeamMigrationPayload, 'run'> & { run: ResolversParentTypes['MigrationRun'] };
  UpdateCompanyInput: UpdateCompanyInput;
  User: UserRow;
  UserConnection: Omit<UserConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['User']> };
  UserLevel: UserLevelRow;
  UserLevelConnection: Omit<UserLevelConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['UserLevel']> };
  UserPayload: Omit<UserPayload, 'user'> & { user: ResolversParentTypes['User'] };
  Viewer: Access;
};

export type AuditEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEntry'] = ResolversParentTypes['AuditEntry']> = {
  actor?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  actorService?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  after?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  before?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['AuditKind'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  subjectId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type AuditEntryConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEntryConnection'] = ResolversParentTypes['AuditEntryConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['AuditEntry']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CompanyResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Company'] = ResolversParentTypes['Company'], FederationReferenceType extends FederationReferenceTypes['Company'] = FederationReferenceTypes['Company']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Company']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  plan?: Resolver<ResolversTypes['Plan'], ParentType, ContextType>;
  treeVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CompanyMigrationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CompanyMigration'] = ResolversParentTypes['CompanyMigration']> = {
  companySsoId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  completedApps?: Resolver<ReadonlyArray<ResolversTypes['App']>, ParentType, ContextType>;
  invitationCoverage?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  openFailures?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['MigrationState'], ParentType, ContextType>;
};

export type CompanyMigrationConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CompanyMigrationConnection'] = ResolversParentTypes['CompanyMigrationConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['CompanyMigration']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CompanyPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CompanyPayload'] = ResolversParentTypes['CompanyPayload']> = {
  company?: Resolver<ResolversTypes['Company'], ParentType, ContextType>;
};

export type CompanyTreeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CompanyTree'] = ResolversParentTypes['CompanyTree']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['CompanyTreeNode']>, ParentType, ContextType>;
  treeVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CompanyTreeNodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CompanyTreeNode'] = ResolversParentTypes['CompanyTreeNode']> = {
  depth?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  parentId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  team?: Resolver<ResolversTypes['Team'], ParentType, ContextType>;
};

export type CompletesEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CompletesEntry'] = ResolversParentTypes['CompletesEntry']> = {
  companySsoId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['CompletesStatus'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeleteTeamPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteTeamPayload'] = ResolversParentTypes['DeleteTeamPayload']> = {
  contactsTo?: Resolver<Maybe<ResolversTypes['Team']>, ParentType, ContextType>;
  teamId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  treeVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type FlagStateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FlagState'] = ResolversParentTypes['FlagState']> = {
  companyValue?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  flag?: Resolver<ResolversTypes['Flag'], ParentType, ContextType>;
  globalDefault?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  value?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type FlagsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FlagsPayload'] = ResolversParentTypes['FlagsPayload']> = {
  flags?: Resolver<ReadonlyArray<ResolversTypes['FlagState']>, ParentType, ContextType>;
};

export type InviteUserPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InviteUserPayload'] = ResolversParentTypes['InviteUserPayload']> = {
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  teams?: Resolver<ReadonlyArray<ResolversTypes['Team']>, ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type MessagesResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Messages'] = ResolversParentTypes['Messages']> = {
  en?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type MigrateTeamPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrateTeamPayload'] = ResolversParentTypes['MigrateTeamPayload']> = {
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['MigrationOutcome'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['MigrationReason']>, ParentType, ContextType>;
  team?: Resolver<Maybe<ResolversTypes['Team']>, ParentType, ContextType>;
};

export type MigrateTeamsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrateTeamsPayload'] = ResolversParentTypes['MigrateTeamsPayload']> = {
  job?: Resolver<ResolversTypes['MigrationJob'], ParentType, ContextType>;
};

export type MigrationItemResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrationItem'] = ResolversParentTypes['MigrationItem']> = {
  appIdentifierId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  companySsoId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  index?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['MigrationOutcome'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['MigrationReason']>, ParentType, ContextType>;
  team?: Resolver<Maybe<ResolversTypes['Team']>, ParentType, ContextType>;
};

export type MigrationItemConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrationItemConnection'] = ResolversParentTypes['MigrationItemConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['MigrationItem']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MigrationJobResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrationJob'] = ResolversParentTypes['MigrationJob'], FederationReferenceType extends FederationReferenceTypes['MigrationJob'] = FederationReferenceTypes['MigrationJob']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['MigrationJob']> | FederationReferenceType, FederationReferenceType, ContextType>;
  app?: Resolver<ResolversTypes['App'], ParentType, ContextType>;
  cancelled?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  completes?: Resolver<ReadonlyArray<ResolversTypes['CompletesEntry']>, ParentType, ContextType>;
  created?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  dryRun?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  processed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  results?: Resolver<ResolversTypes['MigrationItemConnection'], ParentType, ContextType, RequireFields<MigrationJobResultsArgs, 'first'>>;
  runId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  skipped?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['MigrationJobStatus'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MigrationProgressResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrationProgress'] = ResolversParentTypes['MigrationProgress']> = {
  companies?: Resolver<ResolversTypes['CompanyMigrationConnection'], ParentType, ContextType, RequireFields<MigrationProgressCompaniesArgs, 'first'>>;
  completeCompanies?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  completeShare?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  enabledCompanies?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failureRate?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  invitationCoverage?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type MigrationRunResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrationRun'] = ResolversParentTypes['MigrationRun']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  squads?: Resolver<ReadonlyArray<ResolversTypes['MigrationRunSquad']>, ParentType, ContextType>;
  totals?: Resolver<ResolversTypes['MigrationTotals'], ParentType, ContextType>;
  triggered?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type MigrationRunCompanyResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrationRunCompany'] = ResolversParentTypes['MigrationRunCompany']> = {
  companySsoId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  totals?: Resolver<ResolversTypes['MigrationTotals'], ParentType, ContextType>;
  trigger?: Resolver<Maybe<ResolversTypes['TriggerStatus']>, ParentType, ContextType>;
};

export type MigrationRunCompanyConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrationRunCompanyConnection'] = ResolversParentTypes['MigrationRunCompanyConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['MigrationRunCompany']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MigrationRunConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrationRunConnection'] = ResolversParentTypes['MigrationRunConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['MigrationRun']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MigrationRunSquadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrationRunSquad'] = ResolversParentTypes['MigrationRunSquad']> = {
  app?: Resolver<ResolversTypes['App'], ParentType, ContextType>;
  companies?: Resolver<ResolversTypes['MigrationRunCompanyConnection'], ParentType, ContextType, RequireFields<MigrationRunSquadCompaniesArgs, 'first'>>;
  totals?: Resolver<ResolversTypes['MigrationTotals'], ParentType, ContextType>;
};

export type MigrationTotalsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MigrationTotals'] = ResolversParentTypes['MigrationTotals']> = {
  attempted?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  created?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failureRate?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  skipped?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  addTeamMembers?: Resolver<ResolversTypes['TeamPayload'], ParentType, ContextType, RequireFields<MutationAddTeamMembersArgs, 'input'>>;
  cancelMigrationJob?: Resolver<ResolversTypes['MigrateTeamsPayload'], ParentType, ContextType, RequireFields<MutationCancelMigrationJobArgs, 'id'>>;
  createCompany?: Resolver<ResolversTypes['CompanyPayload'], ParentType, ContextType, RequireFields<MutationCreateCompanyArgs, 'input'>>;
  createTeam?: Resolver<ResolversTypes['TeamPayload'], ParentType, ContextType, RequireFields<MutationCreateTeamArgs, 'input'>>;
  deactivateUser?: Resolver<ResolversTypes['UserPayload'], ParentType, ContextType, RequireFields<MutationDeactivateUserArgs, 'input'>>;
  deleteTeam?: Resolver<ResolversTypes['DeleteTeamPayload'], ParentType, ContextType, RequireFields<MutationDeleteTeamArgs, 'input'>>;
  inviteUser?: Resolver<ResolversTypes['InviteUserPayload'], ParentType, ContextType, RequireFields<MutationInviteUserArgs, 'input'>>;
  migrateTeam?: Resolver<ResolversTypes['MigrateTeamPayload'], ParentType, ContextType, RequireFields<MutationMigrateTeamArgs, 'input'>>;
  migrateTeams?: Resolver<ResolversTypes['MigrateTeamsPayload'], ParentType, ContextType, RequireFields<MutationMigrateTeamsArgs, 'input'>>;
  moveTeam?: Resolver<ResolversTypes['TeamPayload'], ParentType, ContextType, RequireFields<MutationMoveTeamArgs, 'input'>>;
  removeTeamMembers?: Resolver<ResolversTypes['TeamPayload'], ParentType, ContextType, RequireFields<MutationRemoveTeamMembersArgs, 'input'>>;
  renameTeam?: Resolver<ResolversTypes['TeamPayload'], ParentType, ContextType, RequireFields<MutationRenameTeamArgs, 'input'>>;
  setFlag?: Resolver<ResolversTypes['FlagsPayload'], ParentType, ContextType, RequireFields<MutationSetFlagArgs, 'input'>>;
  setPermissionLevel?: Resolver<ResolversTypes['PermissionSettingsPayload'], ParentType, ContextType, RequireFields<MutationSetPermissionLevelArgs, 'input'>>;
  setUserRole?: Resolver<ResolversTypes['UserPayload'], ParentType, ContextType, RequireFields<MutationSetUserRoleArgs, 'input'>>;
  triggerTeamMigration?: Resolver<ResolversTypes['TriggerTeamMigrationPayload'], ParentType, ContextType, RequireFields<MutationTriggerTeamMigrationArgs, 'input'>>;
  updateCompany?: Resolver<ResolversTypes['CompanyPayload'], ParentType, ContextType, RequireFields<MutationUpdateCompanyArgs, 'input'>>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PermissionLevelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PermissionLevel'] = ResolversParentTypes['PermissionLevel']> = {
  action?: Resolver<ResolversTypes['PermissionAction'], ParentType, ContextType>;
  level?: Resolver<ResolversTypes['Level'], ParentType, ContextType>;
};

export type PermissionSettingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PermissionSetting'] = ResolversParentTypes['PermissionSetting']> = {
  action?: Resolver<ResolversTypes['PermissionAction'], ParentType, ContextType>;
  offered?: Resolver<ReadonlyArray<ResolversTypes['Level']>, ParentType, ContextType>;
  roles?: Resolver<ReadonlyArray<ResolversTypes['RoleLevel']>, ParentType, ContextType>;
};

export type PermissionSettingsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PermissionSettings'] = ResolversParentTypes['PermissionSettings']> = {
  actions?: Resolver<ReadonlyArray<ResolversTypes['PermissionSetting']>, ParentType, ContextType>;
  users?: Resolver<ResolversTypes['UserLevelConnection'], ParentType, ContextType, RequireFields<PermissionSettingsUsersArgs, 'first'>>;
};

export type PermissionSettingsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PermissionSettingsPayload'] = ResolversParentTypes['PermissionSettingsPayload']> = {
  settings?: Resolver<ResolversTypes['PermissionSettings'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  auditLog?: Resolver<ResolversTypes['AuditEntryConnection'], ParentType, ContextType, RequireFields<QueryAuditLogArgs, 'first'>>;
  companyTree?: Resolver<ResolversTypes['CompanyTree'], ParentType, ContextType>;
  flags?: Resolver<ReadonlyArray<ResolversTypes['FlagState']>, ParentType, ContextType, Partial<QueryFlagsArgs>>;
  me?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
  migrationJob?: Resolver<Maybe<ResolversTypes['MigrationJob']>, ParentType, ContextType, RequireFields<QueryMigrationJobArgs, 'id'>>;
  migrationProgress?: Resolver<ResolversTypes['MigrationProgress'], ParentType, ContextType>;
  migrationRun?: Resolver<Maybe<ResolversTypes['MigrationRun']>, ParentType, ContextType, RequireFields<QueryMigrationRunArgs, 'id'>>;
  migrationRuns?: Resolver<ResolversTypes['MigrationRunConnection'], ParentType, ContextType, RequireFields<QueryMigrationRunsArgs, 'first'>>;
  permissionSettings?: Resolver<ResolversTypes['PermissionSettings'], ParentType, ContextType>;
  team?: Resolver<Maybe<ResolversTypes['Team']>, ParentType, ContextType, RequireFields<QueryTeamArgs, 'id'>>;
  teamEvents?: Resolver<ResolversTypes['TeamEventPage'], ParentType, ContextType, RequireFields<QueryTeamEventsArgs, 'app' | 'first'>>;
  teamMenuVisibility?: Resolver<ResolversTypes['TeamMenuVisibility'], ParentType, ContextType>;
  teams?: Resolver<ResolversTypes['TeamConnection'], ParentType, ContextType, RequireFields<QueryTeamsArgs, 'sort'>>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'id'>>;
  users?: Resolver<ResolversTypes['UserConnection'], ParentType, ContextType, RequireFields<QueryUsersArgs, 'first'>>;
};

export type RoleLevelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RoleLevel'] = ResolversParentTypes['RoleLevel']> = {
  isDefault?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  level?: Resolver<ResolversTypes['Level'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
};

export type TeamResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Team'] = ResolversParentTypes['Team'], FederationReferenceType extends FederationReferenceTypes['Team'] = FederationReferenceTypes['Team']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Team']> | FederationReferenceType, FederationReferenceType, ContextType>;
  ancestors?: Resolver<ReadonlyArray<ResolversTypes['Team']>, ParentType, ContextType>;
  children?: Resolver<ResolversTypes['TeamConnection'], ParentType, ContextType, RequireFields<TeamChildrenArgs, 'first'>>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  depth?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  descendants?: Resolver<ResolversTypes['TeamConnection'], ParentType, ContextType, RequireFields<TeamDescendantsArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isDefault?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  members?: Resolver<ResolversTypes['UserConnection'], ParentType, ContextType, RequireFields<TeamMembersArgs, 'first'>>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  parent?: Resolver<Maybe<ResolversTypes['Team']>, ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  referenceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TeamConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TeamConnection'] = ResolversParentTypes['TeamConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Team']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TeamEventPageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TeamEventPage'] = ResolversParentTypes['TeamEventPage']> = {
  hasMore?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['TeamMigratedEvent']>, ParentType, ContextType>;
};

export type TeamMenuVisibilityResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TeamMenuVisibility'] = ResolversParentTypes['TeamMenuVisibility']> = {
  isTeamRequired?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isVisible?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type TeamMigratedEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TeamMigratedEvent'] = ResolversParentTypes['TeamMigratedEvent']> = {
  app?: Resolver<ResolversTypes['App'], ParentType, ContextType>;
  appIdentifierId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  companySsoId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  eventId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  parentId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  team?: Resolver<Maybe<ResolversTypes['Team']>, ParentType, ContextType>;
  teamId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  teamName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type TeamPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TeamPayload'] = ResolversParentTypes['TeamPayload']> = {
  team?: Resolver<ResolversTypes['Team'], ParentType, ContextType>;
};

export type TriggerTeamMigrationPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TriggerTeamMigrationPayload'] = ResolversParentTypes['TriggerTeamMigrationPayload']> = {
  run?: Resolver<ResolversTypes['MigrationRun'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fullName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isActive?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  nik?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  phone?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  role?: Resolver<Maybe<ResolversTypes['Role']>, ParentType, ContextType>;
  staffLevel?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  teams?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Team']>>, ParentType, ContextType>;
};

export type UserConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserConnection'] = ResolversParentTypes['UserConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['User']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type UserLevelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserLevel'] = ResolversParentTypes['UserLevel']> = {
  action?: Resolver<ResolversTypes['PermissionAction'], ParentType, ContextType>;
  level?: Resolver<ResolversTypes['Level'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type UserLevelConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserLevelConnection'] = ResolversParentTypes['UserLevelConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['UserLevel']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type UserPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserPayload'] = ResolversParentTypes['UserPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  company?: Resolver<ResolversTypes['Company'], ParentType, ContextType>;
  expandedTeamIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  flags?: Resolver<ReadonlyArray<ResolversTypes['FlagState']>, ParentType, ContextType>;
  permissions?: Resolver<ReadonlyArray<ResolversTypes['PermissionLevel']>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  teams?: Resolver<ReadonlyArray<ResolversTypes['Team']>, ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  AuditEntry?: AuditEntryResolvers<ContextType>;
  AuditEntryConnection?: AuditEntryConnectionResolvers<ContextType>;
  Company?: CompanyResolvers<ContextType>;
  CompanyMigration?: CompanyMigrationResolvers<ContextType>;
  CompanyMigrationConnection?: CompanyMigrationConnectionResolvers<ContextType>;
  CompanyPayload?: CompanyPayloadResolvers<ContextType>;
  CompanyTree?: CompanyTreeResolvers<ContextType>;
  CompanyTreeNode?: CompanyTreeNodeResolvers<ContextType>;
  CompletesEntry?: CompletesEntryResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DeleteTeamPayload?: DeleteTeamPayloadResolvers<ContextType>;
  FlagState?: FlagStateResolvers<ContextType>;
  FlagsPayload?: FlagsPayloadResolvers<ContextType>;
  InviteUserPayload?: InviteUserPayloadResolvers<ContextType>;
  Messages?: MessagesResolvers<ContextType>;
  MigrateTeamPayload?: MigrateTeamPayloadResolvers<ContextType>;
  MigrateTeamsPayload?: MigrateTeamsPayloadResolvers<ContextType>;
  MigrationItem?: MigrationItemResolvers<ContextType>;
  MigrationItemConnection?: MigrationItemConnectionResolvers<ContextType>;
  MigrationJob?: MigrationJobResolvers<ContextType>;
  MigrationProgress?: MigrationProgressResolvers<ContextType>;
  MigrationRun?: MigrationRunResolvers<ContextType>;
  MigrationRunCompany?: MigrationRunCompanyResolvers<ContextType>;
  MigrationRunCompanyConnection?: MigrationRunCompanyConnectionResolvers<ContextType>;
  MigrationRunConnection?: MigrationRunConnectionResolvers<ContextType>;
  MigrationRunSquad?: MigrationRunSquadResolvers<ContextType>;
  MigrationTotals?: MigrationTotalsResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  PermissionLevel?: PermissionLevelResolvers<ContextType>;
  PermissionSetting?: PermissionSettingResolvers<ContextType>;
  PermissionSettings?: PermissionSettingsResolvers<ContextType>;
  PermissionSettingsPayload?: PermissionSettingsPayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RoleLevel?: RoleLevelResolvers<ContextType>;
  Team?: TeamResolvers<ContextType>;
  TeamConnection?: TeamConnectionResolvers<ContextType>;
  TeamEventPage?: TeamEventPageResolvers<ContextType>;
  TeamMenuVisibility?: TeamMenuVisibilityResolvers<ContextType>;
  TeamMigratedEvent?: TeamMigratedEventResolvers<ContextType>;
  TeamPayload?: TeamPayloadResolvers<ContextType>;
  TriggerTeamMigrationPayload?: TriggerTeamMigrationPayloadResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserLevel?: UserLevelResolvers<ContextType>;
  UserLevelConnection?: UserLevelConnectionResolvers<ContextType>;
  UserPayload?: UserPayloadResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
};

