import { createLocalJWKSet } from 'jose';
import { createDemoIssuer, type DemoIssuer } from '../../embedded/issuer.ts';
import { type Authenticator, createAuthenticator } from '../../gateway/auth.ts';

/** An issuer of its own for one test file, and the authenticator that trusts it. */
export const testIssuer = async (now: () => number = Date.now): Promise<DemoIssuer & Readonly<{ authenticate: Authenticator }>> => {
  const issuer = await createDemoIssuer({ now });
  const authenticate = createAuthenticator({
    issuer: issuer.issuer,
    audience: issuer.audience,
    keySet: createLocalJWKSet(issuer.jwks),
    algorithms: ['ES256', 'RS256'],
    now,
  });
  return { ...issuer, authenticate };
};

/** A lower-case UUID that tells what it stands for by its number. */
export const testId = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
