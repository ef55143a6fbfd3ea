import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { placeRefusal } from '../domain/teamPlace.ts';
import { everybodysAccessChanged, teamMoved } from '../events/teamChanges.ts';
import { raiseTreeVersion } from '../store/companies.ts';
import type { TeamRow } from '../store/teams.ts';
import { countLevels, moveRow } from '../store/teamWrites.ts';
import type { CommandDeps } from './commandDeps.ts';
import { changeTeams, ofTeam, placeBelow, reachOf, teamToChange, toldBy, toldTeam } from './teamChange.ts';

/** `parentId` null makes it a root; undefined: it was left out, and nothing says where to. */
export type MoveTeam = Readonly<{ id: string; parentId: string | null | undefined; expectedVersion: number | null }>;

/**
 * Moves a team with all below it (SPEC §2.1). Moves of one company follow one another, so that of two that would close a
 * cycle together one is refused. The same parent changes nothing.
 */
export const moveTeam = async (deps: CommandDeps, viewer: Viewer, { id, parentId, expectedVersion }: MoveTeam): Promise<TeamRow | Refusal> => {
  if (parentId === undefined) return badInput('input.parentId', 'input.parentId is left out; it must be the team to stand below, or null for a root.');
  return changeTeams(deps, viewer, async (change) => {
    const { tx, now } = change;
    const team = await teamToChange(change, id, expectedVersion);
    if (isRefused(team) || team.parentId === parentId) return team;
    const above = await placeBelow(change, parentId);
    if (isRefused(above)) return above;
    const noPlace = placeRefusal(above, { id, levels: await countLevels(tx, reachOf(change), id) });
    if (noPlace !== null) return noPlace;
    const after = await moveRow(tx, team, parentId, now);
    const told = toldBy(change, await raiseTreeVersion(tx, reachOf(change)));
    await change.tell(
      [teamMoved(told, await toldTeam(change, after), team.parentId), everybodysAccessChanged(told)],
      [ofTeam(id, { parentId: team.parentId }, { parentId })],
    );
    return after;
  });
};
