import { ObjectId } from 'mongodb';

const form = /^[0-9a-f]{24}$/;

/**
 * The ObjectId of an id that a client sent, or undefined when it is none. Representations of `_entities` are not
 * checked by GraphQL: an id may be an object there, and must never reach a filter as one.
 */
export const readObjectId = (id: unknown): ObjectId | undefined =>
  typeof id === 'string' && form.test(id) ? ObjectId.createFromHexString(id) : undefined;

/** A new ObjectId: the second (`now` in ms), so that ids rise with time, and 64 bits of a UUID. */
export const makeObjectId = (now: number, uuid: string): ObjectId => {
  const seconds = Math.floor(now / 1000).toString(16).padStart(8, '0').slice(-8);
  return ObjectId.createFromHexString(seconds + uuid.replaceAll('-', '').slice(-16));
};
