import { badInput, isRefused, type Refusal } from '../../shared/errors.ts';
import { excerpt, textFault } from '../../shared/text.ts';

const maxLength = 255;
const maxEmailLength = 254;
const emailShape = /^[^\s\p{C}@]+@[^\s\p{C}@]+$/u;

/** A text that must be given: 1–255 characters, not blank. `field` is its place in the input. */
export const givenText = (field: string, value: string): string | Refusal => {
  const fault = textFault(value, maxLength);
  if (fault === undefined) return value;
  const what = fault === 'blank' ? 'is blank' : fault === 'too long' ? 'is too long' : fault;
  return badInput(field, `${field} ${what}; it must have 1–${String(maxLength)} characters, at least one of them visible, no NUL and no lone surrogate.`);
};

/** A text that may be left out; a blank one counts as left out, as forms send it. */
export const optionalText = (field: string, value: string | null): string | null | Refusal => {
  if (value === null || textFault(value, maxLength) === 'blank') return null;
  return givenText(field, value);
};

/** An email as it is stored and compared: NFC and lower case, so that it counts once ignoring case (OTM-S01). */
export const givenEmail = (field: string, value: string): string | Refusal => {
  const checked = givenText(field, value);
  if (isRefused(checked)) return checked;
  const email = checked.normalize('NFC').toLowerCase();
  if (email.length <= maxEmailLength && emailShape.test(email)) return email;
  return badInput(field, `${field} is ${excerpt(value)}; it must be an email of at most ${String(maxEmailLength)} characters.`);
};
