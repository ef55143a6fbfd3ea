import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Contact as ContactRecord, Note as NoteRecord } from '../domain/contact.ts';
import type { TeamReference, UserReference } from '../references.ts';
import type { AccessReason as AccessReasonRecord } from '../domain/accessReason.ts';
import type { ContactPage } from '../queries/listContacts.ts';
import type { AssociationPage } from '../queries/searchAssociations.ts';
import type { NotePage } from '../queries/notesOf.ts';
import type { ContactWritten } from '../commands/createContact.ts';
import type { NoteWritten } from '../commands/addNote.ts';
import type { TeamPermissionImpact as TeamPermissionImpactRecord, UserImpact as UserImpactRecord, UserImpactPage } from '../queries/teamPermissionImpact.ts';
import type { LegacyMoveRecord, LegacyMoveReportRecord } from '../queries/legacyMove.ts';
import type { LegacyMoveStarted } from '../commands/startLegacyMove.ts';
import type { Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null;
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

/** Why a contact is in the viewer's scope: the first kind that holds, in the order of the enum. */
export type AccessReason = {
  __typename?: 'AccessReason';
  /** Which part of the rule. */
  kind: AccessReasonKind;
  /** For TEAM: from the viewer's team down to the team owner. */
  path: Array<Maybe<Team>>;
};

/** Why a contact is in the viewer's scope. */
export type AccessReasonKind =
  /** The viewer is assigned to it. */
  | 'ASSIGNEE'
  /** The viewer's level is EVERYTHING, or TEAM while the flag is off. */
  | 'EVERYTHING'
  /** The viewer owns it. */
  | 'OWNER'
  /** A team owner is one of the viewer's teams or below one. */
  | 'TEAM'
  /** It has no team owner. */
  | 'UNASSIGNED';

/** A new note. */
export type AddNoteInput = {
  /** The contact. */
  contactId: Scalars['ID']['input'];
  /** 1–255 characters; a repeat by the same caller answers with the first result, as they may see it now. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** 1–10,000 characters, not blank. */
  text: Scalars['String']['input'];
};

/** The form from which a contact is looked for. */
export type AssociationModule =
  /** A company. */
  | 'COMPANY'
  /** A deal. */
  | 'DEAL'
  /** A task. */
  | 'TASK'
  /** A ticket. */
  | 'TICKET';

/** A customer of a company. */
export type Contact = {
  __typename?: 'Contact';
  /** Why the viewer may see it. */
  accessReason: AccessReason;
  /** The person assigned to it. */
  assignee: Maybe<User>;
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** Lower case; not unique. */
  email: Maybe<Scalars['String']['output']>;
  /** Its key in the system it came from; unique within the company. */
  externalKey: Maybe<Scalars['String']['output']>;
  /** 24 hexadecimal digits. */
  id: Scalars['ID']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
  /** Its notes, newest first, judged by the `CUSTOMERS_CUSTOMERNOTES_VIEW` level. */
  notes: Maybe<NoteConnection>;
  /** The person it belongs to; null when it has none, or teams could not answer (then with a coded error). */
  owner: Maybe<User>;
  /** What the viewer may do to it. */
  permission: Permission;
  /** E.164, `+6281234567890`; not unique. */
  phone: Maybe<Scalars['String']['output']>;
  /** Teams that own it; empty is shown as Unassigned. An item is null when that team was deleted a moment ago. */
  teamOwners: Array<Maybe<Team>>;
  /** The owner changed and their teams could not be looked up yet: `teamOwners` are the old ones, and at level TEAM only owner and assignee see the contact. */
  teamOwnersPending: Scalars['Boolean']['output'];
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
  /** Rises with every visible change; send as `expectedVersion`. */
  version: Scalars['Int']['output'];
};


/** A customer of a company. */
export type ContactNotesArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A contact found from a form of another module (TEAM-S08). */
export type ContactAssociation = {
  __typename?: 'ContactAssociation';
  /** The contact; null when the viewer may find but not see it. */
  contact: Maybe<Contact>;
  /** The contact's id. */
  id: Scalars['ID']['output'];
  /** The contact's name. */
  name: Scalars['String']['output'];
};

/** A page of found contacts. */
export type ContactAssociationConnection = {
  __typename?: 'ContactAssociationConnection';
  /** The contacts of this page. */
  nodes: Array<ContactAssociation>;
  /** What to tell the viewer about this answer. */
  notices: Array<Notice>;
  /** Where this page stands. */
  pageInfo: PageInfo;
  /** The page ended early, after examining 2,000 contacts that start with the text in their name, email or phone, most of them out of scope; `endCursor` goes on. */
  partial: Scalars['Boolean']['output'];
};

/** A page of contacts in scope. */
export type ContactConnection = {
  __typename?: 'ContactConnection';
  /** The contacts of this page. */
  nodes: Array<Contact>;
  /** What to tell the viewer about this answer. */
  notices: Array<Notice>;
  /** Where this page stands. */
  pageInfo: PageInfo;
  /** The page ended early, after examining 2,000 contacts for a combination of filters that no index serves (see `ContactFilter`); `endCursor`, or `startCursor` backwards, goes on. */
  partial: Scalars['Boolean']['output'];
  /** Contacts in the whole list, in scope only, counted up to 10,000. */
  totalCount: Scalars['Int']['output'];
  /** Whether there may be more than `totalCount`: more than 10,000, or more than could be looked at for a combination of filters that no index serves. */
  totalCountCapped: Scalars['Boolean']['output'];
};

/**
 * What to narrow a list of contacts by; all given conditions hold together. An index serves, in the list's order: at every level no condition, and the viewer's own id as
 * `ownerId` or `assigneeId`, as in the views OWNED_BY_ME and ASSIGNED_TO_ME; at EVERYTHING any `ownerId`, `assigneeId` or `teamId`, and `name` sorted by NAME; at TEAM
 * `isUnassigned: true`, a `teamId` within the viewer's teams and those below, for viewers of fewer than 190 teams the view MY_TEAMS, any `ownerId` or `assigneeId` sorted by
 * UPDATED_AT, and `name` sorted by NAME. Contacts in scope that start with a `name`, at TEAM and EVERYTHING also with an `email` or `phone`, and at TEAM those of an owner or assignee, are looked at
 * whole while they are 2,000 or fewer, whatever the order and the other conditions are. Everything else (`includeDescendants`, `isUnassigned: false`, more contacts that
 * start with a text, any other condition at OWN), and combinations, look at 2,000 contacts in scope a page at most, and may answer a page that is `partial`. Contacts out of
 * scope are not looked at for that: neither `partial` nor a total or a cursor tells of them. While a team is being moved or deleted, level TEAM reads team owners in place of
 * stored scope, and lists to their end: slower, and never `partial`.
 */
export type ContactFilter = {
  /** Assigned to this person. */
  assigneeId?: InputMaybe<Scalars['ID']['input']>;
  /** Start of the email, at least 3 characters, ignoring case. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** With `teamId`: also by teams below it. */
  includeDescendants?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only with, or only without, no team owner. */
  isUnassigned?: InputMaybe<Scalars['Boolean']['input']>;
  /** Start of the name, at least 3 characters, ignoring case. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Owned by this person. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** Start of the phone number in E.164, at least 3 characters. */
  phone?: InputMaybe<Scalars['String']['input']>;
  /** Owned by this team. */
  teamId?: InputMaybe<Scalars['ID']['input']>;
};

/** The changed contact. */
export type ContactPayload = {
  __typename?: 'ContactPayload';
  /** As it is now; null when the caller may not see it, and for services always. */
  contact: Maybe<Contact>;
  /** Its id. */
  contactId: Scalars['ID']['output'];
};

/** The order of a list of contacts. */
export type ContactSort = {
  /** Which way. */
  direction?: SortDirection;
  /** By what. */
  field?: ContactSortField;
};

/** What a list of contacts is sorted by. Ties are broken by id, so a page never repeats or skips one. */
export type ContactSortField =
  /** When it was created. */
  | 'CREATED_AT'
  /** Its name, ignoring case. */
  | 'NAME'
  /** When it was last changed. */
  | 'UPDATED_AT';

/** The views of the sidebar. Each stays within the viewer's scope. */
export type ContactView =
  /** Everything in scope. */
  | 'ALL'
  /** Assigned to the viewer. */
  | 'ASSIGNED_TO_ME'
  /** Owned by one of the viewer's teams or a team below; without Unassigned. */
  | 'MY_TEAMS'
  /** Owned by the viewer. */
  | 'OWNED_BY_ME';

/** A new contact. */
export type CreateContactInput = {
  /** An active person of the company. */
  assigneeId?: InputMaybe<Scalars['ID']['input']>;
  /** Services name the company; people must not (theirs is taken). */
  companySsoId?: InputMaybe<Scalars['ID']['input']>;
  /** An email address. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** Its key in the system it comes from; unique within the company, else CONFLICT. */
  externalKey?: InputMaybe<Scalars['String']['input']>;
  /** 1–255 characters; a repeat by the same caller answers with the first result, as they may see it now. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** 1–255 characters, not blank. */
  name: Scalars['String']['input'];
  /** An active person of the company. Left out: the creator; for a service none. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** With country code, or a national number of the configured region. */
  phone?: InputMaybe<Scalars['String']['input']>;
  /** At most 100 of the acting person's own teams, else UNPROCESSABLE with the rejected ids. Left out: all of them; empty: Unassigned. Services must not send it. */
  teamOwnerIds?: InputMaybe<Array<Scalars['ID']['input']>>;
};

/** A deletion. */
export type DeleteContactInput = {
  /** CONFLICT when the contact has another version by now. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The contact. */
  id: Scalars['ID']['input'];
};

/** The deleted contact. */
export type DeleteContactPayload = {
  __typename?: 'DeleteContactPayload';
  /** Its id. */
  contactId: Scalars['ID']['output'];
};

/** A deletion. */
export type DeleteNoteInput = {
  /** CONFLICT when the note has another version by now. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The note. */
  id: Scalars['ID']['input'];
};

/** The deleted note. */
export type DeleteNotePayload = {
  __typename?: 'DeleteNotePayload';
  /** Its id. */
  noteId: Scalars['ID']['output'];
};

/** Moving old contacts onto team owners (CDP/CHG-004). */
export type LegacyMove = {
  __typename?: 'LegacyMove';
  /** The company. */
  companySsoId: Scalars['ID']['output'];
  /** When it was accepted. */
  createdAt: Scalars['DateTime']['output'];
  /** A dry run answers what would happen and writes nothing. */
  dryRun: Scalars['Boolean']['output'];
  /** When it ended. */
  finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** Lower-case UUID. */
  id: Scalars['ID']['output'];
  /** Rows worked off. */
  processed: Scalars['Int']['output'];
  /** What came out; complete when the move is. */
  report: LegacyMoveReport;
  /** Where it stands. */
  status: LegacyMoveStatus;
  /** Rows to work off. */
  total: Scalars['Int']['output'];
};

/** The move. */
export type LegacyMovePayload = {
  __typename?: 'LegacyMovePayload';
  /** As it is now. */
  move: LegacyMove;
};

/** What a move of old contacts came to. */
export type LegacyMoveReport = {
  __typename?: 'LegacyMoveReport';
  /** Legacy teams that match several teams of the same name, most contacts first; at most 10,000. */
  ambiguousTeams: Array<LegacyTeamCount>;
  /** Contacts of the company that are not deleted. */
  contacts: Scalars['Int']['output'];
  /** covered ÷ contacts; 1 without contacts, and with `noLegacyRows`; 0 until the move is done. Switching the flag on needs 0.95. */
  coverage: Scalars['Float']['output'];
  /** Of those, with at least one team owner. */
  covered: Scalars['Int']['output'];
  /** Contacts left alone, because their team owners were set by a person, by auto-fill or by an owner change, or are pending. */
  leftAlone: Scalars['Int']['output'];
  /** Contacts left Unassigned. */
  unassigned: Scalars['Int']['output'];
  /** Legacy teams that match no team here, most contacts first; at most 10,000. */
  unmatchedTeams: Array<LegacyTeamCount>;
};

/** Where the move of old contacts stands. */
export type LegacyMoveStatus =
  /** Done. */
  | 'COMPLETED'
  /** Stopped by a fault; start it again to go on. */
  | 'FAILED'
  /** Accepted, not started. */
  | 'PENDING'
  /** Being worked off. */
  | 'RUNNING';

/** A contact and its legacy teams. */
export type LegacyRowInput = {
  /** The contact's id, or its `externalKey`. */
  contactKey: Scalars['String']['input'];
  /** `crm_team_hierarchy_id`: ids of legacy teams, comma separated, `3,7`; null or empty for none. */
  crmTeamHierarchyId?: InputMaybe<Scalars['String']['input']>;
};

/** A legacy team and its contacts. */
export type LegacyTeamCount = {
  __typename?: 'LegacyTeamCount';
  /** Contacts that name it. */
  contacts: Scalars['Int']['output'];
  /** Its legacy id. */
  legacyTeamId: Scalars['String']['output'];
  /** Its legacy name; null when the table has none. */
  name: Maybe<Scalars['String']['output']>;
};

/** A legacy team. */
export type LegacyTeamInput = {
  /** Its legacy id. */
  legacyTeamId: Scalars['String']['input'];
  /** Its name. */
  name: Scalars['String']['input'];
};

/** Rows to load for a move. */
export type LoadLegacyTeamsInput = {
  /** The company. */
  companySsoId: Scalars['ID']['input'];
  /** At most 10,000 contacts with their legacy teams. */
  rows?: InputMaybe<Array<LegacyRowInput>>;
  /** At most 10,000 names of legacy teams. */
  teams?: InputMaybe<Array<LegacyTeamInput>>;
};

/** What was loaded. */
export type LoadLegacyTeamsPayload = {
  __typename?: 'LoadLegacyTeamsPayload';
  /** Rows loaded for this company by now. */
  rows: Scalars['Int']['output'];
  /** Legacy team names loaded for this company by now. */
  teams: Scalars['Int']['output'];
};

/** A text for people in the two languages of the product. */
export type Messages = {
  __typename?: 'Messages';
  /** English. */
  en: Scalars['String']['output'];
  /** Indonesian. */
  id: Scalars['String']['output'];
};

export type Mutation = {
  __typename?: 'Mutation';
  /** Adds a note. Needs `CUSTOMERS_CUSTOMERNOTES_ADD` and the contact in scope of `CUSTOMERS_CUSTOMERS_VIEW`. */
  addNote: NotePayload;
  /** Creates a contact. Needs `CUSTOMERS_CUSTOMERS_MANAGE` at any level but DISABLED, or scope `contacts:write`. Without `teamOwnerIds` all of the creator's own teams own it (TEAM-S10). */
  createContact: ContactPayload;
  /** Deletes a contact in scope of `CUSTOMERS_CUSTOMERS_DELETE`. */
  deleteContact: DeleteContactPayload;
  /** Deletes a note in scope of `CUSTOMERS_CUSTOMERNOTES_DELETE`. */
  deleteNote: DeleteNotePayload;
  /** Loads legacy rows and team names for a later move; may be called many times, the same row replaces itself. Scope `contacts:migrate`. */
  loadLegacyTeams: LoadLegacyTeamsPayload;
  /** Moves old contacts onto team owners, in the background. While one of the company runs, the same start answers with that one and another is CONFLICT. Scope `contacts:migrate`. */
  startLegacyMove: LegacyMovePayload;
  /** Changes a contact in scope of `CUSTOMERS_CUSTOMERS_MANAGE`, or with scope `contacts:write`. A changed owner replaces the team owners by the new owner's teams (TEAM-S18). */
  updateContact: ContactPayload;
  /** Changes a note in scope of `CUSTOMERS_CUSTOMERNOTES_MANAGE`. */
  updateNote: NotePayload;
};


export type MutationAddNoteArgs = {
  input: AddNoteInput;
};


export type MutationCreateContactArgs = {
  input: CreateContactInput;
};


export type MutationDeleteContactArgs = {
  input: DeleteContactInput;
};


export type MutationDeleteNoteArgs = {
  input: DeleteNoteInput;
};


export type MutationLoadLegacyTeamsArgs = {
  input: LoadLegacyTeamsInput;
};


export type MutationStartLegacyMoveArgs = {
  input: StartLegacyMoveInput;
};


export type MutationUpdateContactArgs = {
  input: UpdateContactInput;
};


export type MutationUpdateNoteArgs = {
  input: UpdateNoteInput;
};

/** A note on a contact. */
export type Note = {
  __typename?: 'Note';
  /** Who wrote it. */
  author: Maybe<User>;
  /** The contact it is about; null when the viewer may not see that at `CUSTOMERS_CUSTOMERS_VIEW`. */
  contact: Maybe<Contact>;
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** 24 hexadecimal digits. */
  id: Scalars['ID']['output'];
  /** What the viewer may do to it. */
  permission: Permission;
  /** 1–10,000 characters. */
  text: Scalars['String']['output'];
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
  /** Rises with every visible change; send as `expectedVersion`. */
  version: Scalars['Int']['output'];
};

/** A page of notes, newest first. */
export type NoteConnection = {
  __typename?: 'NoteConnection';
  /** The notes of this page. */
  nodes: Array<Note>;
  /** Where this page stands. */
  pageInfo: PageInfo;
  /** Notes in the whole list. */
  totalCount: Scalars['Int']['output'];
};

/** The changed note. */
export type NotePayload = {
  __typename?: 'NotePayload';
  /** As it is now; null when the caller may not see it. */
  note: Maybe<Note>;
  /** Its id. */
  noteId: Scalars['ID']['output'];
};

/** Something a person should know about an answer. */
export type Notice = {
  __typename?: 'Notice';
  /** What it is about. */
  code: NoticeCode;
  /** The text to show. */
  messages: Messages;
};

/** What a notice is about. */
export type NoticeCode =
  /** Teams could not be asked in time, so only the viewer's own contacts are listed. */
  | 'SHOWING_OWN_ONLY';

/** A page's place in its list. Cursors are encrypted and bound to the company, the viewer, the arguments and the sort they were made for; any other is BAD_USER_INPUT. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Send as `after` to get the next page; null on an empty page. */
  endCursor: Maybe<Scalars['String']['output']>;
  /** Whether there are items after this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether there are items before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Send as `before` to get the page before this one; null on an empty page. */
  startCursor: Maybe<Scalars['String']['output']>;
};

