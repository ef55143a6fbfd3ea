import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import type { Page, PageArguments } from '../../shared/paging.ts';
import type { AuditKind } from '../../shared/teamsApi.ts';
import { excerpt, isUuid } from '../../shared/text.ts';
import type { Context } from '../context.ts';
import { readInstant } from '../domain/instant.ts';
import { type AuditEntryRow, type AuditPlace, countAuditEntries, listAuditEntries } from '../store/auditEntries.ts';
import { companyOf } from './company.ts';
import { openListing } from './listing.ts';

/** Which entries, as it was asked; the times are `DateTime` values of the wire. */
export type AuditLogFilter = Readonly<{ kind: AuditKind | null; actorId: string | null; from: string | null; to: string | null }>;

/** Counted only when it is asked for: a log is kept for good, and a page needs none of it but its own entries. */
export type AuditPage = Page<AuditEntryRow> & Readonly<{ totalCount: () => Promise<number> }>;

/** The audit log of the viewer's company, newest first (SPEC §2.5). */
export const auditLog = async (context: Context, filter: AuditLogFilter, paging: PageArguments): Promise<AuditPage | Refusal> => {
  const company = companyOf(context);
  if (isRefused(company)) return company;
  const { kind, actorId } = filter;
  if (actorId !== null && !isUuid(actorId)) return badInput('filter.actorId', `actorId is ${excerpt(actorId)}; it must be the id of a person.`);
  const from = filter.from === null ? null : readInstant('filter.from', filter.from);
  if (isRefused(from)) return from;
  const to = filter.to === null ? null : readInstant('filter.to', filter.to);
  if (isRefused(to)) return to;
  const listing = openListing<AuditPlace>(context, ['auditLog', kind, actorId, from?.getTime() ?? null, to?.getTime() ?? null], paging);
  if (isRefused(listing)) return listing;
  const wanted = { kind, actorId, from, to };
  const rows = await listAuditEntries(context.reader, company, { ...wanted, after: listing.place, limit: listing.limit });
  return { ...listing.page(rows, ({ occurredAt, id }) => ({ at: occurredAt.getTime(), id })), totalCount: () => countAuditEntries(context.reader, company, wanted) };
};
