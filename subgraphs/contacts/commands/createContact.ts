import { createHash } from 'node:crypto';
import type { Visibility } from '../../shared/access/scope.ts';
import { badInput, conflict, isRefused, Refusal, unauthenticated } from '../../shared/errors.ts';
import { callerOf } from '../../shared/viewer.ts';
import type { Context } from '../context.ts';
import { type CheckedContact, checkContact, type ContactInput } from '../domain/newContact.ts';
import { acceptTeamOwners } from '../domain/teamOwners.ts';
import type { Idempotency, TeamOwnersSetBy } from '../store/documents.ts';
import { lookUp, notActive } from './lookUp.ts';
import { authoriseWriter, type Writer } from './writer.ts';

/** The contact that was written, or had been by an earlier call of the same key. */
export type ContactWritten = Readonly<{ contactId: string }>;

type Owners = Readonly<{ teamOwnerIds: readonly string[]; setBy: TeamOwnersSetBy | null }>;

/**
 * Creates a contact (SPEC §3.2, TEAM-S10) and answers with its id. Nothing is written unless all that is needed was
 * looked up and holds. A repeat with the same key is authorised anew and answers with the same id.
 */
export const createContact = async (context: Context, input: ContactInput): Promise<ContactWritten | Refusal> => {
  const writer = await authorise(context, input);
  if (isRefused(writer)) return writer;
  const contact = checkContact(input, context.phoneRegion);
  if (isRefused(contact)) return contact;
  const { visibility } = writer;
  const idempotency = idempotencyOf(writer, contact);
  const earlier = idempotency === null ? null : await repeated(context, visibility, idempotency);
  if (earlier !== null) return earlier;

  const ownerId = contact.ownerId ?? writer.userId;
  const people = await checkPeople(context, writer, contact);
  if (isRefused(people)) return people;
  const owners = await teamOwnersOf(context, writer, contact);
  if (isRefused(owners)) return owners;

  const { name, email, phone, externalKey, assigneeId } = contact;
  const { teamOwnerIds, setBy } = owners;
  const inserted = await context.contacts.insert(
    visibility,
    { name, email, phone, externalKey, ownerId, assigneeId, teamOwnerIds, teamOwnersSetBy: setBy, idempotency },
    context.waitMs(),
  );
  if (inserted === 'external key taken') return conflict(`input.externalKey is the key of another contact of this company.`);
  if (inserted === 'repeated') return (idempotency && (await repeated(context, visibility, idempotency))) ?? conflict('input.idempotencyKey is being used by another call.');
  context.record({
    event: 'cdp_team_owner_set',
    company_sso_id: visibility.companyId,
    contact_id: inserted.id,
    team_owner_count: teamOwnerIds.length,
    source: writer.viewer.platform,
  });
  return { contactId: inserted.id };
};

const authorise = async (context: Context, { companySsoId, teamOwnerIds }: ContactInput): Promise<Writer | Refusal> => {
  const writer = await authoriseWriter(context, companySsoId);
  if (isRefused(writer) || writer.userId !== null) return writer;
  if ((teamOwnerIds ?? null) !== null) return badInput('input.teamOwnerIds', 'input.teamOwnerIds is for people: a service has no teams.');
  const { companyId } = writer.visibility;
  const isCompany = await lookUp(() => context.teams.isCompany(companyId));
  if (isRefused(isCompany) || isCompany) return isRefused(isCompany) ? isCompany : writer;
  return badInput('input.companySsoId', `input.companySsoId is ${companyId}; there is no such active company.`);
};

/** Owner and assignee must be active people of the company; the creator is, or would not be here. */
const checkPeople = async (context: Context, writer: Writer, { ownerId, assigneeId }: CheckedContact): Promise<Refusal | null> => {
  const asked = [...new Set([ownerId, assigneeId])].filter((id) => id !== null && id !== writer.userId) as string[];
  const active = await lookUp(() => context.teams.activePeople(writer.visibility.companyId, asked));
  if (isRefused(active)) return active;
  const [gone] = asked.filter((id) => !active.has(id));
  if (gone === undefined) return null;
  return notActive(gone === ownerId ? 'input.ownerId' : 'input.assigneeId', gone);
};

/** People: all of their own teams, or what they sent, checked. Services: the teams of the owner that they set, or none. */
const teamOwnersOf = async (context: Context, { userId, visibility }: Writer, { ownerId, teamOwnerIds }: CheckedContact): Promise<Owners | Refusal> => {
  const whose = userId ?? ownerId;
  if (whose === null) return { teamOwnerIds: [], setBy: null };
  if (teamOwnerIds?.length === 0) return { teamOwnerIds, setBy: 'person' };
  const teams = await lookUp(() => context.teams.userTeams(visibility.companyId, whose));
  if (isRefused(teams)) return teams;
  if (teams === null) {
    return userId === null
      ? notActive('input.ownerId', whose)
      : unauthenticated('You are not an active user of this company.');
  }
  if (teamOwnerIds === null) return { teamOwnerIds: [...new Set(teams)], setBy: 'auto' };
  const accepted = acceptTeamOwners(teamOwnerIds, teams);
  if (!isRefused(accepted)) return { teamOwnerIds: accepted, setBy: 'person' };
  const { companyId: company_sso_id } = visibility;
  context.record({ event: 'cdp_team_owner_validation_rejected', company_sso_id, user_sso_id: whose, rejected_team_ids: accepted.details.ids ?? [] });
  return accepted;
};

const idempotencyOf = ({ viewer, visibility }: Writer, { idempotencyKey, ...payload }: CheckedContact): Idempotency | null => {
  if (idempotencyKey === null) return null;
  const { companyId, sub } = callerOf(viewer);
  const sent = JSON.stringify([visibility.companyId, ...Object.entries(payload).sort()]);
  return { caller: JSON.stringify([companyId, sub]), key: idempotencyKey, hash: createHash('sha256').update(sent).digest('base64url') };
};

const repeated = async (context: Context, visibility: Visibility, idempotency: Idempotency): Promise<ContactWritten | Refusal | null> => {
  const earlier = await context.contacts.earlier(visibility, idempotency, context.waitMs());
  if (earlier === null) return null;
  if (earlier !== 'in another company' && earlier.hash === idempotency.hash) return { contactId: earlier.id };
  return new Refusal('CONFLICT', 'input.idempotencyKey was used before with another payload.', { field: 'input.idempotencyKey' });
};
