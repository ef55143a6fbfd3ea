import { ObjectId } from 'mongodb';

/** What a list is sorted by; ties are broken by `_id` in the same direction. */
export type SortKey = 'updated_at' | 'created_at' | 'name_key' | 'email' | 'phone';
export type Order = Readonly<{ key: SortKey; descending: boolean }>;

/** Where a record stands in an order: milliseconds for times, the text itself for texts, and its id. */
export type Place = Readonly<{ value: number | string; id: string }>;

/** A stretch of an ordered list: `size` records after `place`, or, backwards, before it, in reading direction. */
export type Stretch = Readonly<{ order: Order; backward: boolean; place: Place | null; size: number }>;

/** The sort of a stretch as it is read; backwards it runs the other way. */
export const sortOf = ({ order, backward }: Stretch): Record<string, 1 | -1> => {
  const direction = order.descending === backward ? 1 : -1;
  return { [order.key]: direction, _id: direction };
};

/**
 * What comes after a place in reading direction. The first condition bounds the index scan by itself; the second
 * takes away the records of equal value that were read already.
 */
export const beyond = ({ order, backward, place }: Stretch): Record<string, unknown> => {
  if (place === null) return {};
  const [inclusive, strict] = order.descending === backward ? ['$gte', '$gt'] : ['$lte', '$lt'];
  const value = isTime(order.key) ? new Date(place.value) : place.value;
  const id = ObjectId.createFromHexString(place.id);
  return { [order.key]: { [inclusive]: value }, $or: [{ [order.key]: { [strict]: value } }, { _id: { [strict]: id } }] };
};

/** Whether a key holds instants; the others hold texts. */
export const isTime = (key: SortKey): boolean => key === 'updated_at' || key === 'created_at';

/** A part of a stretch, with the sort that it is read by. */
export type Part = Readonly<{ filter: Record<string, unknown>; sort: Record<string, 1 | -1> }>;

/**
 * What is beyond the place of a stretch, up to and with another place if there is one, in parts that follow one another in reading direction.
 * Each is one range of an index, so that a read looks at nothing else, however many records have the same value.
 */
export const partsOf = (stretch: Stretch, to: Place | null): readonly Part[] => {
  const { order, backward, place } = stretch;
  const { key } = order;
  const [after, until] = order.descending === backward ? (['$gt', '$lt'] as const) : (['$lt', '$gt'] as const);
  const sort = sortOf(stretch);
  const valueIn = ({ value }: Place) => (isTime(key) ? new Date(value) : value);
  // by id alone: with one value to equal the server would not see that the index has the order of both
  const of = (at: Place, ids: Record<string, unknown>): Part => ({ filter: { [key]: valueIn(at), _id: ids }, sort: { _id: sort['_id'] ?? 1 } });
  const afterId = place === null ? {} : { [after]: ObjectId.createFromHexString(place.id) };
  const toId = to === null ? {} : { [`${until}e`]: ObjectId.createFromHexString(to.id) };
  if (place !== null && to?.value === place.value) return [of(place, { ...afterId, ...toId })];
  const between = { ...(place !== null && { [after]: valueIn(place) }), ...(to !== null && { [until]: valueIn(to) }) };
  return [
    ...(place === null ? [] : [of(place, afterId)]),
    { filter: place === null && to === null ? {} : { [key]: between }, sort },
    ...(to === null ? [] : [of(to, toId)]),
  ];
};
