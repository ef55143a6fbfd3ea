import type { Filter } from 'mongodb';
import type { Visibility } from '../../shared/access/scope.ts';
import { pendingOfToken, pendingToken, teamToken, unassignedToken, viewerTokens } from '../../shared/access/scopeTokens.ts';
import type { ContactDocument } from './documents.ts';
import type { SortKey } from './keyset.ts';
import { type Narrowing, narrowingConditions } from './narrowing.ts';
import { type ScopeForm, scopeFilter, unassigned } from './scopeFilter.ts';

type ContactFilter = Filter<ContactDocument>;
type Reach = Visibility['reach'];
type TeamReach = Extract<Reach, { kind: 'team' }>;
type OwnReach = Extract<Reach, { kind: 'own' }>;

/** What an index serves. */
export type Served = Readonly<{ served: ContactFilter; hint: string }>;

/** An index serves the list: in its order, or, where scope is left to be judged, so that what it leaves out is told by nothing. */
type Exact = Readonly<{ kind: 'exact'; filter: ContactFilter; hint?: string }>;
/**
 * Contacts in scope are looked at one by one in the list's order, so many a page, and `rest` says which of them are listed. Each of `branches` is
 * read in that order; together they are `whole`.
 */
export type Walk = Readonly<{ kind: 'walk'; branches: readonly Served[]; whole: Readonly<{ served: ContactFilter; hint?: string }>; rest: ContactFilter }>;

/**
 * How a list is read. `merged`: `exact` in several reads that are merged, as the server does not merge more than some 200 sorted scans. `few`: each of
 * `starts` has the whole list among it; the first that is few contacts is read and put in order, and while none is, `otherwise` holds.
 *
 * What a client is told of contacts that were only looked at, by `partial`, a capped total or a cursor, would tell it of them. So all
 * that a walk looks at, and all that is counted to see whether it is few, is in the viewer's scope; where no index bounds that, the list is
 * read to its end instead (SPEC §3.1: no path reaches a count around the rule).
 */
export type ReadPlan =
  | Exact
  | Readonly<{ kind: 'merged'; filters: readonly ContactFilter[]; hint: string }>
  | Walk
  | Readonly<{ kind: 'few'; filter: ContactFilter; starts: readonly (readonly Served[])[]; otherwise: Walk }>;

/** Most tokens of one read that the server still merges in order; its limit is 200 scans. */
export const mostTokens = 190;

/** What a plan is made for. `one`: the only condition, when it is the only one. */
type Asked = Readonly<{ whole: ContactFilter; live: ContactFilter; narrowing: readonly Narrowing[]; conditions: readonly ContactFilter[]; one: Narrowing | null; key: SortKey }>;

/** Chooses the plan. Whatever it is, it reads the contacts that are in scope and narrowed to, no others. */
export const readPlan = (visibility: Visibility, narrowing: readonly Narrowing[], key: SortKey, form: ScopeForm): ReadPlan => {
  const conditions = narrowing.flatMap(narrowingConditions);
  const whole: ContactFilter = { $and: [scopeFilter(visibility, form), ...conditions] };
  const live = { company_sso_id: visibility.companyId, is_deleted: false };
  const given = narrowing.filter((each) => Object.keys(each).length > 0);
  const [only = {}] = given;
  const one = given.length === 1 && Object.keys(only).length === 1 ? only : null;
  const asked: Asked = { whole, live, narrowing, conditions, one, key };
  const { reach } = visibility;
  switch (reach.kind) {
    case 'nothing':
      return { kind: 'exact', filter: whole };
    case 'everything':
      return everythingPlan(asked);
    case 'own':
      return ofViewer(asked, reach) ?? ofKey(asked) ?? ownPlan(asked, reach);
    case 'team':
      return ofViewer(asked, reach) ?? ofKey(asked) ?? (form === 'tokens' ? tokensPlan(asked, reach) : teamOwnersPlan(asked));
    default:
      return reach satisfies never;
  }
};

/** A plan to count by, which needs no order: that of any order that an index serves, if there is one. */
export const countPlan = (visibility: Visibility, narrowing: readonly Narrowing[], form: ScopeForm): ReadPlan => {
  const plan = readPlan(visibility, narrowing, 'updated_at', form);
  if (plan.kind !== 'few') return plan;
  const ofTexts = (['name_key', 'email', 'phone'] as const).map((key) => readPlan(visibility, narrowing, key, form));
  return ofTexts.find(({ kind }) => kind === 'exact' || kind === 'merged') ?? plan;
};

