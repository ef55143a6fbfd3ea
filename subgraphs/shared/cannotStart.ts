/** Why a process does not start, for who runs it: the variable, the host and what to do; never a password. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** Host and port of a URL, without user and password; all hosts of a replica set. Where the parts cannot be told apart, nothing of it. */
export const hostOf = (url: string): string => {
  const [, authority = '', rest = ''] = /^[a-z+]+:\/\/([^/?#]*)([^]*)$/i.exec(url) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return host === '' || rest.includes('@') ? 'host unreadable' : host;
};

/** The code that Node, Postgres and MongoDB put on what they throw, also inside of what gathers several. */
export const codeOf = (error: unknown): string | number | undefined => {
  if (error instanceof AggregateError && !('code' in error)) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' || typeof error.code === 'number' ? error.code : undefined;
};
