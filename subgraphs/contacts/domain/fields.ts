import { badInput, type Refusal } from '../../shared/errors.ts';
import { excerpt, isUuid, textFault } from '../../shared/text.ts';
import { toEmail } from './email.ts';
import { type PhoneRegion, toE164 } from './phone.ts';

/** Most team owners that may be submitted at once; duplicates count once (CDP OQ-9). */
export const maxSubmittedTeams = 100;

/** A text of 1 to `maxLength` characters that can be kept and read, or BAD_USER_INPUT on `field`. */
export const checkText = (value: string, field: string, maxLength: number): string | Refusal => {
  const fault = textFault(value, maxLength);
  if (fault === undefined) return value;
  return badInput(field, `${field} is ${excerpt(value)}, which ${faultText(fault)}; it must have 1 to ${String(maxLength)} visible characters.`);
};

/** The name of a contact: 1 to 255 characters. */
export const checkName = (value: string): string | Refusal => checkText(value, 'input.name', 255);

/** A key by which a create is known again when it is repeated. */
export const checkIdempotencyKey = (value: string): string | Refusal => checkText(value, 'input.idempotencyKey', 255);

/** A lower-case UUID, or BAD_USER_INPUT on `field`. */
export const checkUuid = (value: string, field: string): string | Refusal =>
  isUuid(value) ? value : badInput(field, `${field} is ${excerpt(value)}; it must be a lower-case UUID.`);

/** An email in stored form, or BAD_USER_INPUT on `field`. */
export const checkEmail = (given: string, field: string): string | Refusal => {
  const email = textFault(given, 254) === undefined ? toEmail(given) : undefined;
  return email ?? badInput(field, `${field} is ${excerpt(given)}; it must be an address with one @, no spaces, and at most 254 characters.`);
};

/** A phone number in stored form, or BAD_USER_INPUT on `field`. */
export const checkPhone = (given: string, field: string, region: PhoneRegion): string | Refusal =>
  toE164(given, region) ?? badInput(field, `${field} is ${excerpt(given)}; it must have + and 8 to 15 digits, or be a national number of ${region}.`);

/** Ids of teams, each once, at most `maxSubmittedTeams`, or BAD_USER_INPUT on `field`. */
export const checkTeamIds = (given: readonly string[], field: string): readonly string[] | Refusal => {
  const ids = [...new Set(given)];
  if (ids.length > maxSubmittedTeams) return badInput(field, `${field} has ${String(ids.length)} teams; at most ${String(maxSubmittedTeams)} may be sent.`);
  const malformed = ids.find((id) => !isUuid(id));
  return malformed === undefined ? ids : badInput(field, `${field} has ${excerpt(malformed)}; each must be a lower-case UUID.`);
};

const faultText = (fault: string): string => (fault.startsWith('has') ? fault : `is ${fault}`);
