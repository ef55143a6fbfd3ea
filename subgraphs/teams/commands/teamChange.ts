import { conflict, forbidden, notFound, type Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { managesTeams } from '../domain/rights.ts';
import { noTeam } from '../domain/teamInput.ts';
import type { Above } from '../domain/teamPlace.ts';
import type { Told, ToldTeam } from '../events/teamChanges.ts';
import { findMemberIds } from '../store/memberships.ts';
import { type CompanyReach, findTeams, type TeamRow } from '../store/teams.ts';
import { findAncestorIds } from '../store/tree.ts';
import type { CommandDeps } from './commandDeps.ts';
import { type Audited, type Change, inCompany } from './inCompany.ts';

/** A change of the company's teams by a person who manages them. */
export const changeTeams = <T>(deps: CommandDeps, viewer: Viewer, work: (change: Change) => Promise<T | Refusal>): Promise<T | Refusal> =>
  inCompany(deps, viewer, (access) => (managesTeams(access) ? null : forbidden('This needs TEAMS_MANAGE.')), work);

export const reachOf = ({ companyId }: Change): CompanyReach => ({ kind: 'company', companyId });

/** What the events of a change share; `treeVersion` is the one after it. */
export const toldBy = ({ companyId, access, now, newId }: Change, treeVersion: number): Told => ({ companyId, actorId: access.userId, treeVersion, now, newId });

/** A team with its members as they are by now, as events tell of it. */
export const toldTeam = async (change: Change, { id, name, parentId }: TeamRow): Promise<ToldTeam> => ({
  id,
  name,
  parentId,
  members: (await findMemberIds(change.tx, reachOf(change), [id])).get(id) ?? [],
});

/** A team of the company, or null. */
export const findTeam = async (change: Change, id: string): Promise<TeamRow | null> =>
  isUuid(id) ? ((await findTeams(change.tx, reachOf(change), [id]))[0] ?? null) : null;

/** The team that is to be changed: NOT_FOUND for one that is not of the company, CONFLICT when it has another version than was expected. */
export const teamToChange = async (change: Change, id: string, expectedVersion: number | null): Promise<TeamRow | Refusal> => {
  const team = await findTeam(change, id);
  if (team === null) return notFound(`There is no team ${excerpt(id)}.`);
  return expectedVersion === null || expectedVersion === team.version
    ? team
    : conflict(`Team ${id} has version ${team.version}, not ${expectedVersion}: it was changed in between. Read it again.`);
};

/** The team that another is to stand below; null as a root. */
export const placeBelow = async (change: Change, parentId: string | null): Promise<Above | null | Refusal> => {
  if (parentId === null) return null;
  const { ancestors } = isUuid(parentId) ? await findAncestorIds(change.tx, reachOf(change), [parentId]) : { ancestors: new Map<string, readonly string[]>() };
  const above = ancestors.get(parentId);
  return above === undefined ? noTeam('input.parentId', parentId) : { id: parentId, ancestors: above };
};

type Setting = Audited['before'];

/** What became of a team. */
export const ofTeam = (teamId: string, before: Setting, after: Setting): Audited => ({ kind: 'TEAM', subjectId: teamId, before, after });

/** People who joined a team, one entry each. */
export const joined = (teamId: string, userIds: readonly string[]): readonly Audited[] =>
  userIds.map((id) => ({ kind: 'MEMBERSHIP', subjectId: id, before: null, after: { teamId } }));

/** People who left a team, one entry each. */
export const left = (teamId: string, userIds: readonly string[]): readonly Audited[] =>
  userIds.map((id) => ({ kind: 'MEMBERSHIP', subjectId: id, before: { teamId }, after: null }));
