/** A map that keeps at most so many entries: the one used longest ago makes room. */
export type RecentlyUsed<Value> = Readonly<{
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  deleteWhere(gone: (value: Value) => boolean): void;
  size(): number;
}>;

export const createRecentlyUsed = <Value>(limit: number): RecentlyUsed<Value> => {
  const entries = new Map<string, Value>();
  return {
    get: (key) => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      const [oldest] = entries.keys();
      if (entries.size > limit && oldest !== undefined) entries.delete(oldest);
    },
    delete: (key) => void entries.delete(key),
    deleteWhere: (gone) => {
      for (const [key, value] of entries) if (gone(value)) entries.delete(key);
    },
    size: () => entries.size,
  };
};
