import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { createOperationStore } from '../../gateway/persisted.ts';
import { createRates, type Rate } from '../../gateway/rates.ts';
import { connectSharedStore, type SharedStore } from '../../gateway/sharedStore.ts';
import { isRefused } from '../../subgraphs/shared/errors.ts';
import type { Logger } from '../../subgraphs/shared/logger.ts';
import type { Viewer } from '../../subgraphs/shared/viewer.ts';
import { redisTest, startRedis, type TestRedis } from '../support/redis.ts';
import { testId } from '../support/tokens.ts';
import { until } from '../support/until.ts';

const isSkipped = redisTest !== (await import('@jest/globals')).test;
const limits = { person: 10, company: 1_000, service: 1_000 };
let user = 0;
/** Somebody who has not asked yet. */
const someone = (): Viewer => ({ kind: 'person', userId: testId((user += 1)), companyId: testId(9), platform: 'web' });
const refused = async (rate: Rate, viewer: Viewer, times: number): Promise<number> => {
  const answers = await Promise.all(Array.from({ length: times }, () => rate(viewer)));
  return answers.filter(isRefused).length;
};

let redis: TestRedis;
const open: SharedStore[] = [];
// an answer is waited for as long as a busy machine may take, but where it is to fail
const connect = async (now: () => number = Date.now, answerMs = 10_000): Promise<Readonly<{ store: SharedStore; said: string[] }>> => {
  const said: string[] = [];
  const say = (first: unknown, text?: string): void => void said.push(text ?? String(first));
  const store = await connectSharedStore(redis.url, { logger: { warn: say, info: say } as unknown as Logger, now, answerMs });
  open.push(store);
  return { store, said };
};

beforeAll(async () => {
  if (!isSkipped) redis = await startRedis();
});
afterAll(async () => {
  await Promise.all(open.map((store) => store.close()));
  if (!isSkipped) await redis.close();
});

describe('a Redis that gateways share', () => {
  redisTest('counts the requests of all of them together (real servers)', async () => {
    const [one, other] = [createRates(limits, (await connect()).store), createRates(limits, (await connect()).store)];
    const viewer = someone();
    expect(await refused(one, viewer, 6)).toBe(0);
    expect(await refused(other, viewer, 4)).toBe(0);
    expect(await other(viewer)).toMatchObject({ code: 'RATE_LIMITED', details: { limit: { name: 'requests per person', max: 10 } } });
    expect(await one(viewer)).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await one(someone())).toBeUndefined();
  });

  redisTest('keeps a persisted operation for all of them, and a text that is not of its hash is not believed (real servers)', async () => {
    const [{ store: first }, { store: second }] = [await connect(), await connect()];
    const text = `{ me { role } } # ${randomUUID()}`;
    const hash = createHash('sha256').update(text).digest('hex');
    await createOperationStore(first).set(hash, text);
    expect(await createOperationStore(second).get(hash)).toBe(text);
    expect(await second.client.ttl(`one-team:operation:${hash}`)).toBeGreaterThan(86_000);
    await second.client.set(`one-team:operation:${hash}`, 'mutation { deleteTeam(input: { id: "t" }) { teamId } }');
    expect(await createOperationStore(second).get(hash)).toBeUndefined();
  });

  redisTest('that goes away refuses nobody and lets nobody go uncounted, is told of once, and is used again when it is back (real servers)', async () => {
    const { store, said } = await connect();
    const rate = createRates(limits, store);
    const operations = createOperationStore(store);
    expect(await refused(rate, someone(), 10)).toBe(0);
    await redis.kill();
    const viewer = someone();
    expect(await refused(rate, viewer, 25)).toBe(15);
    expect(await operations.get('a'.repeat(64))).toBeUndefined();
    expect(said).toEqual([expect.stringContaining('Redis is away')]);
    await redis.start();
    await until(async () => {
      await rate(someone());
      return said.length > 1;
    });
    expect(said).toEqual([expect.stringContaining('Redis is away'), 'Redis is back']);
    expect(await store.client.keys('one-team:rate:person:*')).not.toEqual([]);
  });

  redisTest('that hangs is waited for once, not by every request (real servers)', async () => {
    let now = 1_000;
    const { store, said } = await connect(() => now, 500);
    const rate = createRates(limits, store);
    redis.freeze();
    try {
      let sent = 0;
      const counted: SharedStore = { ...store, attempt: (work) => store.attempt((client) => ((sent += 1), work(client))) };
      const viewer = someone();
      const counting = createRates(limits, counted);
      expect(await refused(rate, viewer, 1)).toBe(0);
      expect(await refused(counting, viewer, 12)).toBe(2);
      expect(sent).toBe(0);
      now += 1_000;
      expect(await refused(counting, someone(), 10)).toBe(0);
      expect(sent).toBe(1);
      expect(said).toHaveLength(1);
    } finally {
      redis.thaw();
    }
    now += 1_000;
    await until(async () => {
      now += 1_000;
      await rate(someone());
      return said.length === 2;
    });
    expect(said[1]).toBe('Redis is back');
  });

  redisTest('that is not there at the start keeps no gateway from starting (real servers)', async () => {
    await redis.kill();
    const { store, said } = await connect();
    expect(said).toHaveLength(1);
    expect(await refused(createRates(limits, store), someone(), 12)).toBe(2);
    await redis.start();
  });
});
