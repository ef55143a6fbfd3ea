import { followFeed } from '../subgraphs/shared/feed.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import { pause } from '../subgraphs/shared/pause.ts';
import type { Peer } from '../subgraphs/shared/peer.ts';
import type { FeedEntry } from '../subgraphs/shared/teamsApi.ts';
import type { Person } from '../subgraphs/shared/viewer.ts';
import type { EventRights } from './eventRights.ts';

/** The open sockets of signed-in people. */
export type PeopleSockets = Readonly<{
  /** Who has any, each once. */
  people(): readonly Person[];
  /** Closes all of a person with 4403 and the reason. */
  closeOf(person: Pick<Person, 'companyId' | 'userId'>, reason: string): void;
}>;

export type SignedOutOptions = Readonly<{ teams: Peer; rights: EventRights; sockets: PeopleSockets; now: () => number; newId: () => string; logger: Logger }>;

/** Why the sockets of someone who was deactivated are closed, and open no more. */
export const notActive = 'This person is no longer active in this company.';

const answerMs = 5_000;
const retryMs = 500;

/**
 * Closes the sockets of people who are no longer active in their company (SPEC §2.5), and ends the subscriptions of those whose role no longer allows them.
 * Follows the internal feed, once for the process, and asks teams about those whom an event concerns, or about everybody when events may have been missed: what
 * counts is what teams says now. Answers with what ends it.
 */
export const closeSignedOut = ({ teams, rights, sockets, now, newId, logger }: SignedOutOptions): (() => void) => {
  const ending = new AbortController();
  const correlationId = newId();
  const doubted = new Map<string, Person>();
  let asking = false;

  const doubt = (isMeant: (person: Person) => boolean): void => {
    for (const person of sockets.people().filter(isMeant)) doubted.set(`${person.companyId} ${person.userId}`, person);
    if (!asking) askAll().catch((error: unknown) => logger.error({ err: error }, 'asking about people with open sockets ended'));
  };

  /** One at a time; who cannot be asked about is asked about again. */
  const askAll = async (): Promise<void> => {
    asking = true;
    try {
      for (let next = first(doubted); next !== undefined && !ending.signal.aborted; next = first(doubted)) {
        const [key, person] = next;
        doubted.delete(key);
        const refusal = await rights.askedNow(person, now() + answerMs);
        if (refusal?.code === 'UNAUTHENTICATED') sockets.closeOf(person, notActive);
        if (refusal?.code !== 'DEPENDENCY_UNAVAILABLE' || !sockets.people().some((other) => isSame(person, other))) continue;
        doubted.set(key, person);
        await pause(retryMs, ending.signal);
      }
    } finally {
      asking = false;
    }
  };

  const following = followFeed({
    peer: teams,
    sequence: 'internal',
    now,
    signal: ending.signal,
    from: null,
    onEntries: (entries) => {
      const concerns = entries.filter(mayEnd);
      if (concerns.length > 0) doubt((person) => concerns.some((entry) => isAbout(entry, person)));
    },
    onLost: () => doubt(() => true),
    onFault: (error) => logger.warn({ err: error }, 'the internal feed of teams cannot be followed'),
    correlationId,
  });
  following.catch((error: unknown) => logger.error({ err: error }, 'following the internal feed of teams ended'));
  return () => ending.abort();
};

/** Whether an event may take a right away: by a role, or with the person. */
const mayEnd = ({ type }: FeedEntry): boolean => type === 'ACCESS_CHANGED';

const isAbout = ({ companyId, payload }: FeedEntry, person: Person): boolean =>
  companyId === person.companyId && (payload['user_id'] === null || payload['user_id'] === person.userId);

const isSame = (one: Person, other: Person): boolean => one.companyId === other.companyId && one.userId === other.userId;

const first = <Key, Value>(map: ReadonlyMap<Key, Value>): readonly [Key, Value] | undefined => map.entries().next().value;
