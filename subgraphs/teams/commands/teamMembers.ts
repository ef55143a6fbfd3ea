import { isRefused, type Refusal } from '../../shared/errors.ts';
import { isUuid } from '../../shared/text.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { checkPeople, noPerson } from '../domain/teamInput.ts';
import { accessChanged, membersChanged } from '../events/teamChanges.ts';
import { addMembers, removeMembers } from '../store/memberships.ts';
import { findUsers, type UserRow } from '../store/people.ts';
import type { TeamRow } from '../store/teams.ts';
import { raiseVersion } from '../store/teamWrites.ts';
import type { CommandDeps } from './commandDeps.ts';
import type { Change } from './inCompany.ts';
import { changeTeams, joined, left, reachOf, teamToChange, toldBy, toldTeam } from './teamChange.ts';

export type TeamMembers = Readonly<{ id: string; userIds: readonly string[] }>;

/** Adds active people of the company to a team; who is a member already stays one (SPEC §2.1). */
export const addTeamMembers = (deps: CommandDeps, viewer: Viewer, input: TeamMembers): Promise<TeamRow | Refusal> =>
  changeMembers(deps, viewer, input, {
    people: (change, ids) => activePeople(change, 'input.userIds', ids),
    write: (change, team, ids) => addMembers(change.tx, reachOf(change), team.id, ids, change.now),
    tell: (ids) => ({ added: ids, removed: [] }),
    audit: joined,
  });

/** Takes people of the company, active or not, out of a team; who is no member stays none. A team may be left without members. */
export const removeTeamMembers = (deps: CommandDeps, viewer: Viewer, input: TeamMembers): Promise<TeamRow | Refusal> =>
  changeMembers(deps, viewer, input, {
    people: (change, ids) => peopleOf(change, 'input.userIds', ids, () => true, 'a person'),
    write: (change, team, ids) => removeMembers(change.tx, reachOf(change), team.id, ids),
    tell: (ids) => ({ added: [], removed: ids }),
    audit: left,
  });

type MembersChange = Readonly<{
  people: (change: Change, ids: readonly string[]) => Promise<readonly UserRow[] | Refusal>;
  /** Answers whose membership changed. */
  write: (change: Change, team: TeamRow, ids: readonly string[]) => Promise<readonly string[]>;
  tell: (ids: readonly string[]) => Readonly<{ added: readonly string[]; removed: readonly string[] }>;
  audit: typeof joined;
}>;

const changeMembers = async (deps: CommandDeps, viewer: Viewer, { id, userIds }: TeamMembers, how: MembersChange): Promise<TeamRow | Refusal> => {
  const ids = checkPeople('input.userIds', userIds);
  if (isRefused(ids)) return ids;
  return changeTeams(deps, viewer, async (change) => {
    const team = await teamToChange(change, id, null);
    if (isRefused(team)) return team;
    const people = await how.people(change, ids);
    if (isRefused(people)) return people;
    const changed = await how.write(change, team, ids);
    if (changed.length === 0) return team;
    const after = await raiseVersion(change.tx, team, change.now);
    const told = toldBy(change, change.access.treeVersion);
    const theirs = people.filter((person) => changed.includes(person.id)).map((person) => accessChanged(told, person));
    await change.tell([membersChanged(told, await toldTeam(change, after), how.tell(changed)), ...theirs], how.audit(id, changed));
    return after;
  });
};

/** People of the company by id, all of them active, else BAD_USER_INPUT on `field`. */
export const activePeople = (change: Change, field: string, ids: readonly string[]): Promise<readonly UserRow[] | Refusal> =>
  peopleOf(change, field, ids, ({ isActive }) => isActive, 'an active person');

const peopleOf = async (
  change: Change,
  field: string,
  ids: readonly string[],
  isWanted: (person: UserRow) => boolean,
  wanted: Parameters<typeof noPerson>[2],
): Promise<readonly UserRow[] | Refusal> => {
  const rows = await findUsers(change.tx, reachOf(change), ids.filter(isUuid));
  const found = new Map(rows.filter(isWanted).map((person) => [person.id, person]));
  const unknown = ids.find((id) => !found.has(id));
  return unknown === undefined ? ids.flatMap((id) => found.get(id) ?? []) : noPerson(field, unknown, wanted);
};
