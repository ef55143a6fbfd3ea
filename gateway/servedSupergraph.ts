import { Counter, Gauge, type Registry } from 'prom-client';
import type { Logger } from '../subgraphs/shared/logger.ts';
import { type Operations, warm } from './operations.ts';

/** What became of a supergraph that was offered. */
export type ReloadOutcome = 'applied' | 'refused' | 'unchanged';

/** The supergraph that is served now, and the way to the next. */
export type ServedSupergraph = Readonly<{
  operations(): Operations;
  /** Takes a text over if it is good. One after another, never throws. */
  offer(read: () => Promise<string>): Promise<ReloadOutcome>;
}>;

export type ServedSupergraphOptions = Readonly<{
  /** @throws with the reason when a text is not good. */
  load: (sdl: string) => Operations;
  /** Told when the operations of a new one have taken over; whatever comes of it, they have. */
  onSwitch: (operations: Operations) => void;
  registry: Registry;
  logger: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Operations that are planned before a switch, the most often sent first. Default 200. */
  warmed?: number;
}>;

/**
 * Serves the first supergraph, and each later one that is good: it is loaded, and the operations that are most used are planned over it while the
 * old one still answers; then it takes over at once. What has begun ends on what it began with. A bad one is refused with its reason, and
 * the last good one stays; the same bad text is told of once.
 * @throws when the first is not good.
 */
export const serveSupergraph = (first: string, { load, onSwitch, registry, logger, now, warmed = 200 }: ServedSupergraphOptions): ServedSupergraph => {
  const reloads = new Counter({ name: 'one_team_supergraph_reloads_total', help: 'Supergraphs that were offered while running.', labelNames: ['outcome'], registers: [registry] });
  const loadedAt = new Gauge({ name: 'one_team_supergraph_loaded_seconds', help: 'When the supergraph that is served was taken, in seconds since 1970.', registers: [registry] });
  // a series that begins with its first event would look like no increase
  for (const outcome of ['applied', 'refused']) reloads.inc({ outcome }, 0);
  let current = load(first);
  let served = first;
  let refused: string | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  loadedAt.set(now() / 1_000);

  const refuse = (reason: string, error: unknown): ReloadOutcome => {
    if (refused === reason) return 'unchanged';
    refused = reason;
    reloads.inc({ outcome: 'refused' });
    logger.error({ err: error }, 'the new supergraph is refused; the last good one stays');
    return 'refused';
  };
  const take = async (read: () => Promise<string>): Promise<ReloadOutcome> => {
    let text: string | undefined;
    try {
      text = await read();
      if (text === served) {
        refused = undefined;
        return 'unchanged';
      }
      if (text === refused) return 'unchanged';
      const next = load(text);
      await warm(next, current.mostUsed(warmed));
      current = next;
    } catch (error) {
      return refuse(text ?? String(error), error);
    }
    [served, refused] = [text, undefined];
    reloads.inc({ outcome: 'applied' });
    loadedAt.set(now() / 1_000);
    logger.info('a new supergraph is served');
    try {
      onSwitch(current);
    } catch (error) {
      logger.error({ err: error }, 'what is open has not heard of the new supergraph');
    }
    return 'applied';
  };
  return {
    operations: () => current,
    offer: (read) => {
      const taken = turn.then(() => take(read));
      // one that failed must not be the last
      turn = taken.catch(() => undefined);
      return taken;
    },
  };
};
