import { ObjectId } from 'bson';
import { isArray, isDoc } from './kinds.ts';

/** A value as mongod's messages show it: `{ _id: ObjectId('…'), n: 1, s: "x" }`. */
export const written = (value: unknown): string => {
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (isArray(value)) return `[ ${value.map(written).join(', ')} ]`;
  if (value === undefined) return 'undefined';
  if (!isDoc(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${written(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
};