/** What the viewer may do to a record. For showing buttons; it is judged again on each attempt. */
export type Permission = {
  __typename?: 'Permission';
  /** May delete it. */
  delete: Scalars['Boolean']['output'];
  /** May change it. */
  update: Scalars['Boolean']['output'];
};

export type Query = {
  __typename?: 'Query';
  /** True when the person whose token it is may link this contact; FORBIDDEN otherwise, and for services (TEAM-S08). */
  canAssociateContact: Scalars['Boolean']['output'];
  /** One contact: FORBIDDEN when it is of the own company and out of scope, NOT_FOUND otherwise (TEAM-S02, AC-4). */
  contact: Maybe<Contact>;
  /** Contacts in scope of `CUSTOMERS_CUSTOMERS_VIEW`; no match is an empty page (TEAM-S02). */
  contacts: ContactConnection;
  /** Contacts with this email, in scope; FORBIDDEN when the company has only others, NOT_FOUND when it has none. */
  contactsByEmail: Maybe<ContactConnection>;
  /** Contacts with this phone number, in scope; FORBIDDEN when the company has only others, NOT_FOUND when it has none. */
  contactsByPhone: Maybe<ContactConnection>;
  /** A move of old contacts. Scope `contacts:migrate`. */
  legacyMove: Maybe<LegacyMove>;
  /** One note, judged like its contact's notes. */
  note: Maybe<Note>;
  /** Notes of a contact, newest first, at `CUSTOMERS_CUSTOMERNOTES_VIEW`; out of scope is FORBIDDEN, not an empty list (TEAM-S12). */
  notes: NoteConnection;
  /** Finds contacts from a form, in scope of `CUSTOMERS_CUSTOMERS_SEARCHASSOC` (TEAM-S08). */
  searchContactAssociations: ContactAssociationConnection;
  /** Coverage as it is now. Scope `contacts:migrate`. */
  teamOwnerCoverage: TeamOwnerCoverage;
  /** What switching CDP_TEAM_PERMISSION_ENABLED on would change. OWNER and ADMIN, own company only. */
  teamPermissionImpact: TeamPermissionImpact;
};


