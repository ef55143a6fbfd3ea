import { Supergraph } from '@apollo/federation-internals';
import { type GraphQLArgument, type GraphQLInputType, type GraphQLSchema, getNamedType, isInputObjectType, isListType, isNonNullType, isObjectType } from 'graphql';
import { supergraphSdl } from '../../../gateway/supergraph.ts';
import type { LookedAt } from './answer.ts';
import type { Planted } from './planted.ts';
import type { HostileWorld } from './world.ts';

/** What clients may ask. */
export const schema: GraphQLSchema = Supergraph.build(supergraphSdl(), { validateSupergraph: false }).apiSchema().toGraphQLJSSchema();

/** Arguments by their names. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A field with arguments, who asks for it, and arguments that are good as they are. */
export type Site = Readonly<{
  /** `Query.team` */
  field: string;
  as: string;
  /** The field with its arguments → a whole selection of the root. Left out: it is a root field. */
  around?: (inner: string, at: Planted) => string;
  /** What is selected of it. */
  selection: string;
  good: (at: Planted) => Arguments;
}>;

const page = '{ nodes { __typename } pageInfo { hasNextPage endCursor } }';
const nothing = (): Arguments => ({});

const site = (field: string, as: string, selection: string, good: Site['good'] = nothing, around?: Site['around']): Site => ({ field, as, selection, good, ...(around && { around }) });

