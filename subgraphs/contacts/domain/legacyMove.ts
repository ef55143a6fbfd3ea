import type { LegacyMatcher } from './legacyTeams.ts';

/** What set a contact's team owners last; the types of `store/documents.ts`. */
type SetBy = 'auto' | 'person' | 'owner_change' | 'legacy_move';

/** What the move needs to know of a contact. */
export type MovableContact = Readonly<{
  /** 24 lower-case hexadecimal digits. */
  id: string;
  externalKey: string | null;
  version: number;
  teamOwnerIds: readonly string[];
  teamOwnersPending: boolean;
  setBy: SetBy | null;
}>;

/** What a move does to one contact. */
export type MoveDecision = Readonly<{ kind: 'left alone' | 'kept' }> | Readonly<{ kind: 'set'; teamOwnerIds: readonly string[] }>;

/**
 * Adds team owners, never takes one away. A contact is left alone when anything but the move has ever set its team owners, or when they
 * are pending (SPEC §3.4). "Ever" is kept by `setBy` alone: the move writes only where nobody has set them before, so its own mark
 * never hides another's, and every later setting replaces it.
 */
export const decideMove = (contact: MovableContact, teamIds: readonly string[]): MoveDecision => {
  if (contact.teamOwnersPending || (contact.setBy !== null && contact.setBy !== 'legacy_move')) return { kind: 'left alone' };
  const teamOwnerIds = [...new Set([...contact.teamOwnerIds, ...teamIds])];
  return teamOwnerIds.length === new Set(contact.teamOwnerIds).size ? { kind: 'kept' } : { kind: 'set', teamOwnerIds };
};

/** What the legacy ids of a contact came to. */
export type Mapped = Readonly<{ teamIds: readonly string[]; unmatched: readonly string[]; ambiguous: readonly string[] }>;

/** All teams of all ids (keep all), and which ids have none or several. */
export const mapLegacyIds = (legacyIds: readonly string[], nameOf: (legacyTeamId: string) => string | null, match: LegacyMatcher): Mapped => {
  const matches = legacyIds.map((id) => ({ id, ...match(id, nameOf(id)) }));
  return {
    teamIds: [...new Set(matches.flatMap(({ teamIds }) => teamIds))],
    unmatched: matches.filter(({ teamIds }) => teamIds.length === 0).map(({ id }) => id),
    ambiguous: matches.filter(({ teamIds }) => teamIds.length > 1).map(({ id }) => id),
  };
};

/** Contacts that are not deleted, and how many of them have a team owner. */
export type Counted = Readonly<{ contacts: number; covered: number }>;

/** covered ÷ contacts; 1 without contacts, and where a move was told that there are no legacy rows (SPEC §2.5). */
export const coverageOf = ({ contacts, covered }: Counted, noLegacyRows: boolean): number => (contacts === 0 || noLegacyRows ? 1 : covered / contacts);

/** Contacts by legacy team. */
export type LegacyTally = ReadonlyMap<string, number>;

/** Most legacy teams of one report list. */
export const maxTallied = 10_000;

/** Counts one contact for each id; ids beyond `maxTallied` are not taken in. */
export const tally = (counts: LegacyTally, ids: readonly string[]): LegacyTally => {
  if (ids.length === 0) return counts;
  const more = new Map(counts);
  for (const id of ids) if (more.has(id) || more.size < maxTallied) more.set(id, (more.get(id) ?? 0) + 1);
  return more;
};
