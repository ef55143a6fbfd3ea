import type { NewEvent, TeamChangedPayload } from './catalog.ts';

/** A team as events tell of it; `members` are those after the change. */
export type ToldTeam = Readonly<{ id: string; name: string; parentId: string | null; members: readonly string[] }>;

/** What all events of one change share. */
export type Told = Readonly<{
  companyId: string;
  /** The person who made the change. */
  actorId: string;
  /** The company's, after the change. */
  treeVersion: number;
  now: Date;
  newId: () => string;
}>;

const head = ({ companyId, now, newId }: Told, aggregateId: string) => ({ eventId: newId(), companyId, aggregateId, occurredAt: now });

const payloadOf = ({ companyId, actorId, treeVersion }: Told, { name, parentId, members }: ToldTeam): TeamChangedPayload => ({
  team_name: name,
  company_sso_id: companyId,
  members,
  created_by_sso_id: actorId,
  parent_id: parentId,
  tree_version: treeVersion,
});

export const teamCreated = (told: Told, team: ToldTeam): NewEvent => ({ ...head(told, team.id), type: 'TEAM_CREATED', payload: payloadOf(told, team) });

export const teamRenamed = (told: Told, team: ToldTeam): NewEvent => ({ ...head(told, team.id), type: 'TEAM_UPDATED', payload: payloadOf(told, team) });

/** Also of a child that moved up because its parent was deleted. */
export const teamMoved = (told: Told, team: ToldTeam, previousParentId: string | null): NewEvent => ({
  ...head(told, team.id),
  type: 'TEAM_UPDATED',
  payload: { ...payloadOf(told, team), previous_parent_id: previousParentId },
});

/** `contactsTo` null: its contacts became Unassigned. A deleted team has no members. */
export const teamDeleted = (told: Told, team: Omit<ToldTeam, 'members'>, contactsTo: string | null): NewEvent => ({
  ...head(told, team.id),
  type: 'TEAM_DELETED',
  payload: { ...payloadOf(told, { ...team, members: [] }), contacts_to: contactsTo },
});

export const membersChanged = (told: Told, team: ToldTeam, change: Readonly<{ added: readonly string[]; removed: readonly string[] }>): NewEvent => ({
  ...head(told, team.id),
  type: 'TEAM_MEMBERS_CHANGED',
  payload: { ...payloadOf(told, team), added_user_ids: change.added, removed_user_ids: change.removed },
});

/** What someone may do has changed. */
export const accessChanged = (told: Omit<Told, 'treeVersion' | 'actorId'>, person: Readonly<{ id: string; isActive: boolean }>): NewEvent =>
  access(told, person.id, person.isActive);

/** What anybody of the company may do may have changed: their teams expand to others. */
export const everybodysAccessChanged = (told: Omit<Told, 'treeVersion' | 'actorId'>): NewEvent => access(told, null, null);

const access = ({ companyId, now, newId }: Omit<Told, 'treeVersion' | 'actorId'>, userId: string | null, isActive: boolean | null): NewEvent => ({
  eventId: newId(),
  companyId,
  aggregateId: companyId,
  occurredAt: now,
  type: 'ACCESS_CHANGED',
  payload: { company_sso_id: companyId, user_id: userId, is_active: isActive },
});
