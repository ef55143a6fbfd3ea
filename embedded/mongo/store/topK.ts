import type { Doc } from '../values/kinds.ts';
import type { Order, SortKey } from '../values/order.ts';

interface Keyed<T> {
  readonly item: T;
  readonly key: SortKey;
  readonly at: number;
}

/** Sorts documents; equal ones keep the order they came in. */
export const sortDocs = (docs: readonly Doc[], order: Order): Doc[] =>
  docs
    .map((item, at): Keyed<Doc> => ({ item, key: order.keyOf(item), at }))
    .sort((a, b) => order.compare(a.key, b.key) || a.at - b.at)
    .map(({ item }) => item);

/**
 * The first `limit` documents in an order, of those that pass `test`, without sorting them all. A document that would
 * not make it into the result is never tested: comparing is far cheaper than filtering.
 */
export const topK = (docs: Iterable<Doc>, order: Order, limit: number, test: (doc: Doc) => boolean): Doc[] => {
  const heap: Keyed<Doc>[] = [];
  const after = (a: Keyed<Doc>, b: Keyed<Doc>): boolean => (order.compare(a.key, b.key) || a.at - b.at) > 0;
  let at = 0;
  for (const item of docs) {
    const key = keyUnlessUnwanted(item, order, test);
    if (key === undefined) continue;
    const entry = { item, key, at };
    at += 1;
    const worst = heap[0];
    if (worst !== undefined && heap.length >= limit && !after(worst, entry)) continue;
    if (!test(item)) continue;
    if (heap.length < limit) {
      heap.push(entry);
      siftUp(heap, after);
    } else {
      heap[0] = entry;
      siftDown(heap, after);
    }
  }
  return heap.sort((a, b) => (after(a, b) ? 1 : -1)).map(({ item }) => item);
};

/** A document that cannot be sorted is a fault only if it belongs to the result. */
const keyUnlessUnwanted = (item: Doc, order: Order, test: (doc: Doc) => boolean): SortKey | undefined => {
  try {
    return order.keyOf(item);
  } catch (error) {
    if (test(item)) throw error;
    return undefined;
  }
};

/** The heap's root is the entry that sorts last, the one to give way. */
const siftUp = <T>(heap: T[], after: (a: T, b: T) => boolean): void => {
  for (let child = heap.length - 1; child > 0; ) {
    const parent = (child - 1) >> 1;
    const [low, high] = [heap[child], heap[parent]];
    if (low === undefined || high === undefined || !after(low, high)) return;
    [heap[child], heap[parent]] = [high, low];
    child = parent;
  }
};

const siftDown = <T>(heap: T[], after: (a: T, b: T) => boolean): void => {
  for (let parent = 0; ; ) {
    let child = parent * 2 + 1;
    const [left, right] = [heap[child], heap[child + 1]];
    if (left !== undefined && right !== undefined && after(right, left)) child += 1;
    const [high, low] = [heap[parent], heap[child]];
    if (high === undefined || low === undefined || !after(low, high)) return;
    [heap[parent], heap[child]] = [low, high];
    parent = child;
  }
};
