-- Teams named `general` that company creation made are the default teams, named `General` (OTM-S02). `down.sql` leaves the name.
UPDATE "teams" SET "name" = 'General', "version" = "version" + 1, "updated_at" = CURRENT_TIMESTAMP
WHERE "name" = 'general' AND "source_identifier" = 'Launchpad';
UPDATE "teams" t SET "is_default" = true
WHERE t."id" IN (
  SELECT DISTINCT ON (g."company_id") g."id" FROM "teams" g
  WHERE g."name" = 'General' AND g."source_identifier" = 'Launchpad' AND g."parent_id" IS NULL
    AND NOT EXISTS (SELECT 1 FROM "teams" d WHERE d."company_id" = g."company_id" AND d."is_default")
  ORDER BY g."company_id", g."created_at", g."id"
);

-- What took the place of each deleted team on contacts; null: its contacts became Unassigned. Kept for good.
CREATE TABLE "deleted_teams" (
  "id" UUID NOT NULL,
  "company_id" UUID NOT NULL,
  "contacts_to" UUID,
  "deleted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "deleted_teams_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "deleted_teams_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "deleted_teams_company_id_idx" ON "deleted_teams" ("company_id");

-- Keys of creates: per company (null for services), caller and operation.
CREATE TABLE "idempotency_keys" (
  "company_id" UUID,
  "caller" TEXT NOT NULL,
  "operation" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "payload_hash" TEXT NOT NULL,
  "result_id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "id" UUID NOT NULL,
  CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "idx_idempotency_keys_unique" ON "idempotency_keys" (coalesce("company_id", '00000000-0000-0000-0000-000000000000'::uuid), "caller", "operation", "key");
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys" ("created_at");

-- Who changed what: append only, by the database itself.
CREATE TABLE "audit_entries" (
  "id" UUID NOT NULL,
  "company_id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "occurred_at" TIMESTAMPTZ(3) NOT NULL,
  "actor_id" UUID,
  "actor_service" TEXT,
  "subject_id" TEXT,
  "before" JSONB,
  "after" JSONB,
  CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "chk_audit_entries_kind" CHECK ("kind" IN ('ROLE', 'LEVEL', 'FLAG', 'MEMBERSHIP', 'TEAM', 'TEAM_OWNER', 'OWNER', 'DELETION', 'PERSON', 'PLAN')),
  CONSTRAINT "chk_audit_entries_actor" CHECK ("actor_id" IS NULL OR "actor_service" IS NULL),
  CONSTRAINT "audit_entries_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "audit_entries_company_id_occurred_at_id_idx" ON "audit_entries" ("company_id", "occurred_at", "id");
CREATE INDEX "audit_entries_company_id_kind_occurred_at_id_idx" ON "audit_entries" ("company_id", "kind", "occurred_at", "id");
CREATE INDEX "audit_entries_company_id_actor_id_occurred_at_id_idx" ON "audit_entries" ("company_id", "actor_id", "occurred_at", "id");
CREATE FUNCTION "refuse_change_of_audit_entries"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are append only';
END $$;
CREATE TRIGGER "audit_entries_append_only" BEFORE UPDATE OR DELETE ON "audit_entries"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_audit_entries"();

-- Each invitation, with how many teams it named (OTM-S01).
CREATE TABLE "invitations" (
  "id" UUID NOT NULL,
  "company_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "invited_by" UUID NOT NULL,
  "team_count" INTEGER NOT NULL,
  "source_identifier" TEXT NOT NULL DEFAULT 'Launchpad',
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "invitations_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "chk_invitations_source_identifier" CHECK ("source_identifier" = 'Launchpad'),
  CONSTRAINT "invitations_user_id_company_id_fkey" FOREIGN KEY ("user_id", "company_id") REFERENCES "users" ("id", "company_id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "invitations_company_id_idx" ON "invitations" ("company_id");
CREATE INDEX "invitations_user_id_idx" ON "invitations" ("user_id");

-- What contacts reported last of each company; the gate of cdp_team_permission_enabled.
CREATE TABLE "company_coverage" (
  "company_id" UUID NOT NULL,
  "contacts" INTEGER NOT NULL,
  "covered" INTEGER NOT NULL,
  "reported_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "company_coverage_pkey" PRIMARY KEY ("company_id"),
  CONSTRAINT "chk_company_coverage_counts" CHECK ("covered" >= 0 AND "covered" <= "contacts"),
  CONSTRAINT "company_coverage_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- Companies whose General team could not be made yet; a row goes when it is made (OTM-S02).
CREATE TABLE "general_team_tries" (
  "company_id" UUID NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "next_try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "reason" TEXT,
  "exhausted_at" TIMESTAMPTZ(3),
  CONSTRAINT "general_team_tries_pkey" PRIMARY KEY ("company_id"),
  CONSTRAINT "general_team_tries_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- What could not be worked: messages from outside that are no event of ours, and events that the broker refuses. Redriven by an operator.
CREATE TABLE "dead_letters" (
  "id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "reference" TEXT NOT NULL,
  "company_id" UUID,
  "content" TEXT,
  "error" TEXT NOT NULL,
  "tries" INTEGER NOT NULL,
  "parked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "redriven_at" TIMESTAMPTZ(3),
  CONSTRAINT "dead_letters_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "chk_dead_letters_kind" CHECK ("kind" IN ('company_event', 'team_event', 'general_team'))
);
CREATE UNIQUE INDEX "idx_dead_letters_unique" ON "dead_letters" ("kind", "reference");
CREATE INDEX "idx_dead_letters_open" ON "dead_letters" ("kind", "parked_at") WHERE "redriven_at" IS NULL;

-- Durable readers of the internal feed: no event that one of them has not passed is removed.
CREATE TABLE "feed_readers" (
  "name" TEXT NOT NULL,
  "position" BIGINT NOT NULL,
  "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "feed_readers_pkey" PRIMARY KEY ("name")
);

CREATE INDEX "events_released_at_idx" ON "events" ("released_at") WHERE "released_at" IS NOT NULL;
