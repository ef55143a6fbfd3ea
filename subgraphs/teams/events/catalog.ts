import type { TeamMigratedPayload } from '../../shared/teamsApi.ts';

/** Payload of a native change of a team (SPEC §5). */
export type TeamChangedPayload = Readonly<{
  team_name: string;
  company_sso_id: string;
  members: readonly string[];
  created_by_sso_id: string;
  parent_id: string | null;
  previous_parent_id?: string | null;
  tree_version: number;
}>;

/** Every event, by type. TEAM_* are public: outsiders read them too. */
export type EventPayloads = {
  TEAM_MIGRATED: TeamMigratedPayload;
  TEAM_CREATED: TeamChangedPayload;
  TEAM_UPDATED: TeamChangedPayload;
  /** `contacts_to` takes the team's place on contacts; null only when `confirmUnassigned` was given. */
  TEAM_DELETED: TeamChangedPayload & Readonly<{ contacts_to: string | null }>;
  TEAM_MEMBERS_CHANGED: TeamChangedPayload & Readonly<{ added_user_ids: readonly string[]; removed_user_ids: readonly string[] }>;
  /** A level, role, flag or person changed: of one user, or of everybody when `user_id` is null. The aggregate is the company. */
  ACCESS_CHANGED: Readonly<{
    company_sso_id: string;
    user_id: string | null;
    /** Whether that person is active in the company now; null when the event is about everybody. */
    is_active: boolean | null;
  }>;
};

export type EventType = keyof EventPayloads;

/** An event to be written with its change. */
export type NewEvent = {
  [Type in EventType]: Readonly<{
    eventId: string;
    type: Type;
    companyId: string;
    /** The team's id; of ACCESS_CHANGED the company's. */
    aggregateId: string;
    occurredAt: Date;
    payload: EventPayloads[Type];
  }>;
}[EventType];

/** Whether outsiders (Kafka, subscriptions, `teamEvents`) may read events of a type. */
export const isPublic = (type: EventType): boolean => type.startsWith('TEAM_');
