import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import { checkEmail, checkName, checkPhone, checkTeamIds, checkUuid } from './fields.ts';
import type { PhoneRegion } from './phone.ts';

/** What a caller sends to change a contact: what is left out stays, null clears. */
export type ContactChangeInput = Readonly<{
  name?: string | null;
  email?: string | null;
  phone?: string | null;
  ownerId?: string | null;
  assigneeId?: string | null;
  teamOwnerIds?: readonly string[] | null;
  addTeamOwnerIds?: readonly string[] | null;
  removeTeamOwnerIds?: readonly string[] | null;
}>;

/** Team owners as they were submitted: the whole new set, or some to add and to take away. */
export type SubmittedTeamOwners =
  | Readonly<{ kind: 'whole'; ids: readonly string[] }>
  | Readonly<{ kind: 'some'; add: readonly string[]; remove: readonly string[] }>;

/** The fields that say nothing about who sees the contact. */
export type PlainFields = Readonly<{ name?: string; email?: string | null; phone?: string | null }>;

/** A change, checked field by field and in stored form. */
export type CheckedChange = Readonly<{
  plain: PlainFields;
  /** Undefined: left out. */
  ownerId: string | null | undefined;
  assigneeId: string | null | undefined;
  /**
   * Null: left out. A refusal is kept until it is known whether team owners count: a new owner brings their own, and what is
   * sent along then is ignored and not validated (SPEC §3.2).
   */
  teamOwners: SubmittedTeamOwners | Refusal | null;
}>;

/** Checks each field by itself; BAD_USER_INPUT names the first at fault. */
export const checkChange = (input: ContactChangeInput, region: PhoneRegion): CheckedChange | Refusal => {
  if (input.name === null) return badInput('input.name', 'input.name is null; a contact always has a name, so leave it out or send 1 to 255 visible characters.');
  const name = input.name === undefined ? undefined : checkName(input.name);
  const email = clearable(input.email, (given) => checkEmail(given, 'input.email'));
  const phone = clearable(input.phone, (given) => checkPhone(given, 'input.phone', region));
  const ownerId = clearable(input.ownerId, (given) => checkUuid(given, 'input.ownerId'));
  const assigneeId = clearable(input.assigneeId, (given) => checkUuid(given, 'input.assigneeId'));
  if (isRefused(name)) return name;
  if (isRefused(email)) return email;
  if (isRefused(phone)) return phone;
  if (isRefused(ownerId)) return ownerId;
  if (isRefused(assigneeId)) return assigneeId;
  return {
    plain: { ...(name !== undefined && { name }), ...(email !== undefined && { email }), ...(phone !== undefined && { phone }) },
    ownerId,
    assigneeId,
    teamOwners: submitted(input),
  };
};

const submitted = ({ teamOwnerIds, addTeamOwnerIds, removeTeamOwnerIds }: ContactChangeInput): SubmittedTeamOwners | Refusal | null => {
  const some = (addTeamOwnerIds ?? null) !== null || (removeTeamOwnerIds ?? null) !== null;
  if (teamOwnerIds !== undefined && some) {
    return badInput('input.teamOwnerIds', 'input.teamOwnerIds is the whole new set; send it, or addTeamOwnerIds and removeTeamOwnerIds, not both.');
  }
  if (teamOwnerIds !== undefined) {
    const ids = checkTeamIds(teamOwnerIds ?? [], 'input.teamOwnerIds');
    return isRefused(ids) ? ids : { kind: 'whole', ids };
  }
  if (!some) return null;
  const add = checkTeamIds(addTeamOwnerIds ?? [], 'input.addTeamOwnerIds');
  if (isRefused(add)) return add;
  const remove = checkTeamIds(removeTeamOwnerIds ?? [], 'input.removeTeamOwnerIds');
  if (isRefused(remove)) return remove;
  const both = add.find((id) => remove.includes(id));
  return both === undefined ? { kind: 'some', add, remove } : badInput('input.removeTeamOwnerIds', `input.removeTeamOwnerIds has ${both}, which input.addTeamOwnerIds adds.`);
};

const clearable = <Checked>(given: string | null | undefined, check: (given: string) => Checked | Refusal): Checked | Refusal | null | undefined =>
  given === null || given === undefined ? given : check(given);
