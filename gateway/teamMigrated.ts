import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { isRefused, Refusal, unavailable } from '../subgraphs/shared/errors.ts';
import type { FeedPosition } from '../subgraphs/shared/feed.ts';
import { excerpt } from '../subgraphs/shared/text.ts';
import type { FeedEntry } from '../subgraphs/shared/teamsApi.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { EventHub } from './eventHub.ts';
import { followEvents, type Taken } from './eventStream.ts';
import type { Answers, AnswerSource, SendPayload } from './sharedAnswers.ts';
import { type Subscriber, subscriberOf, type SubscriberOptions, type WantedEvents } from './subscriber.ts';

export type TeamMigratedArguments = WantedEvents & Readonly<{ after?: string | null }>;

export type TeamMigratedOptions = SubscriberOptions &
  Readonly<{
    viewer: Viewer;
    hub: EventHub;
    /** Live events kept for a subscriber that reads slowly. */
    maxQueued: number;
  }>;

/**
 * `subscription teamMigrated` (SPEC §4, §5). Everything that can be refused is refused before it opens. Rights are judged again
 * before each delivery; one that was lost ends it with the error, at once when it is heard of before the next event.
 */
export const subscribeTeamMigrated = async (args: TeamMigratedArguments, options: TeamMigratedOptions): Promise<AnswerSource | Refusal> => {
  const { hub, viewer, now, deadlineMs } = options;
  const deadline = now() + deadlineMs;
  // Read before anything else is asked, so that an event published meanwhile is not missed.
  const newest = await position(hub, deadline);
  if (isRefused(newest)) return newest;
  const subscriber = await subscriberOf(viewer, args, options);
  if (isRefused(subscriber)) return subscriber;
  const from = typeof args.after === 'string' ? await located(args.after, subscriber, hub, deadline) : newest;
  if (isRefused(from)) return from;
  return {
    visibility: visibilityOf(viewer),
    run: (answers, send, signal) => sendEvents({ ...options, subscriber, from, answers, send, signal }),
  };
};

/** Teams show a squad what its scopes allow, whichever service of the app it is; what a person sees is that person's alone. */
const visibilityOf = (viewer: Viewer): string => {
  switch (viewer.kind) {
    case 'person':
      return `person ${viewer.companyId} ${viewer.userId} ${viewer.platform}`;
    case 'service':
      return `service ${viewer.scopes.toSorted().join(' ')} ${viewer.platform}`;
    default:
      return viewer satisfies never;
  }
};

const position = async (hub: EventHub, deadline: number): Promise<FeedPosition | Refusal> => {
  try {
    const { log, position: at } = await hub.position(deadline);
    return { log, position: at };
  } catch {
    return unavailable('The feed of events could not be read in time.');
  }
};

const located = async (after: string, { reader }: Subscriber, hub: EventHub, deadline: number): Promise<FeedPosition | Refusal> => {
  try {
    const { log, position: at, oldestEventId } = await hub.locate(after, reader, deadline);
    if (at !== null) return { log, position: at };
    const oldest = oldestEventId === null ? 'there is no event to go on from yet' : `the oldest event to be had is ${oldestEventId}`;
    const message = `after is ${excerpt(after)}, which is no event that this subscriber can go on from; ${oldest}.`;
    return new Refusal('BAD_USER_INPUT', message, { field: 'after', oldestEventId });
  } catch {
    return unavailable('Where to go on could not be asked in time.');
  }
};

type Sending = TeamMigratedOptions & Readonly<{ subscriber: Subscriber; from: FeedPosition; answers: Answers; send: SendPayload; signal: AbortSignal }>;

const sendEvents = async (options: Sending): Promise<void> => {
  const { subscriber, answers, send, signal } = options;
  const right = watchRight(subscriber, signal);
  let judged: Refusal | undefined;
  const madeOf = (entry: FeedEntry) => (): object => ({ teamMigrated: eventOf(entry) });
  const take = async (entry: FeedEntry, coming: () => readonly FeedEntry[]): Promise<Taken> => {
    const judging = subscriber.stillAllowed();
    if (judging !== undefined) judged = await judging;
    if (judged !== undefined) return 'over';
    const answering = answers.of(entry.eventId, madeOf(entry), right.signal);
    // after its own, so that those behind it do not take its turn
    if (answers.asksSubgraphs()) for (const next of coming()) answers.ahead(next.eventId, madeOf(next));
    const answer = await answering;
    if (answer === 'over') return 'over';
    const { payload, isFault } = answer;
    // it may have waited for its turn, longer than a right counts
    const again = answers.asksSubgraphs() ? subscriber.stillAllowed() : undefined;
    if (again !== undefined) judged = await again;
    if (judged !== undefined) return 'over';
    // heard while the answer was made
    if (right.lost() !== undefined) return 'more';
    const waiting = send(payload);
    if (waiting !== undefined) await waiting;
    return isFault ? 'over' : 'more';
  };
  try {
    const failure = await followEvents({ ...options, reader: subscriber.reader, signal: right.signal, wanted: (entry) => subscriber.wants(entry), take });
    const refusal = failure ?? judged ?? right.lost();
    if (refusal !== undefined) await send(refused(refusal));
  } finally {
    right.end();
  }
};

/** Ends the stream, also while it waits, when the right is lost. */
const watchRight = (subscriber: Subscriber, signal: AbortSignal) => {
  const losing = new AbortController();
  let refusal: Refusal | undefined;
  const stop = (): void => losing.abort();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const end = subscriber.watch((lost) => {
    refusal ??= lost;
    stop();
  });
  return { signal: losing.signal, lost: (): Refusal | undefined => refusal, end };
};

const refused = (refusal: Refusal): string => JSON.stringify({ data: null, errors: [toGraphQLError(refusal)] });

const eventOf = ({ eventId, occurredAt, companyId, aggregateId, payload }: FeedEntry): object => ({
  eventId,
  occurredAt,
  companySsoId: companyId,
  app: payload['app'] === 'chat' ? 'CHAT' : 'CRM',
  appIdentifierId: payload['app_identifier_id'],
  teamId: aggregateId,
  teamName: payload['team_name'],
  parentId: payload['parent_id'] ?? null,
  team: { id: aggregateId },
});
