import { describe, expect, test } from '@jest/globals';
import type { BreakerState, GuardedPeer } from '../../../subgraphs/shared/breaker.ts';
import { PeerUnavailable, type Reply, type WhyUnavailable } from '../../../subgraphs/shared/peer.ts';
import { type RetryOutcome, withRetries } from '../../../subgraphs/shared/retries.ts';

/** A peer that fails for one reason as often as it is told to, and counts its calls. */
const setUp = (random: () => number = () => 0) => {
  const peer = { calls: 0, failing: 0, why: 'connection' as WhyUnavailable, state: 'closed' as BreakerState };
  const behind: GuardedPeer = {
    call: (): Promise<Reply> => {
      peer.calls += 1;
      peer.failing -= 1;
      return peer.failing >= 0 ? Promise.reject(new PeerUnavailable('broken', { why: peer.why })) : Promise.resolve({ status: 200, body: {} });
    },
    state: () => peer.state,
    close: () => Promise.resolve(),
  };
  const outcomes: RetryOutcome[] = [];
  const retried = withRetries(behind, { now: () => 1_000, random, onRetry: (outcome) => void outcomes.push(outcome) });
  const call = ({ isRepeatable = true, deadline = 2_000 } = {}) =>
    retried.call({ operation: 'graphql', body: {}, viewer: null, deadline, correlationId: 'x', isRepeatable }).then(() => 'answered', () => 'failed');
  return { peer, call, outcomes };
};

describe('second tries', () => {
  test('are made for a connection that broke and for 502, 503 and 504, once', async () => {
    for (const why of ['connection', 'busy'] as const) {
      const { peer, call, outcomes } = setUp();
      peer.why = why;
      peer.failing = 1;
      expect([await call(), peer.calls, outcomes]).toEqual(['answered', 2, ['answered']]);
      peer.failing = 5;
      expect([await call(), peer.calls, outcomes]).toEqual(['failed', 4, ['answered', 'failed']]);
    }
  });

  test.each(['expired', 'left_alone', 'late', 'faulty', 'unreadable'] as const)('are not made for what is %s', async (why) => {
    const { peer, call, outcomes } = setUp();
    Object.assign(peer, { why, failing: 1 });
    expect([await call(), peer.calls, outcomes]).toEqual(['failed', 1, []]);
  });

  test('are never made of what may change something, while the breaker is open, or past the deadline', async () => {
    const { peer, call, outcomes } = setUp(() => 0.5);
    for (const attempt of [
      () => call({ isRepeatable: false }),
      () => call({ deadline: 1_020 }),
      () => {
        peer.state = 'open';
        return call();
      },
    ]) {
      Object.assign(peer, { calls: 0, failing: 1 });
      expect([await attempt(), peer.calls, outcomes]).toEqual(['failed', 1, []]);
    }
  });

  test('of an outage add a tenth to its calls and no more, and come back when it is over', async () => {
    const { peer, call, outcomes } = setUp();
    peer.failing = Number.POSITIVE_INFINITY;
    for (let n = 0; n < 1_000; n += 1) await call();
    expect(peer.calls).toBeGreaterThan(1_000);
    expect(peer.calls).toBeLessThanOrEqual(1_000 + 10 + 100);
    expect(outcomes.filter((outcome) => outcome === 'over_budget').length).toBeGreaterThan(800);
    peer.failing = 0;
    for (let n = 0; n < 20; n += 1) await call();
    peer.failing = 1;
    expect(await call()).toBe('answered');
  });
});
