import { GraphQLError, type ExecutionResult } from 'graphql';
import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { isRefused, Refusal, unavailable } from '../subgraphs/shared/errors.ts';
import type { FeedPosition } from '../subgraphs/shared/feed.ts';
import { excerpt } from '../subgraphs/shared/text.ts';
import type { FeedEntry } from '../subgraphs/shared/teamsApi.ts';
import type { Viewer } from '../subgraphs/shared/viewer.ts';
import type { EventHub } from './eventHub.ts';
import { eventStream } from './eventStream.ts';
import { stoppable } from './stoppable.ts';
import { type Subscriber, subscriberOf, type SubscriberOptions, type WantedEvents } from './subscriber.ts';
import type { Deliver } from './subscriptionPlan.ts';

export type TeamMigratedArguments = WantedEvents & Readonly<{ after?: string | null }>;

export type TeamMigratedOptions = SubscriberOptions &
  Readonly<{
    viewer: Viewer;
    hub: EventHub;
    /** Live events kept for a subscriber that reads slowly. */
    maxQueued: number;
    present: (result: ExecutionResult) => ExecutionResult;
  }>;

/** Opens the stream of answers; called once, when the client is subscribed. */
export type OpenAnswers = (deliver: Deliver) => AsyncGenerator<ExecutionResult, void, void>;

/**
 * `subscription teamMigrated` (SPEC §4, §5). Everything that can be refused is refused before it opens. Rights are judged again
 * before each delivery; one that was lost ends it with the error.
 */
export const subscribeTeamMigrated = async (args: TeamMigratedArguments, options: TeamMigratedOptions): Promise<OpenAnswers | Refusal> => {
  const { hub, viewer, now, deadlineMs } = options;
  const deadline = now() + deadlineMs;
  // Read before anything else is asked, so that an event published meanwhile is not missed.
  const newest = await position(hub, deadline);
  if (isRefused(newest)) return newest;
  const subscriber = await subscriberOf(viewer, args, options);
  if (isRefused(subscriber)) return subscriber;
  const from = typeof args.after === 'string' ? await located(args.after, subscriber, hub, deadline) : newest;
  if (isRefused(from)) return from;
  return (deliver) => stoppable((signal) => answers({ ...options, subscriber, from, deliver, signal }));
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

type Answering = TeamMigratedOptions & Readonly<{ subscriber: Subscriber; from: FeedPosition; deliver: Deliver; signal: AbortSignal }>;

async function* answers(options: Answering): AsyncGenerator<ExecutionResult, void, void> {
  const { subscriber, deliver, viewer, correlationId, now, deadlineMs, present } = options;
  for await (const item of eventStream({ ...options, wanted: (entry) => subscriber.wants(entry) })) {
    const refusal = isRefused(item) ? item : await subscriber.stillAllowed();
    if (refusal !== undefined || isRefused(item)) return yield refused(refusal);
    const scope = { viewer, correlationId, deadline: now() + deadlineMs };
    try {
      yield present(await deliver({ teamMigrated: eventOf(item) }, scope));
    } catch (error) {
      return yield present({ data: null, errors: [new GraphQLError('delivery failed', { originalError: error as Error })] });
    }
  }
}

const refused = (refusal: Refusal | undefined): ExecutionResult => ({
  data: null,
  errors: [toGraphQLError(refusal ?? unavailable('The subscription has ended.'))],
});

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
