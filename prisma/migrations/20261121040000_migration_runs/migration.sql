-- Runs are kept for good and listed newest first.
CREATE INDEX "migration_runs_created_at_id_idx" ON "migration_runs" ("created_at", "id");
-- Triggers that no squad has answered yet, for the sweep.
CREATE INDEX "idx_migration_run_companies_pending" ON "migration_run_companies" ("run_id", "app") WHERE "trigger_status" = 'PENDING';
