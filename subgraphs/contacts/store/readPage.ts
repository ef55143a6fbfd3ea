import type { Collection, Filter } from 'mongodb';
import { within } from './database.ts';
import type { ContactDocument } from './documents.ts';
import { beyond, type Place, type SortKey, sortOf, type Stretch, upTo } from './keyset.ts';
import type { ReadPlan } from './readPlan.ts';

/** Most documents that one page looks at when no index serves all of its conditions. */
export const mostExamined = 2_000;
/** Most that a total looks at then. */
const mostCounted = 20_000;

/** Some contacts of a list; `examinedTo`: it ended early, and goes on after this place. */
export type ReadContacts = Readonly<{ documents: readonly ContactDocument[]; examinedTo: Place | null }>;

/** `size` + 1 contacts of a stretch by a plan, in reading direction; fewer when the page ended early. */
export const readPage = async (contacts: Collection<ContactDocument>, plan: ReadPlan, stretch: Stretch, waitMs: number): Promise<ReadContacts> => {
  const find = (filters: readonly Filter<ContactDocument>[], hint: string | undefined) =>
    within(waitMs, contacts.find({ $and: [...filters, beyond(stretch)] }, { sort: sortOf(stretch), limit: stretch.size + 1, maxTimeMS: waitMs, ...(hint !== undefined && { hint }) }).toArray());
  switch (plan.kind) {
    case 'exact':
      return { documents: await find([plan.filter], plan.hint), examinedTo: null };
    case 'merged': {
      const parts = await Promise.all(plan.filters.map((filter) => find([filter], plan.hint)));
      return { documents: mergedInOrder(parts.flat(), stretch).slice(0, stretch.size + 1), examinedTo: null };
    }
    case 'walk': {
      // where this page may look to is found first: what comes and goes meanwhile is then on this page or the next, never on none
      const { key } = stretch.order;
      const probe = contacts.find(
        { $and: [plan.served, beyond(stretch)] },
        { sort: sortOf(stretch), skip: mostExamined - 1, limit: 1, projection: { _id: 1, [key]: 1 }, maxTimeMS: waitMs, ...(plan.hint !== undefined && { hint: plan.hint }) },
      );
      const [last] = await within(waitMs, probe.toArray());
      if (last === undefined) return { documents: await find([plan.served, plan.rest], plan.hint), examinedTo: null };
      const place = placeIn(last, key);
      const documents = await find([plan.served, plan.rest, upTo(stretch, place)], plan.hint);
      return { documents, examinedTo: documents.length > stretch.size ? null : place };
    }
    default:
      return plan satisfies never;
  }
};

/** How many contacts a plan reads, up to `most`; capped when there may be more. Bounded work whatever the plan is. */
export const countBy = async (contacts: Collection<ContactDocument>, plan: ReadPlan, most: number, waitMs: number): Promise<Readonly<{ count: number; capped: boolean }>> => {
  const capped = (count: number, isCut: boolean) => ({ count: Math.min(count, most), capped: isCut || count > most });
  if (plan.kind !== 'walk') {
    const filter = plan.kind === 'exact' ? plan.filter : { $or: [...plan.filters] };
    const options = { limit: most + 1, maxTimeMS: waitMs, ...(plan.hint !== undefined && { hint: plan.hint }) };
    return capped(await within(waitMs, contacts.countDocuments(filter, options)), false);
  }
  const options = { maxTimeMS: waitMs, ...(plan.hint !== undefined && { hint: plan.hint }) };
  const found = contacts.aggregate<{ count: number }>([{ $match: plan.served }, { $limit: mostCounted }, { $match: plan.rest }, { $limit: most + 1 }, { $count: 'count' }], options);
  const [[counted], served] = await Promise.all([
    within(waitMs, found.toArray()),
    within(waitMs, contacts.countDocuments(plan.served, { ...options, limit: mostCounted })),
  ]);
  return capped(counted?.count ?? 0, served >= mostCounted);
};

/** Each once, in the order of the stretch as MongoDB has it: texts by their UTF-8 bytes. */
const mergedInOrder = (documents: readonly ContactDocument[], stretch: Stretch): readonly ContactDocument[] => {
  const { key } = stretch.order;
  const sign = Object.values(sortOf(stretch))[0] ?? 1;
  const once = [...new Map(documents.map((document) => [document._id.toHexString(), document])).values()];
  return once.sort((one, other) => sign * (compared(one[key] ?? '', other[key] ?? '') || (one._id.toHexString() < other._id.toHexString() ? -1 : 1)));
};

const compared = (one: Date | string, other: Date | string): number =>
  one instanceof Date && other instanceof Date ? one.getTime() - other.getTime() : Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));

const placeIn = (document: ContactDocument, key: SortKey): Place => {
  const value = document[key] ?? '';
  return { value: value instanceof Date ? value.getTime() : value, id: document._id.toHexString() };
};
