import type { Collection, Filter } from 'mongodb';
import { within } from './database.ts';
import type { ContactDocument } from './documents.ts';
import { beyond, type Part, partsOf, type Place, type SortKey, sortOf, type Stretch } from './keyset.ts';
import type { ReadPlan, Served, Walk } from './readPlan.ts';

type ContactFilter = Filter<ContactDocument>;

/** Most documents that one page looks at when no index serves all of its conditions. */
export const mostExamined = 2_000;
/** Most that a total looks at then. */
const mostCounted = 20_000;

/** How many there are; `capped`: there may be more. */
export type Counted = Readonly<{ count: number; capped: boolean }>;

/** Some contacts of a list; `examinedTo`: it ended early, and goes on after this place. */
export type ReadContacts = Readonly<{ documents: readonly ContactDocument[]; examinedTo: Place | null }>;

/** Of a read: every wait is at most `waitMs`; of a page: most documents that it looks at, `mostExamined` but in tests. */
export type PageLimits = Readonly<{ waitMs: number; most?: number }>;

/** `size` + 1 contacts of a stretch by a plan, in reading direction; fewer when the page ended early. */
export const readPage = async (contacts: Collection<ContactDocument>, plan: ReadPlan, stretch: Stretch, { waitMs, most = mostExamined }: PageLimits): Promise<ReadContacts> => {
  const find = (filters: readonly ContactFilter[], { filter, sort }: Part, hint: string | undefined) =>
    within(waitMs, contacts.find({ $and: [...filters, filter] }, { sort, limit: stretch.size + 1, maxTimeMS: waitMs, ...(hint !== undefined && { hint }) }).toArray());
  const findTo = async (to: Place | null, filters: readonly ContactFilter[], hint: string | undefined) => {
    const found = await Promise.all(partsOf(stretch, to).map((part) => find(filters, part, hint)));
    return found.flat().slice(0, stretch.size + 1);
  };
  switch (plan.kind) {
    case 'exact':
      return { documents: await findTo(null, [plan.filter], plan.hint), examinedTo: null };
    case 'merged': {
      const parts = await Promise.all(plan.filters.map((filter) => findTo(null, [filter], plan.hint)));
      return { documents: inOrderOnce(parts, stretch), examinedTo: null };
    }
    case 'few': {
      const start = await firstWithin(contacts, plan.starts, most, waitMs);
      if (start === null) return readPage(contacts, plan.otherwise, stretch, { waitMs, most });
      const parts = await Promise.all(start.map(({ served, hint }) => find([served, plan.filter], { filter: beyond(stretch), sort: sortOf(stretch) }, hint)));
      return { documents: inOrderOnce(parts, stretch), examinedTo: null };
    }
    case 'walk': {
      // where this page may look to is found first: what comes and goes meanwhile is then on this page or the next, never on none
      const mostOfEach = Math.max(Math.floor(most / plan.branches.length), 1);
      const places = await Promise.all(plan.branches.map((branch) => lastWithin(contacts, branch, stretch, { waitMs, most: mostOfEach })));
      const place = nearest(places, stretch);
      const parts = await Promise.all(plan.branches.map(({ served, hint }) => findTo(place, [served, plan.rest], hint)));
      const documents = inOrderOnce(parts, stretch);
      return { documents, examinedTo: documents.length > stretch.size ? null : place };
    }
    default:
      return plan satisfies never;
  }
};

/** The place of the last of the `most` that a page may look at; null when there are fewer. Reads keys of an index, no documents. */
const lastWithin = async (contacts: Collection<ContactDocument>, { served, hint }: Served, stretch: Stretch, { waitMs, most }: Required<PageLimits>): Promise<Place | null> => {
  const { key } = stretch.order;
  const keys = ({ filter, sort }: Part, skip: number, limit: number) =>
    within(waitMs, contacts.find({ $and: [served, filter] }, { sort, skip, limit, projection: { _id: 1, [key]: 1 }, maxTimeMS: waitMs, hint }).toArray());
  const parts = partsOf(stretch, null);
  let left = most;
  for (const part of parts) {
    const isLast = part === parts.at(-1);
    // those before have the value of the place where the page begins: as a rule there are none
    const found = await (isLast ? keys(part, left - 1, 1) : keys(part, 0, left));
    const last = isLast ? found[0] : found[left - 1];
    if (last !== undefined) return placeIn(last, key);
    left -= found.length;
  }
  return null;
};

