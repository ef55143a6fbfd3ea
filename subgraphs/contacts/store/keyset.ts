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

/** What is not beyond a place in reading direction: the place itself is part of it. */
export const upTo = ({ order, backward }: Stretch, place: Place): Record<string, unknown> => {
  const [inclusive, strict, same] = order.descending === backward ? ['$lte', '$lt', '$lte'] : ['$gte', '$gt', '$gte'];
  const value = isTime(order.key) ? new Date(place.value) : place.value;
  const id = ObjectId.createFromHexString(place.id);
  return { [order.key]: { [inclusive]: value }, $or: [{ [order.key]: { [strict]: value } }, { _id: { [same]: id } }] };
};