/** Every field of the schema with arguments, with each kind of caller that may ask for it; a test holds that none is missing. */
export const sites: readonly Site[] = [
  site('Query.team', 'bayu', '{ id name }', ({ own }) => ({ id: own.team })),
  site('Query.team', 'chat', '{ id name }', ({ own }) => ({ id: own.pushed })),
  site('Query.teams', 'bayu', page),
  site('Query.user', 'bayu', '{ id fullName email }', ({ own }) => ({ id: own.person })),
  site('Query.users', 'bayu', page),
  site('Query.flags', 'engineer', '{ flag value }', ({ own }) => ({ companySsoId: own.company })),
  site('Query.migrationJob', 'chat', '{ id status }', ({ own }) => ({ id: own.job })),
  site('Query.migrationRun', 'engineer', '{ id }', ({ own }) => ({ id: own.run })),
  site('Query.migrationRuns', 'engineer', page),
  site('Query.teamEvents', 'chat', '{ nodes { eventId } hasMore }', () => ({ app: 'CHAT' })),
  site('Query.auditLog', 'bayu', page),
  site('Query.contacts', 'bayu', page),
  site('Query.contact', 'bayu', '{ id name }', ({ own }) => ({ id: own.contact })),
  site('Query.contactsByEmail', 'bayu', page, () => ({ email: 'andi@customer.example' })),
  site('Query.contactsByPhone', 'bayu', page, () => ({ phone: '+6281200000000' })),
  site('Query.searchContactAssociations', 'bayu', page, () => ({ module: 'DEAL', text: 'and' })),
  site('Query.canAssociateContact', 'bayu', '', ({ own }) => ({ id: own.contact, module: 'DEAL' })),
  site('Query.notes', 'bayu', page, ({ own }) => ({ contactId: own.contact })),
  site('Query.note', 'bayu', '{ id text }', ({ own }) => ({ id: own.note })),
  site('Query.teamPermissionImpact', 'bayu', '{ __typename users { totalCount } }', ({ own }) => ({ companySsoId: own.company })),
  site('Query.legacyMove', 'mover', '{ id }', ({ own }) => ({ id: own.move })),
  site('Query.teamOwnerCoverage', 'mover', '{ contacts }', ({ own }) => ({ companySsoId: own.company })),

  site('Mutation.createTeam', 'bayu', '{ team { id name } }', ({ own }) => ({ input: { name: 'Made', memberIds: [own.person] } })),
  site('Mutation.renameTeam', 'bayu', '{ team { id name } }', ({ own }) => ({ input: { id: own.team, name: 'Renamed' } })),
  site('Mutation.moveTeam', 'bayu', '{ team { id } }', ({ own }) => ({ input: { id: own.team, parentId: own.root } })),
  site('Mutation.deleteTeam', 'bayu', '{ teamId }', ({ own }) => ({ input: { id: own.root } })),
  site('Mutation.addTeamMembers', 'bayu', '{ team { id } }', ({ own }) => ({ input: { id: own.team, userIds: [own.person] } })),
  site('Mutation.removeTeamMembers', 'bayu', '{ team { id } }', ({ own }) => ({ input: { id: own.team, userIds: [own.person] } })),
  site('Mutation.migrateTeams', 'chat', '{ job { id } }', ({ own }) => ({ input: { app: 'CHAT', dryRun: true, items: [{ companySsoId: own.company, name: 'Pushed', appIdentifierId: 'again' }] } })),
  site('Mutation.migrateTeam', 'chat', '{ outcome reason message team { name } }', ({ own }) => ({ input: { app: 'CHAT', item: { companySsoId: own.company, name: 'One', appIdentifierId: 'one' } } })),
  site('Mutation.cancelMigrationJob', 'chat', '{ job { id } }', ({ own }) => ({ id: own.job })),
  site('Mutation.triggerTeamMigration', 'engineer', '{ run { id } }', ({ own }) => ({ input: { apps: ['CHAT'], companySsoIds: [own.company] } })),
  site('Mutation.createCompany', 'founder', '{ company { id } }', ({ unknown }) => ({
    input: { companySsoId: unknown.uuid, name: 'Baru', plan: 'GROWTH', ownerSsoId: unknown.otherUuid, ownerEmail: 'owner@baru.example', ownerFullName: 'Owner' },
  })),
  site('Mutation.updateCompany', 'founder', '{ company { id name } }', ({ own }) => ({ input: { companySsoId: own.company } })),
  site('Mutation.inviteUser', 'bayu', '{ user { id } }', ({ own }) => ({ input: { email: 'new@qontak.example', fullName: 'New', roleId: 'AGENT', teamIds: [own.team] } })),
  site('Mutation.setUserRole', 'bayu', '{ user { id } }', ({ own }) => ({ input: { userId: own.person, role: 'AGENT' } })),
  site('Mutation.deactivateUser', 'bayu', '{ user { id } }', ({ own }) => ({ input: { userId: own.person } })),
  site('Mutation.setPermissionLevel', 'bayu', '{ settings { __typename } }', ({ own }) => ({ input: { action: 'CUSTOMERS_CUSTOMERS_VIEW', level: 'OWN', userId: own.person } })),
  site('Mutation.setFlag', 'engineer', '{ flags { flag } }', ({ own }) => ({ input: { flag: 'UNIFIED_APP', value: true, companySsoId: own.company } })),
  site('Mutation.createContact', 'bayu', '{ contactId }', () => ({ input: { name: 'Made' } })),
  site('Mutation.createContact', 'sync', '{ contactId }', ({ own }) => ({ input: { name: 'Made', companySsoId: own.company } })),
  site('Mutation.updateContact', 'bayu', '{ contactId }', ({ own }) => ({ input: { id: own.contact } })),
  site('Mutation.updateContact', 'sync', '{ contactId }', ({ own }) => ({ input: { id: own.contact, companySsoId: own.company } })),
  site('Mutation.deleteContact', 'bayu', '{ contactId }', ({ own }) => ({ input: { id: own.contact } })),
  site('Mutation.addNote', 'bayu', '{ noteId }', ({ own }) => ({ input: { contactId: own.contact, text: 'Noted' } })),
  site('Mutation.updateNote', 'bayu', '{ noteId }', ({ own }) => ({ input: { id: own.note, text: 'Noted' } })),
  site('Mutation.deleteNote', 'bayu', '{ noteId }', ({ own }) => ({ input: { id: own.note } })),
  site('Mutation.loadLegacyTeams', 'mover', '{ rows teams }', ({ own }) => ({ input: { companySsoId: own.company, rows: [{ contactKey: own.contact, crmTeamHierarchyId: '3' }], teams: [{ legacyTeamId: '3', name: 'Sales' }] } })),
  site('Mutation.startLegacyMove', 'mover', '{ move { id } }', ({ own }) => ({ input: { companySsoId: own.company, dryRun: true, noLegacyRows: false } })),

  site('Team.children', 'bayu', page, nothing, (inner, { own }) => `team(id: "${own.root}") { ${inner} }`),
  site('Team.descendants', 'bayu', page, nothing, (inner, { own }) => `team(id: "${own.root}") { ${inner} }`),
  site('Team.members', 'bayu', page, nothing, (inner, { own }) => `team(id: "${own.team}") { ${inner} }`),
  site('Team.contacts', 'bayu', page, nothing, (inner, { own }) => `team(id: "${own.team}") { ${inner} }`),
  site('PermissionSettings.users', 'bayu', page, nothing, (inner) => `permissionSettings { ${inner} }`),
  site('MigrationJob.results', 'chat', page, nothing, (inner, { own }) => `migrationJob(id: "${own.job}") { ${inner} }`),
  site('MigrationRunSquad.companies', 'engineer', page, nothing, (inner, { own }) => `migrationRun(id: "${own.run}") { squads { ${inner} } }`),
  site('MigrationProgress.companies', 'engineer', page, nothing, (inner) => `migrationProgress { ${inner} }`),
  site('Contact.notes', 'bayu', page, nothing, (inner, { own }) => `contact(id: "${own.contact}") { ${inner} }`),
  site('TeamPermissionImpact.users', 'bayu', page, nothing, (inner, { own }) => `teamPermissionImpact(companySsoId: "${own.company}") { ${inner} }`),
];

