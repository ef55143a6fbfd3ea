import { describe, expect, test } from '@jest/globals';
import { readGatewayConfig } from '../../../gateway/config.ts';

const key = 'k'.repeat(32);
const least = { INTERNAL_SIGNING_KEYS: key, SSO_ISSUER: 'https://sso.example', SSO_JWKS_URL: 'https://sso.example/jwks.json' };

describe('the environment of a gateway', () => {
  test('needs signing keys and the SSO; the rest has defaults', () => {
    expect(readGatewayConfig(least)).toMatchObject({
      host: '127.0.0.1', port: 4_000, production: false, introspection: true, signingKeys: [key], deadlineMs: 10_000, maxBodyBytes: 16_777_216,
      ssoAudience: 'one-team', ssoAlgorithms: ['ES256', 'RS256'], teamsUrl: new URL('http://127.0.0.1:4001'),
    });
  });

  test('in production introspection is off unless enabled', () => {
    expect(readGatewayConfig({ ...least, NODE_ENV: 'production' }).introspection).toBe(false);
    expect(readGatewayConfig({ ...least, NODE_ENV: 'production', INTROSPECTION: 'true' }).introspection).toBe(true);
  });

  test('limits have defaults, and each has its variable', () => {
    expect(readGatewayConfig(least)).toMatchObject({ maxCost: 25_000, rates: { person: 6_000, company: 60_000, service: 30_000 }, redisUrl: undefined, manifest: undefined });
    const given = { MAX_OPERATION_COST: '900', RATE_PER_PERSON: '1', RATE_PER_COMPANY: '2', RATE_PER_SERVICE: '3', REDIS_URL: 'rediss://:pw@redis:6380/1', OPERATIONS_MANIFEST: 'manifest.json' };
    expect(readGatewayConfig({ ...least, ...given })).toMatchObject({
      maxCost: 900, rates: { person: 1, company: 2, service: 3 }, redisUrl: new URL('rediss://:pw@redis:6380/1'), manifest: 'manifest.json',
    });
    const wrong = () => readGatewayConfig({ ...least, REDIS_URL: 'http://:secret@x', CORS_ORIGINS: 'https://a.example/path', RATE_PER_PERSON: '0' });
    for (const part of ['REDIS_URL: must be a redis://', 'CORS_ORIGINS is "https://a.example/path": must be origins', 'RATE_PER_PERSON is "0": must be a whole number from 1']) expect(wrong).toThrow(part);
    expect(wrong).not.toThrow('secret');
  });

  test('no page of another origin may ask in production, Sandbox and loopback outside it, and those of a list alone when there is one', () => {
    expect(readGatewayConfig({ ...least, NODE_ENV: 'production' }).cors).toEqual({ origins: [], loopback: false });
    expect(readGatewayConfig(least).cors).toEqual({ origins: ['https://studio.apollographql.com', 'https://sandbox.embed.apollographql.com'], loopback: true });
    expect(readGatewayConfig({ ...least, CORS_ORIGINS: 'https://a.example, http://b.example:8080' }).cors).toEqual({ origins: ['https://a.example', 'http://b.example:8080'], loopback: false });
  });

  test('reports all faults at once, each with its name, value and what is allowed, never a secret', () => {
    const read = () => readGatewayConfig({ INTERNAL_SIGNING_KEYS: 'short-secret', PORT: '70000', TEAMS_URL: 'ftp://x', SSO_ALGORITHMS: 'HS256', LOG_LEVEL: 'loud' });
    for (const part of ['PORT is "70000": must be a whole number from 0 to 65535', 'TEAMS_URL is "ftp://x": must be an http', 'SSO_ISSUER is missing: must be set', 'SSO_JWKS_URL is missing: must be set', 'SSO_ALGORITHMS is "HS256": must be of ES256', 'LOG_LEVEL is "loud": must be one of', 'at least 32']) {
      expect(read).toThrow(part);
    }
    expect(read).not.toThrow('short-secret');
  });
});

describe('the addresses of team management (OTM-S03)', () => {
  const told = { SIGN_IN_URL: 'https://sso.example/sign-in', DASHBOARD_URL: 'https://app.example', LEGACY_TEAM_URL: 'https://crm.example/team' };

  test('are none until they are told, all three together', () => {
    expect(readGatewayConfig(least).teamPages).toBeUndefined();
    expect(readGatewayConfig({ ...least, ...told, SESSION_COOKIE: '__Host-session' }).teamPages).toMatchObject({ legacy: new URL('https://crm.example/team'), sessionCookie: '__Host-session' });
    expect(() => readGatewayConfig({ ...least, DASHBOARD_URL: told.DASHBOARD_URL })).toThrow(/SIGN_IN_URL is missing: must be set when any of.*\n.*LEGACY_TEAM_URL is missing/);
    for (const alone of [{ TEAM_PAGE_URL: 'https://app.example/team' }, { SESSION_COOKIE: 'session' }]) expect(() => readGatewayConfig({ ...least, ...alone })).toThrow('DASHBOARD_URL is missing');
  });

  test('are http or https, and the cookie has a name; faults are told beside all others', () => {
    const read = () => readGatewayConfig({ ...told, DASHBOARD_URL: 'javascript:alert(1)', SESSION_COOKIE: 'a b', PORT: '-1' });
    for (const part of ['DASHBOARD_URL is "javascript:alert(1)": must be an http or https URL', 'SESSION_COOKIE is "a b": must be the name of a cookie', 'PORT is "-1"', 'SSO_ISSUER is missing']) expect(read).toThrow(part);
  });
});
