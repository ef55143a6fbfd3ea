import { expect } from '@jest/globals';
import type { Harness } from '../contactsHarness.ts';
import { deleteTeam, moveTeam } from '../treeChanges.ts';
import type { World } from '../worlds.ts';
import type { Fact, Onlooker, Standing } from './standing.ts';

/** A new owner, an owner removed, and a deletion, where the world has a contact for it; which ones changes with `turn`. */
export const changeOwners = async (harness: Harness, standing: Standing, turn: number): Promise<Standing> => {
  const { companyId, admin, viewers } = standing;
  const facts = [...standing.facts];
  const [changed, bereft, deleted] = facts.filter((fact) => fact.companyId === companyId && !fact.deleted).slice(turn % 3);
  const heir = viewers[turn % viewers.length];
  const write = async (mutation: string): Promise<void> => expect((await harness.ask(admin, `mutation { ${mutation} { contactId } }`)).errors).toBeUndefined();
  const follow = (of: Fact, now: Partial<Fact>): void => void facts.splice(facts.indexOf(of), 1, { ...of, ...now });
  if (changed !== undefined && heir !== undefined && changed.owner !== heir.person.userId) {
    await write(`updateContact(input: { id: "${changed.id}", ownerId: "${heir.person.userId}" })`);
    follow(changed, { owner: heir.person.userId, teamOwners: heir.teams, pending: false });
  }
  if (bereft !== undefined) {
    await write(`updateContact(input: { id: "${bereft.id}", ownerId: null })`);
    follow(bereft, { owner: null });
  }
  if (deleted !== undefined) {
    await write(`deleteContact(input: { id: "${deleted.id}" })`);
    follow(deleted, { deleted: true });
  }
  return { ...standing, facts };
};

/** Takes someone out of all of their teams but those kept. Who they are comes with the world as it stands then. */
export const removeMember = (harness: Harness, standing: Standing, { viewer: place, keeps }: World['removal']): Readonly<{ standing: Standing; removed: Onlooker }> => {
  const before = standing.viewers[place];
  const described = harness.teams.companies.get(standing.companyId)?.people.get(before?.person.userId ?? '');
  if (before === undefined || described === undefined) throw new Error('planted with the world');
  const removed = { ...before, teams: before.teams.filter((_, n) => keeps.includes(n)) };
  described.teams = removed.teams;
  return { removed, standing: { ...standing, viewers: standing.viewers.map((each) => (each === before ? removed : each)) } };
};

/** Moves or deletes a team, as the world says; answers with the tree's version, and the world as it then has to be. */
export const changeTree = ({ teams }: Harness, standing: Standing, change: World['change']): Readonly<{ standing: Standing; version: number }> => {
  const { companyId } = standing;
  const places = [...standing.parents.keys()];
  const at = (place: number | null): string | null => (place === null ? null : (places[place] ?? null));
  const team = at(change.team) ?? '';
  const version = change.kind === 'move' ? moveTeam(teams, companyId, team, at(change.parent)) : deleteTeam(teams, companyId, team, at(change.to));
  const parents = teams.companies.get(companyId)?.parents ?? new Map<string, string | null>();
  const instead = change.kind === 'move' ? team : at(change.to);
  const owners = (ids: readonly string[] | null) => ids?.flatMap((id) => (id === team ? (instead ?? []) : [id])) ?? null;
  const facts = standing.facts.map((fact) => ({ ...fact, teamOwners: owners(fact.teamOwners) }));
  const viewers = standing.viewers.map((viewer) => ({ ...viewer, teams: viewer.teams.filter((id) => parents.has(id)) }));
  return { version, standing: { ...standing, parents, facts, viewers } };
};
