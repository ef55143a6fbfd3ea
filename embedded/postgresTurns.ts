import type { PGlite } from '@electric-sql/pglite';

/** Messages of the extended protocol that a Sync is still to follow: Parse, Bind, Describe, Execute, Close, Flush. */
const unfinished = new Set(['P', 'B', 'D', 'E', 'C', 'H'].map((type) => type.charCodeAt(0)));

/**
 * The database as the socket server sees it, so that a connection keeps its turn from Parse to Sync. The server keeps turns within transactions only: outside one, the
 * statements of two connections would come between each other, and one could run what the other has just parsed.
 */
export const keepTurns = (db: PGlite): PGlite => {
  let midway = false;
  const turns = {
    isInTransaction: () => midway || db.isInTransaction(),
    execProtocolRawStream: (...[message, options]: Parameters<PGlite['execProtocolRawStream']>) => {
      midway = unfinished.has(message[0] ?? 0);
      return db.execProtocolRawStream(message, options);
    },
    // a connection that dies midway is rolled back by the server; with that its turn is over
    exec: (...given: Parameters<PGlite['exec']>) => {
      midway = false;
      return db.exec(...given);
    },
  };
  return new Proxy(db, {
    get: (target, key) => {
      if (Object.hasOwn(turns, key)) return turns[key as keyof typeof turns];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
};
