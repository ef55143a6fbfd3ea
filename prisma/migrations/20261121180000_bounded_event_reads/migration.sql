-- What outsiders read of one squad's app, or of one company, among all public events: only TEAM_MIGRATED has an app.
CREATE INDEX "idx_events_app" ON "events" ("app", "outside_position") WHERE "app" IS NOT NULL;
CREATE INDEX "idx_events_company_app" ON "events" ("company_id", "outside_position") WHERE "app" IS NOT NULL;
-- Internal events by age, for the nightly clean-up; public ones have events_released_at_idx.
CREATE INDEX "idx_events_internal_occurred_at" ON "events" ("occurred_at") WHERE NOT "is_public";
