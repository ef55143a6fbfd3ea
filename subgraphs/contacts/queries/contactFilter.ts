import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import { excerpt, nameKey, textFault } from '../../shared/text.ts';
import { checkUuid } from '../domain/fields.ts';
import { type PhoneRegion, toE164Start } from '../domain/phone.ts';
import type { Narrowing } from '../store/narrowing.ts';

/** What a client may narrow a list of contacts by. */
export type ContactFilter = Readonly<{
  name?: string | null;
  phone?: string | null;
  email?: string | null;
  ownerId?: string | null;
  assigneeId?: string | null;
  teamId?: string | null;
  includeDescendants?: boolean | null;
  isUnassigned?: boolean | null;
}>;

const minPrefix = 3;
const maxPrefix = 255;

/** Turns a filter into conditions in stored form; BAD_USER_INPUT names the field at fault. */
export const readFilter = (filter: ContactFilter, region: PhoneRegion): Narrowing | Refusal => {
  const parts = [
    part(filter.ownerId, 'ownerId', (id) => checkUuid(id, 'filter.ownerId')),
    part(filter.assigneeId, 'assigneeId', (id) => checkUuid(id, 'filter.assigneeId')),
    part(filter.teamId, 'teamId', (id) => checkUuid(id, 'filter.teamId')),
    part(filter.name, 'namePrefix', (text) => checkPrefix(text, 'filter.name', nameKey)),
    part(filter.email, 'emailPrefix', (text) => checkPrefix(text, 'filter.email', (given) => given.normalize('NFC').toLowerCase())),
    part(filter.phone, 'phonePrefix', (text) => checkPhonePrefix(text, region)),
  ];
  const refused = parts.find(isRefused);
  if (refused !== undefined) return refused;
  const { isUnassigned = null } = filter;
  return Object.assign({}, ...parts, isUnassigned === null ? {} : { isUnassigned }) as Narrowing;
};

const part = (
  given: string | null | undefined,
  key: keyof Narrowing,
  check: (given: string) => string | Refusal,
): Narrowing | Refusal => {
  if (given === null || given === undefined) return {};
  const checked = check(given);
  return isRefused(checked) ? checked : { [key]: checked };
};

const checkPrefix = (given: string, field: string, normal: (text: string) => string): string | Refusal => {
  const fault = textFault(given, maxPrefix);
  const prefix = fault === undefined ? normal(given) : '';
  if (Array.from(prefix).length >= minPrefix) return prefix;
  return badInput(field, `${field} is ${excerpt(given)}; it must have ${String(minPrefix)} to ${String(maxPrefix)} characters, not only blanks.`);
};

const checkPhonePrefix = (given: string, region: PhoneRegion): string | Refusal => {
  const start = toE164Start(given, region);
  if (start !== undefined && start.length >= minPrefix) return start;
  return badInput('filter.phone', `filter.phone is ${excerpt(given)}; it must be the start of a number: + and at least 2 digits, or 0 and more.`);
};
