import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { createDemoIssuer, type DemoIssuer } from '../../../embedded/issuer.ts';
import { createAuthenticator } from '../../../gateway/auth.ts';
import { keepIssuerKeys } from '../../../gateway/issuerKeys.ts';
import type { Logger } from '../../../subgraphs/shared/logger.ts';
import { startClock } from '../../support/clock.ts';
import { testId } from '../../support/tokens.ts';
import { until } from '../../support/until.ts';

const tenMinutes = 600_000;
const day = 86_400_000;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Mood = 'well' | 'hang' | 'none' | Readonly<{ status: number }>;

/** The SSO's endpoint, with keys and a mood that a test changes. */
const startEndpoint = async (first: DemoIssuer, mood: Mood = 'well') => {
  const state = { keys: first.jwks.keys, mood, asked: 0 };
  const hanging: ServerResponse[] = [];
  const server = createServer((_, response) => {
    state.asked += 1;
    if (state.mood === 'hang') hanging.push(response);
    else if (typeof state.mood === 'object') response.writeHead(state.mood.status).end('{}');
    else response.end(JSON.stringify({ keys: state.mood === 'none' ? [] : state.keys }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { state, hanging, url: new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/keys`) };
};

const start = async (mood: Mood = 'well', everyMs = 10) => {
  const clock = startClock();
  const issuer = await createDemoIssuer({ now: clock.now });
  const endpoint = await startEndpoint(issuer, mood);
  const told: string[] = [];
  const logger = { warn: (_: unknown, text: string) => void told.push(text), info: (text: string) => void told.push(text) } as unknown as Logger;
  const registry = new Registry();
  const keys = keepIssuerKeys({ url: endpoint.url, now: clock.now, logger, registry, everyMs, retryMs: 10, answerMs: 60_000 });
  closing.push(keys.close);
  const authenticate = createAuthenticator({ issuer: issuer.issuer, audience: issuer.audience, keySet: keys.keySet, algorithms: ['ES256'], now: clock.now });
  let people = 0;
  /** The code that somebody is refused with who has not asked before. */
  const codeOf = async (by: DemoIssuer = issuer): Promise<string> => {
    const found = await authenticate(`Bearer ${await by.mint({ sub: testId((people += 1)), company_sso_id: testId(2) })}`, undefined);
    return 'code' in found ? found.code : 'signed in';
  };
  const asked = async (): Promise<void> => {
    const before = endpoint.state.asked;
    await until(() => endpoint.state.asked > before + 1);
  };
  const age = async (): Promise<number> => Number((await registry.metrics()).split('\n').find((line) => line.startsWith('one_team_sso_keys_age_seconds'))?.split(' ')[1]);
  return { clock, issuer, keys, codeOf, told, asked, age, ...endpoint };
};

describe('the public keys of the SSO', () => {
  test.each([['answers 500', { status: 500 }], ['answers a redirect', { status: 302 }], ['answers no keys', 'none'], ['does not answer', 'hang']] as const)('count on for a day while it %s, and nobody waits for it', async (_how, mood) => {
    const { clock, state, hanging, keys, codeOf, asked, age } = await start();
    await until(keys.areKnown);
    state.mood = mood;
    await (mood === 'hang' ? until(() => hanging.length > 0) : asked());
    clock.forward(tenMinutes);
    expect(await codeOf()).toBe('signed in');
    clock.forward(day - 2 * tenMinutes);
    expect([await codeOf(), keys.areKnown()]).toEqual(['signed in', true]);
    expect(await age()).toBeGreaterThan(tenMinutes / 1_000);
    // a fetch that hangs is under way all that time: nobody was made to wait for its end
    expect(hanging.length).toBe(mood === 'hang' ? 1 : 0);
    if (mood === 'hang') for (const response of hanging) response.destroy();
    clock.forward(2 * tenMinutes);
    expect([await codeOf(), keys.areKnown(), await age()]).toEqual(['DEPENDENCY_UNAVAILABLE', false, -1]);
  });

  test('are not known until they were fetched once: then it is not ready, and nobody signs in', async () => {
    const { state, keys, codeOf, asked } = await start({ status: 503 });
    await asked();
    expect([keys.areKnown(), await codeOf()]).toEqual([false, 'DEPENDENCY_UNAVAILABLE']);
    state.mood = 'well';
    await until(keys.areKnown);
    expect(await codeOf()).toBe('signed in');
  });

  test('that cannot be fetched are told of once, and once when they are there again', async () => {
    const { state, keys, told, asked } = await start();
    await until(keys.areKnown);
    state.mood = { status: 500 };
    await asked();
    expect(told).toEqual(['the signing keys of the SSO cannot be fetched; those that are known count for a day']);
    state.mood = 'well';
    await until(() => told.length > 1);
    await asked();
    expect(told).toEqual([expect.any(String), 'the signing keys of the SSO are there again']);
  });

  test('are fetched at once for a key that is not known, at most every 30 s, and a key that is taken out counts no more', async () => {
    const { clock, state, keys, codeOf } = await start('well', day);
    await until(keys.areKnown);
    const next = await createDemoIssuer({ now: clock.now });
    state.keys = next.jwks.keys;
    for (let n = 0; n < 5; n += 1) expect(await codeOf(next)).toBe('UNAUTHENTICATED');
    expect(state.asked).toBe(1);
    clock.forward(30_000);
    expect(await codeOf(next)).toBe('signed in');
    for (let n = 0; n < 5; n += 1) expect(await codeOf()).toBe('UNAUTHENTICATED');
    expect(state.asked).toBe(2);
  });
});
