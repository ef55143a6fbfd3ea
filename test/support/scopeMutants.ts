import type { Filter } from 'mongodb';
import type { ContactDocument } from '../../subgraphs/contacts/store/documents.ts';
import { type ScopeForm, scopeFilter, unassigned } from '../../subgraphs/contacts/store/scopeFilter.ts';
import { canSee, type ScopedContact, type Visibility, visibilityOf, type VisibilityInput } from '../../subgraphs/shared/access/scope.ts';
import { scopeTokensOf, unassignedToken, type TokenedContact } from '../../subgraphs/shared/access/scopeTokens.ts';
import { ancestorsOf, below, productRule, type ScopeRule } from './scopeRule.ts';

type ContactFilter = Filter<ContactDocument>;

const levelMutant = (change: (input: VisibilityInput) => VisibilityInput): ScopeRule => ({ ...productRule, visibilityOf: (input) => visibilityOf(change(input)) });
const checkMutant = (change: (contact: ScopedContact, visibility: Visibility) => ScopedContact): ScopeRule => ({ ...productRule, canSee: (visibility, contact) => canSee(visibility, change(contact, visibility)) });
const tokensMutant = (change: <T extends TokenedContact>(contact: T) => T): ScopeRule => ({ ...productRule, scopeTokensOf: (contact, ancestors) => scopeTokensOf(change(contact), ancestors) });
const filterMutant = (form: ScopeForm, change: (filter: ContactFilter) => ContactFilter): ScopeRule => ({
  ...productRule,
  scopeFilter: (visibility, asked) => (asked === form ? change(scopeFilter(visibility, asked)) : scopeFilter(visibility, asked)),
});

const withTeams = (visibility: Visibility, other: (teamIds: ReadonlySet<string>) => readonly string[]): Visibility =>
  visibility.reach.kind === 'team' ? { ...visibility, reach: { ...visibility.reach, expandedTeamIds: new Set(other(visibility.reach.teamIds)) } } : visibility;
const without = (key: 'company_sso_id' | 'is_deleted') => (filter: ContactFilter): ContactFilter => Object.fromEntries(Object.entries(filter).filter(([each]) => each !== key));
const branches = (change: (branch: ContactFilter) => ContactFilter | null) => (filter: ContactFilter): ContactFilter =>
  '$or' in filter ? { ...filter, $or: (filter.$or as readonly ContactFilter[]).map(change).filter((branch) => branch !== null) } : filter;
const isUnassigned = (branch: ContactFilter): boolean => JSON.stringify(branch.team_owner_ids) === JSON.stringify(unassigned.team_owner_ids);
const pendingToo = ({ team_owners_pending: _pending, ...branch }: ContactFilter): ContactFilter => branch;
const tokensLeft = (keep: (token: string) => boolean) => (filter: ContactFilter): ContactFilter => {
  const { scope_tokens: tokens } = filter as { scope_tokens?: { $in: readonly string[] } };
  return tokens === undefined ? filter : { ...filter, scope_tokens: { $in: tokens.$in.filter(keep) } };
};

const noOwner = <T extends TokenedContact>(contact: T): T => ({ ...contact, ownerId: null });
const noAssignee = <T extends TokenedContact>(contact: T): T => ({ ...contact, assigneeId: null });
const noUnassigned = <T extends TokenedContact>(contact: T): T => (contact.teamOwnerIds.length === 0 ? { ...contact, teamOwnerIds: ['nobody’s'] } : contact);
const unassignedWhilePending = <T extends TokenedContact>(contact: T): T => (contact.teamOwnerIds.length === 0 ? { ...contact, teamOwnersPending: false } : contact);
const pendingIgnored = <T extends TokenedContact>(contact: T): T => ({ ...contact, teamOwnersPending: false });

const ownTeamsOnly = (visibility: Visibility): Visibility => withTeams(visibility, (teamIds) => [...teamIds]);
const upward = (visibility: Visibility): Visibility => withTeams(visibility, (teamIds) => [...teamIds].flatMap((id) => [id, ...ancestorsOf(id)]));

