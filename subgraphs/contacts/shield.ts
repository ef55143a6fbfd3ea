import { toGraphQLError } from '../shared/edge.ts';
import { forbidden, isRefused, type Refusal, unauthenticated } from '../shared/errors.ts';
import type { Gates } from '../shared/gates.ts';
import { allow, rule } from '../shared/shield.ts';
import { hasScope, type Scope, type Viewer } from '../shared/viewer.ts';
import type { Context } from './context.ts';

const gate = (judge: (viewer: Viewer) => true | Refusal) =>
  rule({ cache: 'no_cache' })((_parent: unknown, _args: unknown, { viewer }: Context) => {
    const verdict = viewer === null ? unauthenticated('Sign in first.') : judge(viewer);
    return isRefused(verdict) ? toGraphQLError(verdict) : true;
  });

const isPerson = gate(({ kind }) => (kind === 'person' ? true : forbidden('This is open to people only, not to services.')));

const isService = (scope: Scope) => gate((viewer) => (hasScope(viewer, scope) ? true : forbidden(`This is open to services with the scope ${scope} only.`)));

const isPersonOrWriter = gate((viewer) =>
  viewer.kind === 'person' || hasScope(viewer, 'contacts:write') ? true : forbidden('This is open to people and to services with the scope contacts:write.'),
);

const isSignedIn = gate(() => true);
const isMigrator = isService('contacts:migrate');

/**
 * Coarse rules at the schema's edge, default deny; which records a person reaches is decided by the stores. Entities
 * are open to who is signed in, as a squad may select a team that it pushed; each type's reference is judged by itself.
 */
export const gates: Gates = {
  rules: {
    Query: {
      _entities: isSignedIn,
      _service: allow,
      contacts: isPerson,
      contact: isPerson,
      contactsByEmail: isPerson,
      contactsByPhone: isPerson,
      searchContactAssociations: isPerson,
      canAssociateContact: isPerson,
      notes: isPerson,
      note: isPerson,
      teamPermissionImpact: isPerson,
      legacyMove: isMigrator,
      teamOwnerCoverage: isMigrator,
    },
    Mutation: {
      createContact: isPersonOrWriter,
      updateContact: isPersonOrWriter,
      deleteContact: isPerson,
      addNote: isPerson,
      updateNote: isPerson,
      deleteNote: isPerson,
      loadLegacyTeams: isMigrator,
      startLegacyMove: isMigrator,
    },
    Contact: { owner: isPerson, assignee: isPerson, teamOwners: isPerson, permission: isPerson, accessReason: isPerson, notes: isPerson },
    AccessReason: { path: isPerson },
    ContactConnection: { nodes: isPerson, pageInfo: isPerson, notices: isPerson },
    Notice: { messages: isPerson },
    Note: { contact: isPerson, author: isPerson, permission: isPerson },
    NoteConnection: { nodes: isPerson, pageInfo: isPerson },
    ContactAssociation: { contact: isPerson },
    ContactAssociationConnection: { nodes: isPerson, pageInfo: isPerson, notices: isPerson },
    Team: { contacts: isPerson },
    TeamPermissionImpact: { users: isPerson },
    UserImpact: { user: isPerson, losesSample: isPerson },
    UserImpactConnection: { nodes: isPerson, pageInfo: isPerson },
    LegacyMove: { report: isMigrator },
    LegacyMoveReport: { unmatchedTeams: isMigrator, ambiguousTeams: isMigrator },
    ContactPayload: { contact: allow },
    NotePayload: { note: allow },
    LegacyMovePayload: { move: allow },
  },
  covered: {
    PageInfo: ['hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'],
    Messages: ['en', 'id'],
    Permission: ['update', 'delete'],
    Contact: ['id', 'name', 'email', 'phone', 'externalKey', 'teamOwnersPending', 'version', 'createdAt', 'updatedAt'],
    AccessReason: ['kind'],
    Notice: ['code'],
    ContactConnection: ['totalCount', 'totalCountCapped', 'partial'],
    ContactAssociationConnection: ['partial'],
    Note: ['id', 'text', 'version', 'createdAt', 'updatedAt'],
    NoteConnection: ['totalCount'],
    ContactAssociation: ['id', 'name'],
    UserImpact: ['today', 'after'],
    UserImpactConnection: ['totalCount'],
    LegacyMove: ['id', 'companySsoId', 'status', 'dryRun', 'total', 'processed', 'createdAt', 'finishedAt'],
    LegacyMoveReport: ['contacts', 'covered', 'coverage', 'unassigned', 'leftAlone'],
    LegacyTeamCount: ['legacyTeamId', 'name', 'contacts'],
    TeamOwnerCoverage: ['contacts', 'covered', 'coverage'],
    User: ['id'],
    Team: ['id'],
    ContactPayload: ['contactId'],
    DeleteContactPayload: ['contactId'],
    NotePayload: ['noteId'],
    DeleteNotePayload: ['noteId'],
    LoadLegacyTeamsPayload: ['rows', 'teams'],
  },
};