export type QueryCanAssociateContactArgs = {
  id: Scalars['ID']['input'];
  module: AssociationModule;
};


export type QueryContactArgs = {
  id: Scalars['ID']['input'];
};


export type QueryContactsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  before: InputMaybe<Scalars['String']['input']>;
  filter: InputMaybe<ContactFilter>;
  first: InputMaybe<Scalars['Int']['input']>;
  last: InputMaybe<Scalars['Int']['input']>;
  sort: InputMaybe<ContactSort>;
  view?: InputMaybe<ContactView>;
};


export type QueryContactsByEmailArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  email: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryContactsByPhoneArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  phone: Scalars['String']['input'];
};


export type QueryLegacyMoveArgs = {
  id: Scalars['ID']['input'];
};


export type QueryNoteArgs = {
  id: Scalars['ID']['input'];
};


export type QueryNotesArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  contactId: Scalars['ID']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QuerySearchContactAssociationsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  module: AssociationModule;
  text: Scalars['String']['input'];
};


export type QueryTeamOwnerCoverageArgs = {
  companySsoId: Scalars['ID']['input'];
};


export type QueryTeamPermissionImpactArgs = {
  companySsoId: Scalars['ID']['input'];
};

/** Which way a list runs. */
export type SortDirection =
  /** Smallest, oldest or A first. */
  | 'ASC'
  /** Largest, newest or Z first. */
  | 'DESC';

