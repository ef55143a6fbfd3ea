DROP INDEX "idx_events_internal_occurred_at";
DROP INDEX "idx_events_company_app";
DROP INDEX "idx_events_app";
