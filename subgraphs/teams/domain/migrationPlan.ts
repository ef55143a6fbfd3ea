import { maxLevels } from './hierarchy.ts';
import { type ItemFault, type KeptItem, shown } from './migrationItem.ts';

/** What is known of the one company that a plan is for. */
export type CompanyFacts = Readonly<{
  /** Why nothing can be created in it, or null. */
  closed: 'unknown' | 'inactive' | 'flags off' | null;
  /** Teams of this source that are there, by app id. */
  teams: ReadonlyMap<string, string>;
  /** App ids of deleted teams, with the team that their children went to; null: to the root. */
  tombstones: ReadonlyMap<string, string | null>;
  /** The level of every team that a parent's app id leads to, 0 for a root. */
  levels: ReadonlyMap<string, number>;
}>;

/** Where a new team goes: below a team that is there, below one that another item of the plan creates, or at the root. */
export type PlannedParent =
  | Readonly<{ kind: 'root' }>
  | Readonly<{ kind: 'team'; id: string }>
  | Readonly<{ kind: 'item'; index: number }>;

export type Outcome =
  | Readonly<{ kind: 'create'; item: KeptItem; parent: PlannedParent; level: number }>
  | Readonly<{ kind: 'exists'; item: KeptItem; teamId: string }>
  | Readonly<{ kind: 'deleted'; item: KeptItem }>
  /** A duplicate of an item that the plan creates. */
  | Readonly<{ kind: 'duplicate'; item: KeptItem; of: number }>
  | Readonly<{ kind: 'fail'; item: KeptItem; fault: ItemFault }>;

type Placed = Readonly<{ parent: PlannedParent; level: number }>;
type Candidate = Readonly<{ item: KeptItem; parentRef: string | null }>;

/** One app id that has to be created, with the items that ask for it, in the order they were pushed. */
type Wanted = { readonly ref: string; readonly candidates: readonly Candidate[]; at: number; winner: (Placed & { index: number }) | null; readonly waiting: Wanted[] };

/**
 * Decides what becomes of each item of one company (SPEC §2.2). Failures come first, then, in an order in which
 * every parent precedes its children, what is created, each with its duplicates behind it. Pure; no recursion, as a batch may be
 * one chain of 10,000.
 */
export const planCompany = (items: readonly KeptItem[], facts: CompanyFacts): readonly Outcome[] => {
  const failures: Outcome[] = [];
  const settled: Outcome[] = [];
  const asked = new Map<string, Candidate[]>();
  for (const item of items) {
    const fault = item.fault ?? companyFault(item, facts);
    const ref = item.appIdentifierId;
    if (fault !== null || ref === null) {
      failures.push({ kind: 'fail', item, fault: fault ?? { reason: 'INVALID_APP_IDENTIFIER', message: `items[${item.index}].appIdentifierId is missing.` } });
      continue;
    }
    const teamId = facts.teams.get(ref);
    if (teamId !== undefined) settled.push({ kind: 'exists', item, teamId });
    else if (facts.tombstones.has(ref)) settled.push({ kind: 'deleted', item });
    else push(asked, ref, { item, parentRef: item.parentAppIdentifierId });
  }
  const { created, refused } = resolve(asked, facts);
  return [...failures, ...refused, ...settled, ...created];
};

const companyFault = ({ index, companyRef }: KeptItem, { closed }: CompanyFacts): ItemFault | null => {
  const place = `items[${index}].companySsoId is ${shown(companyRef)}`;
  switch (closed) {
    case null:
      return null;
    case 'unknown':
      return { reason: 'COMPANY_UNKNOWN', message: `${place}, which is no company here; it must be one that is known.` };
    case 'inactive':
      return { reason: 'COMPANY_UNKNOWN', message: `${place}, which is not active; it must be an active company.` };
    case 'flags off':
      return { reason: 'FLAG_OFF', message: `${place}; its flags unified_app and one_team_migration_enabled must both be on.` };
    default:
      return closed satisfies never;
  }
};

/**
 * Gives every wanted id its first candidate that can be placed. An id waits while its candidate's parent is undecided;
 * when nothing is left to decide, those that still wait stand on circles or below them.
 */
const resolve = (asked: ReadonlyMap<string, readonly Candidate[]>, facts: CompanyFacts): Readonly<{ created: Outcome[]; refused: Outcome[] }> => {
  const created: Outcome[] = [];
  const refused: Outcome[] = [];
  const open = new Map<string, Wanted>();
  for (const [ref, candidates] of asked) open.set(ref, { ref, candidates, at: 0, winner: null, waiting: [] });

  const refuse = (candidate: Candidate, fault: ItemFault): void => {
    refused.push({ kind: 'fail', item: candidate.item, fault });
  };
  const ready: Wanted[] = [...open.values()].reverse();
  const settle = (): void => {
    for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
      const state = advance(next, open, facts, refuse);
      if (state === 'waits') continue;
      if (next.winner !== null) for (const outcome of winnerWithDuplicates(next, next.winner)) created.push(outcome);
      for (const waiting of next.waiting.splice(0)) ready.push(waiting);
    }
  };
  settle();
  for (const start of open.values()) {
    // a circle that is broken at one id may close again through its next candidate
    while (start.winner === null && start.at < start.candidates.length) {
      const circle = circleFrom(start, open);
      if (circle.length === 0) throw new Error(`${start.ref} waits, but not for a circle`);
      breakCircle(circle, refuse);
      detach(circle);
      for (const wanted of circle) ready.push(wanted);
      settle();
    }
  }
  return { created, refused };
};

