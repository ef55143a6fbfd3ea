const maxLength = 254;
const shape = /^[^\s@]+@[^\s@]+$/;

/** An email in the form it is stored and looked up in; undefined when it is none (SPEC §3.5). */
export const toEmail = (email: string): string | undefined => {
  const lower = email.normalize('NFC').toLowerCase();
  return lower.length <= maxLength && shape.test(lower) ? lower : undefined;
};
