import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, type JWK, SignJWT } from 'jose';
import type { Logger } from '../subgraphs/shared/logger.ts';
import { type HttpHandler, json, listen } from '../subgraphs/shared/server.ts';
import { onceOnDisk } from './devKeys.ts';

/** Claims of a person (`sub`, `company_sso_id`) or of a service (`sub`, `scope`); others are put in as they are. */
export type TokenClaims = Readonly<{ sub: string; company_sso_id?: string; scope?: string } & Record<string, unknown>>;

/** Makes a token. `expiresIn` in seconds, default 30 days, so that pasted tokens stay good. */
export type Mint = (claims: TokenClaims, options?: Readonly<{ expiresIn?: number }>) => Promise<string>;

/** Stands in for the SSO in development, evaluation and tests. It signs whatever it is asked to: never for production. */
export type DemoIssuer = Readonly<{ issuer: string; audience: string; mint: Mint; jwks: JSONWebKeySet; handler: HttpHandler }>;

export type DemoIssuerOptions = Readonly<{
  /** Keeps the key pair (`issuer-key.json`, mode 0600), so that tokens stay good between restarts and processes. Not kept when left out. */
  folder?: string | undefined;
  now: () => number;
}>;

export const demoIssuerName = 'https://sso.one-team.example';
export const demoAudience = 'one-team';
export const jwksPath = '/.well-known/jwks.json';
const algorithm = 'ES256';
const defaultLifetimeSeconds = 30 * 24 * 3_600;

/** An issuer with an ES256 key pair. */
export const createDemoIssuer = async ({ folder, now }: DemoIssuerOptions): Promise<DemoIssuer> => {
  const kept = folder === undefined ? await makeKey() : await onceOnDisk(join(folder, 'issuer-key.json'), makeKey);
  const { d, ...publicKey } = JSON.parse(kept) as JWK;
  const signingKey = await importJWK({ ...publicKey, ...(d !== undefined && { d }) }, algorithm);
  const kid = await calculateJwkThumbprint(publicKey);
  const jwks: JSONWebKeySet = { keys: [{ ...publicKey, kid, alg: algorithm, use: 'sig' }] };
  return {
    issuer: demoIssuerName,
    audience: demoAudience,
    jwks,
    mint: (claims, { expiresIn = defaultLifetimeSeconds } = {}) => {
      const issuedAt = Math.floor(now() / 1_000);
      return new SignJWT({ iss: demoIssuerName, aud: demoAudience, iat: issuedAt, exp: issuedAt + expiresIn, ...claims })
        .setProtectedHeader({ alg: algorithm, kid, typ: 'JWT' })
        .sign(signingKey);
    },
    handler: ({ method, path }) => Promise.resolve(method === 'GET' && path === jwksPath ? json(200, jwks) : undefined),
  };
};

const makeKey = async (): Promise<string> => {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return JSON.stringify(await exportJWK(privateKey));
};

export type StartIssuerOptions = DemoIssuerOptions & Readonly<{ host?: string; port: number; logger: Logger }>;

/** Serves the issuer's public keys over HTTP. `port` 0: a free one. @throws PortTaken */
export const startIssuer = async ({ host = '127.0.0.1', port, logger, ...options }: StartIssuerOptions) => {
  const issuer = await createDemoIssuer(options);
  const listening = await listen({ host, port, logger, maxBodyBytes: 1_024, handler: issuer.handler });
  return { ...issuer, jwksUrl: `${listening.url}${jwksPath}`, close: () => listening.close() };
};
