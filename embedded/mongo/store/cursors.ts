import { randomBytes } from 'node:crypto';
import { calculateObjectSize, Long } from 'bson';
import { MongoFault } from '../fault.ts';
import type { Doc } from '../values/kinds.ts';

/** mongod's time after which an idle cursor is closed. */
const IDLE_MS = 10 * 60_000;

/** A batch stays below the greatest document size, as mongod's does, so that a reply always fits into a message. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024 - 64 * 1024;

/** How many documents a first batch holds when the client does not say. */
export const FIRST_BATCH = 101;

/** A batch as `find`, `aggregate` and `getMore` answer it; `id` is 0 when nothing is left. */
export interface Batch {
  readonly id: Long;
  readonly docs: readonly Doc[];
}

interface Cursor {
  readonly namespace: string;
  readonly docs: readonly Doc[];
  readonly expires: boolean;
  position: number;
  usedAt: number;
}

/** The open cursors of a server. Each holds the result as it was when it was opened. */
export interface Cursors {
  /** @param batchSize how many documents at most; undefined: as many as fit into a batch */
  open(namespace: string, docs: readonly Doc[], options: { batchSize: number | undefined; single: boolean; expires: boolean }): Batch;
  /** @throws MongoFault CursorNotFound (43), or BadValue when the cursor belongs to another namespace */
  next(id: Long, namespace: string, batchSize: number | undefined): Batch;
  /** @returns whether it was open */
  kill(id: Long): boolean;
  /** How many are open. */
  readonly size: number;
}

const take = (cursor: Cursor, batchSize: number | undefined): readonly Doc[] => {
  const start = cursor.position;
  const end = Math.min(cursor.docs.length, start + (batchSize ?? Infinity));
  let bytes = 0;
  while (cursor.position < end) {
    bytes += calculateObjectSize(cursor.docs[cursor.position] ?? {});
    if (bytes > MAX_BATCH_BYTES && cursor.position > start) break;
    cursor.position += 1;
  }
  return cursor.docs.slice(start, cursor.position);
};

/** No open cursors; `clock` gives milliseconds, for the ten minutes after which an idle cursor goes. */
export const createCursors = (clock: () => number): Cursors => {
  const open = new Map<string, Cursor>();
  const sweep = (): void => {
    const oldest = clock() - IDLE_MS;
    for (const [id, cursor] of open) if (cursor.expires && cursor.usedAt < oldest) open.delete(id);
  };
  const newId = (): Long => {
    const id = Long.fromBigInt(randomBytes(8).readBigInt64BE() & 0x7fff_ffff_ffff_ffffn);
    return id.isZero() || open.has(id.toString()) ? newId() : id;
  };

  return {
    get size() {
      return open.size;
    },
    open: (namespace, docs, { batchSize, single, expires }) => {
      sweep();
      const cursor: Cursor = { namespace, docs, expires, position: 0, usedAt: clock() };
      const first = take(cursor, batchSize);
      if (single || cursor.position >= docs.length) return { id: Long.ZERO, docs: first };
      const id = newId();
      open.set(id.toString(), cursor);
      return { id, docs: first };
    },
    next: (id, namespace, batchSize) => {
      sweep();
      const cursor = open.get(id.toString());
      if (cursor === undefined) throw new MongoFault('CursorNotFound', `cursor id ${id.toString()} not found`);
      if (cursor.namespace !== namespace) {
        throw new MongoFault('BadValue', `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`);
      }
      cursor.usedAt = clock();
      const docs = take(cursor, batchSize);
      if (cursor.position < cursor.docs.length) return { id, docs };
      open.delete(id.toString());
      return { id: Long.ZERO, docs };
    },
    kill: (id) => open.delete(id.toString()),
  };
};