/** A move to start. */
export type StartLegacyMoveInput = {
  /** The company. */
  companySsoId: Scalars['ID']['input'];
  /** Answer what would happen and write nothing. */
  dryRun?: Scalars['Boolean']['input'];
  /** The company has no legacy rows at all; its coverage then counts as 1. CONFLICT when rows were loaded. */
  noLegacyRows?: Scalars['Boolean']['input'];
};

/** A node in a company's tree of teams. */
export type Team = {
  __typename?: 'Team';
  /** Contacts this team owns, without those of teams below, always within the viewer's `CUSTOMERS_CUSTOMERS_VIEW` scope; FORBIDDEN for services. */
  contacts: Maybe<ContactConnection>;
  /** Lower-case UUID. */
  id: Scalars['ID']['output'];
};


/** A node in a company's tree of teams. */
export type TeamContactsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  before: InputMaybe<Scalars['String']['input']>;
  first: InputMaybe<Scalars['Int']['input']>;
  last: InputMaybe<Scalars['Int']['input']>;
};

/** How many contacts of a company have a team owner. */
export type TeamOwnerCoverage = {
  __typename?: 'TeamOwnerCoverage';
  /** Contacts that are not deleted. */
  contacts: Scalars['Int']['output'];
  /** covered ÷ contacts; 1 without contacts, and while a move was told that there are no legacy rows and none were loaded since. */
  coverage: Scalars['Float']['output'];
  /** Of those, with at least one team owner. */
  covered: Scalars['Int']['output'];
};

