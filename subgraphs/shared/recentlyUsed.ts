/** A map that keeps at most so many entries: the one used longest ago makes room. */
export type RecentlyUsed<Value> = Readonly<{
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  deleteWhere(gone: (value: Value) => boolean): void;
  size(): number;
  /** The entries, the one used longest ago first. */
  values(): Iterable<Value>;
  /** What all entries weigh; 0 where nothing is weighed. */
  weight(): number;
}>;

/** Bounds a map by what its entries weigh too, so that a few large ones take no more than many small ones. One that is heavier than all may be is not kept. */
export type Weighed<Value> = Readonly<{ most: number; of: (key: string, value: Value) => number }>;

export const createRecentlyUsed = <Value>(limit: number, weighed?: Weighed<Value>): RecentlyUsed<Value> => {
  const entries = new Map<string, Value>();
  let weight = 0;
  const weightOf = (key: string, value: Value): number => weighed?.of(key, value) ?? 0;
  const most = weighed?.most ?? Infinity;
  const remove = (key: string): void => {
    const value = entries.get(key);
    if (value !== undefined && entries.delete(key)) weight -= weightOf(key, value);
  };
  return {
    get: (key) => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set: (key, value) => {
      remove(key);
      const added = weightOf(key, value);
      if (added > most) return;
      entries.set(key, value);
      weight += added;
      for (const oldest of entries.keys()) {
        if (entries.size <= limit && weight <= most) return;
        remove(oldest);
      }
    },
    delete: remove,
    deleteWhere: (gone) => {
      for (const [key, value] of entries) if (gone(value)) remove(key);
    },
    size: () => entries.size,
    values: () => entries.values(),
    weight: () => weight,
  };
};
