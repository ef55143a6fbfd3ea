import { toGraphQLError } from '../shared/edge.ts';
import { forbidden, isRefused, type Refusal } from '../shared/errors.ts';
import type { Gates } from '../shared/gates.ts';
import { allow, type IRules, rule } from '../shared/shield.ts';
import { type Access, hasScope, type Scope } from '../shared/viewer.ts';
import type { Context } from './context.ts';
import { isAdmin, managesTeams, mayListTeams, mayLookBelow, mayReadPerson } from './domain/rights.ts';

type WithId = Readonly<{ id: string }>;
type Judge = (context: Context, parent: WithId) => Promise<Refusal | null> | Refusal | null;

/** A rule out of what decides: null is yes, a refusal is the answer. */
const gate = (judge: Judge) =>
  rule({ cache: 'no_cache' })(async (parent: WithId, _args: unknown, context: Context) => {
    const refusal = await judge(context, parent);
    return refusal === null ? true : toGraphQLError(refusal);
  });

/** A person of the company who passes a test. */
const person =
  (test: (access: Access, parent: WithId) => boolean, needs: string): Judge =>
  async ({ access }, parent) => {
    const known = await access();
    if (isRefused(known)) return known;
    return test(known, parent) ? null : forbidden(`This needs ${needs}.`);
  };

/** A service with one of some scopes. */
const service =
  (...scopes: readonly Scope[]): Judge =>
  async ({ viewer, access }) => {
    if (scopes.some((scope) => hasScope(viewer, scope))) return null;
    const known = viewer.kind === 'person' ? await access() : null;
    return isRefused(known) ? known : forbidden(`This needs a service token with scope ${scopes.join(' or ')}.`);
  };

const squads: readonly Scope[] = ['teams:migrate:chat', 'teams:migrate:crm'];
const either =
  (ofPerson: Judge, ofService: Judge): Judge =>
  (context, parent) =>
    context.viewer.kind === 'person' ? ofPerson(context, parent) : ofService(context, parent);

/** Within their own expanded teams, which are read only for those who do not manage teams. */
const below: Judge = async ({ access, expanded }, { id }) => {
  const known = await access();
  if (isRefused(known) || managesTeams(known)) return isRefused(known) ? known : null;
  const wide = await expanded();
  if (isRefused(wide)) return wide;
  return mayLookBelow(wide, id) ? null : forbidden('This needs TEAMS_MANAGE, or a team of your own at or above this one.');
};

const anyone = gate(person(() => true, 'a signed-in person'));
const manager = gate(person(managesTeams, 'TEAMS_MANAGE'));
const admin = gate(person(isAdmin, 'the role OWNER or ADMIN'));
const reader = gate(person((access, { id }) => mayReadPerson(access, id), 'the role OWNER or ADMIN, or to be the person'));
const squad = gate(service(...squads));
const trigger = gate(service('teams:trigger'));
const job = gate(service(...squads, 'teams:trigger'));
const flagger = gate(service('flags:write'));
const founder = gate(service('companies:write'));
const managerOrSquad = gate(either(person(managesTeams, 'TEAMS_MANAGE'), service(...squads)));
const page = { nodes: allow, pageInfo: allow };