/** What switching CDP_TEAM_PERMISSION_ENABLED on would change (CDP/CHG-005). */
export type TeamPermissionImpact = {
  __typename?: 'TeamPermissionImpact';
  /** Each person at level TEAM for `CUSTOMERS_CUSTOMERS_VIEW`. */
  users: UserImpactConnection;
};


/** What switching CDP_TEAM_PERMISSION_ENABLED on would change (CDP/CHG-005). */
export type TeamPermissionImpactUsersArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** Changes to a contact; what is left out stays, null clears. */
export type UpdateContactInput = {
  /** Teams to add; each one of the acting person's own. CONFLICT while team owners are pending. */
  addTeamOwnerIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** An active person of the company. */
  assigneeId?: InputMaybe<Scalars['ID']['input']>;
  /** Services name the company; people must not (theirs is taken). */
  companySsoId?: InputMaybe<Scalars['ID']['input']>;
  /** An email address. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** CONFLICT when the contact has another version by now. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The contact. */
  id: Scalars['ID']['input'];
  /** 1–255 characters, not blank. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** A new owner replaces the team owners by that person's teams; other team owner fields are then ignored. Null removes the owner and leaves the team owners. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** With country code, or a national number of the configured region. */
  phone?: InputMaybe<Scalars['String']['input']>;
  /** Teams to take away. CONFLICT while team owners are pending. */
  removeTeamOwnerIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** The whole new set: at most 100, each one of the acting person's own teams, else UNPROCESSABLE with the rejected ids. Empty: Unassigned. */
  teamOwnerIds?: InputMaybe<Array<Scalars['ID']['input']>>;
};

/** A new text. */
export type UpdateNoteInput = {
  /** CONFLICT when the note has another version by now. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The note. */
  id: Scalars['ID']['input'];
  /** 1–10,000 characters, not blank. */
  text: Scalars['String']['input'];
};

/** A person of a company; the teams subgraph knows more. */
export type User = {
  __typename?: 'User';
  /** The `sub` of their token, a lower-case UUID. */
  id: Scalars['ID']['output'];
};

/** What it would change for one person. */
export type UserImpact = {
  __typename?: 'UserImpact';
  /** Contacts they would see, counted up to 10,000. */
  after: Scalars['Int']['output'];
  /** Up to 10 contacts they would lose, from the asking viewer's own scope. */
  losesSample: Array<Contact>;
  /** Contacts they see today, counted up to 10,000. */
  today: Scalars['Int']['output'];
  /** The person. */
  user: Maybe<User>;
};

