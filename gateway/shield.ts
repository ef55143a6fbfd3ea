import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { forbidden, isRefused, type Refusal } from '../subgraphs/shared/errors.ts';
import type { Scope, Viewer } from '../subgraphs/shared/viewer.ts';
import { rootFieldsOf } from './rootFields.ts';

/** Who may ask for a root field: people, services with one of some scopes, or both. */
export type CoarseRule = Readonly<{ people: boolean; scopes: readonly Scope[] }>;

type RootType = 'Query' | 'Mutation' | 'Subscription';
export type ShieldTable = Readonly<Record<RootType, Readonly<Record<string, CoarseRule>>>>;

const person: CoarseRule = { people: true, scopes: [] };
const services = (...scopes: readonly Scope[]): CoarseRule => ({ people: false, scopes });
const personOr = (...scopes: readonly Scope[]): CoarseRule => ({ people: true, scopes });
const squads: readonly Scope[] = ['teams:migrate:chat', 'teams:migrate:crm'];

/** Every root field of the supergraph, as its description in `schema/*.graphql` says who it is for (SPEC §4). */
export const shieldTable: ShieldTable = {
  Query: {
    me: person,
    team: personOr(...squads),
    teams: person,
    companyTree: person,
    user: person,
    users: person,
    teamMenuVisibility: person,
    permissionSettings: person,
    flags: services('flags:write'),
    migrationJob: services(...squads, 'teams:trigger'),
    migrationRun: services('teams:trigger'),
    migrationRuns: services('teams:trigger'),
    migrationProgress: services('teams:trigger'),
    teamEvents: services(...squads),
    auditLog: person,
    contacts: person,
    contact: person,
    contactsByEmail: person,
    contactsByPhone: person,
    searchContactAssociations: person,
    canAssociateContact: person,
    notes: person,
    note: person,
    teamPermissionImpact: person,
    legacyMove: services('contacts:migrate'),
    teamOwnerCoverage: services('contacts:migrate'),
  },
  Mutation: {
    createTeam: person,
    renameTeam: person,
    moveTeam: person,
    deleteTeam: person,
    addTeamMembers: person,
    removeTeamMembers: person,
    migrateTeams: services(...squads),
    migrateTeam: services(...squads),
    cancelMigrationJob: services(...squads),
    triggerTeamMigration: services('teams:trigger'),
    createCompany: services('companies:write'),
    updateCompany: services('companies:write'),
    inviteUser: person,
    setUserRole: person,
    deactivateUser: person,
    setPermissionLevel: person,
    setFlag: services('flags:write'),
    createContact: personOr('contacts:write'),
    updateContact: personOr('contacts:write'),
    deleteContact: person,
    addNote: person,
    updateNote: person,
    deleteNote: person,
    loadLegacyTeams: services('contacts:migrate'),
    startLegacyMove: services('contacts:migrate'),
  },
  Subscription: {
    teamMigrated: personOr(...squads),
    migrationJobProgress: services(...squads, 'teams:trigger'),
  },
};

/** What does not fit between the supergraph and a table: fields without a rule, rules without a field. */
export const shieldFaults = (schema: GraphQLSchema, table: ShieldTable): readonly string[] => {
  const ruled = Object.entries(table).flatMap(([type, rules]) => Object.keys(rules).map((field) => `${type}.${field}`));
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}).map((field) => `${root?.name ?? ''}.${field}`));
  return [
    ...fields.filter((field) => !ruled.includes(field)).map((field) => `${field} has no rule at the gateway`),
    ...ruled.filter((field) => !fields.includes(field)).map((field) => `${field} is no field of the supergraph`),
  ];
};

export type ShieldOptions = Readonly<{ table: ShieldTable; introspection: boolean }>;

/** Judges somebody who sends an operation, before anything of it is executed; undefined: let it pass. */
export type Judge = (signedIn: Viewer | Refusal) => Refusal | undefined;

/** Reads what an operation asks for once, and judges everybody who sends it. */
export type Shield = (document: DocumentNode, operation: OperationDefinitionNode) => Judge;

/**
 * The coarse wall: signed in, kind of token, scope. Every root field of the operation is judged, those under `@skip`
 * and `@include` too, and the first refusal refuses the whole. Roles and levels are data, so the subgraphs judge them where
 * that data is; here they could only be stale. Default deny: a root field without a rule is an error at build.
 * @throws naming every field without a rule.
 */
export const createShield = (schema: GraphQLSchema, { table, introspection }: ShieldOptions): Shield => {
  const faults = shieldFaults(schema, table);
  if (faults.length > 0) throw new Error(`The gateway's shield does not fit the supergraph:\n${faults.join('\n')}`);
  return (document, operation) => {
    const rules = table[rootTypes[operation.operation]];
    const named = new Set(rootFieldsOf(document, operation).map((field) => field.name.value));
    const asked = [...named].filter((field) => field !== '__typename');
    const openly = introspection && asked.every(isIntrospection);
    return (signedIn) => {
      if (isRefused(signedIn) && !openly) return signedIn;
      for (const field of asked) {
        const refusal = isIntrospection(field) ? introspected(introspection) : judged(ruleOf(rules, field), field, signedIn);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    };
  };
};

const rootTypes = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

const isIntrospection = (field: string): boolean => field === '__schema' || field === '__type';
const ruleOf = (rules: ShieldTable[RootType], field: string): CoarseRule | undefined =>
  Object.hasOwn(rules, field) ? rules[field] : undefined;

const introspected = (allowed: boolean): Refusal | undefined => (allowed ? undefined : forbidden('Introspection is off here.'));

const judged = (rule: CoarseRule | undefined, field: string, viewer: Viewer | Refusal): Refusal | undefined => {
  if (isRefused(viewer)) return viewer;
  if (rule === undefined) return forbidden(`${field} is not open to anyone.`);
  switch (viewer.kind) {
    case 'person':
      return rule.people ? undefined : forbidden(`${field} is for services with scope ${rule.scopes.join(' or ')}, not for people.`);
    case 'service':
      if (rule.scopes.some((scope) => viewer.scopes.includes(scope))) return undefined;
      return forbidden(rule.scopes.length === 0 ? `${field} is for people, not for services.` : `${field} needs scope ${rule.scopes.join(' or ')}.`);
    default:
      return viewer satisfies never;
  }
};
