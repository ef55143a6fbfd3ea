import type { AuditRecord } from '../../shared/teamsApi.ts';
import type { Viewer } from '../../shared/viewer.ts';
import { actorOf } from './writer.ts';

/** What an audit entry says besides who and when. */
export type Audited = Pick<AuditRecord, 'companyId' | 'kind' | 'subjectId' | 'before' | 'after'>;

/** An entry of the company's audit log, stored with the change that it is about: ids only, no personal data (SPEC §3.5). */
export const auditEntry = ({ now, newId }: Readonly<{ now: () => number; newId: () => string }>, viewer: Viewer, audited: Audited): AuditRecord => ({
  id: newId(),
  occurredAt: new Date(now()).toISOString(),
  ...actorOf(viewer),
  ...audited,
});
