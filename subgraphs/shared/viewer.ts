import type { Flags, Levels, Role } from './access/permissions.ts';

/** Where a request came from, by its `x-platform` header; web when it has none or another. */
export const platforms = ['web', 'mobile', 'openapi'] as const;
export type Platform = (typeof platforms)[number];

/** What a service token may be allowed. A token with none of these is refused. */
export const scopes = [
  'teams:migrate:chat',
  'teams:migrate:crm',
  'teams:trigger',
  'flags:write',
  'companies:write',
  'contacts:write',
  'contacts:migrate',
] as const;
export type Scope = (typeof scopes)[number];

/** A signed-in person. Role and levels are not here: they are asked of teams, never taken from a token. */
export type Person = Readonly<{ kind: 'person'; userId: string; companyId: string; platform: Platform }>;

/** A service: it has no company. `id` is the `sub` of its token. */
export type Service = Readonly<{ kind: 'service'; id: string; scopes: readonly Scope[]; platform: Platform }>;

/** Who a request is made for. */
export type Viewer = Person | Service;

/** What a person may do, as teams knows it now. */
export type Access = Readonly<{
  companyId: string;
  userId: string;
  role: Role;
  levels: Levels;
  flags: Flags;
  /** Own teams, direct memberships. */
  teamIds: readonly string[];
  /** Own teams and all their descendants; empty when it was not asked for and no level needs it. */
  expandedTeamIds: readonly string[];
  /** The company's tree version that the two were read at. */
  treeVersion: number;
}>;

/** The caller of an operation, for idempotency keys: the company of a person, none for a service, and its `sub`. */
export const callerOf = (viewer: Viewer): Readonly<{ companyId: string | null; sub: string }> =>
  viewer.kind === 'person'
    ? { companyId: viewer.companyId, sub: viewer.userId }
    : { companyId: null, sub: viewer.id };

export const hasScope = (viewer: Viewer, scope: Scope): boolean =>
  viewer.kind === 'service' && viewer.scopes.includes(scope);
