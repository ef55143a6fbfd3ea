import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { isRefused, type Refusal, unauthenticated, unavailable } from '../subgraphs/shared/errors.ts';
import { createRecentlyUsed } from '../subgraphs/shared/recentlyUsed.ts';
import { isUuid } from '../subgraphs/shared/text.ts';
import { type Platform, platforms, type Scope, scopes, type Viewer } from '../subgraphs/shared/viewer.ts';

export type AuthenticatorOptions = Readonly<{
  /** `iss` that a token must have. */
  issuer: string;
  /** `aud` that a token must have, alone or among others. */
  audience: string;
  /** The issuer's public keys: `keepIssuerKeys`, or jose's `createLocalJWKSet`. */
  keySet: JWTVerifyGetKey;
  /** Allowed signature algorithms, asymmetric ones only: `ES256`, `RS256`. */
  algorithms: readonly string[];
  now: () => number;
}>;

/** Who signed in, and until when, in milliseconds since 1970. */
export type SignedIn = Readonly<{ viewer: Viewer; expiresAt: number }>;

/**
 * Tells who a request is from: `authorization` as it came (`Bearer <JWT>`), `platform` from its `x-platform`.
 * UNAUTHENTICATED says what is wrong, never repeating the token; DEPENDENCY_UNAVAILABLE when the issuer's keys cannot be had.
 */
export type Authenticator = (authorization: string | undefined, platform: string | undefined) => Promise<SignedIn | Refusal>;

const maxTokenLength = 8_192;
const clockToleranceSeconds = 5;

/** How long a checked token is taken without checking its signature again, so that a key that the SSO withdraws counts within a minute. */
export const checkedKeptMs = 60_000;
/** Tokens remembered, the most recently used ones, and their characters together. */
const tokensKept = 10_000;
const tokenCharactersKept = 8_000_000;

type Checked = Readonly<{ claims: JWTPayload; until: number }>;

/** Checks tokens of people and services alike (SPEC §1, §4). Role and levels never come from a token. */
export const createAuthenticator = (options: AuthenticatorOptions): Authenticator => {
  const checked = createRecentlyUsed<Checked>(tokensKept, { most: tokenCharactersKept, of: (token) => token.length });
  const claimsOf = async (token: string): Promise<JWTPayload | Refusal> => {
    const now = options.now();
    const known = checked.get(token);
    if (known !== undefined && now < known.until && now >= known.until - checkedKeptMs) return known.claims;
    const claims = await verifiedClaims(options, token);
    if (!isRefused(claims)) checked.set(token, { claims, until: Math.min(now + checkedKeptMs, (claims.exp ?? 0) * 1_000) });
    return claims;
  };
  return async (authorization, platformText) => {
    const token = bearerOf(authorization);
    if (isRefused(token)) return token;
    const claims = await claimsOf(token);
    if (isRefused(claims)) return claims;
    const viewer = viewerOf(claims, platformOf(platformText));
    return isRefused(viewer) ? viewer : { viewer, expiresAt: (claims.exp ?? 0) * 1_000 };
  };
};

/** The platform of an `x-platform` header; web when it has none or another. It is counted, and allows nothing. */
export const platformOf = (text: string | undefined): Platform => platforms.find((platform) => platform === text) ?? 'web';

const bearerOf = (authorization: string | undefined): string | Refusal => {
  if (authorization === undefined || authorization === '') return unauthenticated('Sign in: the request has no token.');
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization.slice(0, maxTokenLength + 10))?.[1];
  if (token === undefined || token.length > maxTokenLength) {
    return unauthenticated(`Authorization must be "Bearer " and a signed JWT of at most ${String(maxTokenLength)} characters.`);
  }
  return token;
};

const verifiedClaims = async (options: AuthenticatorOptions, token: string): Promise<JWTPayload | Refusal> => {
  const { issuer, audience, keySet, algorithms, now } = options;
  try {
    const { payload } = await jwtVerify(token, keySet, {
      issuer,
      audience,
      algorithms: [...algorithms],
      requiredClaims: ['sub', 'exp'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now()),
    });
    return payload;
  } catch (error) {
    return refusalOf(error, algorithms);
  }
};

const refusalOf = (error: unknown, algorithms: readonly string[]): Refusal => {
  if (error instanceof errors.JWTExpired) return unauthenticated('The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return unauthenticated(error.claim === 'nbf' ? 'The token is not valid yet.' : `The token's "${claimName(error.claim)}" is missing or is not the one of this service.`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return unauthenticated(`The token's algorithm is not one of ${algorithms.join(', ')}.`);
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return unauthenticated('The token names no signing key of the SSO.');
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return unauthenticated("The token's signature does not hold.");
  const malformed = [errors.JWSInvalid, errors.JWTInvalid, errors.JOSENotSupported].some((kind) => error instanceof kind);
  if (malformed) return unauthenticated('The token is not a signed JWT.');
  return unavailable('The signing keys of the SSO could not be fetched.');
};

// A claim's name is repeated only when it is one of ours: any other could carry what the token holds.
const claimName = (claim: string): string => ['aud', 'iss', 'sub', 'exp', 'iat'].find((known) => known === claim) ?? 'claims';

const viewerOf = (claims: JWTPayload, platform: Platform): Viewer | Refusal => {
  const companyId = claims['company_sso_id'];
  const sub = claims.sub ?? '';
  if (companyId !== undefined) {
    const good = typeof companyId === 'string' && isUuid(companyId) && isUuid(sub);
    return good
      ? { kind: 'person', userId: sub, companyId, platform }
      : unauthenticated('A person\'s token needs lower-case UUIDs as "sub" and "company_sso_id".');
  }
  const allowed = scopesOf(claims['scope']);
  return allowed.length > 0 && sub !== ''
    ? { kind: 'service', id: sub, scopes: allowed, platform }
    : unauthenticated('The token has no "company_sso_id" (a person\'s) and no known "scope" (a service\'s).');
};

const scopesOf = (claim: unknown): readonly Scope[] => {
  const given: readonly unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return scopes.filter((scope) => given.includes(scope));
};
