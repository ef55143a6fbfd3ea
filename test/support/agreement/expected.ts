import type { Level } from '../../../subgraphs/shared/access/permissions.ts';
import { type ReferenceCompany, referenceCanSee, type ReferenceViewer } from '../referenceCanSee.ts';
import type { Fact, Onlooker, Standing } from './standing.ts';

/** What is answered when one record is asked for. */
export type Verdict = 'SEEN' | 'FORBIDDEN' | 'NOT_FOUND';

export const companyOf = ({ teamFlag, parents }: Standing): ReferenceCompany => ({ teamPermissionEnabled: teamFlag, parents });
export const viewerAt = ({ companyId }: Standing, { person, teams }: Onlooker, level: Level): ReferenceViewer => ({ id: person.userId, companyId, teams, level });

/** For each contact whether the reference lets someone see it at a level. */
export const seenBy = (standing: Standing, viewer: Onlooker, level: Level): boolean[] =>
  standing.facts.map((fact) => referenceCanSee(viewerAt(standing, viewer, level), fact, companyOf(standing)));

/** Whose notes they may read: with the flag off those of contacts that they see, and the notes' level only must not be disabled. */
export const notesReadBy = (standing: Standing, viewer: Onlooker): boolean[] =>
  standing.teamFlag ? seenBy(standing, viewer, viewer.notesView) : seenBy(standing, viewer, viewer.view).map((each) => each && viewer.notesView !== 'disabled');

/** An id of the own company out of scope is FORBIDDEN, any other NOT_FOUND; at level disabled everything is FORBIDDEN. */
export const verdictsOf = ({ companyId, facts }: Standing, seen: readonly boolean[], isDisabled: boolean): Verdict[] =>
  facts.map((fact, index) => {
    if (isDisabled) return 'FORBIDDEN';
    if (seen[index] === true) return 'SEEN';
    return fact.companyId === companyId && !fact.deleted ? 'FORBIDDEN' : 'NOT_FOUND';
  });

/** Whether a team is one of some, or below one. */
export const isBelow = (team: string, some: readonly string[], parents: ReadonlyMap<string, string | null>): boolean => {
  for (let at: string | null = team; at !== null; at = parents.get(at) ?? null) if (some.includes(at)) return true;
  return false;
};

/** The same world while teams cannot be asked: nobody's level is wider than own, and the flag, unknown, counts as on. */
export const inOutage = (standing: Standing): Standing => {
  const own = (level: Level): Level => (level === 'disabled' ? 'disabled' : 'own');
  const viewers = standing.viewers.map((viewer) => ({ ...viewer, view: own(viewer.view), notesView: own(viewer.notesView), searches: own(viewer.searches) }));
  return { ...standing, isOut: true, teamFlag: true, viewers };
};

/** A list that is asked for, and which contacts are on it when they are in scope. */
export type ListCase = Readonly<{ what: string; variables: Readonly<Record<string, unknown>>; holds: (fact: Fact) => boolean }>;

/** For a company whose last team was deleted. */
const noTeam = '00000000-0000-4000-8000-000000000000';

/** Every view and filter; those that need teams are not there while they cannot be asked. */
export const listCases = ({ parents, isOut, viewers }: Standing, { person: { userId }, teams }: Onlooker): readonly ListCase[] => {
  const [someTeam = noTeam] = [...teams, ...parents.keys()];
  const [root = noTeam] = parents.keys();
  const someone = viewers[0]?.person.userId ?? '';
  const ownedBy = (fact: Fact, some: readonly string[]): boolean => fact.teamOwners?.some((id) => isBelow(id, some, parents)) ?? false;
  const isUnassigned = ({ teamOwners }: Fact): boolean => (teamOwners ?? []).length === 0;
  const filtered = (filter: Readonly<Record<string, unknown>>, holds: ListCase['holds']): ListCase => ({ what: JSON.stringify(filter), variables: { filter }, holds });
  return [
    { what: 'all', variables: {}, holds: () => true },
    { what: 'owned by me', variables: { view: 'OWNED_BY_ME' }, holds: ({ owner }) => owner === userId },
    { what: 'assigned to me', variables: { view: 'ASSIGNED_TO_ME' }, holds: ({ assignee }) => assignee === userId },
    { what: 'my teams', variables: { view: 'MY_TEAMS' }, holds: (fact) => !isOut && ownedBy(fact, teams) },
    filtered({ teamId: someTeam }, ({ teamOwners }) => teamOwners?.includes(someTeam) ?? false),
    ...(isOut ? [] : [filtered({ teamId: root, includeDescendants: true }, (fact) => ownedBy(fact, [root]))]),
    filtered({ isUnassigned: true }, isUnassigned),
    filtered({ isUnassigned: false }, (fact) => !isUnassigned(fact)),
    filtered({ ownerId: someone }, ({ owner }) => owner === someone),
    filtered({ assigneeId: someone }, ({ assignee }) => assignee === someone),
    filtered({ name: 'budi' }, ({ name }) => name.startsWith('Budi')),
    filtered({ email: 'citra' }, ({ email }) => email?.startsWith('citra') ?? false),
    filtered({ phone: '+62811' }, ({ phone }) => phone?.startsWith('+62811') ?? false),
    filtered({ name: 'bud', isUnassigned: true }, (fact) => fact.name.startsWith('Bud') && isUnassigned(fact)),
    filtered({ ownerId: someone, teamId: someTeam }, ({ owner, teamOwners }) => owner === someone && (teamOwners?.includes(someTeam) ?? false)),
  ];
};

const sorts = (['UPDATED_AT', 'CREATED_AT', 'NAME'] as const).flatMap((field) => (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })));

/** One of the lists with one of the sorts; `turn` by `turn` all of them. */
export const listAt = (standing: Standing, viewer: Onlooker, turn: number): ListCase => {
  const cases = listCases(standing, viewer);
  const chosen = cases[turn % cases.length] ?? cases[0];
  if (chosen === undefined) throw new Error('there are lists');
  const sort = sorts[Math.floor(turn / 7) % sorts.length];
  return { ...chosen, what: `${chosen.what} by ${JSON.stringify(sort)}`, variables: { ...chosen.variables, sort } };
};
