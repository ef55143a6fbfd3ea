import { createHmac, hash as digestOf, timingSafeEqual } from 'node:crypto';
import { type Refusal, unauthenticated } from './errors.ts';
import type { Viewer } from './viewer.ts';

/** The processes that call one another. */
export type Party = 'gateway' | 'teams' | 'contacts';

/** What may be called at each party, and who may call it (SPEC §4). Everything else is refused. */
export const allowList = {
  teams: {
    graphql: ['gateway'],
    access: ['contacts'],
    userTeams: ['contacts'],
    people: ['contacts'],
    ancestors: ['contacts'],
    descendants: ['contacts'],
    standing: ['contacts'],
    teams: ['contacts'],
    companies: ['contacts'],
    levels: ['contacts'],
    coverage: ['contacts'],
    audit: ['contacts'],
    feed: ['gateway', 'contacts'],
    jobProgress: ['gateway'],
    locate: ['gateway'],
  },
  contacts: { graphql: ['gateway'] },
  gateway: {},
} as const satisfies Record<Party, Record<string, readonly Party[]>>;

export type Operation = keyof (typeof allowList)['teams'];

/** What a call states about itself; signed as a whole. */
export type CallClaims = Readonly<{
  caller: Party;
  audience: Party;
  operation: Operation;
  /** Null: the caller's own work, for nobody (`system`). */
  viewer: Viewer | null;
  /** SHA-256 of the body, base64url. */
  bodyHash: string;
  /** Milliseconds since 1970; a call is good for 30 s at most. */
  issuedAt: number;
  expiresAt: number;
  /** When the caller stops waiting, milliseconds since 1970; passed down. */
  deadline: number;
  /** Follows one request through all processes. */
  correlationId: string;
}>;

export const callLifetimeMs = 30_000;
const clockSkewMs = 5_000;

/** Shared secrets of at least 32 characters: the first signs, all verify, so that they can be rotated. */
export type SigningKeys = readonly [string, ...string[]];

export type CallToSign = Omit<CallClaims, 'bodyHash' | 'issuedAt' | 'expiresAt'> & Readonly<{ body: string }>;

/** Signs one call; `now` in milliseconds. The token goes into the `x-oneteam-call` header. */
export const signCall = (keys: SigningKeys, { body, ...call }: CallToSign, now: number): string => {
  const claims: CallClaims = { ...call, bodyHash: hash(body), issuedAt: now, expiresAt: now + callLifetimeMs };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${mac(keys[0], payload).toString('base64url')}`;
};

/**
 * Checks signature, audience, operation, age, body and the allow-list, and answers with the claims.
 * Every failure is the same UNAUTHENTICATED: a caller learns nothing from it.
 */
export const verifyCall = (
  keys: SigningKeys,
  token: string | undefined,
  expected: Readonly<{ audience: Party; operation: string; body: string }>,
  now: number,
): CallClaims | Refusal => {
  const claims = token === undefined ? undefined : authentic(keys, token);
  const good =
    claims !== undefined &&
    claims.audience === expected.audience &&
    claims.operation === expected.operation &&
    claims.issuedAt <= now + clockSkewMs &&
    claims.expiresAt > now &&
    claims.expiresAt - claims.issuedAt <= callLifetimeMs &&
    claims.bodyHash === hash(expected.body) &&
    mayCall(claims.caller, expected.audience, expected.operation);
  return good ? claims : unauthenticated('This endpoint answers signed calls of the gateway and its subgraphs only.');
};

const mayCall = (caller: Party, audience: Party, operation: string): boolean => {
  const operations: Readonly<Record<string, readonly Party[]>> = allowList[audience];
  return Object.hasOwn(operations, operation) && (operations[operation]?.includes(caller) ?? false);
};

const authentic = (keys: SigningKeys, token: string): CallClaims | undefined => {
  const [payload, signature, ...rest] = token.split('.');
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const given = Buffer.from(signature, 'base64url');
  const matches = keys.some((key) => {
    const wanted = mac(key, payload);
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  });
  // Only this function's own twin can have written the payload once the signature holds.
  return matches ? (JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as CallClaims) : undefined;
};

const mac = (key: string, payload: string): Buffer => createHmac('sha256', key).update(payload).digest();
const hash = (body: string): string => digestOf('sha256', body, 'base64url');
