import type { Logger } from '../../shared/logger.ts';
import type { RecordEvent } from '../../shared/metrics.ts';
import type { FeedEntry } from '../../shared/teamsApi.ts';
import type { Database, Transaction } from '../store/database.ts';
import { readCompanyEntries, readEntries } from '../store/eventLog.ts';
import { closeDeadLetters, moveParked, nextRedriven, park, type ParkedCompany, parkedOf } from '../store/parkedCompanies.ts';
import { publishedTo, setPublishedTo } from '../store/publications.ts';
import { holdLease, type Lease, takeLease } from '../store/relayLease.ts';
import { deliver, type Delivery } from './deliver.ts';
import { type Loop, startLoop } from './loop.ts';
import { kafkaPublication } from './publicationName.ts';
import type { Outlet } from './publisherOutlet.ts';

export type PublisherOptions = Readonly<{
  database: Database;
  outlet: Outlet;
  logger: Logger;
  record: RecordEvent;
  /** This publisher's own id, a UUID. */
  holder: string;
  now: () => number;
  newId: () => string;
  /** Milliseconds between looks when nobody wakes it. Default 500. */
  pollMs?: number;
  /** Milliseconds after which another publisher may take over from one that died; lengthened while it sends. Default 5,000. */
  leaseMs?: number;
  /** Milliseconds before the second try of an event that the broker refuses; doubles with each. Default 100. */
  retryMs?: number;
}>;

const name = kafkaPublication;
const pageLength = 500;

/**
 * Publishes the outside sequence in its order, one publisher at a time over all processes; at least once, as a place is stored after
 * the broker has the events. A broker that is down delays nobody else and parks nothing: it is tried again, with growing pauses up to
 * 10 s. An event that the broker refuses for what it is holds up its own company alone: that company is parked in front of it, with a
 * dead letter, until an operator has it tried again, which sends what waited in its order.
 */
export const startPublisher = (options: PublisherOptions): Loop => {
  const { database, outlet, logger, holder, pollMs = 500, leaseMs = 5_000 } = options;
  const pass = async (): Promise<boolean> => {
    const from = await publishedTo(database.prisma, name);
    const entries = await readEntries(database.prisma, 'outside', from, pageLength);
    const redriven = await nextRedriven(database.prisma, name);
    if (entries.length === 0 && redriven === null) return false;
    const lease = await database.transaction((tx) => takeLease(tx, { name, holder, leaseMs }));
    if (lease === null) return false;
    // read again under the lease: another publisher may have sent these
    if ((await publishedTo(database.prisma, name)) !== from) return true;
    const work = async (): Promise<void> => {
      if (redriven !== null) await redrive(options, lease, redriven, from);
      await publish(options, lease, entries);
    };
    await holding(work(), leaseMs / 3, () => database.transaction((tx) => takeLease(tx, { name, holder, leaseMs })));
    return true;
  };
  const loop = startLoop({ pass, pollMs, maxPauseMs: 10_000, onFault: (error) => logger.warn({ err: error }, 'publishing to Kafka is tried again') });
  return {
    wake: loop.wake,
    close: async () => {
      await loop.close();
      await outlet.close();
    },
  };
};

const publish = async (options: PublisherOptions, lease: Lease, entries: readonly FeedEntry[]): Promise<void> => {
  const last = entries.at(-1);
  if (last === undefined) return;
  const { database, now } = options;
  const parked = await parkedOf(database.prisma, name, [...new Set(entries.map(({ companyId }) => companyId))]);
  const waits = ({ companyId, position }: FeedEntry): boolean => (parked.get(companyId) ?? Infinity) <= position;
  await deliver(deliveryOf(options, lease), entries.filter((entry) => !waits(entry)));
  await fenced(database, lease, (tx) => setPublishedTo(tx, name, last.position, new Date(now())));
};

/** Sends the next of what waits of a parked company, up to where everybody else is. */
const redrive = async (options: PublisherOptions, lease: Lease, { companyId, position }: ParkedCompany, to: number): Promise<void> => {
  const { database, now } = options;
  const entries = await readCompanyEntries(database.prisma, { companyId, from: position, to, limit: pageLength });
  const stopped = await deliver(deliveryOf(options, lease), entries);
  const at = stopped.get(companyId);
  const sent = entries.filter((entry) => at === undefined || entry.position < at).map(({ eventId }) => eventId);
  const last = entries.length < pageLength ? undefined : entries.at(-1);
  await fenced(database, lease, async (tx) => {
    if (at === undefined) await moveParked(tx, name, companyId, last === undefined ? null : last.position + 1);
    await closeDeadLetters(tx, sent, new Date(now()));
  });
};

const deliveryOf = ({ database, outlet, logger, record, now, newId, retryMs }: PublisherOptions, lease: Lease): Delivery => ({
  outlet,
  ...(retryMs !== undefined && { retryMs }),
  park: async ({ companyId, position, eventId }, tries, error) => {
    const refused = { id: newId(), publication: name, companyId, position, eventId, error: error.message, tries, now: new Date(now()) };
    await fenced(database, lease, (tx) => park(tx, refused));
    logger.error({ err: error, cid: companyId, event_id: eventId, tries }, 'Kafka refuses an event; its company waits until it is redriven');
    record({ event: 'team_event_parked', cid: companyId, event_id: eventId, reason: error.message.split(':')[0] ?? '' });
  },
});

/** Writes under the lease; when it has been taken, nothing is written and the pass ends: the taker goes on from what is stored. */
const fenced = (database: Database, lease: Lease, write: (tx: Transaction) => Promise<void>): Promise<void> =>
  database.transaction(async (tx) => {
    if (!(await holdLease(tx, lease))) throw new Error('another publisher has taken over');
    await write(tx);
  });

/** Above the time that sending may take; past it another publisher may try. */
const longestSendMs = 60_000;

/** Waits for a work and lengthens the lease as long as it takes. What comes of that is seen when the place is stored. */
const holding = async (work: Promise<void>, everyMs: number, lengthen: () => Promise<unknown>): Promise<void> => {
  const until = performance.now() + longestSendMs;
  const timer = setInterval(() => {
    if (performance.now() < until) lengthen().catch(() => undefined);
  }, everyMs);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
};
