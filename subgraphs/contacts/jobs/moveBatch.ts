import type { Visibility } from '../../shared/access/scope.ts';
import { decideMove, mapLegacyIds, type MovableContact } from '../domain/legacyMove.ts';
import type { LegacyRow } from '../domain/legacyInput.ts';
import { type LegacyMatcher, parseLegacyIds } from '../domain/legacyTeams.ts';
import type { LegacyRowStore } from '../store/legacyRows.ts';
import type { MovableContactStore } from '../store/movableContacts.ts';
import { contactsOfRows } from './contactsOfRows.ts';
import { jobWaitMs } from './jobWait.ts';

type Stores = Readonly<{ rows: LegacyRowStore; contacts: MovableContactStore }>;

export type Batch = Readonly<{ visibility: Visibility; rows: readonly LegacyRow[]; match: LegacyMatcher; dryRun: boolean }>;

/** What came of a batch. A legacy id stands as often in `unmatched` and `ambiguous` as contacts name it. */
export type BatchDone = Readonly<{
  written: readonly Readonly<{ contactId: string; teamOwnerCount: number }>[];
  gained: number;
  leftAlone: number;
  unmatched: readonly string[];
  ambiguous: readonly string[];
}>;

type Wanted = Readonly<{ contact: MovableContact; teamIds: readonly string[] }>;
type Outcome = Readonly<{ kind: 'left alone' | 'kept' | 'gone' }> | Readonly<{ kind: 'set'; teamOwnerCount: number; gained: boolean }>;

/** How often a contact that changes under the move is judged again before the whole batch is tried later. */
const maxRounds = 10;
/** Writes at a time: requests share the connections. */
const atOnce = 8;

/** Moves the contacts that some rows name, each contact once however many rows it has. A dry run only judges them. */
export const moveBatch = async (stores: Stores, { visibility, rows, match, dryRun }: Batch): Promise<BatchDone> => {
  const ofContacts = await contactsOfRows(stores, visibility, rows);
  const listed = ofContacts.map(({ contact, lists }) => ({ contact, legacyIds: [...new Set(lists.flatMap(parseLegacyIds))] }));
  const names = await stores.rows.namesOf(visibility.companyId, [...new Set(listed.flatMap(({ legacyIds }) => legacyIds))], jobWaitMs);
  const mapped = listed.map(({ contact, legacyIds }) => ({ contact, ...mapLegacyIds(legacyIds, (id) => names.get(id) ?? null, match) }));

  const outcomes: Readonly<{ contactId: string; outcome: Outcome }>[] = [];
  for (let from = 0; from < mapped.length; from += atOnce) {
    const some = mapped.slice(from, from + atOnce);
    outcomes.push(...(await Promise.all(some.map(async (one) => ({ contactId: one.contact.id, outcome: await moveOne(stores, visibility, one, dryRun) })))));
  }
  const set = outcomes.flatMap(({ contactId, outcome }) => (outcome.kind === 'set' ? [{ contactId, ...outcome }] : []));
  return {
    written: dryRun ? [] : set,
    gained: set.filter(({ gained }) => gained).length,
    leftAlone: outcomes.filter(({ outcome }) => outcome.kind === 'left alone').length,
    unmatched: mapped.flatMap(({ unmatched }) => unmatched),
    ambiguous: mapped.flatMap(({ ambiguous }) => ambiguous),
  };
};

/** Judges a contact and writes on the condition that it is still what was judged; otherwise judges again. */
const moveOne = async ({ contacts }: Stores, visibility: Visibility, { contact: first, teamIds }: Wanted, dryRun: boolean): Promise<Outcome> => {
  let contact: MovableContact | undefined = first;
  for (let round = 0; round < maxRounds; round += 1) {
    if (contact === undefined) return { kind: 'gone' };
    const decision = decideMove(contact, teamIds);
    if (decision.kind !== 'set') return decision;
    const { teamOwnerIds } = decision;
    if (dryRun || (await contacts.setTeamOwners(visibility, contact, teamOwnerIds, jobWaitMs))) {
      return { kind: 'set', teamOwnerCount: teamOwnerIds.length, gained: contact.teamOwnerIds.length === 0 };
    }
    [contact] = await contacts.byIds(visibility, [contact.id], jobWaitMs);
  }
  throw new Error(`contact ${first.id} changed ${String(maxRounds)} times while it was moved`);
};
