import { isRefused, type Refusal } from '../../shared/errors.ts';
import { checkEmail, checkIdempotencyKey, checkName, checkPhone, checkTeamIds, checkText, checkUuid } from './fields.ts';
import type { PhoneRegion } from './phone.ts';

/** What a caller sends to create a contact. */
export type ContactInput = Readonly<{
  companySsoId?: string | null;
  name: string;
  email?: string | null;
  phone?: string | null;
  externalKey?: string | null;
  ownerId?: string | null;
  assigneeId?: string | null;
  teamOwnerIds?: readonly string[] | null;
  idempotencyKey?: string | null;
}>;

/** The same, checked and in stored form; `teamOwnerIds` null: left out. */
export type CheckedContact = Readonly<{
  name: string;
  email: string | null;
  phone: string | null;
  externalKey: string | null;
  ownerId: string | null;
  assigneeId: string | null;
  teamOwnerIds: readonly string[] | null;
  idempotencyKey: string | null;
}>;

/** Checks each field by itself; BAD_USER_INPUT names the first at fault. */
export const checkContact = (input: ContactInput, region: PhoneRegion): CheckedContact | Refusal => {
  const name = checkName(input.name);
  const email = optional(input.email, (given) => checkEmail(given, 'input.email'));
  const phone = optional(input.phone, (given) => checkPhone(given, 'input.phone', region));
  const externalKey = optional(input.externalKey, (given) => checkText(given, 'input.externalKey', 255));
  const ownerId = optional(input.ownerId, (given) => checkUuid(given, 'input.ownerId'));
  const assigneeId = optional(input.assigneeId, (given) => checkUuid(given, 'input.assigneeId'));
  const teamOwnerIds = optional(input.teamOwnerIds, (given) => checkTeamIds(given, 'input.teamOwnerIds'));
  const idempotencyKey = optional(input.idempotencyKey, checkIdempotencyKey);
  if (isRefused(name)) return name;
  if (isRefused(email)) return email;
  if (isRefused(phone)) return phone;
  if (isRefused(externalKey)) return externalKey;
  if (isRefused(ownerId)) return ownerId;
  if (isRefused(assigneeId)) return assigneeId;
  if (isRefused(teamOwnerIds)) return teamOwnerIds;
  if (isRefused(idempotencyKey)) return idempotencyKey;
  return { name, email, phone, externalKey, ownerId, assigneeId, teamOwnerIds, idempotencyKey };
};

const optional = <Given, Checked>(given: Given | null | undefined, check: (given: Given) => Checked): Checked | null =>
  given === null || given === undefined ? null : check(given);
