/**
 * The bearer text of the cookie with this name, out of a Cookie header. Undefined when there is none, and when there are several with different
 * values: another host of the domain may have set one of them, and nothing tells which.
 */
export const bearerOfCookie = (name: string | undefined, header: string | undefined): string | undefined => {
  if (name === undefined || header === undefined) return undefined;
  const values = header.split(';').flatMap((pair) => {
    const [key = '', ...value] = pair.split('=');
    return key.trim() === name ? [value.join('=').trim()] : [];
  });
  const [value, ...others] = new Set(values);
  return value === undefined || others.length > 0 ? undefined : `Bearer ${value}`;
};