/** What someone may get wrong in the rule of SPEC §3.1, in each form that it has: each but one function is the product's. */
export const scopeMutants: Readonly<Record<string, ScopeRule>> = {
  'team ⇒ everything': levelMutant((input) => (input.level === 'team' ? { ...input, level: 'everything' } : input)),
  'own ⇒ team': levelMutant((input) => (input.level === 'own' ? { ...input, level: 'team' } : input)),
  'own ⇒ everything': levelMutant((input) => (input.level === 'own' ? { ...input, level: 'everything' } : input)),
  'everything ⇒ team': levelMutant((input) => (input.level === 'everything' ? { ...input, level: 'team' } : input)),
  'disabled ⇒ own': levelMutant((input) => (input.level === 'disabled' ? { ...input, level: 'own' } : input)),
  'flag off ignored': levelMutant((input) => ({ ...input, teamFlag: true })),
  'flag on ignored': levelMutant((input) => ({ ...input, teamFlag: false })),

  'no owner, in the check': checkMutant(noOwner),
  'no assignee, in the check': checkMutant(noAssignee),
  'no Unassigned, in the check': checkMutant(noUnassigned),
  'Unassigned while pending, in the check': checkMutant(unassignedWhilePending),
  'pending ignored, in the check': checkMutant(pendingIgnored),
  'other company, in the check': checkMutant((contact, { companyId }) => ({ ...contact, companyId })),
  'deleted ones, in the check': checkMutant((contact) => ({ ...contact, isDeleted: false })),
  'own teams only, in the check': { ...productRule, canSee: (visibility, contact) => canSee(ownTeamsOnly(visibility), contact) },
  'upward instead of downward, in the check': { ...productRule, canSee: (visibility, contact) => canSee(upward(visibility), contact) },

  'no owner, in the filter by team owners': filterMutant('team owners', branches((branch) => ('owner_id' in branch ? null : branch))),
  'no assignee, in the filter by team owners': filterMutant('team owners', branches((branch) => ('assignee_id' in branch ? null : branch))),
  'no Unassigned, in the filter by team owners': filterMutant('team owners', branches((branch) => (isUnassigned(branch) ? null : branch))),
  'Unassigned while pending, in the filter by team owners': filterMutant('team owners', branches((branch) => (isUnassigned(branch) ? pendingToo(branch) : branch))),
  'pending ignored, in the filter by team owners': filterMutant('team owners', branches(pendingToo)),
  'other company, in the filter by team owners': filterMutant('team owners', without('company_sso_id')),
  'deleted ones, in the filter by team owners': filterMutant('team owners', without('is_deleted')),
  'own teams only, in the filter by team owners': { ...productRule, scopeFilter: (visibility, form) => scopeFilter(ownTeamsOnly(visibility), form) },
  'upward instead of downward, in the filter by team owners': { ...productRule, scopeFilter: (visibility, form) => scopeFilter(upward(visibility), form) },

  'no owner, in the tokens': tokensMutant(noOwner),
  'no assignee, in the tokens': tokensMutant(noAssignee),
  'no Unassigned, in the tokens': tokensMutant(noUnassigned),
  'Unassigned while pending, in the tokens': tokensMutant(unassignedWhilePending),
  'pending ignored, in the tokens': tokensMutant(pendingIgnored),
  'other company, in the filter by tokens': filterMutant('tokens', without('company_sso_id')),
  'deleted ones, in the filter by tokens': filterMutant('tokens', without('is_deleted')),
  'own teams only, in the tokens': { ...productRule, scopeTokensOf: (contact) => scopeTokensOf(contact, () => []) },
  'upward instead of downward, in the tokens': { ...productRule, scopeTokensOf: (contact) => scopeTokensOf(contact, below) },
  'not one’s own, in the tokens of the viewer': filterMutant('tokens', tokensLeft((token) => !token.startsWith('u:'))),
  'no Unassigned, in the tokens of the viewer': filterMutant('tokens', tokensLeft((token) => token !== unassignedToken)),
};
