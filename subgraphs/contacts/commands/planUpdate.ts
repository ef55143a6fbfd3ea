import { conflict, isRefused, type Refusal } from '../../shared/errors.ts';
import type { DomainEvent } from '../../shared/metrics.ts';
import { PeerUnavailable } from '../../shared/peer.ts';
import type { AuditKind, AuditRecord } from '../../shared/teamsApi.ts';
import type { Context } from '../context.ts';
import type { Contact } from '../domain/contact.ts';
import type { CheckedChange, PlainFields } from '../domain/contactChange.ts';
import { acceptTeamOwners, isSameSet, withAndWithout } from '../domain/teamOwners.ts';
import type { ContactPatch, TeamOwnersPatch } from '../store/contactPatch.ts';
import { auditEntry } from './auditEntry.ts';
import { checkActive, lookUp, notActive, nothingWritten } from './lookUp.ts';
import { actorOf, callerId, type Writer } from './writer.ts';

/** One write, and what is recorded when it has been made. */
export type UpdatePlan = Readonly<{ patch: ContactPatch; events: readonly DomainEvent[] }>;

/** The teams that a person is a member of; null when they are not active in the company. Asked once for one update. */
export type TeamsOf = (userId: string) => Promise<readonly string[] | null>;

type Planned = Readonly<{ teamOwners: TeamOwnersPatch; events: readonly DomainEvent[] }>;

const kept: Planned = { teamOwners: { kind: 'kept' }, events: [] };

/** Decides what an update writes to a contact as it was read (SPEC §3.2); null when nothing changes. */
export const planUpdate = async (context: Context, writer: Writer, teamsOf: TeamsOf, contact: Contact, change: CheckedChange): Promise<UpdatePlan | null | Refusal> => {
  const ownerId = changed(change.ownerId, contact.ownerId);
  const assigneeId = changed(change.assigneeId, contact.assigneeId);
  const assignee = assigneeId === undefined || assigneeId === null ? null : await checkAssignee(context, contact.companyId, assigneeId);
  if (isRefused(assignee)) return assignee;
  const planned =
    ownerId === undefined || ownerId === null
      ? await keptOwner(context, writer, teamsOf, contact, change)
      : await newOwner(context, writer, teamsOf, contact, ownerId);
  if (isRefused(planned)) return planned;

  const plain = changedFields(change.plain, contact);
  const teamOwners: TeamOwnersPatch = ownerId === null && planned.teamOwners.kind === 'kept' ? { kind: 'left' } : planned.teamOwners;
  if (Object.keys(plain).length === 0 && ownerId === undefined && assigneeId === undefined && teamOwners.kind === 'kept') return null;
  const audit = auditOf(context, writer, contact, ownerId, teamOwners);
  const patch = { plain, ...(ownerId !== undefined && { ownerId }), ...(assigneeId !== undefined && { assigneeId }), teamOwners, audit };
  return { patch, events: planned.events };
};

/** All of the new owner's teams, or a pending state when they cannot be had and the last word on that person is active. */
const newOwner = async (context: Context, { viewer }: Writer, teamsOf: TeamsOf, contact: Contact, ownerId: string): Promise<Planned | Refusal> => {
  const since = context.now();
  const { companyId } = contact;
  try {
    const teams = await teamsOf(ownerId);
    if (teams === null) return notActive('input.ownerId', ownerId);
    const ids = [...new Set(teams)];
    return { teamOwners: { kind: 'set', ids, setBy: 'owner_change' }, events: [ownerSet(contact, ids, 'owner_change')] };
  } catch (error) {
    if (!(error instanceof PeerUnavailable)) throw error;
    if (!context.isKnownActive(companyId, ownerId)) return nothingWritten();
    const { actorId: actor_id, actorService: actor_service } = actorOf(viewer);
    const fallback: DomainEvent = {
      event: 'cdp_team_permission_fallback',
      company_sso_id: companyId,
      user_sso_id: callerId(viewer),
      platform: viewer.platform,
      permission_name: 'customers_customers_manage',
      latency_ms: context.now() - since,
      source: 'owner_change',
    };
    return { teamOwners: { kind: 'awaited', derivation: { id: context.newId(), owner_id: ownerId, actor_id, actor_service } }, events: [fallback] };
  }
};