/** The place that comes first in reading direction; null when there is none. */
const nearest = (places: readonly (Place | null)[], stretch: Stretch): Place | null => {
  const there = places.filter((place) => place !== null);
  const sign = signOf(stretch);
  const [first = null] = there.toSorted((one, other) => sign * (comparedValues(one.value, other.value) || comparedValues(one.id, other.id)));
  return first;
};

/** How many contacts a plan reads, up to `most`; capped when there may be more. Bounded work whatever the plan is. */
export const countBy = async (contacts: Collection<ContactDocument>, plan: ReadPlan, most: number, waitMs: number): Promise<Counted> => {
  const capped = (count: number, isCut: boolean): Counted => ({ count: Math.min(count, most), capped: isCut || count > most });
  const among = async ({ whole: { served, hint }, rest }: Walk): Promise<Counted> => {
    const options = { maxTimeMS: waitMs, ...(hint !== undefined && { hint }) };
    const found = contacts.aggregate<{ count: number }>([{ $match: served }, { $limit: mostCounted }, { $match: rest }, { $limit: most + 1 }, { $count: 'count' }], options);
    const [[counted], all] = await Promise.all([
      within(waitMs, found.toArray()),
      within(waitMs, contacts.countDocuments(served, { ...options, limit: mostCounted + 1 })),
    ]);
    return capped(counted?.count ?? 0, all > mostCounted);
  };
  switch (plan.kind) {
    case 'exact':
    case 'merged': {
      const filter = plan.kind === 'exact' ? plan.filter : { $or: [...plan.filters] };
      const options = { limit: most + 1, maxTimeMS: waitMs, ...(plan.hint !== undefined && { hint: plan.hint }) };
      return capped(await within(waitMs, contacts.countDocuments(filter, options)), false);
    }
    case 'few': {
      const start = await firstWithin(contacts, plan.starts, mostCounted, waitMs);
      if (start === null) return among(plan.otherwise);
      const filter: ContactFilter = { $and: [plan.filter, { $or: start.map(({ served }) => served) }] };
      const [first, ...others] = start;
      const options = { limit: most + 1, maxTimeMS: waitMs, ...(first !== undefined && others.length === 0 && { hint: first.hint }) };
      return capped(await within(waitMs, contacts.countDocuments(first !== undefined && others.length === 0 ? { $and: [first.served, plan.filter] } : filter, options)), false);
    }
    case 'walk':
      return among(plan);
    default:
      return plan satisfies never;
  }
};

/** The first of them that is no more than `most` contacts, all its parts together. Reads keys of indexes, no documents. */
const firstWithin = async (contacts: Collection<ContactDocument>, starts: readonly (readonly Served[])[], most: number, waitMs: number): Promise<readonly Served[] | null> => {
  for (const start of starts) {
    let left = most;
    for (const { served, hint } of start) {
      if (left >= 0) left -= await within(waitMs, contacts.countDocuments(served, { limit: left + 1, maxTimeMS: waitMs, hint }));
    }
    if (left >= 0) return start;
  }
  return null;
};

/** What several reads brought, each once, in the order of the stretch as MongoDB has it: texts by their UTF-8 bytes. One more than a page. */
const inOrderOnce = (parts: readonly (readonly ContactDocument[])[], stretch: Stretch): readonly ContactDocument[] => {
  if (parts.length === 1) return parts[0] ?? [];
  const { key } = stretch.order;
  const sign = signOf(stretch);
  const once = [...new Map(parts.flat().map((document) => [document._id.toHexString(), document])).entries()];
  const sorted = once.sort(([id, one], [otherId, other]) => sign * (compared(one[key] ?? '', other[key] ?? '') || comparedValues(id, otherId)));
  return sorted.slice(0, stretch.size + 1).map(([, document]) => document);
};

const signOf = (stretch: Stretch): number => Object.values(sortOf(stretch))[0] ?? 1;

const compared = (one: Date | string, other: Date | string): number => comparedValues(one instanceof Date ? one.getTime() : one, other instanceof Date ? other.getTime() : other);

const comparedValues = (one: number | string, other: number | string): number =>
  typeof one === 'number' && typeof other === 'number' ? one - other : Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));

const placeIn = (document: ContactDocument, key: SortKey): Place => {
  const value = document[key] ?? '';
  return { value: value instanceof Date ? value.getTime() : value, id: document._id.toHexString() };
};