/** What belongs to the viewer is in scope at every level. */
const ofViewer = ({ live, one, key }: Asked, { viewerId }: OwnReach | TeamReach): Exact | null => {
  if (one?.ownerId === viewerId) return { kind: 'exact', filter: { ...live, owner_id: viewerId }, hint: `owner_by_${key}` };
  if (one?.assigneeId === viewerId) return { kind: 'exact', filter: { ...live, assignee_id: viewerId }, hint: `assignee_by_${key}` };
  return null;
};

/** Those that share an address or number: few, and read to the last. */
const ofKey = ({ narrowing, whole }: Asked): Exact | null => {
  const field = (['email', 'phone'] as const).find((each) => valueOf(narrowing, each) !== undefined);
  return field === undefined ? null : { kind: 'exact', filter: whole, hint: `live_by_${field}` };
};

/** The company is the scope: whatever is looked at is in it. */
const everythingPlan = (asked: Asked): ReadPlan => {
  const { whole, live, conditions, one, key } = asked;
  if (conditions.length === 0) return { kind: 'exact', filter: whole };
  const byKey = ofKey(asked);
  if (byKey !== null) return byKey;
  const first = inOrder(asked);
  if (one !== null && first !== null) return { kind: 'exact', filter: whole, hint: first.hint };
  const served = first ?? { served: live, hint: `live_by_${key}` };
  const starts = textsOf(asked).map(({ field, condition }) => [{ served: { ...live, ...condition }, hint: `live_by_${indexed(field)}` }]);
  return few(asked, starts, { kind: 'walk', branches: [served], whole: served, rest: whole });
};

/** By owner and by assignee. No index of email or phone has either in front of it: searches by them are read to their end. */
const ownPlan = (asked: Asked, { viewerId }: OwnReach): ReadPlan => {
  const { whole, live, narrowing, conditions, key } = asked;
  if (conditions.length === 0) return { kind: 'exact', filter: whole };
  if (key === 'email' || key === 'phone') return { kind: 'exact', filter: whole, hint: `live_by_${key}_id` };
  const namePrefix = valueOf(narrowing, 'namePrefix');
  const name: ContactFilter = namePrefix === undefined ? {} : { $and: narrowingConditions({ namePrefix }) };
  const mine = (sort: SortKey, also: ContactFilter): readonly Served[] => [
    { served: { ...live, owner_id: viewerId, ...also }, hint: `owner_by_${sort}` },
    { served: { ...live, assignee_id: viewerId, ...also }, hint: `assignee_by_${sort}` },
  ];
  const branches = mine(key, key === 'name_key' ? name : {});
  const starts = namePrefix !== undefined && key !== 'name_key' ? [mine('name_key', name)] : [];
  return few(asked, starts, { kind: 'walk', branches, whole: { served: { $or: branches.map(({ served }) => served) } }, rest: whole });
};

/** By the tokens that contacts carry: every index that is walked has them in it. */
const tokensPlan = (asked: Asked, reach: TeamReach): ReadPlan => {
  const { whole, live, narrowing, conditions, one, key } = asked;
  const tokens = viewerTokens(reach) ?? [];
  const mine = (also: ContactFilter): ContactFilter => ({ ...live, scope_tokens: pendingOfToken(reach.viewerId), ...also });
  const within = (some: readonly string[], also: ContactFilter): ContactFilter => ({ ...live, scope_tokens: { $in: [...some] }, ...also });
  if (conditions.length === 0) return merged(tokens, (some) => within(some, {}), `scope_by_${key}`);
  if (one?.isUnassigned === true) return { kind: 'exact', filter: { $or: [{ ...live, scope_tokens: unassignedToken }, mine(unassigned)] }, hint: `scope_by_${key}` };
  if (one?.teamId !== undefined && reach.expandedTeamIds.has(one.teamId)) {
    const pending: ContactFilter[] = [{ scope_tokens: { $ne: pendingToken } }, { scope_tokens: pendingOfToken(reach.viewerId) }];
    return { kind: 'exact', filter: { ...live, team_owner_ids: one.teamId, $or: pending }, hint: `team_by_${key}` };
  }
  const isMyTeams = one?.anyTeamOf?.length === reach.expandedTeamIds.size && one.anyTeamOf.every((id) => reach.expandedTeamIds.has(id));
  if (isMyTeams && reach.teamIds.size < mostTokens) {
    const teams = [...reach.teamIds].map(teamToken);
    return { kind: 'exact', filter: { $or: [within(teams, {}), mine({ team_owner_ids: { $in: [...reach.expandedTeamIds] } })] }, hint: `scope_by_${key}` };
  }

  const narrowed = [
    ...textsOf(asked).map(({ field, condition }) => ({ condition, hint: `scope_by_${field}`, order: field })),
    ...people.flatMap((person) => {
      const id = valueOf(narrowing, `${person}Id`);
      return id === undefined ? [] : [{ condition: { [`${person}_id`]: id }, hint: `${person}_scope_by_updated_at`, order: 'updated_at' as const }];
    }),
  ];
  const first = narrowed.find(({ order }) => order === key);
  const [condition, hint] = first === undefined ? [{}, `scope_by_${key}`] : [first.condition, first.hint];
  if (first !== undefined && one !== null) return merged(tokens, (some) => within(some, condition), hint);
  const starts = narrowed.filter((each) => each !== first).map((each) => [{ served: within(tokens, each.condition), hint: each.hint }]);
  const branches = chunksOf(tokens).map((some) => ({ served: within(some, condition), hint }));
  return few(asked, starts, { kind: 'walk', branches, whole: { served: within(tokens, condition), hint }, rest: whole });
};

