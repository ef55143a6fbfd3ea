import type { Reader } from './database.ts';

/** Who reads the internal feed for durable work: what one of them has not passed is never removed, nor anything before it first came (SPEC §5). */
export const durableReaders = ['contacts'] as const;
export type DurableReader = (typeof durableReaders)[number];

/**
 * Stores how far a durable reader has stored its work. A lower place than before counts too: it has gone back, by a restore or in a process
 * that knows an older one, and wants what follows. Written when it has moved, and once a minute.
 */
export const setReaderPosition = async (reader: Reader, name: DurableReader, position: number): Promise<void> => {
  await reader.$executeRaw`
    INSERT INTO feed_readers AS r (name, position, seen_at) VALUES (${name}, ${position}, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET position = excluded.position, seen_at = excluded.seen_at
    WHERE r.position <> excluded.position OR r.seen_at < clock_timestamp() - interval '1 minute'`;
};
