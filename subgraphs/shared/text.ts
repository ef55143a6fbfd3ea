/** What is wrong with a text, or nothing. Lengths are in characters (code points). */
export type TextFault = 'missing' | 'blank' | 'too long' | 'has a NUL' | 'has a lone surrogate';

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/u;
const visible = /[^\s\p{Cf}\p{Cc}]/u;

/**
 * Finds what Postgres or MongoDB could not keep, or a person could not read. A text of only white space or
 * invisible characters is blank.
 */
export const textFault = (value: string | null | undefined, maxLength: number): TextFault | undefined => {
  if (value === null || value === undefined) return 'missing';
  if (value.includes('\u0000')) return 'has a NUL';
  if (loneSurrogate.test(value)) return 'has a lone surrogate';
  if (!visible.test(value)) return 'blank';
  if (value.length > maxLength && Array.from(value).length > maxLength) return 'too long';
  return undefined;
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a lower-case UUID; every other form is another id, not the same one. */
export const isUuid = (value: string): boolean => uuid.test(value);

/** The start of a value, safe to repeat in a message. */
export const excerpt = (value: string): string => {
  const shown = JSON.stringify(Array.from(value.slice(0, 80)).slice(0, 40).join(''));
  return value.length > 40 ? `${shown.slice(0, -1)}…"` : shown;
};

/** The form of a name that lists are sorted and searched by: NFKC and lower case, so that twins in another form meet. */
export const nameKey = (name: string): string => name.normalize('NFKC').toLowerCase().normalize('NFKC');
