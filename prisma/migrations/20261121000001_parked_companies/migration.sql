-- Companies whose next event an outside publisher could not get rid of: from this place on their events wait, until an operator has
-- them tried again, while the others' go on.
CREATE TABLE "parked_companies" (
  "publication" TEXT NOT NULL,
  "company_id" UUID NOT NULL,
  "position" BIGINT NOT NULL,
  "redrive" BOOLEAN NOT NULL DEFAULT false,
  "parked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "parked_companies_pkey" PRIMARY KEY ("publication", "company_id")
);
CREATE INDEX "idx_parked_companies_redrive" ON "parked_companies" ("publication", "position") WHERE "redrive";
