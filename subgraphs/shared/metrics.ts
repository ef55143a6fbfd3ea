import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import type { Party } from './calls.ts';
import type { Logger } from './logger.ts';
import type { RequestIds } from './requestIds.ts';

/** The events of SPEC §5 that are recorded as a log line and a counter. No personal data. */
export type DomainEvent =
  | Readonly<{ event: 'team_migrated'; cid: string; team_id: string; source_identifier: string; app: string; app_identifier_id: string; team_name: string }>
  | Readonly<{ event: 'team_migration_failed'; cid: string | null; source: string; reason: string }>
  | Readonly<{ event: 'team_event_parked'; cid: string; event_id: string; reason: string }>
  | Readonly<{ event: 'user_invited_with_team'; cid: string; team_id: string; source_identifier: string }>
  | Readonly<{ event: 'invitation_rejected_no_team'; cid: string; admin_id: string }>
  | Readonly<{ event: 'general_team_created'; cid: string; team_id: string }>
  | Readonly<{ event: 'general_team_create_failed'; cid: string; attempt: number; reason: string }>
  | Readonly<{ event: 'general_team_create_exhausted'; cid: string }>
  | Readonly<{ event: 'cdp_team_permission_fallback'; company_sso_id: string; user_sso_id: string; platform: string; permission_name: string; latency_ms: number; source?: string }>
  | Readonly<{ event: 'cdp_team_permission_denied'; company_sso_id: string; user_sso_id: string; contact_id: string; permission_name: string; viewer_team_count: number; platform: string }>
  | Readonly<{ event: 'cdp_team_owner_validation_rejected'; company_sso_id: string; user_sso_id: string; rejected_team_ids: readonly string[] }>
  | Readonly<{ event: 'cdp_team_owner_set'; company_sso_id: string; contact_id: string; team_owner_count: number; source: string }>;

/** Records a domain event as a log line and a count; `of`: the request that it happened in. */
export type RecordEvent = (event: DomainEvent, of?: RequestIds) => void;

/** What a process counts, and its `/metrics` text. */
export type Metrics = Readonly<{ registry: Registry; record: RecordEvent }>;

/** Metrics of one process. Labels are of few values only: never ids. */
export const createMetrics = (process: string, logger: Logger): Metrics => {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry });
  const events = new Counter({
    name: 'one_team_domain_events_total',
    help: 'Domain events by name, with the source, reason or platform where the event has a few.',
    labelNames: ['event', 'detail'],
    registers: [registry],
  });
  // a series that begins with its first event would look like no increase
  for (const [event, { by, details }] of Object.entries(recorded)) if (by === process) for (const detail of details) events.inc({ event, detail }, 0);
  return {
    registry,
    record: (event, of) => {
      logger.info({ ...event, ...of }, event.event);
      events.inc({ event: event.event, detail: detailOf(event) });
    },
  };
};

const platforms = ['web', 'mobile', 'openapi'];

/** Which process records an event, and the details that are known beforehand. */
const recorded = {
  team_migrated: { by: 'teams', details: ['Chat', 'CRM'] },
  team_migration_failed: {
    by: 'teams',
    details: ['COMPANY_UNKNOWN', 'FLAG_OFF', 'INVALID_NAME', 'INVALID_APP_IDENTIFIER', 'PARENT_UNKNOWN', 'PARENT_CYCLE', 'DEPTH_EXCEEDED', 'INTERNAL'],
  },
  team_event_parked: { by: 'teams', details: ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP'] },
  user_invited_with_team: { by: 'teams', details: ['Launchpad', 'Chat', 'CRM'] },
  invitation_rejected_no_team: { by: 'teams', details: [''] },
  general_team_created: { by: 'teams', details: [''] },
  general_team_create_failed: { by: 'teams', details: [''] },
  general_team_create_exhausted: { by: 'teams', details: [''] },
  cdp_team_permission_fallback: { by: 'contacts', details: platforms },
  cdp_team_permission_denied: { by: 'contacts', details: platforms },
  cdp_team_owner_validation_rejected: { by: 'contacts', details: [''] },
  cdp_team_owner_set: { by: 'contacts', details: ['web', 'mobile', 'openapi', 'migration', 'owner_change'] },
} as const satisfies Record<DomainEvent['event'], Readonly<{ by: Party; details: readonly string[] }>>;

const detailOf = (event: DomainEvent): string => {
  switch (event.event) {
    case 'team_migrated':
    case 'user_invited_with_team':
      return event.source_identifier;
    case 'team_migration_failed':
    case 'team_event_parked':
      return event.reason;
    case 'cdp_team_permission_fallback':
    case 'cdp_team_permission_denied':
      return event.platform;
    case 'cdp_team_owner_set':
      return event.source;
    case 'invitation_rejected_no_team':
    case 'general_team_created':
    case 'general_team_create_failed':
    case 'general_team_create_exhausted':
    case 'cdp_team_owner_validation_rejected':
      return '';
    default:
      return event satisfies never;
  }
};
