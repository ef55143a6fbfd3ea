import type { Visibility } from '../../shared/access/scope.ts';
import type { AuditRecord } from '../../shared/teamsApi.ts';
import { decideMove, mapLegacyIds, type MovableContact } from '../domain/legacyMove.ts';
import type { LegacyRow } from '../domain/legacyInput.ts';
import { type LegacyMatcher, parseLegacyIds } from '../domain/legacyTeams.ts';
import type { LegacyRowStore } from '../store/legacyRows.ts';
import type { MovableContactStore } from '../store/movableContacts.ts';
import { contactsOfRows } from './contactsOfRows.ts';
import { jobWaitMs } from './jobWait.ts';

export type Batch = Readonly<{
  visibility: Visibility;
  rows: readonly LegacyRow[];
  match: LegacyMatcher;
  dryRun: boolean;
  /** The service that started the move, for the audit log. */
  startedBy: string;
}>;

export type BatchDependencies = Readonly<{ rows: LegacyRowStore; contacts: MovableContactStore; now: () => number; newId: () => string }>;

/** What came of a batch. A legacy id stands as often in `unmatched` and `ambiguous` as contacts name it. */
export type BatchDone = Readonly<{
  written: readonly Readonly<{ contactId: string; teamOwnerCount: number }>[];
  /** Of a dry run: contacts without team owner that would get one. */
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
export const moveBatch = async (deps: BatchDependencies, batch: Batch): Promise<BatchDone> => {
  const { visibility, rows, match, dryRun } = batch;
  const ofContacts = await contactsOfRows(deps, visibility, rows);
  const listed = ofContacts.map(({ contact, lists }) => ({ contact, legacyIds: [...new Set(lists.flatMap(parseLegacyIds))] }));
  const names = await deps.rows.namesOf(visibility.companyId, [...new Set(listed.flatMap(({ legacyIds }) => legacyIds))], jobWaitMs);
  const mapped = listed.map(({ contact, legacyIds }) => ({ contact, ...mapLegacyIds(legacyIds, (id) => names.get(id) ?? null, match) }));

  const outcomes: Readonly<{ contactId: string; outcome: Outcome }>[] = [];
  for (let from = 0; from < mapped.length; from += atOnce) {
    const some = mapped.slice(from, from + atOnce);
    outcomes.push(...(await Promise.all(some.map(async (one) => ({ contactId: one.contact.id, outcome: await moveOne(deps, batch, one) })))));
  }
  const set = outcomes.flatMap(({ contactId, outcome }) => (outcome.kind === 'set' ? [{ contactId, ...outcome }] : []));
  return {
    written: dryRun ? [] : set,
    gained: dryRun ? set.filter(({ gained }) => gained).length : 0,
    leftAlone: outcomes.filter(({ outcome }) => outcome.kind === 'left alone').length,
    unmatched: mapped.flatMap(({ unmatched }) => unmatched),
    ambiguous: mapped.flatMap(({ ambiguous }) => ambiguous),
  };
};

/** Judges a contact and writes on the condition that it is still what was judged; otherwise judges again. */
const moveOne = async (deps: BatchDependencies, batch: Batch, { contact: first, teamIds }: Wanted): Promise<Outcome> => {
  const { visibility, dryRun } = batch;
  let contact: MovableContact | undefined = first;
  for (let round = 0; round < maxRounds; round += 1) {
    if (contact === undefined) return { kind: 'gone' };
    const decision = decideMove(contact, teamIds);
    if (decision.kind !== 'set') return decision;
    const { teamOwnerIds } = decision;
    if (dryRun || (await deps.contacts.setTeamOwners(visibility, contact, teamOwnerIds, entryOf(deps, batch, contact, teamOwnerIds), jobWaitMs))) {
      return { kind: 'set', teamOwnerCount: teamOwnerIds.length, gained: contact.teamOwnerIds.length === 0 };
    }
    [contact] = await deps.contacts.byIds(visibility, [contact.id], jobWaitMs);
  }
  throw new Error(`contact ${first.id} changed ${String(maxRounds)} times while it was moved`);
};

const entryOf = ({ now, newId }: BatchDependencies, { visibility, startedBy }: Batch, contact: MovableContact, teamOwnerIds: readonly string[]): AuditRecord => ({
  id: newId(),
  companyId: visibility.companyId,
  kind: 'TEAM_OWNER',
  occurredAt: new Date(now()).toISOString(),
  actorId: null,
  actorService: startedBy,
  subjectId: contact.id,
  before: { teamOwnerIds: contact.teamOwnerIds },
  after: { teamOwnerIds },
});
