import { afterAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet } from 'jose';
import { devSigningKey } from '../../../embedded/devKeys.ts';
import { createDemoIssuer, startIssuer } from '../../../embedded/issuer.ts';
import { createAuthenticator } from '../../../gateway/auth.ts';
import { createLogger } from '../../../subgraphs/shared/logger.ts';
import { testId } from '../../support/tokens.ts';

const folder = await mkdtemp(join(tmpdir(), 'one-team-issuer-'));
afterAll(() => rm(folder, { recursive: true }));

test('processes that start at once share one signing key, in a file that only its owner may read', async () => {
  const keys = await Promise.all(Array.from({ length: 10 }, () => devSigningKey(join(folder, 'new'))));
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]?.length).toBeGreaterThanOrEqual(32);
  expect((await stat(join(folder, 'new', 'signing-key'))).mode & 0o777).toBe(0o600);
});

test('a token of the demo issuer stays good after a restart and is checked over HTTP', async () => {
  const before = await createDemoIssuer({ folder, now: Date.now });
  const token = await before.mint({ sub: testId(1), company_sso_id: testId(2) });
  const issuer = await startIssuer({ folder, now: Date.now, port: 0, logger: createLogger({ name: 'issuer', level: 'silent' }) });
  const authenticate = createAuthenticator({ ...issuer, keySet: createRemoteJWKSet(new URL(issuer.jwksUrl)), algorithms: ['ES256'], now: Date.now });
  expect(await authenticate(`Bearer ${token}`, undefined)).toMatchObject({ viewer: { kind: 'person', userId: testId(1) } });
  expect(JSON.stringify(issuer.jwks)).not.toContain('"d"');
  await issuer.close();
});
