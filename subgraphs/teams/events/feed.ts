import type { FeedPage, OutsideReader, TeamsApi } from '../../shared/teamsApi.ts';
import { isUuid } from '../../shared/text.ts';
import type { Reader } from '../store/database.ts';
import { isRecent, positionOf, readEntries, readNewest, readVisible } from '../store/eventLog.ts';
import { type DurableReader, durableReaders, setReaderPosition } from '../store/feedReaders.ts';
import type { Growth } from './newest.ts';

type Feed = TeamsApi['feed'];
type Locate = TeamsApi['locate'];

/** Most entries of one page, and longest wait in milliseconds. */
const maxLimit = 1_000;
const maxWaitMs = 20_000;
/** Places that are looked through for the page of a reader who sees few of them, so that no query runs long. */
const maxPlaces = 20_000;

/**
 * Entries of a sequence after a position; waits for the next ones when there are none, holding no connection. A durable reader has stored
 * the work of everything up to the position that it names, if it is one of this log.
 * @throws for the name of a durable reader that is none: its place would keep events for good
 */
export const readFeed = async (reader: Reader, growth: Growth, request: Feed['request']): Promise<Feed['reply']> => {
  const page = await feedPage(reader, request);
  const { durable, after, sequence } = request;
  if (durable !== undefined && after !== null && sequence === 'internal' && !page.lost) await setReaderPosition(reader, knownReader(durable), after.position);
  const waitMs = Math.min(Math.max(request.waitMs, 0), maxWaitMs);
  if (request.after === null || page.lost || page.entries.length > 0 || waitMs === 0) return page;
  await growth.beyond(request.sequence, request.after.position, waitMs);
  return feedPage(reader, request);
};

const feedPage = async (reader: Reader, { sequence, after, limit, reader: who }: Feed['request']): Promise<FeedPage> => {
  // where it stands is read first: what comes in between is then a page that is longer, never one that seems lost
  const newest = await readNewest(reader);
  const standing = { log: newest.log, entries: [], position: newest[sequence] };
  if (after === null) return { ...standing, lost: false };
  if (after.log !== newest.log || after.position > newest[sequence]) return { ...standing, lost: true };
  if (after.position === newest[sequence]) return { ...standing, lost: false };
  const most = Math.min(Math.max(limit, 1), maxLimit);
  // places are given in the order of release: behind a recent one nothing has been removed
  if (who !== undefined && sequence === 'outside' && (await isRecent(reader, after.position + 1))) {
    return { log: newest.log, lost: false, ...(await visiblePage(reader, who, { after: after.position, upTo: Math.min(newest.outside, after.position + maxPlaces), most })) };
  }
  const entries = await readEntries(reader, sequence, after.position, most);
  // places have no gaps: one that is missing has been removed. What is withheld or parked may outlive those behind it
  const gap = entries.findIndex(({ position }, at) => position !== after.position + 1 + at);
  const intact = gap === -1 ? entries : entries.slice(0, gap);
  const last = intact.at(-1);
  return last === undefined ? { ...standing, lost: true } : { log: newest.log, entries: intact, position: last.position, lost: false };
};

const visiblePage = async (
  reader: Reader,
  who: OutsideReader,
  { after, upTo, most }: Readonly<{ after: number; upTo: number; most: number }>,
): Promise<Pick<FeedPage, 'entries' | 'position'>> => {
  const entries = await readVisible(reader, who, after, most, upTo);
  return { entries, position: entries.length < most ? upTo : (entries.at(-1)?.position ?? upTo) };
};

const knownReader = (name: string): DurableReader => {
  const known = durableReaders.find((each) => each === name);
  if (known === undefined) throw new Error(`durable is ${JSON.stringify(name)}; it must be ${durableReaders.join(' or ')}`);
  return known;
};

/** Where an outside reader goes on that has seen an event; all reasons why it cannot are one answer (SPEC §4). */
export const locate = async (reader: Reader, { eventId, reader: who }: Locate['request']): Promise<Locate['reply']> => {
  const { log } = await readNewest(reader);
  const position = isUuid(eventId) ? await positionOf(reader, eventId, who) : null;
  if (position !== null) return { log, position, oldestEventId: null };
  const [oldest] = await readVisible(reader, who, 0, 1);
  return { log, position: null, oldestEventId: oldest?.eventId ?? null };
};
