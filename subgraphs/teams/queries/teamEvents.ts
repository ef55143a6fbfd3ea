import { isRefused, Refusal } from '../../shared/errors.ts';
import type { FeedEntry } from '../../shared/teamsApi.ts';
import { excerpt } from '../../shared/text.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { readFirst } from './migrationJob.ts';
import { squadOf } from '../commands/squad.ts';
import type { SquadApp } from '../domain/migrationItem.ts';
import type { Reader } from '../store/database.ts';
import { readVisible } from '../store/eventLog.ts';
import { locate } from '../events/feed.ts';

export type TeamEventsRequest = Readonly<{ app: SquadApp; after: string | null; first: number | null }>;
export type TeamEvents = Readonly<{ nodes: readonly FeedEntry[]; hasMore: boolean }>;

/** Published TEAM_MIGRATED events of the calling squad's app, behind the last one that it saw (SPEC §5). */
export const teamEvents = async (database: Reader, viewer: Viewer, { app, after, first }: TeamEventsRequest): Promise<TeamEvents | Refusal> => {
  const squad = squadOf(viewer, app);
  if (isRefused(squad)) return squad;
  const size = readFirst(first);
  if (isRefused(size)) return size;
  const reader = { app, type: 'TEAM_MIGRATED' };
  const from = after === null ? { position: 0, oldestEventId: null } : await locate(database, { eventId: after, reader });
  if (from.position === null) return badAfter(after ?? '', from.oldestEventId);
  const entries = await readVisible(database, reader, from.position, size + 1);
  return { nodes: entries.slice(0, size), hasMore: entries.length > size };
};

/** One answer for every reason why an `after` cannot be had (SPEC §4). */
export const badAfter = (after: string, oldestEventId: string | null): Refusal =>
  new Refusal(
    'BAD_USER_INPUT',
    `after is ${excerpt(after)}, which is no event to go on from; the oldest one to be had is ${oldestEventId ?? 'none yet'}.`,
    { field: 'after', oldestEventId },
  );
