import type { FeedEntry } from '../../shared/teamsApi.ts';

/** An event as outsiders get it (SPEC §5). */
export type Envelope = Readonly<{
  event_id: string;
  event_type: string;
  aggregate_type: 'team';
  aggregate_id: string;
  version: '1';
  occurred_at: string;
  payload: Readonly<Record<string, unknown>>;
}>;

/** The envelope of an entry of the outside sequence. */
export const envelopeOf = ({ eventId, type, aggregateId, occurredAt, payload }: FeedEntry): Envelope => ({
  event_id: eventId,
  event_type: type,
  aggregate_type: 'team',
  aggregate_id: aggregateId,
  version: '1',
  occurred_at: occurredAt,
  payload,
});
