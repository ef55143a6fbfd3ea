import { setTimeout as pause } from 'node:timers/promises';
import type { FeedEntry } from '../../shared/teamsApi.ts';
import { envelopeOf } from './envelope.ts';
import { MessagesRefused, type Outlet, type OutletMessage } from './publisherOutlet.ts';

/** How often an event is tried that the broker refuses, before it is parked. */
export const triesOfOne = 5;

export type Delivery = Readonly<{
  outlet: Outlet;
  /** Parks a company at an event that was refused `tries` times. */
  park: (entry: FeedEntry, tries: number, error: MessagesRefused) => Promise<void>;
  /** Milliseconds before the second try of one event; doubles with each. Default 100. */
  retryMs?: number;
}>;

/**
 * Sends events in their order. When the broker refuses a batch, its halves are sent by themselves, down to the event at fault; that one
 * is tried 5 times and parked, and its company's later events are left out, so that order per company holds. Answers where companies
 * were parked, by company.
 * @throws what the outlet throws when the broker cannot be used: nothing is parked then, and everything is sent again.
 */
export const deliver = async (delivery: Delivery, entries: readonly FeedEntry[], parked = new Map<string, number>()): Promise<ReadonlyMap<string, number>> => {
  const open = entries.filter(({ companyId }) => !parked.has(companyId));
  const [first, another] = open;
  if (first === undefined) return parked;
  const refused = await refusalOf(delivery.outlet, open);
  if (refused === null) return parked;
  if (another === undefined) {
    const error = await insist(delivery, first, refused);
    if (error === null) return parked;
    await delivery.park(first, triesOfOne, error);
    return parked.set(first.companyId, first.position);
  }
  const middle = Math.ceil(open.length / 2);
  await deliver(delivery, open.slice(0, middle), parked);
  return deliver(delivery, open.slice(middle), parked);
};

const insist = async ({ outlet, retryMs = 100 }: Delivery, entry: FeedEntry, first: MessagesRefused): Promise<MessagesRefused | null> => {
  let refused: MessagesRefused | null = first;
  for (let tried = 1; tried < triesOfOne && refused !== null; tried += 1) {
    await pause(retryMs * 2 ** (tried - 1));
    refused = await refusalOf(outlet, [entry]);
  }
  return refused;
};

const refusalOf = async (outlet: Outlet, entries: readonly FeedEntry[]): Promise<MessagesRefused | null> => {
  try {
    await outlet.send(entries.map(messageOf));
    return null;
  } catch (error) {
    if (error instanceof MessagesRefused) return error;
    throw error;
  }
};

const messageOf = (entry: FeedEntry): OutletMessage => ({ key: entry.companyId, value: JSON.stringify(envelopeOf(entry)) });
