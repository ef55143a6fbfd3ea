import { isRefused, notFound, type Refusal } from '../../shared/errors.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { checkName, checkPeople } from '../domain/teamInput.ts';
import { placeRefusal } from '../domain/teamPlace.ts';
import { accessChanged, teamCreated } from '../events/teamChanges.ts';
import { addMembers } from '../store/memberships.ts';
import type { TeamRow } from '../store/teams.ts';
import { insertTeam } from '../store/teamWrites.ts';
import type { CommandDeps } from './commandDeps.ts';
import { keyRefusal, onlyOnce } from './onlyOnce.ts';
import { activePeople } from './teamMembers.ts';
import { changeTeams, findTeam, joined, ofTeam, placeBelow, reachOf, toldBy, toldTeam } from './teamChange.ts';

export type CreateTeam = Readonly<{ name: string; parentId: string | null; memberIds: readonly string[]; idempotencyKey: string | null }>;

/** Creates a native team with at least one member (SPEC §2.1, OTM-S04). A repeat of the same key answers with the team that was made. */
export const createTeam = async (deps: CommandDeps, viewer: Viewer, { parentId, idempotencyKey: key, ...given }: CreateTeam): Promise<TeamRow | Refusal> => {
  const name = checkName(given.name);
  if (isRefused(name)) return name;
  const memberIds = checkPeople('input.memberIds', given.memberIds);
  if (isRefused(memberIds)) return memberIds;
  const badKey = keyRefusal(key);
  if (badKey !== null) return badKey;

  return changeTeams(deps, viewer, async (change) => {
    const { tx, now, newId } = change;
    const id = newId();
    const once = await onlyOnce(tx, { viewer, operation: 'createTeam', key, payload: { name, parentId, memberIds }, resultId: id }, change);
    if (isRefused(once)) return once;
    if (once !== 'new') return (await findTeam(change, once.earlierId)) ?? notFound(`Team ${once.earlierId}, which this key created, was deleted since.`);

    const above = await placeBelow(change, parentId);
    if (isRefused(above)) return above;
    const noPlace = placeRefusal(above, null);
    if (noPlace !== null) return noPlace;
    const members = await activePeople(change, 'input.memberIds', memberIds);
    if (isRefused(members)) return members;

    const team = await insertTeam(tx, reachOf(change), { id, name, parentId }, now);
    await addMembers(tx, reachOf(change), id, memberIds, now);
    const told = toldBy(change, change.access.treeVersion);
    await change.tell(
      [teamCreated(told, await toldTeam(change, team)), ...members.map((person) => accessChanged(told, person))],
      [ofTeam(id, null, { name, parentId }), ...joined(id, memberIds)],
    );
    return team;
  });
};
