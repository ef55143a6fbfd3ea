import type { NewEvent } from '../events/catalog.ts';

type Of = Readonly<{ companyId: string; now: Date; newId: () => string }>;

/** The event that tells processes to ask anew: about one person and whether they are active now, or about everybody of the company. */
export const accessChanged = ({ companyId, now, newId }: Of, person: Readonly<{ userId: string; isActive: boolean }> | null): NewEvent => ({
  eventId: newId(),
  type: 'ACCESS_CHANGED',
  companyId,
  aggregateId: companyId,
  occurredAt: now,
  payload: { company_sso_id: companyId, user_id: person?.userId ?? null, is_active: person?.isActive ?? null },
});
