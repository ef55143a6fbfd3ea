import fc from 'fast-check';
import { type Level, levels } from '../../subgraphs/shared/access/permissions.ts';

/** A generated contact; people and teams by their place in the world's lists. */
export type WorldContact = Readonly<{
  foreign: boolean;
  deleted: boolean;
  owner: number | null;
  assignee: number | null;
  /** Null: the field is missing. */
  teamOwners: readonly number[] | null;
  pending: boolean;
  /** One of the few names, emails and phone numbers that a world has; null: none. */
  name: number;
  email: number | null;
  phone: number | null;
}>;

export type WorldViewer = Readonly<{ view: Level; notesView: Level; searches: Level; teams: readonly number[] }>;

/** A generated company: a tree of teams, its contacts (some of them another company's), and who looks at them. */
export type World = Readonly<{
  teamFlag: boolean;
  /** For each team its parent's place, always an earlier one, or null. */
  parents: readonly (number | null)[];
  contacts: readonly WorldContact[];
  viewers: readonly WorldViewer[];
  /** What happens to the tree then. */
  change: WorldChange;
  /** Which of their teams someone is taken out of, by place: all that are not kept. */
  removal: Readonly<{ viewer: number; keeps: readonly number[] }>;
}>;

/** A move of a team to under another that is not below it, or to root; or a deletion, with what takes its place. By place in `parents`. */
export type WorldChange = Readonly<{ kind: 'move'; team: number; parent: number | null } | { kind: 'delete'; team: number; to: number | null }>;

export const viewersPerWorld = 8;
export const contactsPerWorld = 12;

/** People that own or are assigned to contacts: the viewers and one more. */
const someone = fc.option(fc.nat({ max: viewersPerWorld }), { freq: 2 });
const mostly = (value: boolean) => fc.oneof({ weight: 6, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.constant(!value) });
const level = fc.oneof({ weight: 4, arbitrary: fc.constant<Level>('team') }, { weight: 3, arbitrary: fc.constantFrom(...levels) });

const parents = fc
  .array(fc.option(fc.nat(), { freq: 4 }), { minLength: 1, maxLength: 9 })
  .map((picks) => picks.map((pick, place) => (pick === null || place === 0 ? null : pick % place)));

/** Whether a team is another, or below it. */
const isWithin = (tree: readonly (number | null)[], team: number, other: number): boolean => {
  for (let at: number | null = team; at !== null; at = tree[at] ?? null) if (at === other) return true;
  return false;
};

/** Worlds in which levels, trees, owners, pending and deleted contacts meet in every combination. */
export const worlds: fc.Arbitrary<World> = parents.chain((tree) => {
  const some = (most: number) => fc.uniqueArray(fc.nat({ max: tree.length - 1 }), { maxLength: most });
  return fc.record({
    teamFlag: mostly(true),
    parents: fc.constant(tree),
    contacts: fc.array(
      fc.record({
        foreign: mostly(false),
        deleted: mostly(false),
        owner: someone,
        assignee: someone,
        teamOwners: fc.option(some(3), { freq: 8 }),
        pending: mostly(false),
        name: fc.nat({ max: 2 }),
        email: fc.option(fc.nat({ max: 2 }), { freq: 3 }),
        phone: fc.option(fc.nat({ max: 2 }), { freq: 3 }),
      }),
      { minLength: contactsPerWorld, maxLength: contactsPerWorld },
    ),
    change: fc.record({ isMove: fc.boolean(), team: fc.nat({ max: tree.length - 1 }), other: fc.option(fc.nat({ max: tree.length - 1 }), { freq: 4 }) }).map(({ isMove, team, other }): WorldChange => {
      if (isMove) return { kind: 'move', team, parent: other === null || isWithin(tree, other, team) ? null : other };
      return { kind: 'delete', team, to: tree[team] ?? (other === team ? null : other) };
    }),
    removal: fc.record({ viewer: fc.nat({ max: viewersPerWorld - 1 }), keeps: fc.uniqueArray(fc.nat({ max: 2 }), { maxLength: 1 }) }),
    viewers: fc.array(fc.record({ view: level, notesView: level, searches: level, teams: some(3) }), {
      minLength: viewersPerWorld,
      maxLength: viewersPerWorld,
    }),
  });
});
