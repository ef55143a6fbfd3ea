/** A JSON object as it came from a subgraph. */
export type Data = Record<string, unknown>;

export const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A property of its own, never one of Object's: names come from clients. */
export const own = (data: Data, key: string): unknown => (Object.hasOwn(data, key) ? data[key] : undefined);

/** Sets a property of its own, also one that is called `__proto__`. */
export const setOwn = (data: Data, key: string, value: unknown): void => {
  if (key === '__proto__') Object.defineProperty(data, key, { value, enumerable: true, writable: true, configurable: true });
  else data[key] = value;
};

/**
 * Adds what a fetch brought to what is there: objects and lists of equal length meet, everything else is replaced. What is added
 * is copied, so that one answer can be added at many places and none of them changes another.
 */
export const merge = (target: Data, source: Data): void => {
  for (const key of Object.keys(source)) {
    const value = source[key];
    const there = own(target, key);
    if (isData(value) && isData(there)) merge(there, value);
    else if (Array.isArray(value) && Array.isArray(there) && value.length === there.length) mergeLists(there, value);
    else if (value !== undefined) setOwn(target, key, copy(value));
  }
};

const mergeLists = (target: unknown[], source: readonly unknown[]): void => {
  for (const [index, value] of source.entries()) {
    const there = target[index];
    if (isData(there) && isData(value)) merge(there, value);
    else target[index] = copy(value);
  }
};

const copy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copy);
  if (!isData(value)) return value;
  const copied: Data = {};
  for (const key of Object.keys(value)) setOwn(copied, key, copy(value[key]));
  return copied;
};