/** Tries an id's candidates from where it stands; answers whether it is decided or waits for a parent. */
const advance = (
  wanted: Wanted,
  open: ReadonlyMap<string, Wanted>,
  facts: CompanyFacts,
  refuse: (candidate: Candidate, fault: ItemFault) => void,
): 'decided' | 'waits' => {
  for (;;) {
    const candidate = wanted.candidates[wanted.at];
    if (wanted.winner !== null || candidate === undefined) return 'decided';
    const place = placeOf(candidate, open, facts);
    if (place === 'undecided') {
      const parent = candidate.parentRef === null ? undefined : open.get(candidate.parentRef);
      parent?.waiting.push(wanted);
      return 'waits';
    }
    if ('parent' in place) wanted.winner = { ...place, index: candidate.item.index };
    else {
      refuse(candidate, place);
      wanted.at += 1;
    }
  }
};

const placeOf = ({ item, parentRef }: Candidate, open: ReadonlyMap<string, Wanted>, facts: CompanyFacts): Placed | ItemFault | 'undecided' => {
  if (parentRef === null) return { parent: { kind: 'root' }, level: 0 };
  const teamId = facts.teams.get(parentRef) ?? facts.tombstones.get(parentRef);
  if (teamId === null) return { parent: { kind: 'root' }, level: 0 };
  if (teamId !== undefined) return deepEnough(item, { kind: 'team', id: teamId }, (facts.levels.get(teamId) ?? 0) + 1);
  const wanted = open.get(parentRef);
  if (wanted === undefined) return parentUnknown(item, 'which is no team of this app and company, here or in the batch');
  if (wanted.winner !== null) return deepEnough(item, { kind: 'item', index: wanted.winner.index }, wanted.winner.level + 1);
  return wanted.at < wanted.candidates.length ? 'undecided' : parentUnknown(item, 'which failed');
};

const deepEnough = (item: KeptItem, parent: PlannedParent, level: number): Placed | ItemFault =>
  level < maxLevels
    ? { parent, level }
    : {
        reason: 'DEPTH_EXCEEDED',
        message: `items[${item.index}] would stand on level ${level + 1} below ${shown(item.parentAppIdentifierId)}; a tree has at most ${maxLevels} levels.`,
      };

const parentUnknown = (item: KeptItem, why: string): ItemFault => ({
  reason: 'PARENT_UNKNOWN',
  message: `items[${item.index}].parentAppIdentifierId is ${shown(item.parentAppIdentifierId)}, ${why}; push the parent too, or leave it out.`,
});

/** The circle that an undecided id stands on or below. */
const circleFrom = (start: Wanted, open: ReadonlyMap<string, Wanted>): readonly Wanted[] => {
  const path: Wanted[] = [];
  const seen = new Map<Wanted, number>();
  for (let at: Wanted | undefined = start; at !== undefined; ) {
    const entered = seen.get(at);
    if (entered !== undefined) return path.slice(entered);
    seen.set(at, path.length);
    path.push(at);
    const parentRef: string | null | undefined = at.candidates[at.at]?.parentRef;
    at = parentRef === null || parentRef === undefined ? undefined : open.get(parentRef);
  }
  return [];
};

/** Fails the one candidate that has another behind it, if any does: the rest may then stand. Else all of the circle fail. */
const breakCircle = (circle: readonly Wanted[], refuse: (candidate: Candidate, fault: ItemFault) => void): void => {
  const spare = circle.find(({ at, candidates }) => at + 1 < candidates.length);
  for (const wanted of spare === undefined ? circle : [spare]) {
    const candidate = wanted.candidates[wanted.at];
    if (candidate === undefined) continue;
    refuse(candidate, {
      reason: 'PARENT_CYCLE',
      message: `items[${candidate.item.index}].parentAppIdentifierId is ${shown(candidate.parentRef)}, which stands below the item itself; a team cannot be its own ancestor.`,
    });
    wanted.at += 1;
  }
};

/** Those on the circle are tried anew, so they no longer wait for one another. */
const detach = (circle: readonly Wanted[]): void => {
  const members = new Set(circle);
  for (const { waiting } of circle) {
    const others = waiting.splice(0).filter((one) => !members.has(one));
    for (const other of others) waiting.push(other);
  }
};

const winnerWithDuplicates = (wanted: Wanted, winner: Placed & Readonly<{ index: number }>): Outcome[] =>
  wanted.candidates.slice(wanted.at).map(({ item }, place) =>
    place === 0
      ? { kind: 'create', item, parent: winner.parent, level: winner.level }
      : { kind: 'duplicate', item, of: winner.index },
  );

const push = <Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void => {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
};
