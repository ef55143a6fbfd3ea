import type { Filter } from 'mongodb';
import type { Visibility } from '../../shared/access/scope.ts';
import { pendingOfToken, pendingToken, teamToken, unassignedToken, viewerTokens } from '../../shared/access/scopeTokens.ts';
import type { ContactDocument } from './documents.ts';
import type { SortKey } from './keyset.ts';
import { type Narrowing, narrowingConditions } from './narrowing.ts';
import { type ScopeForm, scopeFilter, unassigned } from './scopeFilter.ts';

type ContactFilter = Filter<ContactDocument>;

/**
 * How a list is read. `exact`: an index serves all of it in its order. `merged`: the same, in several reads that are merged, as the server does
 * not merge more than some 200 sorted scans. `walk`: an index serves only a part of it in its order; the rest is looked at document by
 * document, so many a page.
 */
export type ReadPlan =
  | Readonly<{ kind: 'exact'; filter: ContactFilter; hint?: string }>
  | Readonly<{ kind: 'merged'; filters: readonly ContactFilter[]; hint: string }>
  | Readonly<{ kind: 'walk'; served: ContactFilter; rest: ContactFilter; hint?: string }>;

/** Most tokens of one read that the server still merges in order; its limit is 200 scans. */
export const mostTokens = 190;

/** Chooses the plan. Whatever it is, it reads the contacts that are in scope and narrowed to, no others. */
export const readPlan = (visibility: Visibility, narrowing: readonly Narrowing[], key: SortKey, form: ScopeForm): ReadPlan => {
  const scope = scopeFilter(visibility, form);
  const conditions = narrowing.flatMap(narrowingConditions);
  const live = { company_sso_id: visibility.companyId, is_deleted: false };
  const { reach } = visibility;
  const whole: ContactFilter = { $and: [scope, ...conditions] };
  const [only = {}, ...others] = narrowing.filter((each) => Object.keys(each).length > 0);
  const isOne = others.length === 0 && Object.keys(only).length === 1;
  if (reach.kind === 'nothing') return { kind: 'exact', filter: whole };

  // what belongs to the viewer is in scope at every level
  if (isOne && reach.kind !== 'everything' && only.ownerId === reach.viewerId) return { kind: 'exact', filter: { ...live, owner_id: reach.viewerId }, hint: `owner_by_${key}` };
  if (isOne && reach.kind !== 'everything' && only.assigneeId === reach.viewerId) return { kind: 'exact', filter: { ...live, assignee_id: reach.viewerId }, hint: `assignee_by_${key}` };

  if (reach.kind === 'team' && form === 'tokens') {
    const tokens = viewerTokens(reach) ?? [];
    const mine = (also: ContactFilter): ContactFilter => ({ ...live, scope_tokens: pendingOfToken(reach.viewerId), ...also });
    if (conditions.length === 0) return merged(tokens, (some) => ({ ...live, scope_tokens: { $in: some } }), `scope_by_${key}`);
    if (isOne && only.namePrefix !== undefined && key === 'name_key' && tokens.length <= mostTokens) return { kind: 'exact', filter: whole, hint: 'scope_by_name_key' };
    if (isOne && key === 'updated_at' && tokens.length <= mostTokens) {
      if (only.ownerId !== undefined) return { kind: 'exact', filter: whole, hint: 'owner_scope_by_updated_at' };
      if (only.assigneeId !== undefined) return { kind: 'exact', filter: whole, hint: 'assignee_scope_by_updated_at' };
    }
    if (isOne && only.isUnassigned === true) {
      return { kind: 'exact', filter: { $or: [{ ...live, scope_tokens: unassignedToken }, mine(unassigned)] }, hint: `scope_by_${key}` };
    }
    if (isOne && only.teamId !== undefined && reach.expandedTeamIds.has(only.teamId)) {
      const pending: ContactFilter[] = [{ scope_tokens: { $ne: pendingToken } }, { scope_tokens: pendingOfToken(reach.viewerId) }];
      return { kind: 'exact', filter: { ...live, team_owner_ids: only.teamId, $or: pending }, hint: `team_by_${key}` };
    }
    const isMyTeams = isOne && only.anyTeamOf?.length === reach.expandedTeamIds.size && only.anyTeamOf.every((id) => reach.expandedTeamIds.has(id));
    if (isMyTeams && reach.teamIds.size < mostTokens) {
      const teams = [...reach.teamIds].map(teamToken);
      return { kind: 'exact', filter: { $or: [{ ...live, scope_tokens: { $in: teams } }, mine({ team_owner_ids: { $in: [...reach.expandedTeamIds] } })] }, hint: `scope_by_${key}` };
    }
    const served = servedBy(only, others, key);
    if (served !== null) return { kind: 'walk', served: { ...live, ...served.filter }, rest: whole, hint: served.hint };
    return tokens.length > mostTokens
      ? { kind: 'walk', served: live, rest: whole, hint: `live_by_${key}` }
      : { kind: 'walk', served: { ...live, scope_tokens: { $in: tokens } }, rest: { $and: conditions }, hint: `scope_by_${key}` };
  }
  if (conditions.length === 0) return { kind: 'exact', filter: whole };
  const served = servedBy(only, others, key);
  if (reach.kind === 'everything' && isOne && served !== null) return { kind: 'exact', filter: whole, hint: served.hint };
  return { kind: 'walk', served: { ...live, ...served?.filter }, rest: whole, hint: served?.hint ?? `live_by_${key}` };
};

const merged = (tokens: readonly string[], filterOf: (some: readonly string[]) => ContactFilter, hint: string): ReadPlan => {
  if (tokens.length <= mostTokens) return { kind: 'exact', filter: filterOf(tokens), hint };
  const filters = Array.from({ length: Math.ceil(tokens.length / mostTokens) }, (_, n) => filterOf(tokens.slice(n * mostTokens, (n + 1) * mostTokens)));
  return { kind: 'merged', filters, hint };
};

type TextField = 'email' | 'phone' | 'emailPrefix' | 'phonePrefix' | 'namePrefix' | 'ownerId' | 'assigneeId' | 'teamId';

/** The one condition that an index has in front of the sort. */
const servedBy = (only: Narrowing, others: readonly Narrowing[], key: SortKey): Readonly<{ filter: ContactFilter; hint: string }> | null => {
  const all = [only, ...others];
  const valueOf = (field: TextField): string | undefined => all.find((each) => each[field] !== undefined)?.[field];
  // the few that share an address come before anything that may have very many
  for (const field of ['email', 'phone'] as const) {
    const value = valueOf(field);
    if (value !== undefined && key === 'updated_at') return { filter: { [field]: value }, hint: `live_by_${field}` };
    const prefix = valueOf(`${field}Prefix`);
    if (prefix !== undefined && key === field) return { filter: { $and: narrowingConditions({ [`${field}Prefix`]: prefix }) }, hint: `live_by_${field}_id` };
  }
  const [ownerId, assigneeId, teamId, namePrefix] = [valueOf('ownerId'), valueOf('assigneeId'), valueOf('teamId'), valueOf('namePrefix')];
  if (ownerId !== undefined) return { filter: { owner_id: ownerId }, hint: `owner_by_${key}` };
  if (assigneeId !== undefined) return { filter: { assignee_id: assigneeId }, hint: `assignee_by_${key}` };
  if (teamId !== undefined) return { filter: { team_owner_ids: teamId }, hint: `team_by_${key}` };
  if (namePrefix !== undefined && key === 'name_key') return { filter: { $and: narrowingConditions({ namePrefix }) }, hint: 'live_by_name_key' };
  return null;
};