/** A page of people. A page may be short, and even empty, before the list ends: `hasNextPage` tells. */
export type UserImpactConnection = {
  __typename?: 'UserImpactConnection';
  /** The people of this page. */
  nodes: Array<UserImpact>;
  /** Where this page stands. */
  pageInfo: PageInfo;
  /** People in the whole list. */
  totalCount: Scalars['Int']['output'];
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
  Contact: Contact;
  Note: Note;
  Team: Team;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Contact:
    ( { __typename: 'Contact' }
    & GraphQLRecursivePick<FederationTypes['Contact'], {"id":true}> );
  Note:
    ( { __typename: 'Note' }
    & GraphQLRecursivePick<FederationTypes['Note'], {"id":true}> );
  Team:
    ( { __typename: 'Team' }
    & GraphQLRecursivePick<FederationTypes['Team'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AccessReason: ResolverTypeWrapper<AccessReasonRecord>;
  AccessReasonKind: AccessReasonKind;
  AddNoteInput: AddNoteInput;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  AssociationModule: AssociationModule;
  Contact: ResolverTypeWrapper<ContactRecord>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  ContactAssociation: ResolverTypeWrapper<ContactRecord>;
  ContactAssociationConnection: ResolverTypeWrapper<AssociationPage>;
  ContactConnection: ResolverTypeWrapper<ContactPage>;
  ContactFilter: ContactFilter;
  ContactPayload: ResolverTypeWrapper<ContactWritten>;
  ContactSort: ContactSort;
  ContactSortField: ContactSortField;
  ContactView: ContactView;
  CreateContactInput: CreateContactInput;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeleteContactInput: DeleteContactInput;
  DeleteContactPayload: ResolverTypeWrapper<DeleteContactPayload>;
  DeleteNoteInput: DeleteNoteInput;
  DeleteNotePayload: ResolverTypeWrapper<DeleteNotePayload>;
  LegacyMove: ResolverTypeWrapper<LegacyMoveRecord>;
  LegacyMovePayload: ResolverTypeWrapper<LegacyMoveStarted>;
  LegacyMoveReport: ResolverTypeWrapper<LegacyMoveReportRecord>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  LegacyMoveStatus: LegacyMoveStatus;
  LegacyRowInput: LegacyRowInput;
  LegacyTeamCount: ResolverTypeWrapper<LegacyTeamCount>;
  LegacyTeamInput: LegacyTeamInput;
  LoadLegacyTeamsInput: LoadLegacyTeamsInput;
  LoadLegacyTeamsPayload: ResolverTypeWrapper<LoadLegacyTeamsPayload>;
  Messages: ResolverTypeWrapper<Messages>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Note: ResolverTypeWrapper<NoteRecord>;
  NoteConnection: ResolverTypeWrapper<NotePage>;
  NotePayload: ResolverTypeWrapper<NoteWritten>;
  Notice: ResolverTypeWrapper<Notice>;
  NoticeCode: NoticeCode;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Permission: ResolverTypeWrapper<Permission>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  SortDirection: SortDirection;
  StartLegacyMoveInput: StartLegacyMoveInput;
  Team: ResolverTypeWrapper<TeamReference>;
  TeamOwnerCoverage: ResolverTypeWrapper<TeamOwnerCoverage>;
  TeamPermissionImpact: ResolverTypeWrapper<TeamPermissionImpactRecord>;
  UpdateContactInput: UpdateContactInput;
  UpdateNoteInput: UpdateNoteInput;
  User: ResolverTypeWrapper<UserReference>;
  UserImpact: ResolverTypeWrapper<UserImpactRecord>;
  UserImpactConnection: ResolverTypeWrapper<UserImpactPage>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AccessReason: AccessReasonRecord;
  AddNoteInput: AddNoteInput;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Contact: ContactRecord;
  Int: Scalars['Int']['output'];
  Boolean: Scalars['Boolean']['output'];
  ContactAssociation: ContactRecord;
  ContactAssociationConnection: AssociationPage;
  ContactConnection: ContactPage;
  ContactFilter: ContactFilter;
  ContactPayload: ContactWritten;
  ContactSort: ContactSort;
  CreateContactInput: CreateContactInput;
  DateTime: Scalars['DateTime']['output'];
  DeleteContactInput: DeleteContactInput;
  DeleteContactPayload: DeleteContactPayload;
  DeleteNoteInput: DeleteNoteInput;
  DeleteNotePayload: DeleteNotePayload;
  LegacyMove: LegacyMoveRecord;
  LegacyMovePayload: LegacyMoveStarted;
  LegacyMoveReport: LegacyMoveReportRecord;
  Float: Scalars['Float']['output'];
  LegacyRowInput: LegacyRowInput;
  LegacyTeamCount: LegacyTeamCount;
  LegacyTeamInput: LegacyTeamInput;
  LoadLegacyTeamsInput: LoadLegacyTeamsInput;
  LoadLegacyTeamsPayload: LoadLegacyTeamsPayload;
  Messages: Messages;
  Mutation: Record<PropertyKey, never>;
  Note: NoteRecord;
  NoteConnection: NotePage;
  NotePayload: NoteWritten;
  Notice: Notice;
  PageInfo: PageInfo;
  Permission: Permission;
  Query: Record<PropertyKey, never>;
  StartLegacyMoveInput: StartLegacyMoveInput;
  Team: TeamReference;
  TeamOwnerCoverage: TeamOwnerCoverage;
  TeamPermissionImpact: TeamPermissionImpactRecord;
  UpdateContactInput: UpdateContactInput;
  UpdateNoteInput: UpdateNoteInput;
  User: UserReference;
  UserImpact: UserImpactRecord;
  UserImpactConnection: UserImpactPage;
};

export type AccessReasonResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccessReason'] = ResolversParentTypes['AccessReason']> = {
  kind?: Resolver<ResolversTypes['AccessReasonKind'], ParentType, ContextType>;
  path?: Resolver<Array<Maybe<ResolversTypes['Team']>>, ParentType, ContextType>;
};

export type ContactResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Contact'] = ResolversParentTypes['Contact'], FederationReferenceType extends FederationReferenceTypes['Contact'] = FederationReferenceTypes['Contact']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Contact']> | FederationReferenceType, FederationReferenceType, ContextType>;
  accessReason?: Resolver<ResolversTypes['AccessReason'], ParentType, ContextType>;
  assignee?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  externalKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  notes?: Resolver<Maybe<ResolversTypes['NoteConnection']>, ParentType, ContextType, RequireFields<ContactNotesArgs, 'first'>>;
  owner?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  permission?: Resolver<ResolversTypes['Permission'], ParentType, ContextType>;
  phone?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  teamOwners?: Resolver<Array<Maybe<ResolversTypes['Team']>>, ParentType, ContextType>;
  teamOwnersPending?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ContactAssociationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ContactAssociation'] = ResolversParentTypes['ContactAssociation']> = {
  contact?: Resolver<Maybe<ResolversTypes['Contact']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ContactAssociationConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ContactAssociationConnection'] = ResolversParentTypes['ContactAssociationConnection']> = {
  nodes?: Resolver<Array<ResolversTypes['ContactAssociation']>, ParentType, ContextType>;
  notices?: Resolver<Array<ResolversTypes['Notice']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  partial?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ContactConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ContactConnection'] = ResolversParentTypes['ContactConnection']> = {
  nodes?: Resolver<Array<ResolversTypes['Contact']>, ParentType, ContextType>;
  notices?: Resolver<Array<ResolversTypes['Notice']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  partial?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  totalCountCapped?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ContactPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ContactPayload'] = ResolversParentTypes['ContactPayload']> = {
  contact?: Resolver<Maybe<ResolversTypes['Contact']>, ParentType, ContextType>;
  contactId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeleteContactPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteContactPayload'] = ResolversParentTypes['DeleteContactPayload']> = {
  contactId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type DeleteNotePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteNotePayload'] = ResolversParentTypes['DeleteNotePayload']> = {
  noteId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type LegacyMoveResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LegacyMove'] = ResolversParentTypes['LegacyMove']> = {
  companySsoId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  dryRun?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  processed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  report?: Resolver<ResolversTypes['LegacyMoveReport'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['LegacyMoveStatus'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type LegacyMovePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LegacyMovePayload'] = ResolversParentTypes['LegacyMovePayload']> = {
  move?: Resolver<ResolversTypes['LegacyMove'], ParentType, ContextType>;
};

export type LegacyMoveReportResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LegacyMoveReport'] = ResolversParentTypes['LegacyMoveReport']> = {
  ambiguousTeams?: Resolver<Array<ResolversTypes['LegacyTeamCount']>, ParentType, ContextType>;
  contacts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  coverage?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  covered?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  leftAlone?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unassigned?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unmatchedTeams?: Resolver<Array<ResolversTypes['LegacyTeamCount']>, ParentType, ContextType>;
};

