import { isRefused, type Refusal } from '../../shared/errors.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { contactsToAfter, type Outcome } from '../domain/teamDeletion.ts';
import { noTeam } from '../domain/teamInput.ts';
import { everybodysAccessChanged, teamDeleted, teamMoved } from '../events/teamChanges.ts';
import { raiseTreeVersion } from '../store/companies.ts';
import { keepDeletion } from '../store/deletedTeams.ts';
import { findMemberIds } from '../store/memberships.ts';
import type { TeamRow } from '../store/teams.ts';
import { deleteRow, moveChildrenUp } from '../store/teamWrites.ts';
import type { CommandDeps } from './commandDeps.ts';
import { changeTeams, findTeam, left, ofTeam, reachOf, teamToChange, toldBy } from './teamChange.ts';

export type DeleteTeam = Outcome & Readonly<{ id: string; expectedVersion: number | null }>;

/** What a deletion left; `contactsTo` null: its contacts became Unassigned. */
export type TeamDeleted = Readonly<{ teamId: string; contactsTo: TeamRow | null; treeVersion: number }>;

/** Deletes a team: its children move up to its parent, and its memberships end (SPEC §2.1). */
export const deleteTeam = (deps: CommandDeps, viewer: Viewer, { id, expectedVersion, ...outcome }: DeleteTeam): Promise<TeamDeleted | Refusal> =>
  changeTeams(deps, viewer, async (change) => {
    const { tx, now } = change;
    const team = await teamToChange(change, id, expectedVersion);
    if (isRefused(team)) return team;
    const decided = contactsToAfter(team, outcome);
    if (isRefused(decided)) return decided;
    const { contactsTo } = decided;
    if (contactsTo !== null && (await findTeam(change, contactsTo)) === null) return noTeam('input.reassignContactsTo', contactsTo);

    const children = await moveChildrenUp(tx, team, now);
    const members = await findMemberIds(tx, reachOf(change), [id, ...children.map((child) => child.id)]);
    await keepDeletion(tx, team, contactsTo, now);
    await deleteRow(tx, team);
    const treeVersion = await raiseTreeVersion(tx, reachOf(change));

    const told = toldBy(change, treeVersion);
    const { name, parentId, source, referenceId } = team;
    await change.tell(
      [
        teamDeleted(told, team, contactsTo),
        ...children.map((child) => teamMoved(told, { ...child, members: members.get(child.id) ?? [] }, id)),
        everybodysAccessChanged(told),
      ],
      [
        ofTeam(id, { name, parentId, source, referenceId }, { isDeleted: true, contactsTo }),
        ...children.map((child) => ofTeam(child.id, { parentId: id }, { parentId })),
        ...left(id, members.get(id) ?? []),
      ],
    );
    return { teamId: id, contactsTo: contactsTo === null ? null : await findTeam(change, contactsTo), treeVersion };
  });
