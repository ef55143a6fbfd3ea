import { CannotStart, codeOf, hostOf } from '../../shared/cannotStart.ts';

/** What a failed connection to Postgres means, and what to do about it. */
export const connectionFault = (url: string, error: unknown): CannotStart =>
  new CannotStart(`DATABASE_URL (${hostOf(url)}): ${meaningOf(url, error)}`, { cause: error });

const meaningOf = (url: string, error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  switch (codeOf(error)) {
    case 'ERR_INVALID_URL':
      return 'this is no URL. Write postgres://user:password@host:5432/database, with %-codes for signs like @ and / in the password.';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no host of this name. Correct the URL.';
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return 'no Postgres answers there. Start it, or correct the URL.';
    case '28P01':
    case '28000':
      return `Postgres lets the user ${userOf(url)} not in: wrong user or password, or one that may not come from here. Correct the URL.`;
    case '3D000':
      return 'Postgres has no database of this name. Create it, or correct the URL; then run: npm run migrate (in the image: node dist/scripts/migrate.js)';
    case '42501':
      return `the user ${userOf(url)} lacks a right (${message}). Grant it.`;
    case '53300':
      return 'Postgres has no connection left. Raise its max_connections, or lower DATABASE_POOL.';
    case '57P03':
      return 'Postgres is still starting or recovering. Try again when it is up.';
    default:
      return /timeout|terminated|ECONNRESET/i.test(message)
        ? `what listens there does not answer as Postgres (${message}). Start it, or correct the URL.`
        : `Postgres cannot be used (${message}).`;
  }
};

const userOf = (url: string): string => (URL.canParse(url) ? decodeURIComponent(new URL(url).username) || '(none)' : '(none)');
