import { describe, expect, test } from '@jest/globals';
import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, generateKeyPair, SignJWT } from 'jose';
import { demoAudience, demoIssuerName } from '../../../embedded/issuer.ts';
import { createAuthenticator } from '../../../gateway/auth.ts';
import { isRefused } from '../../../subgraphs/shared/errors.ts';
import { testId, testIssuer } from '../../support/tokens.ts';

const at = Date.UTC(2026, 6, 1);
const issuer = await testIssuer(() => at);
const personal = { sub: testId(1), company_sso_id: testId(2) };
const seconds = Math.floor(at / 1_000);
const [publicKey] = issuer.jwks.keys;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const whole = { ...personal, iss: demoIssuerName, aud: demoAudience, exp: seconds + 60 };

const refusal = async (token: string | undefined, header = token === undefined ? undefined : `Bearer ${token}`) => {
  const answer = await issuer.authenticate(header, undefined);
  if (!isRefused(answer)) throw new Error('the token was taken');
  expect(answer.code).toBe('UNAUTHENTICATED');
  if (token !== undefined && token.length > 20) expect(answer.message).not.toContain(token.slice(0, 20));
  return answer.message;
};

describe('who a good token is', () => {
  test('a person, whose scope counts for nothing', async () => {
    const token = await issuer.mint({ ...personal, scope: 'teams:trigger' });
    const expected = { viewer: { kind: 'person', userId: testId(1), companyId: testId(2), platform: 'mobile' } };
    expect(await issuer.authenticate(`Bearer ${token}`, 'mobile')).toMatchObject(expected);
  });

  test('a service, with the known scopes of its text or list; another platform is web', async () => {
    const inText = await issuer.mint({ sub: 'chat', scope: 'openid teams:migrate:chat unknown' });
    const inList = await issuer.mint({ sub: 'chat', scope: ['teams:migrate:chat', 7] } as never);
    const viewer = { kind: 'service', id: 'chat', scopes: ['teams:migrate:chat'], platform: 'web' };
    expect(await issuer.authenticate(`bearer ${inText}`, 'fridge')).toMatchObject({ viewer });
    expect(await issuer.authenticate(`Bearer ${inList}`, undefined)).toMatchObject({ viewer });
  });

  test('until its expiry, in milliseconds', async () => {
    const token = await issuer.mint(personal, { expiresIn: 90 });
    expect(await issuer.authenticate(`Bearer ${token}`, undefined)).toMatchObject({ expiresAt: at + 90_000 });
  });
});

describe('tokens that are refused as UNAUTHENTICATED, saying why and repeating nothing', () => {
  test('none, or another scheme', async () => {
    expect(await refusal(undefined)).toContain('no token');
    expect(await refusal(undefined, 'Basic abc')).toContain('Bearer');
    expect(await refusal('x'.repeat(100))).toContain('Bearer');
    expect(await refusal(`${'a'.repeat(10_000)}.b.c`)).toContain('at most');
  });

  test('HOSTILE 46: alg none', async () => {
    expect(await refusal(`${encode({ alg: 'none' })}.${encode(whole)}.`)).toContain('algorithm');
  });

  test('HOSTILE 46: HS256 signed with the public key', async () => {
    const pem = createPublicKey({ key: { ...publicKey }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const body = `${encode({ alg: 'HS256', kid: publicKey?.kid })}.${encode(whole)}`;
    expect(await refusal(`${body}.${createHmac('sha256', pem).update(body).digest('base64url')}`)).toContain('algorithm');
  });

  test.each(['unknown', '../../../../dev/null', 'https://evil.example/key.pem', "' OR 1=1 --"])('HOSTILE 47: kid %s', async (kid) => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = await new SignJWT(whole).setProtectedHeader({ alg: 'ES256', kid, jku: 'https://evil.example/jwks' }).sign(privateKey);
    expect(await refusal(token)).toContain('no signing key');
  });

  test('a foreign key under our kid, or a changed payload', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const kid = publicKey?.kid;
    const token = await new SignJWT(whole).setProtectedHeader({ alg: 'ES256', ...(kid !== undefined && { kid }) }).sign(privateKey);
    expect(await refusal(token)).toContain('signature');
    const [head, , tail] = (await issuer.mint(personal)).split('.');
    expect(await refusal(`${head ?? ''}.${encode({ ...whole, company_sso_id: testId(9) })}.${tail ?? ''}`)).toContain('signature');
  });

  test.each([
    ['HOSTILE 48: wrong audience', { aud: 'other' }, '"aud"'],
    ['HOSTILE 48: wrong issuer', { iss: 'https://evil.example' }, '"iss"'],
    ['HOSTILE 49: expired', { exp: seconds - 10 }, 'expired'],
    ['HOSTILE 49: not valid yet', { nbf: seconds + 3_600 }, 'not valid yet'],
    ['without expiry', { exp: undefined }, '"exp"'],
    ['a sub that is no UUID', { sub: 'root' }, 'UUID'],
    ['an upper-case company', { company_sso_id: 'ABCDEF00-0000-4000-8000-000000000001' }, 'UUID'],
    ['a company that is no text', { company_sso_id: { $ne: null } }, 'UUID'],
    ['neither company nor known scope', { company_sso_id: undefined, scope: 'openid' }, 'company_sso_id'],
  ])('%s', async (_name, claims, expected) => {
    expect(await refusal(await issuer.mint({ ...personal, ...claims } as never))).toContain(expected);
  });

  test('an allowed algorithm whose key is of another kind', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const kid = publicKey?.kid ?? '';
    expect(await refusal(await new SignJWT(whole).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey))).toContain('no signing key');
  });
});

test('DEPENDENCY_UNAVAILABLE, not UNAUTHENTICATED, when the keys cannot be fetched', async () => {
  const keySet = () => Promise.reject(new TypeError('fetch failed'));
  const options = { issuer: demoIssuerName, audience: demoAudience, keySet, algorithms: ['ES256'], now: () => at };
  expect(await createAuthenticator(options)(`Bearer ${await issuer.mint(personal)}`, undefined)).toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
  const local = createAuthenticator({ ...options, keySet: createLocalJWKSet({ keys: [] }) });
  expect(await local(`Bearer ${await issuer.mint(personal)}`, undefined)).toMatchObject({ code: 'UNAUTHENTICATED' });
});
