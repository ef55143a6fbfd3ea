import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid, textFault } from '../../shared/text.ts';
import { toEmail } from './email.ts';
import { type PhoneRegion, toE164 } from './phone.ts';

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

/** Most team owners that may be submitted; duplicates count once (CDP OQ-9). */
export const maxSubmittedTeams = 100;

/** Checks each field by itself; BAD_USER_INPUT names the first at fault. */
export const checkContact = (input: ContactInput, region: PhoneRegion): CheckedContact | Refusal => {
  const name = checkText(input.name, 'input.name', 255);
  const email = optional(input.email, (given) => checkEmail(given));
  const phone = optional(input.phone, (given) => checkPhone(given, region));
  const externalKey = optional(input.externalKey, (given) => checkText(given, 'input.externalKey', 255));
  const ownerId = optional(input.ownerId, (given) => checkUuid(given, 'input.ownerId'));
  const assigneeId = optional(input.assigneeId, (given) => checkUuid(given, 'input.assigneeId'));
  const teamOwnerIds = optional(input.teamOwnerIds, checkTeamOwners);
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

/** A text of 1 to `maxLength` characters that can be kept and read, or BAD_USER_INPUT on `field`. */
export const checkText = (value: string, field: string, maxLength: number): string | Refusal => {
  const fault = textFault(value, maxLength);
  if (fault === undefined) return value;
  return badInput(field, `${field} is ${excerpt(value)}, which ${faultText(fault)}; it must have 1 to ${String(maxLength)} visible characters.`);
};

/** A key by which a create is known again when it is repeated. */
export const checkIdempotencyKey = (value: string): string | Refusal => checkText(value, 'input.idempotencyKey', 255);

/** A lower-case UUID, or BAD_USER_INPUT on `field`. */
export const checkUuid = (value: string, field: string): string | Refusal =>
  isUuid(value) ? value : badInput(field, `${field} is ${excerpt(value)}; it must be a lower-case UUID.`);

const checkEmail = (given: string): string | Refusal => {
  const email = textFault(given, 254) === undefined ? toEmail(given) : undefined;
  return email ?? badInput('input.email', `input.email is ${excerpt(given)}; it must be an address with one @, no spaces, and at most 254 characters.`);
};

const checkPhone = (given: string, region: PhoneRegion): string | Refusal =>
  toE164(given, region) ??
  badInput('input.phone', `input.phone is ${excerpt(given)}; it must have + and 8 to 15 digits, or be a national number of ${region}.`);

const checkTeamOwners = (given: readonly string[]): readonly string[] | Refusal => {
  const ids = [...new Set(given)];
  if (ids.length > maxSubmittedTeams) {
    return badInput('input.teamOwnerIds', `input.teamOwnerIds has ${String(ids.length)} teams; at most ${String(maxSubmittedTeams)} may be sent.`);
  }
  const malformed = ids.find((id) => !isUuid(id));
  return malformed === undefined ? ids : badInput('input.teamOwnerIds', `input.teamOwnerIds has ${excerpt(malformed)}; each must be a lower-case UUID.`);
};

const optional = <Given, Checked>(given: Given | null | undefined, check: (given: Given) => Checked): Checked | null =>
  given === null || given === undefined ? null : check(given);

const faultText = (fault: string): string => (fault.startsWith('has') ? fault : `is ${fault}`);