/** Team owners that were submitted; and when they are pending and the same owner was sent again, another try to derive them. */
const keptOwner = async (context: Context, writer: Writer, teamsOf: TeamsOf, contact: Contact, { ownerId, teamOwners }: CheckedChange): Promise<Planned | Refusal> => {
  if (isRefused(teamOwners)) return teamOwners;
  if (teamOwners === null) {
    if (!contact.teamOwnersPending || ownerId === null || ownerId === undefined) return kept;
    const again = await newOwner(context, writer, teamsOf, contact, ownerId);
    return isRefused(again) || again.teamOwners.kind !== 'set' ? kept : again;
  }
  if (teamOwners.kind === 'whole') {
    const accepted = await accept(context, writer, teamsOf, contact, 'input.teamOwnerIds', teamOwners.ids);
    return isRefused(accepted) ? accepted : setByPerson(writer, contact, accepted);
  }
  if (contact.teamOwnersPending) {
    return conflict('The team owners of this contact are pending since its owner changed; send the whole set as input.teamOwnerIds, or try again later.');
  }
  const added = await accept(context, writer, teamsOf, contact, 'input.addTeamOwnerIds', teamOwners.add);
  if (isRefused(added)) return added;
  const ids = withAndWithout(contact.teamOwnerIds, added, teamOwners.remove);
  return isSameSet(ids, contact.teamOwnerIds) ? kept : setByPerson(writer, contact, ids);
};

const setByPerson = ({ viewer }: Writer, contact: Contact, ids: readonly string[]): Planned => ({
  teamOwners: { kind: 'set', ids, setBy: 'person' },
  events: [ownerSet(contact, ids, viewer.platform)],
});

/** Submitted teams must be the acting person's own; a service has none. None at all needs no look-up. */
const accept = async (context: Context, { viewer, userId }: Writer, teamsOf: TeamsOf, { companyId }: Contact, field: string, submitted: readonly string[]): Promise<readonly string[] | Refusal> => {
  if (submitted.length === 0) return submitted;
  const own = userId === null ? [] : await lookUp(() => teamsOf(userId));
  if (isRefused(own)) return own;
  const accepted = acceptTeamOwners(submitted, own ?? [], field);
  if (isRefused(accepted)) {
    context.record({ event: 'cdp_team_owner_validation_rejected', company_sso_id: companyId, user_sso_id: callerId(viewer), rejected_team_ids: accepted.details.ids ?? [] });
  }
  return accepted;
};

const checkAssignee = async (context: Context, companyId: string, assigneeId: string): Promise<Refusal | null> => {
  const refusal = await checkActive(context, companyId, 'input.assigneeId', assigneeId);
  return refusal?.code === 'DEPENDENCY_UNAVAILABLE' && context.isKnownActive(companyId, assigneeId) ? null : refusal;
};

const ownerSet = ({ companyId, id }: Contact, ids: readonly string[], source: string): DomainEvent => ({
  event: 'cdp_team_owner_set',
  company_sso_id: companyId,
  contact_id: id,
  team_owner_count: ids.length,
  source,
});

/** What is new of a value; undefined when it was left out or is the same. */
const changed = <T>(given: T | undefined, stored: T): T | undefined => (given === stored ? undefined : given);

const changedFields = ({ name, email, phone }: PlainFields, contact: Contact): PlainFields => ({
  ...(name !== undefined && name !== contact.name && { name }),
  ...(email !== undefined && email !== contact.email && { email }),
  ...(phone !== undefined && phone !== contact.phone && { phone }),
});

/** Ids only: owner changes and team owners, before and after (SPEC §3.5). */
const auditOf = (context: Context, { viewer }: Writer, contact: Contact, ownerId: string | null | undefined, teamOwners: TeamOwnersPatch): readonly AuditRecord[] => {
  const entry = (kind: AuditKind, before: AuditRecord['before'], after: AuditRecord['after']): AuditRecord =>
    auditEntry(context, viewer, { companyId: contact.companyId, kind, subjectId: contact.id, before, after });
  const moved = teamOwners.kind === 'set' && !isSameSet(teamOwners.ids, contact.teamOwnerIds);
  return [
    ...(ownerId === undefined ? [] : [entry('OWNER', { ownerId: contact.ownerId }, { ownerId })]),
    ...(moved ? [entry('TEAM_OWNER', { teamOwnerIds: contact.teamOwnerIds }, { teamOwnerIds: teamOwners.ids })] : []),
  ];
};