const rules: Readonly<Record<string, IRules>> = {
  Query: {
    // What is not theirs is not found: the loaders know no other teams, people or companies.
    _entities: gate(either(person(() => true, 'a signed-in person'), () => null)),
    _service: allow,
    me: anyone,
    team: gate(either(person(() => true, 'a signed-in person'), service(...squads))),
    teams: gate(person(mayListTeams, 'TEAMS_MANAGE, or the right to invite')),
    companyTree: manager,
    user: anyone,
    users: gate(person(mayListTeams, 'the role OWNER or ADMIN, or TEAMS_MANAGE')),
    teamMenuVisibility: anyone,
    permissionSettings: admin,
    flags: flagger,
    migrationJob: job,
    migrationRun: trigger,
    migrationRuns: trigger,
    migrationProgress: trigger,
    teamEvents: squad,
    auditLog: admin,
  },
  Mutation: {
    createTeam: manager,
    renameTeam: manager,
    moveTeam: manager,
    deleteTeam: manager,
    addTeamMembers: manager,
    removeTeamMembers: manager,
    migrateTeams: squad,
    migrateTeam: squad,
    cancelMigrationJob: squad,
    triggerTeamMigration: trigger,
    createCompany: founder,
    updateCompany: founder,
    inviteUser: admin,
    setUserRole: admin,
    deactivateUser: admin,
    setPermissionLevel: admin,
    setFlag: flagger,
  },
  Team: {
    parent: allow,
    ancestors: allow,
    children: gate(below),
    descendants: gate(below),
    members: manager,
    source: managerOrSquad,
    referenceId: managerOrSquad,
    isDefault: manager,
    version: manager,
    createdAt: manager,
    updatedAt: manager,
  },
  User: {
    email: reader,
    phone: reader,
    nik: reader,
    staffLevel: reader,
    role: reader,
    teams: gate(person((access, { id }) => managesTeams(access) || access.userId === id, 'TEAMS_MANAGE, or to be the person')),
  },
  Viewer: { user: allow, company: allow, teams: allow, permissions: allow, flags: allow },
  CompanyTree: { nodes: allow },
  CompanyTreeNode: { team: allow },
  PermissionSetting: { roles: allow },
  PermissionSettings: { actions: allow, users: allow },
  UserLevel: { user: allow },
  MigrationJob: { completes: allow, results: allow },
  MigrationItem: { team: allow },
  MigrationRun: { totals: allow, squads: allow },
  MigrationRunSquad: { totals: allow, companies: allow },
  MigrationRunCompany: { totals: allow },
  MigrationProgress: { companies: allow },
  TeamMigratedEvent: { team: allow },
  TeamEventPage: { nodes: allow },
  AuditEntry: { actor: allow },
  UserConnection: page,
  TeamConnection: page,
  UserLevelConnection: page,
  MigrationItemConnection: page,
  MigrationRunConnection: page,
  MigrationRunCompanyConnection: page,
  CompanyMigrationConnection: page,
  AuditEntryConnection: page,
  // Judged on the mutation itself: a rule here would run after the write.
  TeamPayload: { team: allow },
  DeleteTeamPayload: { contactsTo: allow },
  MigrateTeamsPayload: { job: allow },
  MigrateTeamPayload: { team: allow },
  TriggerTeamMigrationPayload: { run: allow },
  CompanyPayload: { company: allow },
  InviteUserPayload: { user: allow, teams: allow },
  UserPayload: { user: allow },
  PermissionSettingsPayload: { settings: allow },
  FlagsPayload: { flags: allow },
};

const covered = {
  PageInfo: ['hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'],
  Messages: ['en', 'id'],
  Company: ['id', 'name', 'plan', 'treeVersion'],
  User: ['id', 'fullName', 'isActive'],
  Team: ['id', 'name', 'depth', 'path'],
  Viewer: ['role', 'expandedTeamIds'],
  CompanyTree: ['treeVersion'],
  CompanyTreeNode: ['parentId', 'depth'],
  PermissionLevel: ['action', 'level'],
  FlagState: ['flag', 'value', 'companyValue', 'globalDefault'],
  TeamMenuVisibility: ['isVisible', 'isTeamRequired'],
  PermissionSetting: ['action', 'offered'],
  RoleLevel: ['role', 'level', 'isDefault'],
  UserLevel: ['action', 'level'],
  UserConnection: ['totalCount'],
  TeamConnection: ['totalCount'],
  UserLevelConnection: ['totalCount'],
  MigrationItemConnection: ['totalCount'],
  MigrationRunConnection: ['totalCount'],
  MigrationRunCompanyConnection: ['totalCount'],
  CompanyMigrationConnection: ['totalCount'],
  AuditEntryConnection: ['totalCount'],
  MigrationJob: [
    'id', 'app', 'status', 'dryRun', 'runId', 'total', 'processed', 'created', 'skipped', 'failed', 'cancelled', 'createdAt', 'startedAt', 'finishedAt',
  ],
  CompletesEntry: ['companySsoId', 'status'],
  MigrationItem: ['index', 'companySsoId', 'appIdentifierId', 'outcome', 'reason', 'message'],
  MigrationTotals: ['attempted', 'created', 'skipped', 'failed', 'failureRate'],
  MigrationRun: ['id', 'createdAt', 'triggered'],
  MigrationRunSquad: ['app'],
  MigrationRunCompany: ['companySsoId', 'trigger', 'error'],
  MigrationProgress: ['enabledCompanies', 'completeCompanies', 'completeShare', 'failureRate', 'invitationCoverage'],
  CompanyMigration: ['companySsoId', 'state', 'completedApps', 'openFailures', 'invitationCoverage'],
  TeamMigratedEvent: ['eventId', 'occurredAt', 'companySsoId', 'app', 'appIdentifierId', 'teamId', 'teamName', 'parentId'],
  TeamEventPage: ['hasMore'],
  AuditEntry: ['id', 'kind', 'occurredAt', 'actorService', 'subjectId', 'before', 'after'],
  DeleteTeamPayload: ['teamId', 'treeVersion'],
  MigrateTeamPayload: ['outcome', 'reason', 'message'],
  InviteUserPayload: ['role'],
} as const;

/** Who may ask what of the teams subgraph (SPEC §1, Roles). Default deny: a field with neither a rule nor a place here is a build error. */
export const gates: Gates = { rules, covered };
