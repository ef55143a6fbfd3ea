-- Companies and people ------------------------------------------------------------------------------------------

CREATE TABLE "companies" (
  "id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "plan" TEXT NOT NULL,
  "is_active" BOOLEAN NOT NULL DEFAULT true,
  "tree_version" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "companies_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "chk_companies_plan" CHECK ("plan" IN ('starter', 'growth', 'enterprise'))
);

CREATE TABLE "users" (
  "id" UUID NOT NULL,
  "company_id" UUID NOT NULL,
  "email" TEXT NOT NULL,
  "full_name" TEXT NOT NULL,
  "name_key" TEXT COLLATE "C" NOT NULL,
  "phone" TEXT,
  "nik" TEXT,
  "staff_level" TEXT,
  "role" TEXT NOT NULL,
  "is_active" BOOLEAN NOT NULL DEFAULT true,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "users_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "chk_users_role" CHECK ("role" IN ('OWNER', 'ADMIN', 'SUPERVISOR', 'AGENT')),
  CONSTRAINT "chk_users_email_lower_case" CHECK ("email" = lower("email")),
  CONSTRAINT "users_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "users_company_id_email_key" ON "users" ("company_id", "email");
CREATE UNIQUE INDEX "users_id_company_id_key" ON "users" ("id", "company_id");
CREATE INDEX "users_company_id_name_key_id_idx" ON "users" ("company_id", "name_key", "id");

CREATE TABLE "role_levels" (
  "company_id" UUID NOT NULL,
  "role" TEXT NOT NULL,
  "action" TEXT NOT NULL,
  "level" TEXT NOT NULL,
  CONSTRAINT "role_levels_pkey" PRIMARY KEY ("company_id", "role", "action"),
  CONSTRAINT "chk_role_levels_role" CHECK ("role" IN ('OWNER', 'ADMIN', 'SUPERVISOR', 'AGENT')),
  CONSTRAINT "chk_role_levels_level" CHECK ("level" IN ('disabled', 'own', 'team', 'everything')),
  CONSTRAINT "role_levels_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE TABLE "user_levels" (
  "company_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "action" TEXT NOT NULL,
  "level" TEXT NOT NULL,
  CONSTRAINT "user_levels_pkey" PRIMARY KEY ("user_id", "action"),
  CONSTRAINT "chk_user_levels_level" CHECK ("level" IN ('disabled', 'own', 'team', 'everything')),
  CONSTRAINT "user_levels_user_id_company_id_fkey" FOREIGN KEY ("user_id", "company_id") REFERENCES "users" ("id", "company_id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "user_levels_company_id_idx" ON "user_levels" ("company_id");

CREATE TABLE "company_flags" (
  "company_id" UUID NOT NULL,
  "flag" TEXT NOT NULL,
  "value" BOOLEAN NOT NULL,
  CONSTRAINT "company_flags_pkey" PRIMARY KEY ("company_id", "flag"),
  CONSTRAINT "chk_company_flags_flag" CHECK ("flag" IN ('unified_app', 'one_team_migration_enabled', 'cdp_team_permission_enabled', 'publish_team_events')),
  CONSTRAINT "company_flags_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- A company's value wins; CDP/§7: the team permission flag has no global default.
CREATE TABLE "flag_defaults" (
  "flag" TEXT NOT NULL,
  "value" BOOLEAN NOT NULL,
  CONSTRAINT "flag_defaults_pkey" PRIMARY KEY ("flag"),
  CONSTRAINT "chk_flag_defaults_flag" CHECK ("flag" IN ('unified_app', 'one_team_migration_enabled', 'publish_team_events'))
);

-- Teams -----------------------------------------------------------------------------------------------------------

CREATE TABLE "teams" (
  "id" UUID NOT NULL,
  "company_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "name_key" TEXT COLLATE "C" NOT NULL,
  "parent_id" UUID,
  "source_identifier" TEXT NOT NULL DEFAULT 'Launchpad',
  "reference_id" TEXT,
  "is_default" BOOLEAN NOT NULL DEFAULT false,
  "version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "teams_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "chk_teams_source_identifier" CHECK ("source_identifier" IN ('Chat', 'CRM', 'Launchpad')),
  CONSTRAINT "chk_teams_reference_id" CHECK (("source_identifier" = 'Launchpad') = ("reference_id" IS NULL)),
  CONSTRAINT "chk_teams_default_is_native" CHECK (NOT "is_default" OR "source_identifier" = 'Launchpad'),
  CONSTRAINT "chk_teams_parent_is_another" CHECK ("parent_id" <> "id"),
  CONSTRAINT "teams_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "teams_id_company_id_key" ON "teams" ("id", "company_id");
-- A parent of another company is refused by the database itself.
ALTER TABLE "teams" ADD CONSTRAINT "teams_parent_id_company_id_fkey" FOREIGN KEY ("parent_id", "company_id") REFERENCES "teams" ("id", "company_id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE UNIQUE INDEX "idx_teams_source_ref_unique" ON "teams" ("company_id", "source_identifier", "reference_id") WHERE "reference_id" IS NOT NULL;
CREATE UNIQUE INDEX "idx_teams_default_unique" ON "teams" ("company_id") WHERE "is_default";
CREATE INDEX "teams_company_id_name_key_id_idx" ON "teams" ("company_id", "name_key", "id");
CREATE INDEX "teams_company_id_created_at_id_idx" ON "teams" ("company_id", "created_at", "id");
CREATE INDEX "teams_parent_id_name_key_id_idx" ON "teams" ("parent_id", "name_key", "id");

CREATE TABLE "team_users" (
  "team_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "company_id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "team_users_team_id_company_id_fkey" FOREIGN KEY ("team_id", "company_id") REFERENCES "teams" ("id", "company_id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "team_users_user_id_company_id_fkey" FOREIGN KEY ("user_id", "company_id") REFERENCES "users" ("id", "company_id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "idx_team_user_unique" ON "team_users" ("team_id", "user_id");
CREATE INDEX "team_users_user_id_idx" ON "team_users" ("user_id");

-- A deleted migrated team stays deleted: a later push of it is SKIPPED; `stands_for` is where its children went.
CREATE TABLE "team_tombstones" (
  "company_id" UUID NOT NULL,
  "source_identifier" TEXT NOT NULL,
  "reference_id" TEXT NOT NULL,
  "stands_for" UUID,
  "deleted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "team_tombstones_pkey" PRIMARY KEY ("company_id", "source_identifier", "reference_id"),
  CONSTRAINT "team_tombstones_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "team_tombstones_stands_for_idx" ON "team_tombstones" ("stands_for");

-- Events ----------------------------------------------------------------------------------------------------------

-- One row: positions belong to this log and mean nothing in another. Both columns hold the last place that was given,
-- so that places rise without gaps also when the events that had them are gone.
CREATE TABLE "event_log" (
  "singleton" BOOLEAN NOT NULL DEFAULT true,
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "position" BIGINT NOT NULL DEFAULT 0,
  "outside_position" BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT "event_log_pkey" PRIMARY KEY ("singleton"),
  CONSTRAINT "chk_event_log_singleton" CHECK ("singleton")
);
INSERT INTO "event_log" DEFAULT VALUES;

CREATE TABLE "events" (
  "event_id" UUID NOT NULL,
  "written" BIGINT GENERATED ALWAYS AS IDENTITY,
  "company_id" UUID NOT NULL,
  "event_type" TEXT NOT NULL,
  "aggregate_type" TEXT NOT NULL,
  "aggregate_id" UUID NOT NULL,
  "is_public" BOOLEAN NOT NULL,
  "app" TEXT,
  "payload" JSONB NOT NULL,
  "occurred_at" TIMESTAMPTZ(3) NOT NULL,
  "position" BIGINT,
  "outside_position" BIGINT,
  "released_at" TIMESTAMPTZ(3),
  CONSTRAINT "events_pkey" PRIMARY KEY ("event_id"),
  CONSTRAINT "chk_events_app" CHECK ("app" IN ('chat', 'crm')),
  CONSTRAINT "chk_events_outside_is_public" CHECK ("outside_position" IS NULL OR "is_public")
);
CREATE UNIQUE INDEX "events_position_key" ON "events" ("position");
CREATE UNIQUE INDEX "events_outside_position_key" ON "events" ("outside_position");
CREATE INDEX "idx_events_unplaced" ON "events" ("written") WHERE "position" IS NULL;
CREATE INDEX "idx_events_withheld" ON "events" ("company_id", "position") WHERE "is_public" AND "outside_position" IS NULL AND "position" IS NOT NULL;
CREATE INDEX "events_company_id_outside_position_idx" ON "events" ("company_id", "outside_position");

-- One relay at a time gives positions: a lease, and a fence that rises with each new holder.
CREATE TABLE "relay_leases" (
  "name" TEXT NOT NULL,
  "holder" UUID,
  "fence" BIGINT NOT NULL DEFAULT 0,
  "expires_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "relay_leases_pkey" PRIMARY KEY ("name")
);

-- How far each outside publisher (Kafka) has come in the outside sequence.
CREATE TABLE "publications" (
  "name" TEXT NOT NULL,
  "position" BIGINT NOT NULL DEFAULT 0,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "publications_pkey" PRIMARY KEY ("name")
);

-- Migration -------------------------------------------------------------------------------------------------------

CREATE TABLE "migration_runs" (
  "id" UUID NOT NULL,
  "triggered" BOOLEAN NOT NULL,
  "app" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "migration_runs_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "chk_migration_runs_app" CHECK ("app" IN ('chat', 'crm'))
);

-- Totals per squad and company; kept for good, also when the jobs are gone. `company_ref` is text as it was pushed.
CREATE TABLE "migration_run_companies" (
  "run_id" UUID NOT NULL,
  "app" TEXT NOT NULL,
  "company_ref" TEXT NOT NULL,
  "trigger_status" TEXT,
  "trigger_error" TEXT,
  "created" INTEGER NOT NULL DEFAULT 0,
  "skipped" INTEGER NOT NULL DEFAULT 0,
  "failed" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "migration_run_companies_pkey" PRIMARY KEY ("run_id", "app", "company_ref"),
  CONSTRAINT "chk_migration_run_companies_app" CHECK ("app" IN ('chat', 'crm')),
  CONSTRAINT "chk_migration_run_companies_trigger_status" CHECK ("trigger_status" IN ('PENDING', 'ACCEPTED', 'FAILED', 'NOT_ENABLED')),
  CONSTRAINT "migration_run_companies_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "migration_runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE TABLE "migration_jobs" (
  "id" UUID NOT NULL,
  "app" TEXT NOT NULL,
  "caller" TEXT NOT NULL,
  "idempotency_key" TEXT,
  "payload_hash" TEXT NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'PENDING',
  "dry_run" BOOLEAN NOT NULL DEFAULT false,
  "run_id" UUID,
  "attempt" INTEGER NOT NULL DEFAULT 0,
  "total" INTEGER NOT NULL,
  "created" INTEGER NOT NULL DEFAULT 0,
  "skipped" INTEGER NOT NULL DEFAULT 0,
  "failed" INTEGER NOT NULL DEFAULT 0,
  "cancelled" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "started_at" TIMESTAMPTZ(3),
  "finished_at" TIMESTAMPTZ(3),
  CONSTRAINT "migration_jobs_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "chk_migration_jobs_app" CHECK ("app" IN ('chat', 'crm')),
  CONSTRAINT "chk_migration_jobs_status" CHECK ("status" IN ('PENDING', 'RUNNING', 'COMPLETED', 'COMPLETED_WITH_FAILURES', 'CANCELLED')),
  CONSTRAINT "migration_jobs_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "migration_runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "idx_migration_jobs_idempotency_unique" ON "migration_jobs" ("caller", "idempotency_key") WHERE "idempotency_key" IS NOT NULL;
CREATE INDEX "migration_jobs_status_idx" ON "migration_jobs" ("status");
CREATE INDEX "migration_jobs_created_at_idx" ON "migration_jobs" ("created_at");

-- Texts are as they were pushed, with what Postgres cannot keep replaced and long ones cut; such items have FAILED.
CREATE TABLE "migration_items" (
  "job_id" UUID NOT NULL,
  "index" INTEGER NOT NULL,
  "company_ref" TEXT,
  "name" TEXT,
  "app_identifier_id" TEXT,
  "parent_app_identifier_id" TEXT,
  "outcome" TEXT NOT NULL DEFAULT 'PENDING',
  "reason" TEXT,
  "message" TEXT,
  "team_id" UUID,
  CONSTRAINT "migration_items_pkey" PRIMARY KEY ("job_id", "index"),
  CONSTRAINT "chk_migration_items_outcome" CHECK ("outcome" IN ('PENDING', 'CREATED', 'SKIPPED', 'FAILED', 'CANCELLED')),
  CONSTRAINT "migration_items_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "migration_jobs" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "migration_items_job_id_outcome_index_idx" ON "migration_items" ("job_id", "outcome", "index");

CREATE TABLE "migration_job_completes" (
  "job_id" UUID NOT NULL,
  "company_ref" TEXT NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'PENDING',
  CONSTRAINT "migration_job_completes_pkey" PRIMARY KEY ("job_id", "company_ref"),
  CONSTRAINT "chk_migration_job_completes_status" CHECK ("status" IN ('PENDING', 'EFFECTIVE', 'UNKNOWN', 'NOT_ENABLED', 'VOID')),
  CONSTRAINT "migration_job_completes_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "migration_jobs" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- A squad's standing word that it has pushed everything of a company.
CREATE TABLE "migration_completions" (
  "company_id" UUID NOT NULL,
  "app" TEXT NOT NULL,
  "run_id" UUID NOT NULL,
  "declared_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "migration_completions_pkey" PRIMARY KEY ("company_id", "app"),
  CONSTRAINT "chk_migration_completions_app" CHECK ("app" IN ('chat', 'crm')),
  CONSTRAINT "migration_completions_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- Failures that are still open; kept apart from jobs, which go after 30 days.
CREATE TABLE "migration_failures" (
  "company_id" UUID NOT NULL,
  "app" TEXT NOT NULL,
  "app_identifier_id" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "run_id" UUID NOT NULL,
  "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "migration_failures_pkey" PRIMARY KEY ("company_id", "app", "app_identifier_id"),
  CONSTRAINT "chk_migration_failures_app" CHECK ("app" IN ('chat', 'crm')),
  CONSTRAINT "migration_failures_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
