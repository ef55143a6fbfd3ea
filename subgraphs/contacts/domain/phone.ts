/** Country codes of the regions that a national number may be meant in; DEFAULT_PHONE_REGION is one of them. */
export const countryCodes = { ID: '62' } as const;
export type PhoneRegion = keyof typeof countryCodes;

const separators = /[\s\-.()[\]]/g;
const e164 = /^\+[1-9]\d{7,14}$/;
const startOfE164 = /^\+[1-9]\d{0,14}$/;

/** A phone number in E.164; undefined when it is none (SPEC §3.5). A leading 0 means a national number of the region. */
export const toE164 = (phone: string, region: PhoneRegion): string | undefined => {
  const number = international(phone, region);
  return e164.test(number) ? number : undefined;
};

/** The start of a phone number in E.164, for searching; undefined when no number starts so. */
export const toE164Start = (phone: string, region: PhoneRegion): string | undefined => {
  const number = international(phone, region);
  return startOfE164.test(number) ? number : undefined;
};

const international = (phone: string, region: PhoneRegion): string =>
  phone.replace(separators, '').replace(/^0/, `+${countryCodes[region]}`);