export type LegacyTeamCountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LegacyTeamCount'] = ResolversParentTypes['LegacyTeamCount']> = {
  contacts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  legacyTeamId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type LoadLegacyTeamsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LoadLegacyTeamsPayload'] = ResolversParentTypes['LoadLegacyTeamsPayload']> = {
  rows?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  teams?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MessagesResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Messages'] = ResolversParentTypes['Messages']> = {
  en?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  addNote?: Resolver<ResolversTypes['NotePayload'], ParentType, ContextType, RequireFields<MutationAddNoteArgs, 'input'>>;
  createContact?: Resolver<ResolversTypes['ContactPayload'], ParentType, ContextType, RequireFields<MutationCreateContactArgs, 'input'>>;
  deleteContact?: Resolver<ResolversTypes['DeleteContactPayload'], ParentType, ContextType, RequireFields<MutationDeleteContactArgs, 'input'>>;
  deleteNote?: Resolver<ResolversTypes['DeleteNotePayload'], ParentType, ContextType, RequireFields<MutationDeleteNoteArgs, 'input'>>;
  loadLegacyTeams?: Resolver<ResolversTypes['LoadLegacyTeamsPayload'], ParentType, ContextType, RequireFields<MutationLoadLegacyTeamsArgs, 'input'>>;
  startLegacyMove?: Resolver<ResolversTypes['LegacyMovePayload'], ParentType, ContextType, RequireFields<MutationStartLegacyMoveArgs, 'input'>>;
  updateContact?: Resolver<ResolversTypes['ContactPayload'], ParentType, ContextType, RequireFields<MutationUpdateContactArgs, 'input'>>;
  updateNote?: Resolver<ResolversTypes['NotePayload'], ParentType, ContextType, RequireFields<MutationUpdateNoteArgs, 'input'>>;
};