/** Fields of the schema with arguments that no site asks for. Subscriptions travel over sockets and are tested there. */
export const missingSites = (): readonly string[] =>
  Object.values(schema.getTypeMap())
    .flatMap((type) => (isObjectType(type) && !type.name.startsWith('__') && type !== schema.getSubscriptionType() ? Object.values(type.getFields()).filter(({ args }) => args.length > 0).map(({ name }) => `${type.name}.${name}`) : []))
    .filter((field) => !sites.some((each) => each.field === field));

const argumentsOf = (field: string): readonly GraphQLArgument[] => {
  const [owner = '', name = ''] = field.split('.');
  const type = schema.getType(owner);
  const found = isObjectType(type) ? type.getFields()[name] : undefined;
  if (found === undefined) throw new Error(`The schema has no ${field}.`);
  return found.args;
};

/** A place in a site's arguments that takes one value: `input.items.0.name`. */
export type Slot = Readonly<{ site: Site; path: readonly string[]; type: string; inList: boolean }>;

/** Every place of a scalar type in the arguments of every site. */
export const slotsOf = (...types: readonly string[]): readonly Slot[] =>
  sites.flatMap((each) => argumentsOf(each.field).flatMap(({ name, type }) => leaves(each, [name], type, false))).filter(({ type }) => types.includes(type));

const leaves = (of: Site, path: readonly string[], type: GraphQLInputType, inList: boolean): readonly Slot[] => {
  const bare = isNonNullType(type) ? type.ofType : type;
  if (isListType(bare)) return leaves(of, [...path, '0'], bare.ofType, true);
  if (isInputObjectType(bare)) return Object.values(bare.getFields()).flatMap((field) => leaves(of, [...path, field.name], field.type, false));
  return [{ site: of, path, type: getNamedType(bare).name, inList }];
};

/** Whether a place is for a cursor; `after` of events is an id. */
export const isCursor = ({ path, type }: Slot): boolean => type === 'String' && path.length === 1 && (path[0] === 'after' || path[0] === 'before');

/** `Mutation.createTeam(input.parentId) as bayu` */
export const nameOf = ({ site: { field, as }, path }: Slot): string => `${field}(${path.join('.')}) as ${as}`;

/** Good arguments with one value in one place. */
export const withValue = (slot: Slot, at: Planted, value: unknown): Arguments => put(slot.site.good(at), slot.path, value) as Arguments;

/** What is in one place of the good arguments. */
export const goodValue = ({ site: of, path }: Slot, at: Planted): unknown => path.reduce((value: unknown, step) => (typeof value === 'object' && value !== null ? (value as Arguments)[step] : undefined), of.good(at));

const put = (into: unknown, [step, ...rest]: readonly string[], value: unknown): unknown => {
  if (step === undefined) return value;
  if (step === '0') return [put(Array.isArray(into) ? (into as unknown[])[0] : undefined, rest, value)];
  const object = typeof into === 'object' && into !== null ? (into as Arguments) : {};
  return { ...object, [step]: put(object[step], rest, value) };
};

/** Asks for a site with arguments, each as a variable of its own type. */
export const askAt = (world: HostileWorld, at: Planted, of: Site, given: Arguments): Promise<LookedAt> => {
  const used = argumentsOf(of.field).filter(({ name }) => name in given);
  const heads = used.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const [owner = '', name = ''] = of.field.split('.');
  const inner = `it: ${name}${used.length === 0 ? '' : `(${used.map((each) => `${each.name}: $${each.name}`).join(', ')})`} ${of.selection}`;
  const query = `${owner === 'Mutation' ? 'mutation' : 'query'} Hostile${heads === '' ? '' : `(${heads})`} { ${of.around?.(inner, at) ?? inner} }`;
  return world.ask(of.as, query, given);
};

/** Does something with each, a few at a time. */
export const eachOf = async <T>(items: readonly T[], todo: (item: T) => Promise<void>, atOnce = 6): Promise<void> => {
  const left = items.values();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const item of left) await todo(item);
  }));
};
