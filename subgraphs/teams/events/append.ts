import { insertEvents } from '../store/eventLog.ts';
import type { Transaction } from '../store/database.ts';
import { isPublic, type NewEvent } from './catalog.ts';

/**
 * Writes events in the transaction of the change that they tell of; the relay publishes them afterwards. Whoever writes holds
 * the company's row, so that the order of writing is the order of the company's changes.
 */
export const append = (tx: Transaction, events: readonly NewEvent[]): Promise<void> =>
  insertEvents(
    tx,
    events.map((event) => ({
      eventId: event.eventId,
      companyId: event.companyId,
      eventType: event.type,
      aggregateType: event.type === 'ACCESS_CHANGED' ? 'company' : 'team',
      aggregateId: event.aggregateId,
      isPublic: isPublic(event.type),
      app: event.type === 'TEAM_MIGRATED' ? event.payload.app : null,
      payload: event.payload,
      occurredAt: event.occurredAt,
    })),
  );