/** While a move is open: no index has this form in front of an order, so that the list is read to its end, by the index of the narrowest condition. */
const teamOwnersPlan = (asked: Asked): Exact => {
  const { whole, conditions, key } = asked;
  if (conditions.length === 0) return { kind: 'exact', filter: whole };
  const [text] = textsOf(asked);
  return { kind: 'exact', filter: whole, hint: text === undefined ? (inOrder(asked)?.hint ?? `live_by_${key}`) : `live_by_${indexed(text.field)}` };
};

const few = ({ whole }: Asked, starts: readonly (readonly Served[])[], otherwise: Walk): ReadPlan => {
  const others = starts.filter(([first]) => first?.hint !== otherwise.branches[0]?.hint);
  return others.length === 0 ? otherwise : { kind: 'few', filter: whole, starts: others, otherwise };
};

const merged = (tokens: readonly string[], filterOf: (some: readonly string[]) => ContactFilter, hint: string): ReadPlan => {
  if (tokens.length <= mostTokens) return { kind: 'exact', filter: filterOf(tokens), hint };
  return { kind: 'merged', filters: chunksOf(tokens).map(filterOf), hint };
};

const chunksOf = (tokens: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(tokens.length / mostTokens) }, (_, n) => tokens.slice(n * mostTokens, (n + 1) * mostTokens));

const people = ['owner', 'assignee'] as const;
type Text = 'email' | 'phone' | 'name_key';
const prefixes = { email: 'emailPrefix', phone: 'phonePrefix', name_key: 'namePrefix' } as const satisfies Record<Text, keyof Narrowing>;

/** An index of a text within the company: those of email and phone that end in it are named so. */
const indexed = (text: Text): string => (text === 'name_key' ? text : `${text}_id`);

/** The beginnings of texts that are asked for, those of addresses and numbers first: fewer begin alike. */
const textsOf = ({ narrowing }: Asked): readonly Readonly<{ field: Text; condition: ContactFilter }>[] =>
  (['email', 'phone', 'name_key'] as const).flatMap((field) => {
    const prefix = valueOf(narrowing, prefixes[field]);
    return prefix === undefined ? [] : [{ field, condition: { $and: narrowingConditions({ [prefixes[field]]: prefix }) } }];
  });

type TextField = 'email' | 'phone' | 'emailPrefix' | 'phonePrefix' | 'namePrefix' | 'ownerId' | 'assigneeId' | 'teamId';
const valueOf = (narrowing: readonly Narrowing[], field: TextField): string | undefined => narrowing.find((each) => each[field] !== undefined)?.[field];

/** The one condition that an index of the company has in front of the order. */
const inOrder = (asked: Asked): Served | null => {
  const { live, narrowing, key } = asked;
  const text = textsOf(asked).find(({ field }) => field === key);
  if (text !== undefined) return { served: { ...live, ...text.condition }, hint: `live_by_${indexed(text.field)}` };
  if (key === 'email' || key === 'phone') return null;
  const [ownerId, assigneeId, teamId] = [valueOf(narrowing, 'ownerId'), valueOf(narrowing, 'assigneeId'), valueOf(narrowing, 'teamId')];
  if (ownerId !== undefined) return { served: { ...live, owner_id: ownerId }, hint: `owner_by_${key}` };
  if (assigneeId !== undefined) return { served: { ...live, assignee_id: assigneeId }, hint: `assignee_by_${key}` };
  return teamId === undefined ? null : { served: { ...live, team_owner_ids: teamId }, hint: `team_by_${key}` };
};
