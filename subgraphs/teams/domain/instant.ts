import { badInput, type Refusal } from '../../shared/errors.ts';
import { excerpt } from '../../shared/text.ts';

const written = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
/** The end of the year 9999. */
const latest = 253_402_300_799_999;

/** The instant of a `DateTime` argument, which comes as any JSON value; BAD_USER_INPUT on `field` for what is none from 1970 to 9999. */
export const readInstant = (field: string, given: unknown): Date | Refusal => {
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  const parts = typeof given === 'string' ? written.exec(given) : null;
  const at = parts === null ? NaN : Date.parse(text);
  const good = parts !== null && at >= 0 && at <= latest && Number(parts[3]) <= daysOf(Number(parts[1]), Number(parts[2]));
  return good ? new Date(at) : badInput(field, `${field} is ${excerpt(text)}; it must be an instant from 1970 to 9999, such as 2026-07-01T03:00:00.000Z.`);
};

const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