export type NoteResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Note'] = ResolversParentTypes['Note'], FederationReferenceType extends FederationReferenceTypes['Note'] = FederationReferenceTypes['Note']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Note']> | FederationReferenceType, FederationReferenceType, ContextType>;
  author?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  contact?: Resolver<Maybe<ResolversTypes['Contact']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  permission?: Resolver<ResolversTypes['Permission'], ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type NoteConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NoteConnection'] = ResolversParentTypes['NoteConnection']> = {
  nodes?: Resolver<Array<ResolversTypes['Note']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type NotePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotePayload'] = ResolversParentTypes['NotePayload']> = {
  note?: Resolver<Maybe<ResolversTypes['Note']>, ParentType, ContextType>;
  noteId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type NoticeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Notice'] = ResolversParentTypes['Notice']> = {
  code?: Resolver<ResolversTypes['NoticeCode'], ParentType, ContextType>;
  messages?: Resolver<ResolversTypes['Messages'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PermissionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Permission'] = ResolversParentTypes['Permission']> = {
  delete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  update?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  canAssociateContact?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<QueryCanAssociateContactArgs, 'id' | 'module'>>;
  contact?: Resolver<Maybe<ResolversTypes['Contact']>, ParentType, ContextType, RequireFields<QueryContactArgs, 'id'>>;
  contacts?: Resolver<ResolversTypes['ContactConnection'], ParentType, ContextType, RequireFields<QueryContactsArgs, 'view'>>;
  contactsByEmail?: Resolver<Maybe<ResolversTypes['ContactConnection']>, ParentType, ContextType, RequireFields<QueryContactsByEmailArgs, 'email' | 'first'>>;
  contactsByPhone?: Resolver<Maybe<ResolversTypes['ContactConnection']>, ParentType, ContextType, RequireFields<QueryContactsByPhoneArgs, 'first' | 'phone'>>;
  legacyMove?: Resolver<Maybe<ResolversTypes['LegacyMove']>, ParentType, ContextType, RequireFields<QueryLegacyMoveArgs, 'id'>>;
  note?: Resolver<Maybe<ResolversTypes['Note']>, ParentType, ContextType, RequireFields<QueryNoteArgs, 'id'>>;
  notes?: Resolver<ResolversTypes['NoteConnection'], ParentType, ContextType, RequireFields<QueryNotesArgs, 'contactId' | 'first'>>;
  searchContactAssociations?: Resolver<ResolversTypes['ContactAssociationConnection'], ParentType, ContextType, RequireFields<QuerySearchContactAssociationsArgs, 'first' | 'module' | 'text'>>;
  teamOwnerCoverage?: Resolver<ResolversTypes['TeamOwnerCoverage'], ParentType, ContextType, RequireFields<QueryTeamOwnerCoverageArgs, 'companySsoId'>>;
  teamPermissionImpact?: Resolver<ResolversTypes['TeamPermissionImpact'], ParentType, ContextType, RequireFields<QueryTeamPermissionImpactArgs, 'companySsoId'>>;
};

export type TeamResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Team'] = ResolversParentTypes['Team'], FederationReferenceType extends FederationReferenceTypes['Team'] = FederationReferenceTypes['Team']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Team']> | FederationReferenceType, FederationReferenceType, ContextType>;
  contacts?: Resolver<Maybe<ResolversTypes['ContactConnection']>, ParentType, ContextType, Partial<TeamContactsArgs>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type TeamOwnerCoverageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TeamOwnerCoverage'] = ResolversParentTypes['TeamOwnerCoverage']> = {
  contacts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  coverage?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  covered?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TeamPermissionImpactResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TeamPermissionImpact'] = ResolversParentTypes['TeamPermissionImpact']> = {
  users?: Resolver<ResolversTypes['UserImpactConnection'], ParentType, ContextType, RequireFields<TeamPermissionImpactUsersArgs, 'first'>>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type UserImpactResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserImpact'] = ResolversParentTypes['UserImpact']> = {
  after?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  losesSample?: Resolver<Array<ResolversTypes['Contact']>, ParentType, ContextType>;
  today?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
};

export type UserImpactConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserImpactConnection'] = ResolversParentTypes['UserImpactConnection']> = {
  nodes?: Resolver<Array<ResolversTypes['UserImpact']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  AccessReason?: AccessReasonResolvers<ContextType>;
  Contact?: ContactResolvers<ContextType>;
  ContactAssociation?: ContactAssociationResolvers<ContextType>;
  ContactAssociationConnection?: ContactAssociationConnectionResolvers<ContextType>;
  ContactConnection?: ContactConnectionResolvers<ContextType>;
  ContactPayload?: ContactPayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DeleteContactPayload?: DeleteContactPayloadResolvers<ContextType>;
  DeleteNotePayload?: DeleteNotePayloadResolvers<ContextType>;
  LegacyMove?: LegacyMoveResolvers<ContextType>;
  LegacyMovePayload?: LegacyMovePayloadResolvers<ContextType>;
  LegacyMoveReport?: LegacyMoveReportResolvers<ContextType>;
  LegacyTeamCount?: LegacyTeamCountResolvers<ContextType>;
  LoadLegacyTeamsPayload?: LoadLegacyTeamsPayloadResolvers<ContextType>;
  Messages?: MessagesResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Note?: NoteResolvers<ContextType>;
  NoteConnection?: NoteConnectionResolvers<ContextType>;
  NotePayload?: NotePayloadResolvers<ContextType>;
  Notice?: NoticeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Permission?: PermissionResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Team?: TeamResolvers<ContextType>;
  TeamOwnerCoverage?: TeamOwnerCoverageResolvers<ContextType>;
  TeamPermissionImpact?: TeamPermissionImpactResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserImpact?: UserImpactResolvers<ContextType>;
  UserImpactConnection?: UserImpactConnectionResolvers<ContextType>;
};

