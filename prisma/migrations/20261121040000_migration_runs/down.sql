DROP INDEX "idx_migration_run_companies_pending";
DROP INDEX "migration_runs_created_at_id_idx";
