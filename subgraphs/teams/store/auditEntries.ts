import type { AuditKind, AuditRecord } from '../../shared/teamsApi.ts';
import type { Reader, Transaction } from './database.ts';
import { Prisma } from './generated/client.ts';
import type { CompanyReach } from './teams.ts';

/** Adds entries to their companies' audit logs, each once by its id; those of unknown companies are dropped. Append only (SPEC §2.5). */
export const insertAuditEntries = async (tx: Transaction, entries: readonly AuditRecord[]): Promise<void> => {
  if (entries.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO audit_entries (id, company_id, kind, occurred_at, actor_id, actor_service, subject_id, before, after)
    SELECT r.id, "companyId", kind, "occurredAt", "actorId", "actorService", "subjectId", nullif(before, 'null'), nullif(after, 'null')
    FROM jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) AS r(id uuid, "companyId" uuid, kind text, "occurredAt" timestamptz,
      "actorId" uuid, "actorService" text, "subjectId" text, before jsonb, after jsonb)
    JOIN companies c ON c.id = "companyId"
    -- companies are looked at in the order in which everybody locks them
    ORDER BY "companyId", id
    ON CONFLICT (id) DO NOTHING`;
};

/** An entry as it is stored. */
export type AuditEntryRow = Readonly<{
  id: string;
  kind: AuditKind;
  occurredAt: Date;
  actorId: string | null;
  actorService: string | null;
  subjectId: string | null;
  before: object | null;
  after: object | null;
}>;

/** A place in a log: milliseconds since 1970, and the id. */
export type AuditPlace = Readonly<{ at: number; id: string }>;

/** Which entries of a log. */
export type AuditFilter = Readonly<{
  kind: AuditKind | null;
  /** Must be a UUID. */
  actorId: string | null;
  /** At or after. */
  from: Date | null;
  /** Before. */
  to: Date | null;
}>;

export type AuditQuery = AuditFilter & Readonly<{ after: AuditPlace | null; limit: number }>;

/** One page of a company's audit log, newest first. */
export const listAuditEntries = async (
  reader: Reader,
  company: CompanyReach,
  { after, limit, ...filter }: AuditQuery,
): Promise<readonly AuditEntryRow[]> => {
  const behind = after === null ? Prisma.sql`true` : Prisma.sql`(e.occurred_at, e.id) < (${new Date(after.at)}, ${after.id}::uuid)`;
  return reader.$queryRaw<AuditEntryRow[]>`
    SELECT e.id, e.kind, e.occurred_at AS "occurredAt", e.actor_id AS "actorId", e.actor_service AS "actorService", e.subject_id AS "subjectId",
      e.before, e.after
    FROM audit_entries e WHERE ${wanted(company, filter)} AND ${behind} ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${limit}`;
};

/** How many entries of a company's log there are: reads all that fit. */
export const countAuditEntries = async (reader: Reader, company: CompanyReach, filter: AuditFilter): Promise<number> => {
  const [counted] = await reader.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total FROM audit_entries e WHERE ${wanted(company, filter)}`;
  return counted?.total ?? 0;
};

const wanted = ({ companyId }: CompanyReach, { kind, actorId, from, to }: AuditFilter): Prisma.Sql =>
  Prisma.join(
    [
      Prisma.sql`e.company_id = ${companyId}::uuid`,
      ...(kind === null ? [] : [Prisma.sql`e.kind = ${kind}`]),
      ...(actorId === null ? [] : [Prisma.sql`e.actor_id = ${actorId}::uuid`]),
      ...(from === null ? [] : [Prisma.sql`e.occurred_at >= ${from}`]),
      ...(to === null ? [] : [Prisma.sql`e.occurred_at < ${to}`]),
    ],
    ' AND ',
  );
