import type { AuditEntryResolvers } from '../generated/schema.ts';

/** An entry of the audit log. */
export const AuditEntry: AuditEntryResolvers = {
  occurredAt: ({ occurredAt }) => occurredAt.toISOString(),
  actor: ({ actorId }, _, { loaders }) => (actorId === null ? null : loaders.user.load(actorId)),
  before: ({ before }) => (before === null ? null : JSON.stringify(before)),
  after: ({ after }) => (after === null ? null : JSON.stringify(after)),
};
