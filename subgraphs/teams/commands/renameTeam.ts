import { isRefused, type Refusal } from '../../shared/errors.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { checkName } from '../domain/teamInput.ts';
import { teamRenamed } from '../events/teamChanges.ts';
import type { TeamRow } from '../store/teams.ts';
import { renameRow } from '../store/teamWrites.ts';
import type { CommandDeps } from './commandDeps.ts';
import { changeTeams, ofTeam, teamToChange, toldBy, toldTeam } from './teamChange.ts';

export type RenameTeam = Readonly<{ id: string; name: string; expectedVersion: number | null }>;

/** Gives a team another name, migrated ones and the default team too (SPEC §2.1). The same name changes nothing. */
export const renameTeam = async (deps: CommandDeps, viewer: Viewer, { id, expectedVersion, ...given }: RenameTeam): Promise<TeamRow | Refusal> => {
  const name = checkName(given.name);
  if (isRefused(name)) return name;
  return changeTeams(deps, viewer, async (change) => {
    const team = await teamToChange(change, id, expectedVersion);
    if (isRefused(team) || team.name === name) return team;
    const after = await renameRow(change.tx, team, name, change.now);
    await change.tell([teamRenamed(toldBy(change, change.access.treeVersion), await toldTeam(change, after))], [ofTeam(id, { name: team.name }, { name })]);
    return after;
  });
};
