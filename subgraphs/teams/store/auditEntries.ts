import type { AuditRecord } from '../../shared/teamsApi.ts';
import type { Transaction } from './database.ts';

/** Adds entries to their companies' audit logs, each once by its id; those of unknown companies are dropped. Append only (SPEC §2.5). */
export const insertAuditEntries = async (tx: Transaction, entries: readonly AuditRecord[]): Promise<void> => {
  if (entries.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO audit_entries (id, company_id, kind, occurred_at, actor_id, actor_service, subject_id, before, after)
    SELECT r.id, "companyId", kind, "occurredAt", "actorId", "actorService", "subjectId", nullif(before, 'null'), nullif(after, 'null')
    FROM jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) AS r(id uuid, "companyId" uuid, kind text, "occurredAt" timestamptz,
      "actorId" uuid, "actorService" text, "subjectId" text, before jsonb, after jsonb)
    JOIN companies c ON c.id = "companyId"
    ON CONFLICT (id) DO NOTHING`;
};
